"""Parts of pages that are the same for everybody: rendered once per process and language."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from flask import Flask
from markupsafe import Markup

from app.web.listing.page import Column
from app.web.locale import current_language

MOST = 4096
_kept: dict[tuple[Hashable, ...], Markup] = {}


def init(app: Flask) -> None:
    app.jinja_env.globals.update(fragment=fragment, column_marks=column_marks)


def fragment(*key: Hashable, caller: Callable[[], Markup]) -> Markup:
    """``{% call fragment(name, ...) %}``: what is inside may depend on the key and the language
    only, never on the person or the request."""
    whole = (current_language(), *key)
    found = _kept.get(whole)
    if found is None:
        if len(_kept) >= MOST:
            _kept.clear()
        found = _kept[whole] = caller()
    return found


def column_marks(columns: Sequence[Column]) -> tuple[Hashable, ...]:
    """What tells one choice of columns from another."""
    return tuple((column.name, column.shown, column.frozen) for column in columns)
