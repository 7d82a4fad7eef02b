"""A byte scan of worksheet XML: how far the cells reach, and which of them hold no usable value.

It reads what every writer of the format produces; what is odder than that is left to the reading
child's limits. It never yields values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from app.engines.sheets.marks import ERROR, FORMULA, Marks
from app.engines.sheets.model import FileRefused

_PREFIX: Final = re.compile(rb"<((?:[\w.-]+:)?)worksheet[\s>]")
_LONGEST_ROW: Final = 64 << 20
_NUMBER: Final = re.compile(rb"""\sr\s*=\s*["'](\d{1,7})["']""")
_HIDDEN: Final = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
_REFERENCE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})\d{1,7}["']""")
_TYPE: Final = re.compile(rb"""\st\s*=\s*["'](\w+)["']""")
_IS_ERROR: Final = re.compile(rb"""\st\s*=\s*["']e["']""")
_MERGE: Final = re.compile(
    rb"""<(?:[\w.-]+:)?mergeCell\s[^<>]*?ref\s*=\s*["']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})["']"""
)


# Attributes written in a way that the quick patterns do not know; a writer has one way.
_ODD_STYLE: Final = re.compile(rb"""\s[rt](?:\s*=\s*'|\s+=|=\s)""")


def column_number(letters: bytes) -> int:
    """``A`` is 0, ``XFD`` 16383."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def column_letters(column: int) -> str:
    """0 is ``A``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def scan(chunks: Iterable[bytes], max_columns: int) -> Marks:
    """The findings of one worksheet part."""
    return _Scan(max_columns).run(chunks)


class _Scan:
    def __init__(self, max_columns: int) -> None:
        self._max_columns = max_columns
        self._wide = re.compile(_wider_than(max_columns))
        self._marks = Marks(max_columns)
        self._row = 0
        self._columns: dict[bytes, int] = {}
        self._seen: set[int] = set()

    def run(self, chunks: Iterable[bytes]) -> Marks:
        rest = bytearray()
        prefix: bytes | None = None
        for chunk in chunks:
            seen = len(rest)
            rest += chunk
            if prefix is None:
                match = _PREFIX.search(chunk)
                prefix = match[1] if match else b""
                self._odd = _ODD_STYLE.search(chunk) is not None
                self._use(prefix)
            # Only where it may be new: a row that never ends is not searched from its start again.
            end = rest.rfind(self._row_end, max(seen - len(self._row_end), 0))
            if end < 0:
                if len(rest) > _LONGEST_ROW:
                    raise FileRefused("damaged", part="")
                continue
            end += len(self._row_end)
            self._rows(bytes(rest[:end]))
            del rest[:end]
        self._merges(bytes(rest))
        return self._marks

    def _merges(self, tail: bytes) -> None:
        for match in _MERGE.finditer(tail):
            left, top, right, bottom = match.groups()
            self._marks.merge(int(top), column_number(left), int(bottom), column_number(right))

    def _use(self, prefix: bytes) -> None:
        self._row_start = b"<" + prefix + b"row"
        self._row_end = b"</" + prefix + b"row>"
        self._cell_start = b"<" + prefix + b"c "
        self._cell_end = b"</" + prefix + b"c>"
        self._formula = b"<" + prefix + b"f"
        p = re.escape(prefix)
        # Each looks no further than the next tag: a tag that never ends must not be searched to the
        # end of the part once for each of its like.
        self._content = re.compile(rb"<%b(?:v(?:\s[^<>]*)?>[^<]|is[\s>]|f[\s>/])" % p)
        self._value = re.compile(rb"<%bv(?:\s[^<>]*)?>[^<]" % p)
        self._cell = re.compile(rb"<%bc(\s[^<>]*?|)(/?)>" % p)
        self._cell_close = re.compile(rb"</%bc\s*>" % p)

    def _rows(self, data: bytes) -> None:
        # Plain searches first: they run at the speed of memory, patterns do not.
        careful = (
            self._odd or b'"e"' in data or self._formula in data or bool(self._wide.search(data))
        )
        for piece in data.split(self._row_end)[:-1]:
            head, body = self._head(piece)
            if not head:
                continue
            number = _NUMBER.search(head)
            self._row = int(number[1]) if number else self._row + piece.count(self._row_start)
            if not self._content.search(piece, body):
                continue
            if self._row in self._seen:  # the reader would keep one of the two
                raise FileRefused("damaged", part="")
            self._seen.add(self._row)
            if b"hidden" in head and _HIDDEN.search(head):
                self._marks.hidden.add(self._row)
            last = -1 if careful else self._last_column(piece, body)
            self._marks.content(self._row, self._look_closely(piece, body) if last < 0 else last)

    def _head(self, piece: bytes) -> tuple[bytes, int]:
        """The start tag of the row that ends here, and where it ends. Empty rows may precede it."""
        start = 0 if piece.startswith(self._row_start) else piece.rfind(self._row_start)
        if start < 0:
            return b"", 0
        end = piece.find(b">", start)
        if piece[end - 1 : end] == b"/":
            start = piece.rfind(self._row_start)
            end = piece.find(b">", start)
        return piece[start:end], end

    def _last_column(self, piece: bytes, start: int) -> int:
        """Column of the last cell that is not self-closed, -1 when it does not say."""
        begin = piece.rfind(self._cell_start, start, piece.rfind(self._cell_end))
        match = _REFERENCE.search(piece, begin, piece.find(b">", begin)) if begin >= 0 else None
        if match is None:
            return -1
        letters = match[1]
        if letters not in self._columns:
            self._columns[letters] = column_number(letters)
        return self._columns[letters]

    def _look_closely(self, piece: bytes, start: int) -> int:
        """Cell by cell: the last column with something in it, and the cells without a value."""
        last = 0
        for column, attributes, body in self._each_cell(piece, start):
            if not self._content.search(body):
                continue
            last = max(last, column)
            if column >= self._max_columns and not self._marks.beyond:
                self._marks.beyond = f"{column_letters(column)}{self._row}"
            if _IS_ERROR.search(attributes):
                self._marks.cell(self._row, column, ERROR)
            elif self._formula in body and not self._has_value(attributes, body):
                self._marks.cell(self._row, column, FORMULA)
        return last

    def _each_cell(self, piece: bytes, start: int) -> Iterator[tuple[int, bytes, bytes]]:
        column = -1
        while match := self._cell.search(piece, start):
            start = match.end()
            body = b""
            if not match[2]:
                close = self._cell_close.search(piece, start)
                if close is None:  # of this cell or of any after it
                    return
                body = piece[start : close.start()]
                start = close.end()
            reference = _REFERENCE.search(match[1])
            column = column_number(reference[1]) if reference else column + 1
            yield column, match[1], body

    def _has_value(self, attributes: bytes, body: bytes) -> bool:
        """A formula may well yield an empty text; then its cell says so."""
        if self._value.search(body):
            return True
        kind = _TYPE.search(attributes)
        return kind is not None and kind[1] == b"str" and b"v>" in body


def _wider_than(max_columns: int) -> bytes:
    """A pattern for references right of the last column allowed."""
    last = column_letters(max_columns - 1)
    beyond = [b"[A-Za-z]" * (len(last) + 1)]
    for place, letter in enumerate(last):
        if letter < "Z":
            rest = b"[A-Z]" * (len(last) - place - 1)
            beyond.append(b"%s[%c-Z]%s" % (last[:place].encode(), ord(letter) + 1, rest))
    return b' r="(?:%b)[0-9]' % b"|".join(beyond)
