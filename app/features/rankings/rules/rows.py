"""The published row of a park, made from what a run says, and the order of the rows.

A row holds what every park may see of every other (decisions.md 20): rank, name, type, sums of the
sections, bonus and deductions, total, grade. Points are exact decimals as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from app.core.values import replace


@dataclass(frozen=True)
class Scored:
    """A park with the engine's answer for it (``Outcome.as_json``) and its grade set by hand."""

    park_id: int
    code: str
    name: str
    kind: str
    outcome: Mapping[str, Any]
    steps: tuple[str, ...] = ()
    previous_rank: int | None = None
    override: str | None = None


@dataclass(frozen=True)
class Published:
    """One row of a publication. ``tie_order``: place among those with the same total, so that the
    rank can be computed again; ``steps``: why the grade is not that of the total alone."""

    park_id: int
    code: str
    name: str
    kind: str
    rank: int | None
    previous_rank: int | None
    blocks: Mapping[str, str]
    base: str | None
    bonus: str | None
    deduction: str | None
    final: str | None
    grade: str
    computed_grade: str
    veto: str | None
    tie_order: int
    steps: tuple[str, ...]

    def told(self) -> dict[str, Any]:
        """As plain data for the digest and the package."""
        return {**asdict(self), "blocks": dict(self.blocks), "steps": list(self.steps)}


def published(scored: Sequence[Scored]) -> tuple[Published, ...]:
    """The rows in the order of the sheet: by rank, equal ranks by park code, unranked ones last."""
    rows = sorted((_row(one) for one in scored), key=_order)
    return tuple(_with_tie_orders(rows))


def _order(row: Published) -> tuple[bool, int, str]:
    return (row.rank is None, row.rank or 0, row.code)


def _row(one: Scored) -> Published:
    told = one.outcome
    scored = told["final"] is not None
    return Published(
        park_id=one.park_id,
        code=one.code,
        name=one.name,
        kind=one.kind,
        rank=told["rank"],
        previous_rank=one.previous_rank,
        blocks=dict(told["blocks"]),
        base=told["base"],
        bonus=added(told["bonus"]) if scored else None,
        deduction=added(told["deductions"]) if scored else None,
        final=told["final"],
        grade=one.override or told["grade"],
        computed_grade=told["grade"],
        veto=told["veto"],
        tie_order=0,
        steps=one.steps,
    )


def added(points: Mapping[str, str]) -> str:
    """The exact sum of points as text, with as many decimals as the longest of them."""
    total = sum((Decimal(one) for one in points.values()), Decimal(0))
    return f"{total:f}"


def _with_tie_orders(rows: Sequence[Published]) -> list[Published]:
    """Among equal totals: 1 for the best rank, then on; equal ranks share one."""
    found: list[Published] = []
    ranks: dict[str, list[int]] = {}
    for row in rows:
        if row.rank is None or row.final is None:
            found.append(row)
            continue
        seen = ranks.setdefault(str(Decimal(row.final).normalize()), [])
        if row.rank not in seen:
            seen.append(row.rank)
        found.append(replace(row, tie_order=seen.index(row.rank) + 1))
    return found


def place_in_kind(rows: Sequence[Published], row: Published) -> int | None:
    """The place among those of the same type, from the same scores: 园区 or 基地 alone."""
    if row.rank is None:
        return None
    better = [
        one for one in rows if one.kind == row.kind and one.rank is not None and one.rank < row.rank
    ]
    return len(better) + 1


def change(row: Published) -> int | None:
    """Places gained since the last round (negative: lost); ``None`` without one of the two."""
    if row.rank is None or row.previous_rank is None:
        return None
    return row.previous_rank - row.rank
