"""What a scheme asks a park: sections with their data items, in the order of the indicators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from msgspec import Struct

from app.engines.scoring import Adjustment, DataItem, Indicator, Scheme
from app.features.assessments.rules.typed import Canonical, quantity
from app.features.assessments.rules.typed import canonical as canonical_of_item

#: Codes of the sections that are no block of the scheme.
BONUS, DEDUCTIONS, OTHER = "_bonus", "_deductions", "_other"
PARK, PLATFORM, AUTHORITY = "park", "platform", "authority"


class Ask(Struct, frozen=True):
    """One value of a filing. ``owner``: who supplies it. ``item`` or ``adjustment`` says its type.

    ``indicators``: which lines are computed from it; ``evidence``: which papers it asks for.
    """

    code: str
    name: str
    unit: str
    owner: str
    section: str
    item: DataItem | None = None
    adjustment: Adjustment | None = None
    indicators: tuple[Indicator, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The type of its value: one of the scheme's item types."""
        if self.item is not None:
            return self.item.kind
        assert self.adjustment is not None
        return "level_count" if self.adjustment.rule.takes == "levels" else "number"

    @property
    def levels(self) -> tuple[str, ...]:
        if self.item is not None:
            return self.item.levels
        assert self.adjustment is not None
        points = self.adjustment.rule.source.get("points")
        if not isinstance(points, Mapping):
            return ()
        return tuple(in_order(points))

    @property
    def order(self) -> tuple[str, ...]:
        """Its levels or options, as the scheme lists them."""
        return self.levels or (self.item.options if self.item is not None else ())

    def read(self, typed: object) -> Canonical:
        """The canonical value of what was typed; raises ``typed.Wrong``."""
        if self.item is not None:
            return canonical_of_item(self.item, typed)
        assert self.adjustment is not None
        return quantity(self.adjustment, typed)


def in_order(points: Mapping[str, Any], order: Sequence[str] = ()) -> dict[str, Any]:
    """Points by level or option, in ``order``; what it does not name, by the points, and counts by
    their number. A stored scheme keeps no order of a mapping; what is no number stands last."""
    at = {name: place for place, name in enumerate(order)}
    counted = all(_number(name) is not None for name in points) and not set(points) & set(at)

    def key(entry: tuple[str, Any]) -> tuple[int, Decimal]:
        name, value = entry
        number = _number(name) if counted else _number(value)
        if number is None:
            return at.get(name, len(at) + 1), Decimal(0)
        return at.get(name, len(at)), number if counted else -number

    return dict(sorted(points.items(), key=key))


def _number(text: Any) -> Decimal | None:
    try:
        found = Decimal(str(text))
    except ArithmeticError:
        return None
    return found if found.is_finite() else None


class Part(Struct, frozen=True):
    """A section of the form: a block, the bonus items, the deductions, or what gates alone use."""

    code: str
    name: str
    asks: tuple[Ask, ...]


@lru_cache(maxsize=64)
def _parts(scheme: _Key) -> tuple[Part, ...]:
    return _build(scheme.scheme)


@dataclass(frozen=True, eq=False)
class _Key:
    """A scheme by identity: it is frozen and kept by its digest."""

    scheme: Scheme

    def __hash__(self) -> int:
        return id(self.scheme)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.scheme is self.scheme


def parts(scheme: Scheme) -> tuple[Part, ...]:
    """Every section that asks for something, in the scheme's order."""
    return _parts(_Key(scheme))


def asks(scheme: Scheme) -> Mapping[str, Ask]:
    """Code -> what is asked. Codes of items and of adjustments may not be the same
    (``clashing``)."""
    return {one.code: one for part in parts(scheme) for one in part.asks}


def clashing(scheme: Scheme) -> tuple[str, ...]:
    """Codes that a data item shares with a bonus or deduction item: no round can use those."""
    adjustments = {one.code for one in (*scheme.bonus, *scheme.deductions)}
    return tuple(sorted(adjustments & set(scheme.items)))


def _build(scheme: Scheme) -> tuple[Part, ...]:
    users = _users(scheme)
    placed: set[str] = set()
    found = []
    for block in scheme.blocks:
        of_block: list[Ask] = []
        for indicator in block.indicators:
            for code in indicator.value.items:
                if code in placed:
                    continue
                placed.add(code)
                of_block.append(_of_item(scheme.items[code], block.code, users[code]))
        found.append(Part(block.code, block.name, tuple(of_block)))
    rest = tuple(
        _of_item(one, OTHER, users.get(code, ()))
        for code, one in scheme.items.items()
        if code not in placed
    )
    found += [
        Part(OTHER, "", rest),
        Part(BONUS, "", _adjustments(scheme.bonus, BONUS, PARK)),
        Part(DEDUCTIONS, "", _adjustments(scheme.deductions, DEDUCTIONS, AUTHORITY)),
    ]
    return tuple(part for part in found if part.asks)


def _users(scheme: Scheme) -> dict[str, tuple[Indicator, ...]]:
    found: dict[str, tuple[Indicator, ...]] = {}
    for indicator in scheme.indicators:
        for code in dict.fromkeys(indicator.value.items):
            found[code] = (*found.get(code, ()), indicator)
    return found


def _of_item(item: DataItem, section: str, users: tuple[Indicator, ...]) -> Ask:
    papers = tuple(dict.fromkeys(paper for one in users for paper in one.evidence))
    return Ask(
        code=item.code,
        name=item.name,
        unit=item.unit,
        owner=item.source,
        section=section,
        item=item,
        indicators=users,
        evidence=papers,
    )


def _adjustments(many: Iterable[Adjustment], section: str, owner: str) -> tuple[Ask, ...]:
    return tuple(
        Ask(
            code=one.code,
            name=one.name,
            unit=one.unit,
            owner=owner,
            section=section,
            adjustment=one,
            evidence=one.evidence,
        )
        for one in many
        if one.rule.kind != "rank_delta"
    )
