"""What a row of the workbook says, and which column says it (counted from 1)."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

KEY, NAME, PART, UNIT, VALUE, REASON, BEFORE, SOURCE, RULE, PAPERS = range(1, 11)


class Line(Struct, frozen=True):
    """One row. ``kind``: ``number``, ``yes``, ``choice`` or ``text``; ``key`` ties it to its value."""

    key: str
    name: str
    part: str = ""
    unit: str = ""
    kind: str = "number"
    value: str = ""
    reason: str = ""
    before: str = ""
    source: str = ""
    rule: str = ""
    papers: str = ""
    open: bool = True
    first: bool = True
    options: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
