"""What the 工作台 is made of: plain data that features make and its template draws.

Every number opens the list that it counts; ``tests/features/desk/test_board.py`` walks them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from msgspec import Struct

from app.core.actor import Actor


@dataclass(frozen=True)
class Number:
    """As many as the list at ``url`` says; ``text`` where that list stops counting ("10,000+")."""

    value: int
    url: str
    text: str = ""
    counts: ClassVar[bool] = True

    def __str__(self) -> str:
        return self.text or f"{self.value:,}"


@dataclass(frozen=True)
class Value:
    """A measured value of a chart: no list has as many; ``text`` as it is shown ("87.42").

    ``url``: where it comes from. An empty ``text`` is drawn as a gap.
    """

    text: str
    url: str = ""
    counts: ClassVar[bool] = False

    @property
    def value(self) -> str:
        return self.text

    def __str__(self) -> str:
        return self.text or "—"


class Todo(Struct, frozen=True):
    """A line of 待办. ``due``: until when; ``since``: for how long the oldest has waited."""

    label: Any
    text: Any
    act: Any
    url: str
    number: Number | None = None
    unit: str = ""
    due: date | None = None
    since: datetime | None = None


class Series(Struct, frozen=True):
    """A column of a chart's table. ``tone``: its colour, a name of charts.css."""

    label: Any
    tone: str = "blue"


class Row(Struct, frozen=True):
    """One bar, or one slice, with a number for each series."""

    label: Any
    numbers: tuple[Number | Value, ...]
    tone: str = ""
    rate: int | None = None  # per cent of the first row


class Chart(Struct, frozen=True):
    """A table that is drawn as well.

    ``shape``: ``bars`` (of several series: stacked), ``groups`` (bars side by side), ``ring``,
    ``places`` (a line over time on which 1 stands at the top).
    """

    name: str
    title: Any
    heading: Any
    series: Sequence[Series]
    rows: Sequence[Row]
    shape: str = "bars"
    unit: str = ""
    empty: Any = ""

    @property
    def nothing(self) -> bool:
        return not any(number.value for row in self.rows for number in row.numbers)

    @property
    def rated(self) -> bool:
        return any(row.rate is not None for row in self.rows)


class Step(Struct, frozen=True):
    """One of the steps that a person goes through; ``now``: the one whose turn it is."""

    label: Any
    text: Any
    state: Any
    dot: str
    url: str = ""
    act: Any = ""
    now: bool = False


class State(Struct, frozen=True):
    """Where one thing of one's own stands: a line of the panel beside 待办."""

    label: Any
    state: Any
    dot: str
    url: str
    text: Any = ""


Maker = Callable[[Actor], Any]
#: Each is asked with the person and answers with what it has for them: several, one or nothing.
CARDS: list[Maker] = []
DOORS: list[Maker] = []
TODOS: list[Maker] = []
STATES: list[Maker] = []
STEPS: list[Maker] = []
CHARTS: list[Maker] = []


def gathered(makers: Sequence[Maker], actor: Actor) -> list[Any]:
    """What all of them have for a person, in their order."""
    found: list[Any] = []
    for make in makers:
        made = make(actor)
        found += made if isinstance(made, list | tuple) else [] if made is None else [made]
    return found


def rated(rows: Sequence[tuple[Any, Number]]) -> tuple[Row, ...]:
    """A funnel: each row with its share of the first."""
    every = rows[0][1].value if rows else 0
    return tuple(
        Row(label, (number,), rate=round(100 * number.value / every) if every else None)
        for label, number in rows
    )
