"""参评园区: who takes part, by type and list; more time or 不参评 for one of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.features.assessments.labels import STATE_WORDS
from app.features.assessments.labels.zone import PARK_TYPES
from app.features.assessments.queries import filings, round_board
from app.features.assessments.rules.rounds import RoundState
from app.features.assessments.services import round_parks, rounds
from app.features.parks import queries as parks
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView


class RoundParks(RegisterView):
    """The page of a round's parks."""

    done: Any
    round_tabs: Any

    @expose("/parks/<pk:pk>")
    @guarded("show")
    def parks(self, pk: int) -> str:
        """A table with ticks until the round opens, with each park's state from then on."""
        item = self.record(pk)
        before = RoundState(item.state) in rounds.BEFORE
        inside = {one.park.id: one.filing for one in round_board.parks_of(pk)}
        known = [one for one in parks.all_by_code() if one.id in inside or one.status == "active"]
        shown = known if before else [one for one in known if one.id in inside]
        return self.render(
            "assessments/round_parks.html",
            page=self.show_page(item, "parks"),
            item=item,
            before=before,
            parks=[(one, inside.get(one.id)) for one in shown],
            types=PARK_TYPES,
            words=STATE_WORDS,
            may=self.may("edit"),
            may_extend=item.state in round_parks.FILLED,
            may_leave=item.state in round_parks.COUNTED,
        )

    @expose("/parks/<pk:pk>/choose", methods=["POST"])
    @guarded("edit")
    def choose(self, pk: int) -> Any:
        """Exactly the ticked ones."""
        texts = request.form.getlist("park")
        if any(not (text.isascii() and text.isdigit() and len(text) < 19) for text in texts):
            abort(400)
        keys = {int(text) for text in texts}
        words = _("参加考核的园区/基地已保存，共 %(n)s 家。", n=len(keys))
        return self.done(pk, lambda: rounds.choose(current_actor(), pk, keys), words, "parks")

    @expose("/parks/<pk:pk>/extend/<pk:filing_id>", methods=["POST"])
    @guarded("edit")
    def extend(self, pk: int, filing_id: int) -> Any:
        """延期."""
        name = self._park_of(pk, filing_id)
        words = _("已延长“%(name)s”的填报期限。", name=name)
        return self.done(pk, lambda: self._extend(filing_id), words, "parks")

    def _extend(self, filing_id: int) -> None:
        try:
            until = date.fromisoformat(request.form.get("until", ""))
        except ValueError as error:
            raise Refusal("extension_day", fields={"until": "extension_day"}) from error
        reason = request.form.get("reason", "")
        round_parks.extend(current_actor(), filing_id, until, reason, now=clock.now())

    @expose("/parks/<pk:pk>/leave-out/<pk:filing_id>", methods=["POST"])
    @guarded("edit")
    def leave_out(self, pk: int, filing_id: int) -> Any:
        """不参评."""
        words = _("“%(name)s”本轮不参评。", name=self._park_of(pk, filing_id))
        reason = request.form.get("reason", "")
        return self.done(
            pk, lambda: round_parks.leave_out(current_actor(), filing_id, reason), words, "parks"
        )

    @expose("/parks/<pk:pk>/take-in/<pk:filing_id>", methods=["POST"])
    @guarded("edit")
    def take_in(self, pk: int, filing_id: int) -> Any:
        """恢复参评."""
        words = _("“%(name)s”已恢复参评。", name=self._park_of(pk, filing_id))
        return self.done(
            pk, lambda: round_parks.take_in(current_actor(), filing_id), words, "parks"
        )

    def _park_of(self, pk: int, filing_id: int) -> str:
        """The name of the park; 404 for a filing of another round."""
        filing = filings.get(filing_id)
        if filing.round_id != pk:
            raise NotFound(f"filing {filing_id} of round {pk}")
        return parks.by_id(filing.park_id).name
