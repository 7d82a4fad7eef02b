"""What moved between two scoring runs, park by park, and which inputs are the cause."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from msgspec import Struct

from app.engines.scoring import Scheme

#: Parts of a run's input that are looked at one by one.
PARTS = ("values", "bonus", "deductions")
SINGLE = ("filed", "veto", "previous_rank")


class Scored(Protocol):
    """A park's line of a run."""

    rank: int | None
    final: Decimal | None
    grade: str
    subject: dict[str, Any]
    outcome: dict[str, Any]


class Changed(Struct, frozen=True):
    """One value or score: before and after."""

    code: str
    before: Any
    after: Any


class Moved(Struct, frozen=True):
    """A park that is not as it was. Ranks and totals of a run it was not in are ``None``."""

    park_id: int
    ranks: tuple[int | None, int | None]
    finals: tuple[Decimal | None, Decimal | None]
    grades: tuple[str, str]
    inputs: tuple[Changed, ...]
    scores: tuple[Changed, ...]
    #: A park that only one of the two runs has: ``came`` or ``left``.
    only: str = ""

    @property
    def points(self) -> Decimal | None:
        """By how much the total changed."""
        before, after = self.finals
        return None if before is None or after is None else after - before


def between(before: Mapping[int, Scored], after: Mapping[int, Scored]) -> tuple[Moved, ...]:
    """Only parks with a difference, in the order of the new ranking."""
    found = []
    for park_id in {**after, **before}:
        old, new = before.get(park_id), after.get(park_id)
        both = old is not None and new is not None
        one = Moved(
            park_id,
            (old.rank if old else None, new.rank if new else None),
            (old.final if old else None, new.final if new else None),
            (old.grade if old else "", new.grade if new else ""),
            _changed(_inputs(old), _inputs(new)) if both else (),
            _changed(_scores(old), _scores(new)) if both else (),
            "" if both else "left" if new is None else "came",
        )
        pairs = (one.ranks, one.finals, one.grades)
        if one.only or one.inputs or one.scores or any(a != b for a, b in pairs):
            found.append(one)
    last = len(found) + len(after) + 1
    return tuple(sorted(found, key=lambda one: (one.ranks[1] or last, one.park_id)))


def not_own(scheme: Scheme, one: Moved) -> tuple[str, ...]:
    """Codes of scores that moved although nothing of the park's own behind them did."""
    changed = {each.code for each in one.inputs}
    if changed & {"filed", "veto"}:
        return ()  # then all of them move
    behind = {each.code: {*each.value.items} for each in scheme.indicators}
    behind |= {each.code: {"expert_scores"} for each in scheme.indicators if each.is_expert}
    behind |= {
        each.code: {each.code, "previous_rank"} for each in (*scheme.bonus, *scheme.deductions)
    }
    return tuple(
        each.code for each in one.scores if not behind.get(each.code, {each.code}) & changed
    )


def _inputs(one: Scored | None) -> dict[str, Any]:
    if one is None:
        return {}
    found = {key: one.subject.get(key) for key in SINGLE}
    for part in PARTS:
        found |= one.subject.get(part) or {}
    return found


def _scores(one: Scored | None) -> dict[str, Any]:
    if one is None:
        return {}
    return {**one.outcome["items"], **one.outcome["bonus"], **one.outcome["deductions"]}


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Changed, ...]:
    return tuple(
        Changed(code, before.get(code), after.get(code))
        for code in {**before, **after}
        if before.get(code) != after.get(code)
    )
