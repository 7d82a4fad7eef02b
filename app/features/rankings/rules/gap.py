"""Why one park stands behind another: differences that add up to the gap, from published figures."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from app.features.rankings.rules.rows import Published

ZERO = Decimal(0)


class Part(Struct, frozen=True):
    """One difference. ``kind``: ``block`` (with its code), ``bonus``, ``deduction``, ``limit`` (the
    total is limited or rounded) or ``tie``; ``points``: what the upper one has more."""

    kind: str
    points: Decimal
    code: str = ""
    upper: Decimal = ZERO
    lower: Decimal = ZERO


def gap(upper: Published, lower: Published, head: Mapping[str, Any]) -> tuple[Part, ...]:
    """The parts between two ranked rows; they add up to the difference of the totals exactly.

    ``head``: of the publication (caps). Only what differs is told; equal totals leave one ``tie``.
    """
    parts = [_part("block", upper.blocks[code], lower.blocks[code], code) for code in upper.blocks]
    parts += [
        _counted("bonus", upper.bonus, lower.bonus, head["bonus_cap"]),
        _counted("deduction", upper.deduction, lower.deduction, head["deduction_cap"]),
    ]
    whole = _number(upper.final) - _number(lower.final)
    rest = whole - sum((one.points for one in parts), ZERO)
    if rest:
        parts.append(Part("limit", rest))
    found = tuple(one for one in parts if one.points)
    return found or (Part("tie", ZERO),)


def _part(kind: str, upper: str, lower: str, code: str = "") -> Part:
    a, b = Decimal(upper), Decimal(lower)
    return Part(kind, a - b, code, a, b)


def _counted(kind: str, upper: str | None, lower: str | None, cap: str) -> Part:
    """Bonus and deductions as they count, within their cap; a deduction works the other way."""
    a, b = (min(_number(one), Decimal(cap)) for one in (upper, lower))
    return Part(kind, a - b if kind == "bonus" else b - a, "", a, b)


def _number(text: str | None) -> Decimal:
    return Decimal(text) if text is not None else ZERO
