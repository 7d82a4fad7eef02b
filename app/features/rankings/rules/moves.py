"""What changed from one version of a publication to the next, park by park."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from app.features.rankings.rules.rows import Published

TOLD = ("rank", "final", "grade", "base", "bonus", "deduction", "veto")


class Move(Struct, frozen=True):
    """A park that differs: field -> (before, after). ``None`` as a row: it was not there."""

    park_id: int
    name: str
    fields: tuple[tuple[str, object, object], ...]

    @property
    def moved(self) -> bool:
        """Whether its rank or grade is another one, not only a number."""
        return any(name in ("rank", "grade") for name, _old, _new in self.fields)


def moves(before: Sequence[Published], after: Sequence[Published]) -> tuple[Move, ...]:
    """Every park whose published figures differ, in the order of the newer sheet."""
    old = {one.park_id: one for one in before}
    found = [_move(old.pop(one.park_id, None), one) for one in after]
    found += [_move(one, None) for one in old.values()]
    return tuple(one for one in found if one.fields)


def _move(before: Published | None, after: Published | None) -> Move:
    one = after or before
    assert one is not None
    fields = []
    for name in TOLD:
        pair = (getattr(before, name, None), getattr(after, name, None))
        if pair[0] != pair[1]:
            fields.append((name, *pair))
    fields += _blocks(before, after)
    return Move(one.park_id, one.name, tuple(fields))


def _blocks(before: Published | None, after: Published | None) -> list[tuple[str, object, object]]:
    old = before.blocks if before else {}
    new = after.blocks if after else {}
    codes = [*new, *(code for code in old if code not in new)]
    return [
        (f"block:{code}", old.get(code), new.get(code))
        for code in codes
        if old.get(code) != new.get(code)
    ]
