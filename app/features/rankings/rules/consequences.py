"""What a confirmed result leads to, as the scheme says (``grades.consequences``). Plain Python.

The platform never takes a title away by itself: whatever touches a title is 取消称号待核, and a person
decides on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from app.features.rankings.rules.rows import Published


class Kind(StrEnum):
    """限期整改, 取消称号待核, or what else a scheme names."""

    rectify = "rectify"
    title_review = "title"
    other = "other"


class Outcome(StrEnum):
    """How it ended: 整改通过, 整改未通过, 保留称号, 取消称号, 已办结."""

    passed = "passed"
    failed = "failed"
    kept = "kept"
    revoked = "revoked"
    done = "done"


#: How each kind can end.
ENDINGS: Mapping[Kind, tuple[Outcome, ...]] = {
    Kind.rectify: (Outcome.passed, Outcome.failed),
    Kind.title_review: (Outcome.kept, Outcome.revoked),
    Kind.other: (Outcome.done,),
}
TITLE, RECTIFY = "称号", "整改"
#: Working days to rectify, or to decide on a title.
DAYS: Mapping[Kind, int] = {Kind.rectify: 60, Kind.title_review: 20, Kind.other: 20}
WORDS_MAX = 80


class Rule(Struct, frozen=True):
    """One line of the scheme. ``years``: so many rounds in a row with the grade."""

    words: str
    grade: str = ""
    years: int = 1
    veto: bool = False

    @property
    def kind(self) -> Kind:
        if TITLE in self.words:
            return Kind.title_review
        return Kind.rectify if RECTIFY in self.words else Kind.other


class Consequence(Struct, frozen=True):
    """What follows for one park."""

    park_id: int
    rule: Rule
    years: int


def read(content: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules of a scheme's content; a line that cannot be read as one is no rule."""
    grades = content.get("grades")
    lines = grades.get("consequences") if isinstance(grades, Mapping) else None
    found = (_rule(one) for one in lines) if isinstance(lines, list) else ()
    return tuple(one for one in found if one is not None)


def _rule(line: Any) -> Rule | None:
    when = line.get("when") if isinstance(line, Mapping) else None
    words = str(line.get("then") or "").strip()[:WORDS_MAX] if isinstance(line, Mapping) else ""
    if not words or not isinstance(when, Mapping):
        return None
    if "veto" in when:
        return Rule(words, veto=True)
    years = str(when.get("years_in_row", "1"))
    if not when.get("grade") or not (years.isascii() and years.isdigit() and len(years) < 3):
        return None
    return Rule(words, grade=str(when["grade"]), years=int(years))


def in_row(grade: str, earlier: Iterable[str | None]) -> int:
    """How many rounds in a row a park has had this grade; ``earlier``: newest first."""
    found = 1
    for one in earlier:
        if one != grade:
            break
        found += 1
    return found


def follow(
    rules: Sequence[Rule],
    rows: Sequence[Published],
    earlier: Mapping[int, Sequence[str | None]],
) -> tuple[Consequence, ...]:
    """One consequence per park at most: a veto before a grade, the most years in a row first."""
    found = []
    for row in rows:
        years = in_row(row.grade, earlier.get(row.park_id, ()))
        fitting = [
            one
            for one in rules
            if (one.veto and row.veto is not None)
            or (one.grade == row.grade and one.years <= years and not one.veto)
        ]
        if fitting:
            best = max(
                fitting, key=lambda one: (one.kind is Kind.title_review, one.veto, one.years)
            )
            found.append(Consequence(row.park_id, best, years))
    return tuple(found)
