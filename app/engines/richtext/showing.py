"""A stored text as a page shows it: cleaned again, pictures in their sizes, links told apart."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from app.core.pictures import Drawn, picture_html
from app.engines.richtext.cleaning import clean
from app.engines.richtext.rules import LINK_REL, PICTURE_PATH, VOID
from app.engines.richtext.tree import Node, opening, parsed


def shown(html: str, drawn: Mapping[str, Drawn]) -> str:
    """Safe HTML for a page. ``drawn``: file key -> the picture; one that is gone leaves its words."""
    parts: list[str] = []
    _show(parsed(clean(html).html), drawn, parts)
    return "".join(parts)


def _show(node: Node, drawn: Mapping[str, Drawn], parts: list[str]) -> None:
    if node.tag == "img":
        parts.append(_picture(node, drawn))
        return
    # A wide table scrolls by itself and can be reached by keyboard; the page never scrolls sideways.
    before, after = (
        ('<div class="rich-table" tabindex="0">', "</div>") if node.tag == "table" else ("", "")
    )
    parts.append(before + _open(node))
    for child in node.children:
        if isinstance(child, str):
            parts.append(escape(child, quote=False))
        else:
            _show(child, drawn, parts)
    if node.tag and node.tag not in VOID:
        parts.append(f"</{node.tag}>")
    parts.append(after)


def _open(node: Node) -> str:
    if not node.tag:
        return ""
    attrs = dict(node.attrs)
    if node.tag == "a" and not attrs.get("href", "/").startswith("/"):
        attrs |= {"rel": LINK_REL, "target": "_blank"}
    return opening(node.tag, attrs)


def _picture(node: Node, drawn: Mapping[str, Drawn]) -> str:
    alt = node.attrs.get("alt", "")
    found = drawn.get(node.attrs["src"].removeprefix(PICTURE_PATH))
    if found is not None:
        return picture_html(found, alt)
    return f'<span class="rich-missing">{escape(alt)}</span>'
