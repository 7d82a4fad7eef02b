"""The rule of an indicator as a line from values to points, with the place of one value on it.

Only rules whose points follow from one number alone have one: ``linear``, ``piecewise`` and ``bands``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec import Struct

Point = tuple[Fraction, Fraction]
#: What a rule may say for its line to be the whole truth; a floor or a cap of its own is not drawn.
SAID: Mapping[str, frozenset[str]] = {
    "linear": frozenset({"zero_at", "full_at"}),
    "piecewise": frozenset({"points", "base_zero"}),
    "bands": frozenset({"bands", "bounds"}),
}
#: How much of the line's width is shown beyond its ends.
BEYOND = Fraction(1, 12)


class Curve(Struct, frozen=True):
    """``line``: corners from left to right; ``at``: the value with its points; ``stops``: the values
    that the rule names; ``top``: the most points."""

    line: tuple[Point, ...]
    at: Point
    stops: tuple[Fraction, ...]
    top: Fraction


def curve(item: Mapping[str, Any]) -> Curve | None:
    """Of an explained indicator (``explained`` of the engine); ``None`` where nothing can be drawn."""
    corners = _corners(item)
    number = _fraction(item.get("value"))
    if not corners or number is None or item.get("absence"):
        return None
    stops = tuple(dict.fromkeys(x for x, _y in corners))
    left, right = min(*stops, number), max(*stops, number)
    margin = (right - left) * BEYOND or Fraction(1)
    first, last = corners[0], corners[-1]
    line = ((left - margin, first[1]), *corners, (right + margin, last[1]))
    at = (number, points_at(corners, number, steps=item["rule"]["type"] == "bands"))
    return Curve(line, at, stops, _known(item["max_score"]))


def points_at(corners: Sequence[Point], number: Fraction, *, steps: bool = False) -> Fraction:
    """The height of the line over a value; on a step, that of its upper side."""
    below = [one for one in corners if one[0] <= number]
    above = [one for one in corners if one[0] >= number]
    if not below or not above or steps:
        return below[-1][1] if below else corners[0][1]
    (x0, y0), (x1, y1) = below[-1], above[0]
    return y0 if x0 == x1 else y0 + (y1 - y0) * (number - x0) / (x1 - x0)


def _corners(item: Mapping[str, Any]) -> tuple[Point, ...]:
    rule, most = item.get("rule") or {}, _known(item["max_score"])
    kind = rule.get("type", "")
    if rule.keys() - {"type"} - SAID.get(kind, frozenset()):
        return ()
    match kind:
        case "linear":
            ends = ((_known(rule["zero_at"]), Fraction(0)), (_known(rule["full_at"]), most))
            return tuple(sorted(ends))
        case "piecewise":
            return tuple((_known(x), _known(y)) for x, y in rule["points"])
        case "bands" if rule.get("bounds", "[)") == "[)":
            return _steps([(_known(one["min"]), _known(one["score"])) for one in rule["bands"]])
    return ()


def _steps(bands: Sequence[Point]) -> tuple[Point, ...]:
    """A corner at the end of each step and one at the beginning of the next."""
    corners = [bands[0]]
    for x, y in bands[1:]:
        corners += [(x, corners[-1][1]), (x, y)]
    return tuple(corners)


def _known(text: Any) -> Fraction:
    return Fraction(Decimal(str(text)))


def _fraction(text: Any) -> Fraction | None:
    """A value as the engine writes it: a decimal or ``n/d``; ``None`` for what is no number."""
    try:
        return Fraction(text) if isinstance(text, str) else None
    except ValueError:
        return None
