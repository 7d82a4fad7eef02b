"""What an act does to a record: the rows of a table of transitions."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct

StateT = TypeVar("StateT")
SideT = TypeVar("SideT")


class Step(Struct, Generic[StateT, SideT], frozen=True):
    """From which states, to which (``None``: it stays), by whom, whether the act must say why."""

    origin: frozenset[StateT]
    target: StateT | None
    side: SideT
    reason: bool = False


def step(
    origin: tuple[StateT, ...], target: StateT | None, side: SideT, *, reason: bool = False
) -> Step[StateT, SideT]:
    return Step(frozenset(origin), target, side, reason)
