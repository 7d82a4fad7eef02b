"""How values are written on a page: one place for dates, numbers, yes/no, nothing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.core.clock import SHANGHAI
from app.extensions.phrases import listed
from app.web.listing.page import Cell

NOTHING = Cell("")


def words(value: Any) -> str:
    """A value as text: money with two decimals and thousands, days as YYYY-MM-DD."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, tuple | list):
        return listed(value)
    return str(value)


def cell(value: Any) -> Cell:
    text = words(value)
    return Cell(text) if text else NOTHING
