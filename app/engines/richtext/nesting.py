"""A guard in front of the parser, whose time grows with the square of the depth."""

from __future__ import annotations

import re

from app.engines.richtext.rules import MOST_NESTED

#: Elements that close themselves where the next one begins, and those that hold nothing.
_FLAT = frozenset(
    {"p", "li", "td", "th", "tr", "dt", "dd", "tbody", "thead", "tfoot", "option", "colgroup"}
    | {"br", "hr", "img", "col", "meta", "link", "input", "wbr", "source", "area", "embed"}
)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,60})")
_ANY_TAG = re.compile(r"<[^<>]*>?")


def bounded(html: str) -> str:
    """The text as it is, or without its elements when they are nested beyond all sense."""
    depth = 0
    for closing, name in _TAG.findall(html):
        if name.lower() in _FLAT:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > MOST_NESTED:
            return _ANY_TAG.sub(" ", html)
    return html
