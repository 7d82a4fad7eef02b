"""The words of a PDF of ours, in the order they are drawn: enough of the format for WeasyPrint's.

No reader of PDF is among the packages; what is read here is what that one writer writes: streams
packed with deflate, objects in object streams, text as glyph numbers with a table to characters.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

OBJECT = re.compile(rb"(\d+) 0 obj\s*(<<.*?>>)\s*stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
PAIRS = re.compile(rb"<([0-9a-f]+)>\s*<([0-9a-f]+)>")
FONT = re.compile(rb"/([A-Za-z0-9+-]+) (\d+) 0 R")
PIECE = re.compile(rb"/([A-Za-z0-9+-]+) [\d.]+ Tf|<([0-9a-f]+)>|\b(ET|Tm)\b")


def text_of(pdf: bytes) -> str:
    """Everything that is drawn, without spaces."""
    streams = {int(one[1]): (one[2], _unpacked(one[3])) for one in OBJECT.finditer(pdf)}
    plain = dict(_plain(streams))
    tables = {number: _table(data) for number, (_head, data) in streams.items()}
    fonts = {}
    for body in plain.values():
        for name, number in FONT.findall(body):
            target = re.search(rb"/ToUnicode (\d+) 0 R", plain.get(int(number), b""))
            if target:
                fonts[name] = tables[int(target[1])]
    assert fonts, "no font with a table to characters"
    pages = [body for body in plain.values() if re.search(rb"/Type /Page\b", body)]
    contents = [int(re.search(rb"/Contents (\d+) 0 R", one)[1]) for one in pages]
    return "".join(_drawn(streams[number][1], fonts) for number in contents)


def pages_of(pdf: bytes) -> int:
    streams = {int(one[1]): (one[2], _unpacked(one[3])) for one in OBJECT.finditer(pdf)}
    return sum(bool(re.search(rb"/Type /Page\b", body)) for _number, body in _plain(streams))


def _unpacked(data: bytes) -> bytes:
    # packed data may end with a byte that looks like the line's end: what came before is enough
    return zlib.decompressobj().decompress(data) if data[:1] == b"x" else data


def _plain(streams: dict[int, tuple[bytes, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Number -> object, out of the object streams."""
    for head, data in streams.values():
        if b"/ObjStm" not in head:
            continue
        first = int(re.search(rb"/First (\d+)", head)[1])
        numbers = [int(one) for one in data[:first].split()]
        starts = [*numbers[1::2], len(data)]
        for at, number in enumerate(numbers[::2]):
            yield number, data[first + starts[at] : first + starts[at + 1]]


def _table(data: bytes) -> dict[int, str]:
    if b"beginbfchar" not in data:
        return {}
    return {
        int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for glyph, text in PAIRS.findall(data)
    }


def _drawn(content: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    found, table = [], {}
    for name, glyphs, _sign in PIECE.findall(content):
        if name:
            table = fonts.get(name, {})
        elif glyphs:
            numbers = (int(glyphs[at : at + 4], 16) for at in range(0, len(glyphs), 4))
            found += [table.get(one, "") for one in numbers]
    return re.sub(r"\s", "", "".join(found))
