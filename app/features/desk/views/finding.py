"""What the palette finds: the search box of every list that the person may open, one after the other.

A list's own source answers, with its own scope, rights and veils: what a person does not find in
the list is not found here.
"""

from __future__ import annotations

from typing import Any

from flask import current_app

from app.extensions.lists.spec import BadQuery, clean
from app.web.base_list import ListPart
from app.web.ui import side_menu

#: So many of each list; the rest is one more step away.
MOST = 5
#: One sign finds half of everything.
LEAST = 2


def groups(text: str) -> list[dict[str, Any]]:
    """``label``, ``items`` (name, note, url) and, where these may not be all, ``more``: the list with
    this search."""
    try:
        wanted = clean(text)
    except BadQuery:
        return []
    if len(wanted) < LEAST:
        return []
    found = (_group(label, view, wanted) for label, view in _lists())
    return [one for one in found if one["items"]]


def _lists() -> list[tuple[str, ListPart]]:
    """Searchable lists of the person's own menu, in its order."""
    views = {
        f"{one.route_base}/list/": one
        for one in current_app.appbuilder.baseviews  # type: ignore[attr-defined]
        if isinstance(one, ListPart) and one.found_by_palette and one.source.searchable
    }
    links = [link for group in side_menu() for link in group.links]
    return [(link.label, views[link.url]) for link in links if link.url in views]


def _group(label: str, view: ListPart, wanted: str) -> dict[str, Any]:
    more, rows = view.first_found(wanted, MOST)
    items = [
        {
            "name": str(row.cells[0].text),
            "note": str(row.status.text) if row.status else "",
            "url": url,
        }
        for row, url in rows
    ]
    return {"label": label, "more": more if len(items) == MOST else "", "items": items}
