"""An objection as one table: states, acts, who does them; what may be objected to. Plain Python.

Pages, services, tests and ``docs/ranking.md`` read this table; nobody else decides what follows.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from app.core.workflow import Step, step


class State(StrEnum):
    """Where an objection stands."""

    filed = "filed"
    withdrawn = "withdrawn"
    accepted = "accepted"
    refused = "refused"
    verifying = "verifying"
    decided = "decided"
    answered = "answered"


class Act(StrEnum):
    """What somebody does to an objection."""

    withdraw = "withdraw"
    accept = "accept"
    refuse = "refuse"
    verify = "verify"
    write = "write"
    decide = "decide"
    recall = "recall"
    answer = "answer"


class Side(StrEnum):
    """Whose act it is: the park that objects, its handler, or the second person."""

    park = "park"
    zone = "zone"
    handler = "handler"
    second = "second"
    either = "either"


class Outcome(StrEnum):
    """成立, 部分成立, 不成立."""

    upheld = "upheld"
    partly = "partly"
    dismissed = "dismissed"


class Target(StrEnum):
    """What it is about: indicators of one's own, the own total or rank, the own grade, or another
    park's result."""

    indicator = "indicator"
    total = "total"
    grade = "grade"
    other = "other"


_S = State
WORKFLOW: Mapping[Act, Step[State, Side]] = MappingProxyType(
    {
        Act.withdraw: step((_S.filed,), _S.withdrawn, Side.park),
        Act.accept: step((_S.filed,), _S.accepted, Side.zone),
        Act.refuse: step((_S.filed,), _S.refused, Side.zone, reason=True),
        Act.verify: step((_S.accepted,), _S.verifying, Side.handler),
        Act.write: step((_S.accepted, _S.verifying), None, Side.either, reason=True),
        Act.decide: step((_S.accepted, _S.verifying), _S.decided, Side.handler, reason=True),
        Act.recall: step((_S.decided,), _S.verifying, Side.second, reason=True),
        Act.answer: step((_S.decided,), _S.answered, Side.second),
    }
)
#: What an open case waits for.
NEXT: Mapping[State, Act] = MappingProxyType(
    {
        _S.filed: Act.accept,
        _S.accepted: Act.decide,
        _S.verifying: Act.decide,
        _S.decided: Act.answer,
    }
)
#: What it is about has to be corrected.
UPHELD = frozenset({Outcome.upheld, Outcome.partly})
#: Somebody still has to do something: the round cannot be confirmed.
OPEN = frozenset({_S.filed, _S.accepted, _S.verifying, _S.decided})
#: It counts as raised: the same matter cannot be raised again.
RAISED = frozenset(set(_S) - {_S.withdrawn})
MOST_INDICATORS, MOST_FILES = 5, 10
#: Of each side in one case, however many acts: neither fills the store, nor locks the other out.
MOST_FILES_IN_CASE = 30
#: 补充说明 of each side in one case: what needs more than that is for the telephone.
MOST_WORDS = 20
REASON_MAX, ANSWER_MAX = 1000, 2000
FILE_MOST = 10 * 1024 * 1024
FILE_TYPES = frozenset({"pdf", "png", "jpeg", "docx", "xlsx"})
#: The names that such files have; what is in them is looked at when they are kept.
FILE_ENDINGS = (".pdf", ".png", ".jpg", ".jpeg", ".docx", ".xlsx")


class Standing(Struct, frozen=True):
    """All that decides on an act."""

    state: State
    sides: frozenset[Side]
    actor_id: int | None
    handler_id: int | None = None
    decided_by: int | None = None
    #: Who reviewed what it is about: none of them handles it.
    reviewers: frozenset[int] = frozenset()
    #: Of a 复核: who handled the first one, or agreed to its answer: none takes part in this one.
    earlier: frozenset[int] = frozenset()


def refusal(act: Act, standing: Standing) -> str | None:
    """The code of what stands against the act, the strongest first; ``None``: go ahead."""
    row = WORKFLOW[act]
    if not _on_side(row.side, standing):
        return f"objection_not_{row.side}"
    if standing.state not in row.origin:
        return "objection_state"
    if row.side is not Side.park and (against := barred(standing)):
        return against
    if row.side in (Side.zone, Side.handler):
        return _handled(act, standing)
    if row.side is Side.second and act is Act.answer and standing.actor_id == standing.decided_by:
        return "objection_second_person"
    return None


def barred(standing: Standing) -> str | None:
    """Why somebody of the zone only reads the case, whatever its state: who judged what it is
    about neither handles it, nor sends its decision back, nor has a word in it; no more who is
    asked about by a 复核, be it as its handler or as the second person."""
    if Side.zone not in standing.sides or standing.actor_id is None:
        return None
    if standing.actor_id in standing.reviewers:
        return "objection_own_review"
    return "objection_own_answer" if standing.actor_id in standing.earlier else None


def is_next(standing: Standing) -> bool:
    """Whether the case waits for this person: for the act that takes it on."""
    act = NEXT.get(standing.state)
    return act is not None and refusal(act, standing) is None


def _on_side(side: Side, standing: Standing) -> bool:
    if side is Side.either:
        return bool(standing.sides & {Side.park, Side.zone})
    if side in (Side.handler, Side.second):
        return Side.zone in standing.sides
    return side in standing.sides


def _handled(act: Act, standing: Standing) -> str | None:
    taken = standing.handler_id is not None and standing.handler_id != standing.actor_id
    return "objection_handled" if taken and act in (Act.verify, Act.decide) else None


def allowed(standing: Standing) -> tuple[Act, ...]:
    """The acts open to the person, in the table's order."""
    return tuple(act for act in WORKFLOW if refusal(act, standing) is None)


def after(act: Act, state: State) -> State:
    return WORKFLOW[act].target or state


def faults(
    target: str,
    indicators: Collection[str],
    known: Collection[str],
    *,
    reason: str,
    other: int | None,
) -> dict[str, str]:
    """Field -> code of what is wrong with an objection as it was filled in."""
    found = {}
    if target not in set(Target):
        found["target"] = "objection_target"
    if target == Target.indicator:
        if not indicators:
            found["indicators"] = "objection_indicators"
        elif len(indicators) > MOST_INDICATORS:
            found["indicators"] = "objection_too_many"
        elif set(indicators) - set(known):
            found["indicators"] = "objection_indicator_unknown"
    if target == Target.other and other is None:
        found["other"] = "objection_other"
    if not reason.strip():
        found["reason"] = "objection_reason"
    elif len(reason.strip()) > REASON_MAX:
        found["reason"] = "objection_long"
    return found


def matters(target: str, indicators: Collection[str], other: int | None) -> frozenset[str]:
    """What makes two objections the same: each matter is raised once per park and round."""
    if target == Target.indicator:
        return frozenset(f"indicator:{code}" for code in indicators)
    return frozenset({f"other:{other}" if target == Target.other else target})


def number(day: date) -> str:
    return f"YY{day:%Y%m%d}{secrets.randbelow(10**6):06}"
