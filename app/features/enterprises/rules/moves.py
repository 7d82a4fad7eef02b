"""迁园 as one table: states, acts, whose they are. Plain Python.

Pages, services and tests read this; nobody else decides what may follow what.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct


class State(StrEnum):
    """Where a move stands."""

    asked = "asked"
    agreed = "agreed"
    done = "done"
    declined = "declined"
    taken_back = "taken_back"
    expired = "expired"
    stopped = "stopped"
    undone = "undone"


class Act(StrEnum):
    """What happens to a move."""

    consent = "consent"
    decline = "decline"
    take_back = "take_back"
    carry = "carry"
    expire = "expire"
    stop = "stop"
    undo = "undo"


class Side(StrEnum):
    """Whose act it is: who asked, a park that was asked and has not answered, the zone, the clock."""

    asker = "asker"
    asked = "asked"
    zone = "zone"
    clock = "clock"


class Step(Struct, frozen=True):
    """An act: from which states, to which, by whom, whether it must say why.

    Consent leads on only when it was the last one that was missing.
    """

    origin: frozenset[State]
    target: State
    side: Side
    reason: bool = False


def _step(origin: State, target: State, side: Side, *, reason: bool = False) -> Step:
    return Step(frozenset({origin}), target, side, reason)


STEPS = MappingProxyType(
    {
        Act.consent: _step(State.asked, State.agreed, Side.asked),
        Act.decline: _step(State.asked, State.declined, Side.asked, reason=True),
        Act.take_back: _step(State.asked, State.taken_back, Side.asker),
        Act.carry: _step(State.agreed, State.done, Side.clock),
        Act.stop: _step(State.agreed, State.stopped, Side.clock),
        Act.expire: _step(State.asked, State.expired, Side.clock),
        Act.undo: _step(State.done, State.undone, Side.zone, reason=True),
    }
)

#: Somebody has to answer, or the day has to come.
OPEN = frozenset({State.asked, State.agreed})
ANSWER_WITHIN = timedelta(days=30)
UNDO_FOR = timedelta(days=30)
#: Days ahead that a move may be planned for.
FARTHEST = timedelta(days=180)
REASON_MAX = 500
#: A park asks for so many at a time and so many in a day, whatever the answers: codes are not to be
#: tried out.
MOST_OPEN = 10
MOST_A_DAY = 20
DAY = timedelta(hours=24)


def may(act: Act, state: State, sides: Collection[Side]) -> bool:
    """Whether the act fits the state and is this person's."""
    step = STEPS[act]
    return state in step.origin and step.side in sides
