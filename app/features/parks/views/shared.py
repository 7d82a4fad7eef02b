"""What the three registers share: words of values, history, last editor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from app.engines import trail
from app.features.accounts.rules import Role
from app.features.parks.labels import ACTS, HEADINGS, REFUSALS, STATUS_DOTS, VALUE_WORDS
from app.web import cells
from app.web.access import Tenant
from app.web.base_views import RegisterView
from app.web.listing.page import Cell, HistoryItem

OPERATOR = frozenset({Role.operator})


class ZoneRegister(RegisterView):
    """A register of 平台运营 with its history from the trail."""

    tenant = Tenant.zone
    trail_type: ClassVar[str]
    refusals: ClassVar[Mapping[str, Any]] = REFUSALS
    show_labels: ClassVar[Mapping[str, Any]] = HEADINGS

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        if name == "status":
            return Cell(value_words(name, value), dot=STATUS_DOTS[value])
        if name in ("code", "uscc", "username"):
            return Cell(value, code=True)
        return Cell(value_words(name, value)) if name in VALUE_WORDS else cells.cell(value)

    def show_cell(self, item: Any, name: str) -> Cell:
        return self.cell(name, getattr(item, name), item)

    def past(self, item: Any) -> tuple[HistoryItem, ...]:
        return tuple(
            HistoryItem(
                at=entry.at,
                actor=entry.actor_name,
                action=ACTS.get(entry.action, entry.action),
                changes=tuple(
                    (HEADINGS.get(name, name), value_words(name, old), value_words(name, new))
                    for name, (old, new) in trail.shown_changes(entry, personal=False).items()
                ),
                note=entry.details.get("reason", ""),
            )
            for entry in trail.history(self.trail_type, item.id)
        )

    def merge_words(self, name: str, value: Any) -> str:
        return value_words(name, value) if name in VALUE_WORDS else super().merge_words(name, value)


def value_words(name: str, value: Any) -> str:
    """A stored value in words."""
    if value is None or value == "":
        return ""
    words = VALUE_WORDS.get(name)
    return str(words.get(value, value)) if words else cells.words(value)
