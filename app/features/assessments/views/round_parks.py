"""参评园区: who takes part, by type and list; more time or 不参评 for one of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.features.assessments import policy
from app.features.assessments.forms import ExtensionForm
from app.features.assessments.labels import STATE_WORDS
from app.features.assessments.labels.zone import PARK_TYPES
from app.features.assessments.queries import filings, round_board
from app.features.assessments.rules.rounds import RoundState, extension
from app.features.assessments.services import round_parks, rounds
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web import cells
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.forms import key_of
from app.web.listing.page import FormPage


class RoundParks(RegisterView):
    """The page of a round's parks."""

    done: Any
    round_tabs: Any

    @expose("/parks/<pk:pk>")
    @guarded("show")
    def parks(self, pk: int) -> str:
        """A table with ticks until the round opens, with each park's state from then on;
        ``?extend=``: with the dialog of 延期 for one of them."""
        return self._parks(pk, self._asked(pk, key_of(request.args.get("extend"))))

    def _parks(self, pk: int, dialog: FormPage | None) -> str:
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
            may_extend=item.state in round_parks.FILLED and _days(item) is not None,
            may_leave=item.state in round_parks.COUNTED,
            dialog=dialog,
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
        """延期; refused, the dialog comes back with what was typed."""
        name, form = self._park_of(pk, filing_id), ExtensionForm()
        form.validate()
        try:
            self._extend(filing_id, form)
        except Refusal as against:
            for field, code in against.fields.items():
                form[field].errors = [self.words_of(code, against.params)]
            if not against.fields:
                form.form_errors = [self.words_of(against.code, against.params)]
            return self._parks(pk, self._extension(pk, filing_id, form)), 400
        day = cells.words(form.until.data)
        flash(_("“%(name)s”的填报截止日改为 %(day)s。", name=name, day=day), "success")
        return self.go(self.url(f"parks/{pk}"))

    def _extend(self, filing_id: int, form: ExtensionForm) -> None:
        reason = form.reason.data or ""
        missing = {} if form.until.data else {"until": "required"}
        if not reason.strip():
            missing["reason"] = "required"
        if missing:
            raise Refusal("required", fields=missing)
        with transaction():
            round_parks.extend(current_actor(), filing_id, form.until.data, reason, now=clock.now())

    def _asked(self, pk: int, filing_id: int | None) -> FormPage | None:
        """The dialog that a link of the table asks for, where there is anything to extend."""
        if not filing_id or not self.may("edit") or _days(self.record(pk)) is None:
            return None
        self._park_of(pk, filing_id)
        filing = filings.get(filing_id)
        form = ExtensionForm(until=filing.extended_until, reason=filing.extension_reason)
        return self._extension(pk, filing_id, form)

    def _extension(self, pk: int, filing_id: int, form: ExtensionForm) -> FormPage:
        item, filing = self.record(pk), filings.get(filing_id)
        own = filing.extended_until or item.fill_until
        hint = _("现在是 %(day)s。", day=cells.words(own))
        if days := _days(item):
            low, high = (cells.words(one) for one in days)
            form.until.render_kw = {"min": low, "max": high}
            hint += _("可选 %(first)s 至 %(last)s（审核截止日）。", first=low, last=high)
        return FormPage(
            title=_("延期：%(name)s", name=self._park_of(pk, filing_id)),
            form=form,
            sections=(("", ("until", "reason")),),
            action=self.url(f"parks/{pk}/extend/{filing_id}"),
            cancel_url=self.url(f"parks/{pk}"),
            submit_label=_("保存"),
            hints={"until": hint, "reason": _("园区/基地可以看到。")},
            required=frozenset({"until", "reason"}),
            wide=frozenset({"until"}),
        )

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


def _days(item: Any) -> tuple[date, date] | None:
    return extension(policy.windows(item), clock.today())
