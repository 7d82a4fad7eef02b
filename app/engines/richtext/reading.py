"""What a stored text says: plain text, its beginning, its pictures, words of a list in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from msgspec import Struct

from app.engines.richtext.cleaning import clean
from app.engines.richtext.rules import BLOCKS, PICTURE_PATH
from app.engines.richtext.tree import Node, parsed

_LINES = BLOCKS - {"td", "th"}
_END = re.compile(r"[。！？!?；;…]")
AROUND = 12


class WordFound(Struct, frozen=True):
    """A word of the list, how often it stands there and the words around the first place."""

    word: str
    count: int
    around: str


def text(html: str) -> str:
    """Plain text: a line for each paragraph, tabs between cells, pictures by their words."""
    parts: list[str] = []
    _say(parsed(clean(html).html), parts)
    lines = (re.sub(r"[ \xa0]+", " ", line).strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _say(node: Node, parts: list[str]) -> None:
    if node.tag == "br" or node.tag in _LINES:
        parts.append("\n")
    if node.tag == "img":
        parts.append(node.attrs.get("alt", ""))
    for child in node.children:
        if isinstance(child, str):
            parts.append(child)
        else:
            _say(child, parts)
    if node.tag in {"td", "th"}:
        parts.append("\t")
    elif node.tag in _LINES:
        parts.append("\n")


def summary(html: str, signs: int = 120) -> str:
    """The beginning as one line, cut after a sentence where one ends in the second half."""
    line = re.sub(r"\s+", " ", text(html)).strip()
    if len(line) <= signs:
        return line
    head = line[:signs]
    ends = [one.end() for one in _END.finditer(head) if one.end() > signs // 2]
    return head[: ends[-1]] if ends else f"{head[: signs - 1].rstrip()}…"


def pictures(html: str) -> tuple[str, ...]:
    """Keys of the pictures in a text, each once, in their order."""
    found = (
        node.attrs["src"].removeprefix(PICTURE_PATH)
        for node in parsed(clean(html).html).walk()
        if node.tag == "img"
    )
    return tuple(dict.fromkeys(found))


def words_found(html: str, words: Iterable[str]) -> tuple[WordFound, ...]:
    """Words of a list that the text holds, also in full width or with blanks put in between."""
    said = text(html)
    plain, places = _folded(said)
    found = []
    for word in dict.fromkeys(word.strip() for word in words):
        sought, _ = _folded(word)
        first = plain.find(sought) if sought else -1
        if first < 0:
            continue
        start, end = places[first], places[first + len(sought) - 1] + 1
        around = said[max(0, start - AROUND) : end + AROUND].replace("\n", " ").replace("\t", " ")
        found.append(WordFound(word, plain.count(sought), around.strip()))
    return tuple(found)


def _folded(said: str) -> tuple[str, list[int]]:
    """The text as it is compared, and for each of its signs the place in what was said."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(said):
        for plain in unicodedata.normalize("NFKC", sign).casefold():
            if not plain.isspace() and unicodedata.category(plain) != "Cf":
                signs.append(plain)
                places.append(place)
    return "".join(signs), places
