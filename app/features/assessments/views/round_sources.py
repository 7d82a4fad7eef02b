"""数据来源: where the platform finds each value of a round, or that the zone enters it."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.engines import scoring
from app.engines.scoring import Scheme
from app.features.assessments.labels import SOURCE_WORDS
from app.features.assessments.queries import rounds as queries
from app.features.assessments.rules import form, sources
from app.features.assessments.rules.rounds import RoundState
from app.features.assessments.services import rounds
from app.features.assessments.views import scheme_faults
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView


class RoundSources(RegisterView):
    """The page of a round's sources."""

    done: Any
    round_tabs: Any

    @expose("/sources/<pk:pk>", methods=["GET", "POST"])
    @guarded("show")
    def sources(self, pk: int) -> Any:
        """Which value comes from which register; changed by operators until the round opens."""
        item = self.record(pk)
        try:
            scheme = queries.scheme_of(item)
        except scoring.Refused as refused:
            content = queries.version_of(item).content
            told = [scheme_faults.told(content, one) for one in refused.faults]
            return self._sources_page(item, (), told)
        if request.method == "POST":
            return self._choose_sources(item, scheme)
        asked = form.asks(scheme)
        lines = [
            (asked[code], item.sources.get(code, ""), offered(scheme, code))
            for code in asked
            if code in sources.askable(scheme)
        ]
        return self._sources_page(item, lines, ())

    def _sources_page(self, item: Any, lines: Any, faults: Any) -> str:
        return self.render(
            "assessments/round_sources.html",
            page=self.show_page(item, "sources"),
            item=item,
            lines=lines,
            faults=faults,
            words=SOURCE_WORDS,
            may=self.may("edit") and RoundState(item.state) in rounds.BEFORE,
        )

    def _choose_sources(self, item: Any, scheme: Scheme) -> Any:
        if not self.may("edit"):
            abort(403)
        seen = request.form.get("version", "")
        if not (seen.isascii() and seen.isdigit() and len(seen) < 10):
            abort(400)
        told = {code: request.form.get(f"source.{code}", "") for code in form.asks(scheme)}
        chosen = {code: one for code, one in told.items() if one}
        return self.done(
            item.id,
            lambda: rounds.source(current_actor(), item.id, chosen, seen=int(seen)),
            _("数据来源已保存。"),
            "sources",
        )


def offered(scheme: Scheme, code: str) -> list[tuple[str, Any]]:
    """The sources that a value may have, in the reader's words."""
    found = [
        (one, SOURCE_WORDS[one])
        for one in (*sources.REGISTERS, *sources.COMPUTED)
        if sources.fault(one, scheme, code) is None
    ]
    item = scheme.items.get(code)
    if item is not None:
        found += [
            (f"{sources.PREVIOUS}{one.code}", _("上一轮核定值：%(name)s", name=one.name))
            for one in scheme.items.values()
            if one.kind == item.kind
        ]
    return found
