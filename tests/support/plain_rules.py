"""Rules over a park's own values, roundings and formulas in any number type (see ``plain_scoring``)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

MODES = {"HALF_UP": ROUND_HALF_UP, "HALF_EVEN": ROUND_HALF_EVEN, "DOWN": ROUND_DOWN}


def rounder(rounding: Any, number: type) -> Callable[[Any], Decimal]:
    quantum = Decimal(1).scaleb(-rounding.digits)
    mode = MODES[rounding.mode]
    if number is Decimal:
        return lambda value: value.quantize(quantum, mode)

    def by_hand(value: Fraction) -> Decimal:
        scaled = abs(value) * 10**rounding.digits
        whole, rest = floor(scaled), scaled - floor(scaled)
        if rounding.mode == "HALF_UP":
            whole += rest >= Fraction(1, 2)
        elif rounding.mode == "HALF_EVEN":
            whole += rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)
        return Decimal(-whole if value < 0 else whole).scaleb(-rounding.digits)

    return by_hand


def calculation(node: Any, number: type) -> Callable[[dict[str, Any]], Any]:
    """The formula as a function of the values by code; ``sum(code)`` for sums."""
    kind = type(node).__name__
    if kind == "Number":
        constant = number(node.value)
        return lambda _values: constant
    if kind == "Item":
        return lambda values: values[node.code]
    if kind == "Sum":
        return lambda values: values[f"sum({node.code})"]
    left, right = calculation(node.left, number), calculation(node.right, number)
    return {
        "+": lambda values: left(values) + right(values),
        "-": lambda values: left(values) - right(values),
        "*": lambda values: left(values) * right(values),
        "/": lambda values: _divided(left(values), right(values)),
    }[node.sign]


def _divided(one: Any, other: Any) -> Any:
    if other == 0:
        raise ZeroDivisionError
    return one / other


# rules: value -> points


def bands(rule: Any, full: Any, n: type) -> Callable[[Any], Any]:
    rows = [(n(edge), n(score)) for edge, score in rule.bands]

    def points(value: Any) -> Any:
        found = n(0)
        if rule.bounds == "[)":
            for edge, score in rows:
                if edge <= value:
                    found = score
            return found
        return next((score for edge, score in rows if value <= edge), found)

    return points


def linear(rule: Any, full: Any, n: type) -> Callable[[Any], Any]:
    zero, one = n(rule.zero_at), n(rule.full_at)
    least = None if rule.min_value is None else n(rule.min_value)

    def points(value: Any) -> Any:
        if least is not None and value < least:
            return n(0)
        return min(max(full * (value - zero) / (one - zero), n(0)), full)

    return points


def per_unit(rule: Any, full: Any, n: type) -> Callable[[Any], Any]:
    each = n(rule.points_each)
    least = None if rule.min_units is None else n(rule.min_units)
    return lambda value: n(0) if least is not None and value < least else value * each


def threshold_step(rule: Any, full: Any, n: type) -> Callable[[Any], Any]:
    threshold, base, step, each = map(n, (rule.threshold, rule.base, rule.step, rule.points_each))
    return lambda value: n(0) if value < threshold else base + each * ((value - threshold) // step)


def piecewise(rule: Any, full: Any, n: type) -> Callable[[Any], Any]:
    corners = [(n(x), n(y)) for x, y in rule.corners]

    def points(value: Any) -> Any:
        if value <= corners[0][0]:
            return corners[0][1]
        for (x, y), (u, v) in pairwise(corners):
            if value <= u:
                return y + (v - y) * (value - x) / (u - x)
        return corners[-1][1]

    return points


def count_map(rule: Any, full: Any, n: type) -> Callable[[Any], Any]:
    entries, above = [(n(count), n(score)) for count, score in rule.entries], n(rule.above)

    def points(value: Any) -> Any:
        if value > entries[-1][0]:
            return above
        return next((score for count, score in reversed(entries) if count <= value), n(0))

    return points


def level_count(rule: Any, full: Any, n: type) -> Callable[[Any], Any]:
    each = {level: n(points) for level, points in rule.by_level.items()}
    return lambda value: sum(
        (n(count) * each.get(level, n(0)) for level, count in value.items()), n(0)
    )


def highest_only(rule: Any, full: Any, n: type) -> Callable[[Any], Any]:
    each = {level: n(points) for level, points in rule.by_level.items()}
    return lambda value: max(
        [each.get(level, n(0)) for level, count in value.items() if count > 0], default=n(0)
    )


def choice_map(rule: Any, full: Any, n: type) -> Callable[[Any], Any]:
    return lambda value: n(rule.by_option[value])


def expert(rule: Any, full: Any, n: type) -> Callable[[Any], Any]:
    scale = n(rule.scale)
    return lambda mean: mean / scale * full


def rank_delta(rule: Any, full: Any, n: type) -> Callable[[Any], Any]:
    each = n(rule.points_each)
    return lambda gained: gained * each


OWN = {
    "bands": bands,
    "linear": linear,
    "per_unit": per_unit,
    "select_count": per_unit,
    "threshold_step": threshold_step,
    "piecewise": piecewise,
    "count_map": count_map,
    "level_count": level_count,
    "highest_only": highest_only,
    "choice_map": choice_map,
    "expert": expert,
    "rank_delta": rank_delta,
}
