"""The review loop as one table: states, acts, who does them. Plain Python, no database.

Pages, services, the command line, the diagram in ``docs/review.md`` and the tests read this table;
nobody else decides what may follow what.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct, field

from app.core.merging import merge


class State(StrEnum):
    """Where a revision stands."""

    draft = "draft"
    submitted = "submitted"
    picked = "picked"
    returned = "returned"
    passed = "passed"
    refused = "refused"
    discarded = "discarded"
    revoked = "revoked"


class Act(StrEnum):
    """What somebody does to a revision."""

    save = "save"
    submit = "submit"
    withdraw = "withdraw"
    discard = "discard"
    pick = "pick"
    release = "release"
    approve = "approve"
    send_back = "send_back"
    refuse = "refuse"
    revoke = "revoke"


class Side(StrEnum):
    """Whose act it is."""

    author = "author"
    reviewer = "reviewer"
    zone = "zone"


class Step(Struct, frozen=True):
    """An act: from which states, to which, by whom, and whether it must say why."""

    origin: frozenset[State]
    target: State
    side: Side
    reason: bool = False


def _step(origin: tuple[State, ...], target: State, side: Side, *, reason: bool = False) -> Step:
    return Step(frozenset(origin), target, side, reason)


_OPEN = (State.draft, State.returned)
_WAITING = (State.submitted, State.picked)

#: ``save`` stays where it is; ``approve`` goes to the next stage while there is one.
WORKFLOW: Mapping[Act, Step] = MappingProxyType(
    {
        Act.save: _step(_OPEN, State.draft, Side.author),
        Act.submit: _step(_OPEN, State.submitted, Side.author),
        Act.withdraw: _step((State.submitted,), State.draft, Side.author),
        Act.discard: _step(_OPEN, State.discarded, Side.author),
        Act.pick: _step((State.submitted,), State.picked, Side.reviewer),
        Act.release: _step((State.picked,), State.submitted, Side.reviewer),
        Act.approve: _step(_WAITING, State.passed, Side.reviewer),
        Act.send_back: _step(_WAITING, State.returned, Side.reviewer, reason=True),
        Act.refuse: _step(_WAITING, State.refused, Side.reviewer, reason=True),
        Act.revoke: _step((State.passed,), State.revoked, Side.zone, reason=True),
    }
)

#: One of these per thing at most: who wants to propose more goes on with it.
PENDING = frozenset({*_OPEN, *_WAITING})
#: Nothing follows any more (``passed`` can still be revoked).
ENDED = frozenset({State.passed, State.refused, State.discarded, State.revoked})
DECISIONS = frozenset({Act.approve, Act.send_back, Act.refuse})
#: Acts whose text in the timeline keeps what was proposed.
KEEPING = frozenset({Act.save, Act.submit})

MOST_STAGES = 3
REASON_MAX = 500
#: A reviewer who picked something up and went home does not block the others for longer.
PICK_HOLDS = timedelta(minutes=30)
KEPT_SAVES = 50


class Standing(Struct, frozen=True):
    """All that decides on an act: the revision's facts and what the person may.

    ``hands``: who wrote in it. ``passed_by``: who passed an earlier stage. ``author``,
    ``reviewer`` and ``zone`` say whether the person holds the right of that side here.
    """

    state: State
    actor_id: int | None
    hands: frozenset[int] = frozenset()
    passed_by: frozenset[int] = frozenset()
    picked_by: int | None = None
    picked_at: datetime | None = None
    now: datetime | None = None
    in_force: bool = False
    sides: frozenset[Side] = field(default_factory=frozenset)

    def held_by_other(self) -> bool:
        """Whether somebody else has it on the desk right now."""
        if self.state is not State.picked or self.picked_by == self.actor_id:
            return False
        if self.picked_at is None or self.now is None:
            return True
        return self.now - self.picked_at < PICK_HOLDS


def refusal(act: Act, standing: Standing) -> str | None:
    """The code of what stands against the act, the strongest first; ``None``: go ahead."""
    step = WORKFLOW[act]
    if step.side not in standing.sides:
        return f"review_not_{step.side}"
    if standing.state not in step.origin:
        return "review_state"
    if step.side is Side.author:
        return None
    if step.side is Side.zone:
        return None if standing.in_force else "review_not_in_force"
    return _against_reviewer(act, standing)


def _against_reviewer(act: Act, standing: Standing) -> str | None:
    if standing.actor_id in standing.hands:
        return "review_own"
    if standing.actor_id in standing.passed_by:
        return "review_earlier_stage"
    if standing.held_by_other():
        return "review_held" if act is not Act.release else "review_not_yours"
    return None


def allowed(standing: Standing) -> tuple[Act, ...]:
    """The acts open to the person, in the table's order."""
    return tuple(act for act in WORKFLOW if refusal(act, standing) is None)


def after(act: Act, state: State, stage: int, stages: int) -> tuple[State, int]:
    """State and stage that follow; a correction starts again at the first stage."""
    if act is Act.save:
        return state, stage
    if act is Act.approve and stage < stages:
        return State.submitted, stage + 1
    return WORKFLOW[act].target, (1 if act is Act.submit else stage)


class Clash(Exception):
    """Both changed the same fields: ``fields`` names them; ``merged`` holds all others, ``before``
    what both began with."""

    def __init__(
        self, fields: tuple[str, ...], merged: Mapping[str, object], before: Mapping[str, object]
    ) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields
        self.merged = merged
        self.before = before


def merged(
    before: Mapping[str, object] | None, mine: Mapping[str, object], theirs: Mapping[str, object]
) -> dict[str, object]:
    """Three-way merge by field. ``before`` unknown: every difference is a clash.

    Raises ``Clash`` when both changed one field differently.
    """
    found = merge(before, mine, theirs)
    if found.clashes:
        raise Clash(found.clashes, found.values, before or {})
    return found.values
