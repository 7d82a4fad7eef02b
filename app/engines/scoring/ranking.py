"""Order of the scored parks, places of the highest grade, grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from app.engines.scoring.scheme import Grade, Grading, Quota


def competition_ranks(keys: Sequence[Any]) -> list[int]:
    """Rank of each key, the highest first: equal keys share one, the next numbers are left out."""
    order = sorted(range(len(keys)), key=keys.__getitem__, reverse=True)
    ranks = [0] * len(keys)
    for place, member in enumerate(order):
        before = order[place - 1]
        same = place > 0 and keys[member] == keys[before]
        ranks[member] = ranks[before] if same else place + 1
    return ranks


def present(value: Any) -> tuple[int, Any]:
    """A part of a key: no value ranks below every value, also below negative ones."""
    return (0, 0) if value is None else (1, value)


def quota_places(quota: Quota, ranked: int) -> int:
    """How many of ``ranked`` parks may hold the highest grade."""
    exact = Fraction(quota.ratio) * ranked
    whole = {
        "floor": exact.__floor__(),
        "ceil": exact.__ceil__(),
        "half_up": (exact + Fraction(1, 2)).__floor__(),
    }[quota.rounding]
    return max(whole, quota.at_least)


def awarded(ranks: Mapping[str, int], places: int) -> set[str]:
    """Candidates (id -> rank) that get one of the places: equal ranks all or none, and the first
    group that does not fit ends it."""
    found: set[str] = set()
    ordered = sorted(ranks, key=ranks.__getitem__)
    for _rank, group in groupby(ordered, key=ranks.__getitem__):
        together = set(group)
        if len(found) + len(together) > places:
            break
        found |= together
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """What a park's grade depends on."""

    id: str
    final: Decimal
    rank: int
    lowest_rate: Fraction
    failed_gates: tuple[str, ...]
    has_major_notice: bool


@dataclass(frozen=True, slots=True)
class Graded:
    """``steps`` are codes of what moved the grade, in order: ``gate``, ``rate``, ``gates``,
    ``major``, ``quota``."""

    grade: str
    by_score: str
    steps: tuple[str, ...]


def grade_all(grading: Grading, standings: Sequence[Standing]) -> dict[str, Graded]:
    """Id -> grade of all ranked parks."""
    found = {one.id: _before_quota(grading, one) for one in standings}
    highest, quota = grading.grades[-1].code, grading.quota
    if quota is None or len(grading.grades) == 1:
        return found
    ranks = {one.id: one.rank for one in standings if found[one.id].grade == highest}
    winners = awarded(ranks, quota_places(quota, len(standings)))
    for loser in set(ranks) - winners:
        one = found[loser]
        found[loser] = Graded(grading.grades[-2].code, one.by_score, (*one.steps, "quota"))
    return found


def _before_quota(grading: Grading, one: Standing) -> Graded:
    codes = [grade.code for grade in grading.grades]
    level = _by_score(grading.grades, one.final)
    by_score, steps = codes[level], []
    if one.failed_gates and grading.gate_failure_cap is not None:
        cap = codes.index(grading.gate_failure_cap)
        if level > cap:
            level = cap
            steps.append("gate")
    if level == len(codes) - 1 and (failed := _failed(grading, one)):
        level = max(level - 1, 0)
        steps += failed
    return Graded(codes[level], by_score, tuple(steps))


def _by_score(grades: Sequence[Grade], final: Decimal) -> int:
    reached = [place for place, one in enumerate(grades) if one.minimum <= final]
    return reached[-1] if reached else 0


def _failed(grading: Grading, one: Standing) -> list[str]:
    wanted = grading.conditions
    failed = []
    if any(one.lowest_rate * 100 < Fraction(rate) for rate in wanted.rate_percent):
        failed.append("rate")
    if wanted.all_gates_pass and one.failed_gates:
        failed.append("gates")
    if wanted.no_major_notice and one.has_major_notice:
        failed.append("major")
    return failed
