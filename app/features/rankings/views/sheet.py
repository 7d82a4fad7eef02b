"""The ranking as a sheet: what screen, print, PDF and workbook say alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from msgspec import Struct

from app.engines import calendar
from app.features.rankings.labels import KIND_WORDS
from app.features.rankings.models import RankingSnapshot
from app.features.rankings.rules import chain
from app.features.rankings.rules.rows import Published, change, place_in_kind
from app.features.rankings.views.ties import notes

#: Tones of grades from the best to the lowest: the first, those between, the last two.
BEST, GOOD, FAIR, LOWEST = "success", "info", "warning", "danger"


class Line(Struct, frozen=True):
    """A row as people read it. ``gained``: places against the last round; ``new``: first time."""

    row: Published
    grade: str
    tone: str
    kind: str
    gained: int | None
    new: bool
    veto: str
    blocks: tuple[str, ...]
    bonus: str
    deduction: str
    own: bool


@dataclass(frozen=True)
class Sheet:
    """A version with its rows: ``shown`` those of the type that is asked for, ``own`` the parks of
    the person that looks."""

    snapshot: RankingSnapshot
    shown: tuple[Published, ...]
    own: frozenset[int]
    everybody: tuple[Published, ...]
    counts: dict[str, int]

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """All that are shown."""
        return self.lines_of(self.shown)

    @property
    def mine(self) -> tuple[Published, ...]:
        """Those shown of the person's own parks."""
        return tuple(one for one in self.shown if one.park_id in self.own)

    @cached_property
    def ties(self) -> tuple[str, ...]:
        """A note on each total that several parks have."""
        return notes(self.snapshot, self.everybody)

    def ties_of(self, rows: Sequence[Published]) -> tuple[str, ...]:
        """The notes on the totals of these rows alone."""
        totals = {one.final for one in rows}
        return notes(self.snapshot, [one for one in self.everybody if one.final in totals])

    def lines_of(self, rows: Sequence[Published]) -> tuple[Line, ...]:
        return tuple(_line(self.snapshot.head, one, self.own) for one in rows)

    @property
    def head(self) -> dict[str, Any]:
        return self.snapshot.head

    @property
    def published_at(self) -> datetime:
        return self.snapshot.published_at

    @property
    def code(self) -> str:
        return chain.shown_code(self.snapshot.short_code)

    @property
    def days(self) -> int:
        """Working days of the window, its first day counted when it is one."""
        one = self.snapshot
        return calendar.left(one.window_until, one.window_from)

    def grade_name(self, code: str) -> str:
        return next((one["name"] for one in self.head["grades"] if one["code"] == code), code)


def sheet(
    snapshot: RankingSnapshot, rows: Sequence[Published], *, own: frozenset[int], kind: str = ""
) -> Sheet:
    """All rows, or those of one type; ``own``: parks of the person that looks."""
    return Sheet(
        snapshot=snapshot,
        shown=tuple(one for one in rows if not kind or one.kind == kind),
        own=own,
        everybody=tuple(rows),
        counts={
            "": len(rows),
            **{name: sum(one.kind == name for one in rows) for name in KIND_WORDS},
        },
    )


def _line(head: dict[str, Any], row: Published, own: frozenset[int]) -> Line:
    codes = [one["code"] for one in head["grades"]]
    return Line(
        row=row,
        grade=next(one["name"] for one in head["grades"] if one["code"] == row.grade),
        tone=tone(codes, row.grade),
        kind=str(KIND_WORDS.get(row.kind, row.kind)),
        gained=change(row),
        new=row.rank is not None and row.previous_rank is None,
        veto=_veto(head, row),
        blocks=tuple(row.blocks.get(one["code"], "") for one in head["blocks"]),
        bonus=_signed(row.bonus, "+"),
        deduction=_signed(row.deduction, "−"),
        own=row.park_id in own,
    )


def tone(codes: Sequence[str], grade: str) -> str:
    """``codes`` from the lowest to the highest."""
    place = codes.index(grade)
    if place == 0:
        return LOWEST
    if place == len(codes) - 1:
        return BEST
    return FAIR if place == 1 else GOOD


def _veto(head: dict[str, Any], row: Published) -> str:
    if row.veto is None:
        return ""
    name = head["vetoes"].get(row.veto, "")
    return str(_("%(code)s 一票否决：%(name)s，不参加排名", code=row.veto, name=name))


def _signed(points: str | None, sign: str) -> str:
    """Empty for nothing; the sheet shows a dash."""
    return f"{sign}{points}" if points and points.strip("0.") else ""


def place_of(found: Sheet, row: Published) -> int | None:
    """The place within the type."""
    return place_in_kind(found.everybody, row)
