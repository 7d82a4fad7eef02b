"""``clean``: nh3 makes a sound tree of anything, we give it our shape, nh3 passes what is listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from html import escape

import nh3
from msgspec import Struct

from app.core.errors import Refusal
from app.engines.richtext import dropping, excel, nesting
from app.engines.richtext.blocks import Context, Place, flow, heading_level
from app.engines.richtext.rules import (
    ALIGN_CLASSES,
    ALIGNED,
    BLOCKS,
    INLINE,
    KEPT,
    MAX_SIGNS,
    PASTED,
    SCHEMES,
    SWALLOWED,
    VOID,
)
from app.engines.richtext.tables import table
from app.engines.richtext.tree import Node, parsed, written

#: A text of ours is as it stays after one or two rounds; a third one would be a mistake of ours.
MAX_ROUNDS = 6
#: Read only to be counted: no address with them is ever kept.
_TOLD = frozenset({"javascript", "vbscript", "data", "file", "ftp", "blob"})
_READ = {
    "*": {"style", "class", "align"},
    "a": {"href"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}


class Clean(Struct, frozen=True):
    """``html``: what is kept; ``dropped``: what was not; ``without_alt``: pictures without words.

    ``length`` counts the signs that a reader sees.
    """

    html: str
    dropped: tuple[dropping.Dropped, ...] = ()
    without_alt: int = 0
    length: int = 0


def clean(html: str, *, known: Callable[[str], bool] | None = None) -> Clean:
    """What is kept of a person's HTML; cleaning it again changes nothing.

    ``known`` says of a picture's file key whether it is one of those the author may use; without
    it every address of a picture of ours passes. Refuses ``richtext_too_long``.
    """
    if len(html) > MAX_SIGNS:
        raise Refusal("richtext_too_long")
    if known is None:
        return _remembered(html)
    return _cleaned(html, known)


@lru_cache(maxsize=128)
def _remembered(html: str) -> Clean:
    """Texts are cleaned again whenever they are shown: the same few, most of the time."""
    return _cleaned(html, lambda _key: True)


def _cleaned(html: str, known: Callable[[str], bool]) -> Clean:
    html = nesting.bounded(html.replace("\x00", ""))
    lost = dropping.counted(html)
    now, tree = _round(html, known, lost)
    for _ in range(MAX_ROUNDS):
        before = now
        now, tree = _round(before, known, Counter())
        if now == before:
            break
    else:
        now, tree = _only_text(tree)
    bare = sum(one.tag == "img" and not one.attrs.get("alt") for one in tree.walk())
    return Clean(now, dropping.as_told(lost), bare, len(tree.text()))


def _round(html: str, known: Callable[[str], bool], lost: Counter[str]) -> tuple[str, Node]:
    read = parsed(_read(html))
    excel.dress(read, html)
    lower = any(heading_level(one) == 1 for one in read.walk())
    context = Context(known, table, lower, lost)
    tree = Node("", {}, list(flow(read.children, context, Place())))
    return _strict(written(tree)), tree


def _only_text(tree: Node) -> tuple[str, Node]:
    """A text that does not come to rest is somebody's trick: its words are all that it keeps."""
    text = f"<p>{escape(' '.join(tree.text().split()), quote=False)}</p>"
    return _strict(text), Node("")


def _read(html: str) -> str:
    """Well-formed HTML with all that tells what a piece was meant to be; not yet safe."""
    return nh3.clean(
        html,
        tags=set(BLOCKS | INLINE | VOID | PASTED),
        clean_content_tags=set(SWALLOWED),
        attributes=_READ,
        url_schemes=set(SCHEMES | _TOLD),
        link_rel=None,
    )


def _strict(html: str) -> str:
    """The gate: whatever happened before, nothing passes that is not in the list."""
    return nh3.clean(
        html,
        tags=set(KEPT),
        clean_content_tags=set(SWALLOWED),
        attributes={tag: set(names) for tag, names in KEPT.items() if names},
        allowed_classes={tag: set(ALIGN_CLASSES) for tag in ALIGNED},
        url_schemes=set(SCHEMES),
        link_rel=None,
    )
