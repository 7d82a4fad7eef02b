"""A park's filing as one table: states, acts, who does them. Plain Python, no database.

Pages, services, tests and docs read this table; nobody else decides what may follow what.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct, field

from app.core.workflow import Step, step


class State(StrEnum):
    """Where a filing stands."""

    draft = "draft"
    submitted = "submitted"
    taken = "taken"
    returned = "returned"
    reviewed = "reviewed"


class Act(StrEnum):
    """What somebody does to a filing."""

    save = "save"
    submit = "submit"
    withdraw = "withdraw"
    take = "take"
    judge = "judge"
    give_back = "give_back"
    finish = "finish"
    reopen = "reopen"


class Side(StrEnum):
    """Whose act it is."""

    park = "park"
    reviewer = "reviewer"
    lead = "lead"


class Phase(StrEnum):
    """What the clock says of a filing: before its window, in it, 补填, 补正, or over."""

    before = "before"
    filling = "filling"
    late = "late"
    correcting = "correcting"
    over = "over"


class Verdict(StrEnum):
    """What a reviewer says of an item: open, 通过, 核定值, 退回."""

    open = "open"
    passed = "passed"
    corrected = "corrected"
    returned = "returned"


_EDITED = (State.draft, State.returned)

WORKFLOW: Mapping[Act, Step[State, Side]] = MappingProxyType(
    {
        Act.save: step(_EDITED, None, Side.park),
        Act.submit: step(_EDITED, State.submitted, Side.park),
        Act.withdraw: step((State.submitted,), State.draft, Side.park),
        Act.take: step((State.submitted, State.returned), State.taken, Side.reviewer),
        Act.judge: step((State.taken,), None, Side.reviewer),
        Act.give_back: step((State.taken,), State.returned, Side.reviewer, reason=True),
        Act.finish: step((State.taken,), State.reviewed, Side.reviewer),
        Act.reopen: step((State.reviewed,), State.taken, Side.lead, reason=True),
    }
)

#: The park may write; a returned one only where it was sent back.
EDITED = frozenset(_EDITED)
#: It was handed in and counts.
FILED = frozenset({State.submitted, State.taken, State.returned, State.reviewed})
PARK_PHASES = frozenset({Phase.filling, Phase.late})


class Standing(Struct, frozen=True):
    """All that decides on an act.

    ``hands``: who wrote in the filing. ``was_returned``: it came back once, so that it cannot be
    withdrawn into a draft any more. ``corrections_left``: how often it may still be sent back.
    """

    state: State
    phase: Phase
    actor_id: int | None
    sides: frozenset[Side] = frozenset()
    hands: frozenset[int] = frozenset()
    was_returned: bool = False
    corrections_left: int = 1
    round_open: bool = True
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)


def refusal(act: Act, standing: Standing) -> str | None:
    """The code of what stands against the act, the strongest first; ``None``: go ahead."""
    row = WORKFLOW[act]
    if row.side not in standing.sides:
        return f"filing_not_{row.side}"
    if standing.state not in row.origin:
        return "filing_state"
    if not standing.round_open:
        return "round_closed"
    if row.side is Side.park:
        return _against_park(act, standing)
    if standing.actor_id in standing.hands:
        return "filing_own"
    return _against_reviewer(act, standing)


def _against_park(act: Act, standing: Standing) -> str | None:
    if act is Act.withdraw:
        if standing.was_returned:
            return "filing_was_returned"
        return None if standing.phase in PARK_PHASES else "filing_window_over"
    if standing.phase is Phase.before:
        return "filing_window_before"
    return "filing_window_over" if standing.phase is Phase.over else None


def _against_reviewer(act: Act, standing: Standing) -> str | None:
    verdicts = set(standing.verdicts.values())
    if act is Act.take and standing.state is State.returned:
        # who lets the correction window pass is judged by what is there
        return "filing_being_corrected" if standing.phase is Phase.correcting else None
    if act is Act.give_back:
        if Verdict.returned not in verdicts:
            return "filing_nothing_returned"
        return None if standing.corrections_left > 0 else "filing_corrections_over"
    if act is Act.finish and Verdict.open in verdicts:
        return "filing_items_open"
    if act is Act.finish and Verdict.returned in verdicts:
        return "filing_items_returned"
    return None


def allowed(standing: Standing) -> tuple[Act, ...]:
    """The acts open to the person, in the table's order."""
    return tuple(act for act in WORKFLOW if refusal(act, standing) is None)


def after(act: Act, state: State) -> State:
    return WORKFLOW[act].target or state
