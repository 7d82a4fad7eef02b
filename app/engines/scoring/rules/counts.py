"""Rules over counts by level, an option, and the marks of an expert panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from app.engines.scoring.exact import ZERO, Ratio, is_below, plus, ratio_of, text_of, times
from app.engines.scoring.faults import Section
from app.engines.scoring.rules.base import Hit, Levels, Points, Rule


def _numbers(section: Section, key: str) -> Mapping[str, Decimal]:
    inner = section.section(key)
    return {name: inner.number(name) for name in inner.data}


@dataclass(frozen=True, kw_only=True)
class LevelCount(Rule):
    """The sum of count × points over the levels; a level without points gives 0."""

    kind: ClassVar[str] = "level_count"
    takes: ClassVar[str] = "levels"
    keys: ClassVar[tuple[str, ...]] = ("points",)
    by_level: Mapping[str, Decimal]

    @classmethod
    def fields(cls, section: Section) -> dict[str, Any]:
        return {"by_level": _numbers(section, "points")}

    def points(self, full: Ratio, facts: Any) -> Points:
        by_level = {level: ratio_of(points) for level, points in self.by_level.items()}

        def points(value: Levels) -> Ratio:
            found = ZERO
            for level, count in value.items():
                if level in by_level:
                    found = plus(found, times(count, by_level[level]))
            return found

        return points


@dataclass(frozen=True, kw_only=True)
class HighestOnly(LevelCount):
    """The largest points among the levels that were reached, once, whatever the counts."""

    kind: ClassVar[str] = "highest_only"

    def points(self, full: Ratio, facts: Any) -> Points:
        by_level = {level: ratio_of(points) for level, points in self.by_level.items()}

        def points(value: Levels) -> Ratio:
            best = ZERO
            for level, count in value.items():
                if count[0] > 0 and level in by_level and is_below(best, by_level[level]):
                    best = by_level[level]
            return best

        return points

    def hit(self, value: Any, facts: Any) -> Hit:
        reached = [name for name, count in value.items() if count[0] > 0 and name in self.by_level]
        if not reached:
            return {}
        best = max(reached, key=lambda name: self.by_level[name])
        return {"level": best, "score": text_of(self.by_level[best])}


@dataclass(frozen=True, kw_only=True)
class ChoiceMap(Rule):
    """The entry of the chosen option."""

    kind: ClassVar[str] = "choice_map"
    takes: ClassVar[str] = "choice"
    keys: ClassVar[tuple[str, ...]] = ("map",)
    by_option: Mapping[str, Decimal]

    @classmethod
    def fields(cls, section: Section) -> dict[str, Any]:
        return {"by_option": _numbers(section, "map")}

    def points(self, full: Ratio, facts: Any) -> Points:
        by_option = {option: ratio_of(points) for option, points in self.by_option.items()}
        return lambda value: by_option[value]

    def hit(self, value: Any, facts: Any) -> Hit:
        return {"option": str(value), "score": text_of(self.by_option[value])}


@dataclass(frozen=True, kw_only=True)
class Expert(Rule):
    """The panel's mean on a ``scale``, one highest and one lowest mark left out from
    ``drop_extremes_from`` marks on. Fewer than ``panel_min`` marks are no value."""

    kind: ClassVar[str] = "expert"
    takes: ClassVar[str] = "marks"
    needs_full: ClassVar[bool] = True
    keys: ClassVar[tuple[str, ...]] = ("scale", "panel_min", "drop_extremes_from", "blind")
    scale: Decimal
    panel_min: int
    drop_extremes_from: int | None

    @classmethod
    def fields(cls, section: Section) -> dict[str, Any]:
        scale = section.number("scale")
        if scale == 0:
            section.fault("constant_zero", "scale", formula="scale")
        if scale < 0:
            section.fault("not_above", "scale", value=scale, limit=0)
        return {
            "scale": scale,
            "panel_min": section.whole("panel_min", 1, at_least=1),
            "drop_extremes_from": section.whole("drop_extremes_from", None, at_least=3),
        }

    def mean(self, marks: Sequence[Ratio]) -> Ratio | None:
        """The value of the indicator; None when the panel is too small."""
        if len(marks) < self.panel_min:
            return None
        kept = self.kept(marks)
        total = ZERO
        for mark in kept:
            total = plus(total, mark)
        return total[0], total[1] * len(kept)

    def kept(self, marks: Sequence[Ratio]) -> Sequence[Ratio]:
        """The marks that count, in their order."""
        if self.drop_extremes_from is None or len(marks) < self.drop_extremes_from:
            return marks
        low = high = 0
        for place, mark in enumerate(marks):
            low = place if is_below(mark, marks[low]) else low
            high = place if not is_below(mark, marks[high]) else high
        return [mark for place, mark in enumerate(marks) if place not in (low, high)]

    def points(self, full: Ratio, facts: Any) -> Points:
        scale, under = ratio_of(self.scale)
        up, down = full[0] * under, full[1] * scale
        return lambda mean: (mean[0] * up, mean[1] * down)


@dataclass(frozen=True, kw_only=True)
class RankDelta(Rule):
    """Points for every place gained since the previous confirmed ranking (pass 3)."""

    kind: ClassVar[str] = "rank_delta"
    keys: ClassVar[tuple[str, ...]] = ("points",)
    points_each: Decimal

    @classmethod
    def fields(cls, section: Section) -> dict[str, Any]:
        return {"points_each": section.number("points")}

    def points(self, full: Ratio, facts: Any) -> Points:
        each, under = ratio_of(self.points_each)
        return lambda gained: (gained[0] * each, gained[1] * under)
