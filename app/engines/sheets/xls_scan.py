"""The old binary workbook: the compound file around it, and a scan of its records.

Tells encryption and macros, how far cells reach, error cells, hidden rows and merges. Values come
from the reader proper.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from app.engines.sheets.marks import ERROR, Marks
from app.engines.sheets.model import FileRefused

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE: Final = 0xFFFFFFFA  # this and above are not sectors
_BOF, _EOF, _FILEPASS, _BOUNDSHEET = 0x809, 0x0A, 0x2F, 0x85
_ROW, _FORMULA, _BOOLERR, _MERGED, _MULRK = 0x208, 0x06, 0x205, 0xE5, 0xBD
_CELLS: Final = frozenset({_FORMULA, _BOOLERR, _MULRK, 0x203, 0x204, 0x27E, 0xFD, 0xD6})


class CompoundFile:
    """The streams of an OLE compound file, by name."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        try:
            self._open()
        except (struct.error, IndexError, ValueError) as error:
            raise FileRefused("damaged", part="") from error

    def _open(self) -> None:
        if len(self._data) < 512 or self._data[:8] != MAGIC:
            raise FileRefused("damaged", part="")
        (shift,) = struct.unpack_from("<H", self._data, 30)
        if shift not in (9, 12):
            raise FileRefused("damaged", part="")
        self._sector = 1 << shift
        # sectors of the table, first of the directory, limit and first of the small streams, more
        fats, directory, small, mini, more = struct.unpack_from("<II4xII4xI", self._data, 44)
        self._small = small
        table = list(struct.unpack_from("<109I", self._data, 76))
        while more < _FREE and len(table) < 1 << 20:
            block = struct.unpack(f"<{self._sector // 4}I", self._at(more))
            table += block[:-1]
            more = block[-1]
        self._fat = [
            entry
            for number in table[:fats]
            if number < _FREE
            for entry in struct.unpack(f"<{self._sector // 4}I", self._at(number))
        ]
        self._entries = self._directory(self._chain(directory))
        root = self._entries.get("Root Entry", (0xFFFFFFFE, 0))
        self._mini = self._chain(root[0]) if root[0] < _FREE else b""
        raw = self._chain(mini) if mini < _FREE else b""
        self._minifat = struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])

    @property
    def names(self) -> set[str]:
        """Names of streams and storages, lower case."""
        return {name.lower() for name in self._entries}

    def stream(self, *names: str) -> bytes:
        """The first stream of these names; empty when there is none."""
        for name in names:
            if name in self._entries:
                start, size = self._entries[name]
                chain = self._mini_chain(start) if size < self._small else self._chain(start)
                return chain[:size]
        return b""

    def _at(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        return self._data[start : start + self._sector].ljust(self._sector, b"\0")

    def _chain(self, start: int) -> bytes:
        return b"".join(self._at(number) for number in _follow(start, self._fat))

    def _mini_chain(self, start: int) -> bytes:
        return b"".join(
            self._mini[number * 64 : number * 64 + 64] for number in _follow(start, self._minifat)
        )

    def _directory(self, data: bytes) -> dict[str, tuple[int, int]]:
        entries: dict[str, tuple[int, int]] = {}
        for at in range(0, len(data) - 127, 128):
            length, kind = struct.unpack_from("<HB", data, at + 64)
            if kind in (1, 2, 5) and 2 <= length <= 64:
                name = data[at : at + length - 2].decode("utf-16-le", "replace")
                entries.setdefault(name, struct.unpack_from("<II", data, at + 116))
        return entries


def scan(path: Path, max_columns: int) -> dict[str, Marks]:
    """Findings by sheet name; refuses an encrypted workbook and one with macros."""
    compound = CompoundFile(path)
    names = compound.names
    if "encryptedpackage" in names:
        raise FileRefused("encrypted")
    if "_vba_project_cur" in names or "_vba_project" in names:
        raise FileRefused("macros")
    stream = compound.stream("Workbook", "Book", "WORKBOOK", "BOOK")
    if not stream:
        raise FileRefused("content_mismatch")
    sheets: dict[str, Marks] = {}
    for kind, data in _records(stream, 0):
        if kind == _FILEPASS:
            raise FileRefused("encrypted")
        if kind == _BOUNDSHEET and len(data) >= 8:
            offset = int.from_bytes(data[:4], "little")
            sheets[_sheet_name(data[6:])] = _sheet(stream, offset, max_columns)
    return sheets


def _follow(start: int, table: list[int] | tuple[int, ...]) -> Iterator[int]:
    """Sector numbers of a chain; one that runs in a circle ends as damaged."""
    number, steps = start, 0
    while number < _FREE:
        if number >= len(table) or steps > len(table):
            raise FileRefused("damaged", part="")
        yield number
        number = table[number]
        steps += 1


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """Records of one substream, to its end."""
    depth = 0
    while offset + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, offset)
        yield kind, stream[offset + 4 : offset + 4 + size]
        depth += (kind == _BOF) - (kind == _EOF)
        if kind == _EOF and depth <= 0:
            return
        offset += 4 + size


def _sheet_name(data: bytes) -> str:
    length, wide = data[0], data[1] & 1
    text = data[2 : 2 + length * (2 if wide else 1)]
    return text.decode("utf-16-le" if wide else "latin-1", "replace")


def _sheet(stream: bytes, offset: int, max_columns: int) -> Marks:
    marks = Marks(max_columns)
    reach: dict[int, int] = {}
    for kind, data in _records(stream, offset):
        if kind in _CELLS and len(data) >= 6:
            row, column = struct.unpack_from("<HH", data)
            last = int.from_bytes(data[-2:], "little") if kind == _MULRK else column
            reach[row] = max(reach.get(row, 0), last)
            if _is_error(kind, data):
                marks.cell(row + 1, column, ERROR)
        elif kind == _ROW and len(data) >= 16 and data[12] & 0x20:
            marks.hidden.add(int.from_bytes(data[:2], "little") + 1)
        elif kind == _MERGED and len(data) >= 2:
            for merge in _merges(data):
                marks.merge(*merge)
    for row, last in sorted(reach.items()):
        marks.content(row + 1, last)
        if last >= max_columns and not marks.beyond:
            marks.beyond = f"R{row + 1}C{last + 1}"
    return marks


def _is_error(kind: int, data: bytes) -> bool:
    if kind == _BOOLERR:
        return len(data) >= 8 and data[7] == 1
    return kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2


def _merges(data: bytes) -> list[tuple[int, int, int, int]]:
    count = min(int.from_bytes(data[:2], "little"), (len(data) - 2) // 8)
    ranges = [struct.unpack_from("<4H", data, 2 + index * 8) for index in range(count)]
    return [(top + 1, left, bottom + 1, right) for top, bottom, left, right in ranges]
