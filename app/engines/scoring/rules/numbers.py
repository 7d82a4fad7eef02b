"""Rules over one number: bands, straight lines, units, steps, counts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, ClassVar

from app.engines.scoring.exact import (
    ZERO,
    NotANumber,
    Ratio,
    decimal_of,
    fraction,
    is_below,
    line_through,
    ratio_of,
    text_of,
)
from app.engines.scoring.faults import Section
from app.engines.scoring.rules.base import Hit, Points, Rule

Pair = tuple[Decimal, Decimal]
BOUNDS = ("[)", "(]")


@dataclass(frozen=True, kw_only=True)
class Bands(Rule):
    """``bands`` are (edge, score), edges rising; ``bounds`` says whether an edge is the lower one
    and belongs to its band (``[)``) or the upper one and belongs to it (``(]``)."""

    kind: ClassVar[str] = "bands"
    keys: ClassVar[tuple[str, ...]] = ("bounds", "bands")
    bounds: str
    bands: tuple[Pair, ...]

    @classmethod
    def fields(cls, section: Section) -> dict[str, Any]:
        bounds = section.one_of("bounds", BOUNDS)
        own, other = ("min", "max") if bounds == "[)" else ("max", "min")
        rows = [
            (one, one.number(own), one.number(other, None), one.number("score"))
            for one in section.sections("bands")
        ]
        if not rows:
            raise section.fault("empty_list", "bands")
        edges = [edge for _one, edge, _far, _score in rows]
        for (one, *_), before, edge in zip(rows[1:], edges, edges[1:], strict=False):
            if edge <= before:
                one.fault("bands_overlap", own, value=edge, before=before)
        _far_edges(rows, bounds, other)
        return {"bounds": bounds, "bands": tuple((edge, score) for _o, edge, _f, score in rows)}

    def position(self, value: Ratio) -> int | None:
        """Place of the band that holds the value; None outside all."""
        edges = [ratio_of(edge) for edge, _score in self.bands]
        if self.bounds == "[)":
            inside = [place for place, edge in enumerate(edges) if not is_below(value, edge)]
            return inside[-1] if inside else None
        return next((at for at, edge in enumerate(edges) if not is_below(edge, value)), None)

    def points(self, full: Ratio, facts: Any) -> Points:
        bands = [(*ratio_of(edge), ratio_of(score)) for edge, score in self.bands]
        if self.bounds == "(]":

            def first(value: Ratio) -> Ratio:
                n, d = value
                for edge, under, score in bands:
                    if n * under <= edge * d:
                        return score
                return ZERO

            return first
        bands.reverse()

        def last(value: Ratio) -> Ratio:
            n, d = value
            for edge, under, score in bands:
                if n * under >= edge * d:
                    return score
            return ZERO

        return last

    def hit(self, value: Any, facts: Any) -> Hit:
        place = self.position(value)
        if place is None:
            return {"band": "none"}
        edge, score = self.bands[place]
        far = place + 1 if self.bounds == "[)" else place - 1
        other = text_of(self.bands[far][0]) if 0 <= far < len(self.bands) else ""
        low, high = (text_of(edge), other) if self.bounds == "[)" else (other, text_of(edge))
        return {"band": str(place + 1), "from": low, "to": high, "score": text_of(score)}


def _far_edges(rows: list[tuple[Section, Decimal, Any, Decimal]], bounds: str, key: str) -> None:
    """A band may also name its other edge; then it must be where the next band begins."""
    for here, there in pairwise(rows):
        section, _edge, far, _score = here if bounds == "[)" else there
        neighbour = (there if bounds == "[)" else here)[1]
        if far is not None and far != neighbour:
            overlap = (far > neighbour) == (bounds == "[)")
            code = "bands_overlap" if overlap else "bands_gap"
            section.fault(code, key, value=far, before=neighbour)


@dataclass(frozen=True, kw_only=True)
class Linear(Rule):
    """Full marks at ``full_at``, none at ``zero_at``; below ``min_value`` none at all."""

    kind: ClassVar[str] = "linear"
    keys: ClassVar[tuple[str, ...]] = ("zero_at", "full_at", "min_value")
    needs_full: ClassVar[bool] = True
    zero_at: Decimal
    full_at: Decimal
    min_value: Decimal | None

    @classmethod
    def fields(cls, section: Section) -> dict[str, Any]:
        zero, full = section.number("zero_at"), section.number("full_at")
        if zero == full:
            section.fault("constant_zero", "full_at", formula="full_at - zero_at")
        return {"zero_at": zero, "full_at": full, "min_value": section.number("min_value", None)}

    def points(self, full: Ratio, facts: Any) -> Points:
        a, b, c = line_through((self.zero_at, Decimal(0)), (self.full_at, Decimal(1)))
        a, b, c = a * full[0], b * full[0], c * full[1]
        top, under = full
        least = None if self.min_value is None else ratio_of(self.min_value)

        def points(value: Ratio) -> Ratio:
            if least is not None and is_below(value, least):
                return ZERO
            n, d = value
            upper, lower = a * n + b * d, c * d
            if upper <= 0:
                return ZERO
            return full if upper * under > top * lower else (upper, lower)

        return points

    def hit(self, value: Any, facts: Any) -> Hit:
        return _below_least(value, self.min_value)


def _below_least(value: Ratio, least: Decimal | None) -> Hit:
    if least is None or not is_below(value, ratio_of(least)):
        return {}
    return {"below": text_of(least)}


@dataclass(frozen=True, kw_only=True)
class PerUnit(Rule):
    """``points_each`` for every unit, fractions of one count; fewer than ``min_units`` give 0."""

    kind: ClassVar[str] = "per_unit"
    keys: ClassVar[tuple[str, ...]] = ("points", "min_units")
    points_each: Decimal
    min_units: Decimal | None

    @classmethod
    def fields(cls, section: Section) -> dict[str, Any]:
        least = section.number("min_units", None)
        return {"points_each": section.number("points"), "min_units": least}

    def points(self, full: Ratio, facts: Any) -> Points:
        each, under = ratio_of(self.points_each)
        least = None if self.min_units is None else ratio_of(self.min_units)

        def points(value: Ratio) -> Ratio:
            if least is not None and is_below(value, least):
                return ZERO
            return value[0] * each, value[1] * under

        return points

    def hit(self, value: Any, facts: Any) -> Hit:
        return _below_least(value, self.min_units)


@dataclass(frozen=True, kw_only=True)
class SelectCount(PerUnit):
    """The same over the number of options chosen."""

    kind: ClassVar[str] = "select_count"


@dataclass(frozen=True, kw_only=True)
class ThresholdStep(Rule):
    """Below ``threshold`` 0, else ``base`` and ``points_each`` for every whole ``step`` above it."""

    kind: ClassVar[str] = "threshold_step"
    keys: ClassVar[tuple[str, ...]] = ("threshold", "base", "step", "points")
    threshold: Decimal
    base: Decimal
    step: Decimal
    points_each: Decimal

    @classmethod
    def fields(cls, section: Section) -> dict[str, Any]:
        step = section.number("step")
        if step == 0:
            section.fault("constant_zero", "step", formula="step")
        if step < 0:
            section.fault("not_above", "step", value=step, limit=0)
        return {
            "threshold": section.number("threshold"),
            "base": section.number("base"),
            "step": step,
            "points_each": section.number("points"),
        }

    def steps(self, value: Ratio) -> int | None:
        """Whole steps above the threshold; None below it."""
        above = fraction(value) - fraction(ratio_of(self.threshold))
        return None if above < 0 else above // fraction(ratio_of(self.step))

    def points(self, full: Ratio, facts: Any) -> Points:
        (t, u), (s, w) = ratio_of(self.threshold), ratio_of(self.step)
        (b, c), (p, q) = ratio_of(self.base), ratio_of(self.points_each)

        def points(value: Ratio) -> Ratio:
            n, d = value
            above = n * u - t * d  # over d·u
            if above < 0:
                return ZERO
            steps = above * w // (d * u * s)
            return b * q + p * steps * c, c * q

        return points

    def hit(self, value: Any, facts: Any) -> Hit:
        steps = self.steps(value)
        if steps is None:
            return {"below": text_of(self.threshold)}
        return {"steps": str(steps)}


@dataclass(frozen=True, kw_only=True)
class Piecewise(Rule):
    """Straight lines between (value, points) with rising values, flat outside."""

    kind: ClassVar[str] = "piecewise"
    keys: ClassVar[tuple[str, ...]] = ("points",)
    corners: tuple[Pair, ...]

    @classmethod
    def fields(cls, section: Section) -> dict[str, Any]:
        corners = number_pairs(section, "points")
        for (before, _), (value, _points) in pairwise(corners):
            if value <= before:
                section.fault("points_order", "points", value=value, before=before)
        return {"corners": corners}

    def part(self, value: Ratio) -> int:
        """Number of corners at or below the value."""
        return sum(not is_below(value, ratio_of(x)) for x, _y in self.corners)

    def points(self, full: Ratio, facts: Any) -> Points:
        edges = [ratio_of(x) for x, _y in self.corners]
        heights = [ratio_of(y) for _x, y in self.corners]
        lines = [line_through(*two) for two in pairwise(self.corners)] if self._rises() else []

        def points(value: Ratio) -> Ratio:
            n, d = value
            for place, (edge, under) in enumerate(edges):
                if n * under < edge * d:
                    if place == 0:
                        return heights[0]
                    a, b, c = lines[place - 1]
                    return a * n + b * d, c * d
            return heights[-1]

        return points

    def _rises(self) -> bool:
        return all(one[0] < other[0] for one, other in pairwise(self.corners))

    def hit(self, value: Any, facts: Any) -> Hit:
        place = self.part(value)
        low = text_of(self.corners[place - 1][0]) if place else ""
        high = text_of(self.corners[place][0]) if place < len(self.corners) else ""
        return {"from": low, "to": high}


def number_pairs(section: Section, key: str) -> tuple[Pair, ...]:
    """A list of lists of two numbers."""
    found = []
    for one in section.members(key):
        if not isinstance(one, list | tuple) or len(one) != 2:
            raise section.fault("not_a_pair", key, value=one)
        try:
            found.append((decimal_of(one[0]), decimal_of(one[1])))
        except NotANumber as error:
            raise section.fault(error.code, key, value=", ".join(map(str, one))) from error
    if not found:
        raise section.fault("empty_list", key)
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class CountMap(Rule):
    """The entry of the largest key at or below the value; beyond the largest key ``above``."""

    kind: ClassVar[str] = "count_map"
    keys: ClassVar[tuple[str, ...]] = ("map", "above")
    entries: tuple[Pair, ...]
    above: Decimal

    @classmethod
    def fields(cls, section: Section) -> dict[str, Any]:
        entries: dict[Decimal, Decimal] = {}
        inner = section.section("map")
        for key in inner.data:
            try:
                count = decimal_of(key)
            except NotANumber as error:
                raise inner.fault(error.code, key, value=key) from error
            if count in entries:
                inner.fault("duplicate_key", key, key=key)
            entries[count] = inner.number(key)
        if not entries:
            raise section.fault("empty_list", "map")
        ordered = tuple(sorted(entries.items()))
        return {"entries": ordered, "above": section.number("above", ordered[-1][1])}

    def points(self, full: Ratio, facts: Any) -> Points:
        entries = [(*ratio_of(count), ratio_of(score)) for count, score in reversed(self.entries)]
        (most, under, _score), above = entries[0], ratio_of(self.above)

        def points(value: Ratio) -> Ratio:
            n, d = value
            if n * under > most * d:
                return above
            for count, below, score in entries:
                if n * below >= count * d:
                    return score
            return ZERO

        return points

    def hit(self, value: Any, facts: Any) -> Hit:
        number = fraction(value)
        if number > self.entries[-1][0]:
            return {"above": text_of(self.entries[-1][0]), "score": text_of(self.above)}
        reached = [(count, score) for count, score in self.entries if count <= number]
        if not reached:
            return {"entry": "none"}
        return {"entry": text_of(reached[-1][0]), "score": text_of(reached[-1][1])}
