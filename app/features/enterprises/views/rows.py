"""A row of the register: how its values are written, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from app.core.phones import mask_name
from app.extensions.phrases import listed
from app.features.enterprises import policy
from app.features.enterprises.labels import ROLE_WORDS, SOURCE_WORDS, STATUS_DOTS, STATUS_WORDS
from app.features.enterprises.services.register import masked
from app.web import cells
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.held import held
from app.web.listing.page import Cell, Link

HIDDEN = frozenset({"contact_phone", "email"})
#: Columns in which a page has few different values, and how one is shown.
FEW: dict[str, Callable[[Any], Cell]] = {
    "status": lambda one: Cell(str(STATUS_WORDS.get(one, one)), dot=STATUS_DOTS.get(one, "muted")),
    "roles": lambda some: Cell(listed(ROLE_WORDS.get(one, one) for one in some)),
    "customs_modes": cells.cell,
    "source": lambda one: Cell(SOURCE_WORDS.get(one, one)),
}


class RowPart(RegisterView):
    """Cells and acts of one record in the list; persons are named in full only to who may."""

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        if name in FEW:
            return self._one_of_few(name, value)
        if name in ("uscc", "customs_code"):
            return Cell(value or "", code=True)
        if name == "contact_name":
            return Cell(self.person(value), muted=masked("contact_phone", row.contact_phone))
        if name in HIDDEN:
            return Cell(masked(name, value))
        return cells.cell(value)

    @staticmethod
    def _one_of_few(name: str, value: Any) -> Cell:
        """A cell of a column in which a page has few different values."""
        kept: dict[tuple[str, Any], Cell] = held().setdefault("few_cells", {})
        if (name, value) not in kept:
            kept[name, value] = FEW[name](value)
        return kept[name, value]

    def person(self, name: str) -> str:
        """A contact's name in full only for those who may see personal columns."""
        return name if policy.personal(current_actor()) else mask_name(name)

    def extra_columns(self) -> tuple[str, ...]:
        return ("contact_phone", "moved_to")

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        """What has moved to another park is only read; its page says so."""
        if row.moved_to is not None:
            return (Link(_("查看"), self.url(f"show/{row.pk}"), kind="link"),)
        return super().row_acts(row)
