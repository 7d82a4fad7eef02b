"""测算: the park changes its own numbers in a scratch copy; nothing is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_appbuilder import expose

from app.features.assessments.labels.values import wrong_words
from app.features.assessments.queries import filings
from app.features.assessments.rules import form
from app.features.assessments.rules.form import PARK, Ask
from app.features.assessments.rules.typed import Wrong
from app.features.assessments.rules.whatif import rank_range
from app.features.assessments.views.filling_items import Item, control_of, put_typed
from app.features.assessments.views.filling_page import Filing, name_of
from app.features.assessments.views.filling_typed import typed_of
from app.web.access import guarded
from app.web.pages import Page
from app.web.viewing import not_while_looking

BASE = "/desk/filings"


@dataclass
class Scratch:
    """A value as it would be."""

    declared: Any
    taken: Any
    verified: Any
    unread: Any = None
    explanation: str = ""


class WhatIfPart(Page):
    """Route of the scratch copy."""

    @expose("/<pk:pk>/what-if", methods=["GET", "POST"])
    @guarded("show")
    @not_while_looking
    def what_if(self, pk: int) -> Any:
        """Numbers to try, the score now and with them, the places it would have had last time."""
        page = Filing(pk)
        asks = [one for one in form.asks(page.scheme).values() if _tried(one)]
        items = {one.code: page.item(one) for one in asks}
        now = page.guess()
        scratch: dict[str, Any] = {
            code: Scratch(one.declared, one.taken, one.verified)
            for code, one in page.values.items()
        }
        if request.method == "POST":
            for ask in asks:
                _try(ask, items[ask.code], scratch)
        late = (page.late_code, page.late) if page.late_code else None
        found = page.estimate_of(scratch, late)
        others = filings.last_results(page.round)
        return self.render(
            "assessments/filling_whatif.html",
            base=BASE,
            page=page,
            parts=[
                (name_of(part), [items[one.code] for one in part.asks if one.code in items])
                for part in page.parts
                if any(one.code in items for one in part.asks)
            ],
            now=now,
            found=found,
            tried=request.method == "POST",
            left_words=page.left_words(found),
            places=rank_range(others, (found.total, found.total + found.left_points)),
            others=len(others),
            difference=found.total - now.total,
            scratch=True,
        )


def _tried(ask: Ask) -> bool:
    """Texts score nothing by themselves."""
    return ask.owner == PARK and control_of(ask) != "long"


def _try(ask: Ask, item: Item, scratch: dict[str, Any]) -> None:
    if f"n.{ask.code}" not in request.form:
        return
    typed = typed_of(ask).value
    put_typed(item, ask, typed)
    try:
        scratch[ask.code].declared = ask.read(typed)
    except Wrong as wrong:
        item.error = wrong_words(wrong)
