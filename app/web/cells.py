"""How values are written on a page: one place for dates, numbers, yes/no, nothing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.core.clock import SHANGHAI
from app.extensions.phrases import listed
from app.web.listing.page import Cell

NOTHING = Cell("")
_DASH = Markup('<span class="none">—</span>')


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


def drawn(cell: Cell) -> str:
    """What stands in a table cell or beside a label: the filter ``drawn`` of templates.

    No macro: a list has some two hundred, nearly all of them a plain text, which is given as it is
    and escaped like any other that a template prints.
    """
    text = cell.text if isinstance(cell.text, str) else _shown(cell.text)
    if not (cell.dot or cell.url or cell.tag or cell.muted or cell.links):
        return text or _DASH
    plain = escape(text) if text else _DASH
    if cell.links:
        items = (f"<li>{_linked(url, escape(words))}</li>" for words, url in cell.links)
        shown = f'<ul class="cell-links">{"".join(items)}</ul>'
    elif cell.url:
        shown = _linked(cell.url, escape(text))
    elif cell.tag:
        shown = f'<span class="tint {escape(cell.tag)}">{escape(text)}</span>'
    else:
        shown = plain
    dot = f'<i class="dot {escape(cell.dot)}"></i>\n' if cell.dot else ""
    aside = f' <span class="aside">{escape(cell.muted)}</span>' if cell.muted else ""
    return Markup(f"{dot}{shown}{aside}")  # noqa: S704 - every piece is escaped above


def _linked(url: str, shown: Markup) -> str:
    return f'<a href="{escape(url)}">{shown}</a>'


def _shown(value: Any) -> str:
    """A number as it is, also 0; a lazy text in the reader's language."""
    return "" if value is None else str(value)
