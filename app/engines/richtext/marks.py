"""Inside a paragraph: text with marks, whatever mixture of elements and styles said so before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby

from msgspec import Struct

from app.core.values import replace
from app.engines.richtext.rules import INLINE, PICTURE, PICTURE_PATH
from app.engines.richtext.tree import Node

#: Outermost first: one text has one way to be written.
ORDER = ("a", "strong", "em", "u", "s", "sub", "sup", "code")
_BY_TAG = {
    **{tag: tag for tag in INLINE if tag != "a"},
    "b": "strong",
    "i": "em",
    "ins": "u",
    "strike": "s",
    "del": "s",
    "tt": "code",
    "kbd": "code",
    "samp": "code",
    "var": "em",
    "cite": "em",
    "dfn": "em",
}
Marks = tuple[tuple[str, str], ...]
_SPACE = re.compile(r"[ \t\n\r\f]+")
#: Zero width signs that editors leave behind; joiners of emoji and scripts stay.
_UNSEEN = re.compile("[\u200b\u2060\ufeff\u00ad]")
_HARD_SPACE = re.compile(r"(?<!\d)\xa0|\xa0(?!\d)")
_URL = re.compile(
    r"https?://[^\s/\\?#][^\s\\]*|mailto:[^\s@:/]+@[^\s/]+|tel:[+\d][\d()\-.]*|/(?![/\\])[^\s\\]*",
    re.IGNORECASE,
)
_URL_NOISE = re.compile(r"[\x00-\x1f\x7f]")


class Leaf(Struct, frozen=True):
    """A piece of text, a line break (``br``) or a picture (``img``) with its marks."""

    tag: str
    text: str
    marks: Marks
    alt: str = ""


def marks_of(node: Node, marks: Marks, lost: Counter[str]) -> Marks:
    """The marks inside an inline element: those around it, its own, less what its style undoes."""
    now = dict(marks)
    if node.tag == "a":
        now |= _link(node, lost)
    elif node.tag in _BY_TAG:
        now[_BY_TAG[node.tag]] = ""
    style = node.style
    weight = style.get("font-weight", "")
    if weight in {"bold", "bolder", "600", "700", "800", "900"}:
        now["strong"] = ""
    elif weight in {"normal", "400"}:
        now.pop("strong", None)
    if style.get("font-style", "") in {"italic", "oblique"}:
        now["em"] = ""
    elif style.get("font-style") == "normal":
        now.pop("em", None)
    line = f"{style.get('text-decoration', '')} {style.get('text-decoration-line', '')}"
    now |= {mark: "" for word, mark in (("underline", "u"), ("line-through", "s")) if word in line}
    now |= {"super": {"sup": ""}, "sub": {"sub": ""}}.get(style.get("vertical-align", ""), {})
    if "a" in now:
        now.pop("u", None)  # a link shows as one
    return tuple((name, now[name]) for name in ORDER if name in now)


def _link(node: Node, lost: Counter[str]) -> dict[str, str]:
    raw = node.attrs.get("href", "").strip()
    address = _URL_NOISE.sub("", raw).replace(" ", "%20")
    if _URL.fullmatch(address):
        return {"a": address}
    # A place inside the document that this was copied from: nothing to tell anybody.
    if raw and not raw.startswith("#"):
        lost["link"] += 1
    return {}


def picture_leaf(
    node: Node, marks: Marks, lost: Counter[str], known: Callable[[str], bool]
) -> Leaf | None:
    """A picture of ours; any other is counted as lost."""
    found = PICTURE.fullmatch(node.attrs.get("src", "").strip())
    if found is None or not known(found[1].lower()):
        lost["image"] += 1
        return None
    alt = plain(node.attrs.get("alt", "")).strip()
    return Leaf("img", PICTURE_PATH + found[1].lower(), marks, alt)


def plain(text: str) -> str:
    """Text without unseen signs and with single spaces."""
    return _SPACE.sub(" ", _HARD_SPACE.sub(" ", _UNSEEN.sub("", text)))


def paragraphs(leaves: list[Leaf]) -> Iterator[list[Leaf]]:
    """The leaves, parted where two line breaks follow each other; without outer white space."""
    run: list[Leaf] = []
    for is_break, group in groupby(leaves, key=_breaks_or_blank):
        pieces = list(group)
        if is_break and sum(one.tag == "br" for one in pieces) > 1:
            yield from _some(run)
            run = []
        else:
            run += pieces
    yield from _some(run)


def _breaks_or_blank(leaf: Leaf) -> bool:
    return leaf.tag == "br" or (leaf.tag == "text" and not plain(leaf.text).strip())


def _some(run: list[Leaf]) -> Iterator[list[Leaf]]:
    tidied = _tidied(run)
    if tidied:
        yield tidied


def _tidied(run: list[Leaf]) -> list[Leaf]:
    """Single spaces, none beside a line break or at an end, no break at an end."""
    out: list[Leaf] = []
    for leaf in run:
        if leaf.tag != "text":
            _trim_end(out)
            if leaf.tag == "img" or out:
                out.append(leaf)
            continue
        text = plain(leaf.text)
        if not out or out[-1].tag == "br":
            text = text.lstrip(" \xa0\u3000")
        elif out[-1].tag == "text" and out[-1].text.endswith(" "):
            text = text.lstrip(" ")
        if text and out and out[-1].tag == "text" and out[-1].marks == leaf.marks:
            out[-1] = replace(out[-1], text=out[-1].text + text)
        elif text:
            out.append(replace(leaf, text=text))
    _trim_end(out)
    while out and out[-1].tag == "br":
        out.pop()
        _trim_end(out)
    return out


def _trim_end(out: list[Leaf]) -> None:
    while out and out[-1].tag == "text":
        text = out[-1].text.rstrip(" \xa0\u3000")
        if text:
            out[-1] = replace(out[-1], text=text)
            return
        out.pop()


def inline_nodes(leaves: list[Leaf], level: int = 0) -> list[Node | str]:
    """The leaves as elements, marks nested in their one order."""
    out: list[Node | str] = []
    for mark, group in groupby(leaves, key=lambda leaf: _mark_at(leaf, level)):
        if mark is None:
            out += [_bare(leaf) for leaf in group]
            continue
        inner = inline_nodes(list(group), level + 1)
        attrs = {"href": mark[1]} if mark[0] == "a" else {}
        out.append(Node(mark[0], attrs, inner))
    return out


def _mark_at(leaf: Leaf, level: int) -> tuple[str, str] | None:
    return leaf.marks[level] if level < len(leaf.marks) else None


def _bare(leaf: Leaf) -> Node | str:
    if leaf.tag == "text":
        return leaf.text
    return Node(leaf.tag, {"src": leaf.text, "alt": leaf.alt} if leaf.tag == "img" else {})


def without(leaves: list[Leaf], mark: str) -> list[Leaf]:
    """The leaves without a mark that their block says already."""
    return [
        replace(leaf, marks=tuple(pair for pair in leaf.marks if pair[0] != mark))
        for leaf in leaves
    ]
