"""Text tables: which encoding, which separator, and the records of the file, all without a guess."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from app.core.encodings import utf16_pattern
from app.engines.sheets.headings import HEADING_ROWS, known_headings, normalised
from app.engines.sheets.model import FileRefused, Limits, Table

_BLOCK: Final = 1 << 20
_LONGEST_CELL: Final = 1 << 20
_HEADINGS_LOOKED_AT: Final = 1_000
_SEPARATORS: Final = (",", ";", "\t")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(path: Path) -> str:
    """BOM, else the pattern of UTF-16, else strict UTF-8, else GB18030; anything else is refused."""
    with path.open("rb") as file:
        head = file.read(4096)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return _checked(path, name)
    if pattern := utf16_pattern(head):
        return _checked(path, pattern)
    for name in ("utf-8", "gb18030"):
        if _decodes(path, name):
            return name
    raise FileRefused("undecodable")


def records(path: Path, encoding: str, separator: str) -> Iterator[list[str]]:
    """The records of the file, blank ones as empty lists."""
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=separator, strict=True)
        try:
            yield from reader
        except csv.Error as error:
            # The module tells its faults apart by their words only; a test holds it to these.
            if "field limit" in str(error):
                params = {"line": reader.line_num, "limit": f"{_LONGEST_CELL:,}"}
                raise FileRefused("cell_too_long", **params) from error
            raise FileRefused("csv_quotes", line=reader.line_num) from error


def separator_of(path: Path, encoding: str, table: Table | None) -> str:
    """Comma, semicolon or tab: the one under which the first records name most columns."""
    with path.open(encoding=encoding, newline="") as file:
        head = _head_lines(file)
    known = known_headings(table) if table else {}
    return max(_SEPARATORS, key=lambda separator: _fit(head, separator, known))


def count(path: Path, encoding: str, separator: str, limits: Limits) -> int:
    """Records that hold something; refuses the file when they or their cells are too many."""
    total = 0
    for number, record in enumerate(records(path, encoding, separator), 1):
        if not any(record):
            continue
        total += 1
        if total > limits.max_rows + HEADING_ROWS + 1:
            raise FileRefused("too_many_rows", limit=limits.max_rows)
        if len(record) > limits.max_columns and any(record[limits.max_columns :]):
            raise FileRefused("too_many_columns", limit=limits.max_columns, cell=str(number))
    return total


def _checked(path: Path, encoding: str) -> str:
    if not _decodes(path, encoding):
        raise FileRefused("undecodable")
    return encoding


def _decodes(path: Path, encoding: str) -> bool:
    """Whether the whole file is text of this encoding; NUL never is text."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                if "\0" in decoder.decode(block):
                    return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _head_lines(file: IO[str]) -> list[str]:
    """The first lines, cut: a bomb of one line must not be read whole here."""
    lines: list[str] = []
    while len(lines) < HEADING_ROWS * 2 and (line := file.readline(_BLOCK)):
        lines.append(line)
    return lines


def _fit(head: list[str], separator: str, known: dict[str, str]) -> tuple[int, int]:
    """How many known headings, then how many cells, the best line has under ``separator``."""
    best = (0, 0)
    try:
        for record in csv.reader(head, delimiter=separator):
            # The best line decides long before a line of a million cells is looked through.
            named = sum(1 for cell in record[:_HEADINGS_LOOKED_AT] if normalised(cell) in known)
            best = max(best, (named, len(record)))
    except csv.Error:
        return (0, 0)
    return best
