"""The zone's side: 受理, 核实, decide with reasons, confirmed by a second person, answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.core.actor import Actor
from app.core.errors import Refusal
from app.extensions import db
from app.features.assessments.queries import rounds
from app.features.objections import policy, queries, rules
from app.features.objections.models import Objection
from app.features.objections.rules import Act, Outcome, State, Target, after
from app.features.objections.services.noting import Upload, keep, note

NOBODY: frozenset[int] = frozenset()


def accept(actor: Actor, objection_id: int, *, seen: int, now: datetime) -> Objection:
    """受理: whoever accepts it handles it; never who reviewed what it is about."""
    found = _begin(actor, objection_id, Act.accept, seen)
    found.handler_id = actor.user_id
    return _done(actor, found, Act.accept, "", now)


def refuse(actor: Actor, objection_id: int, reason: str, *, seen: int, now: datetime) -> Objection:
    """不予受理, with its reason."""
    found = _begin(actor, objection_id, Act.refuse, seen)
    return _done(actor, found, Act.refuse, _needed(reason, "reason"), now)


def verify(actor: Actor, objection_id: int, *, seen: int, now: datetime) -> Objection:
    """核实中."""
    found = _begin(actor, objection_id, Act.verify, seen)
    found.handler_id = actor.user_id
    return _done(actor, found, Act.verify, "", now)


def write(
    actor: Actor, objection_id: int, text: str, uploads: Sequence[Upload], *, now: datetime
) -> Objection:
    """A word of either side, with files; so many of each in one case."""
    found = queries.locked(objection_id)
    policy.require(Act.write, standing_of(actor, found))
    if all_said(actor, found):
        fields = {"text": "objection_words"}
        raise Refusal("objection_words", fields=fields, most=rules.MOST_WORDS)
    text = _needed(text, "text")
    keep(actor, found, uploads, now=now)
    note(actor, found, Act.write.value, text, now=now)
    return found


def all_said(actor: Actor, found: Objection) -> bool:
    """Whether this person's side has written as often as a case takes."""
    return queries.words_from(found.id, zone=actor.sees_all) >= rules.MOST_WORDS


def decide(
    actor: Actor, objection_id: int, outcome: str, answer: str, *, seen: int, now: datetime
) -> Objection:
    """成立, 部分成立 or 不成立, with reasons; not told to the park before a second person agrees."""
    found = _begin(actor, objection_id, Act.decide, seen)
    wrong = {}
    if outcome not in set(Outcome):
        wrong["outcome"] = "objection_outcome"
    if not answer.strip():
        wrong["answer"] = "objection_answer"
    elif len(answer.strip()) > rules.ANSWER_MAX:
        wrong["answer"] = "objection_long"
    if wrong:
        raise Refusal("objection_incomplete", fields=wrong)
    found.outcome, found.answer = outcome, answer.strip()
    found.handler_id = found.decided_by = actor.user_id
    found.decided_at = now
    return _done(actor, found, Act.decide, found.answer, now)


def recall(actor: Actor, objection_id: int, reason: str, *, seen: int, now: datetime) -> Objection:
    """The decision goes back to its handler: the second person does not agree, or the first one
    thought again."""
    found = _begin(actor, objection_id, Act.recall, seen)
    reason = _needed(reason, "reason")
    found.outcome = found.decided_at = found.decided_by = None
    found.answer = ""
    return _done(actor, found, Act.recall, reason, now)


def answer(actor: Actor, objection_id: int, *, seen: int, now: datetime) -> Objection:
    """已答复: the second person agrees, the park hears of it. What follows from an upheld one
    (corrected values, a new scoring, the next version) is done by the services of those."""
    found = _begin(actor, objection_id, Act.answer, seen)
    found.answered_at, found.answered_by = now, actor.user_id
    return _done(actor, found, Act.answer, found.answer, now)


def _begin(actor: Actor, objection_id: int, act: Act, seen: int) -> Objection:
    found = queries.locked(objection_id)
    policy.require(act, standing_of(actor, found))
    if found.version != seen:
        raise Refusal("objection_changed")
    return found


def standing_of(actor: Actor, found: Objection) -> rules.Standing:
    """All that decides on an act of this person now."""
    return policy.standing(actor, found, reviewers=reviewers(found), earlier=_earlier(found))


def barred_from(found: Objection) -> frozenset[int]:
    """Who of the zone only reads the case."""
    return reviewers(found) | _earlier(found)


def _earlier(found: Objection) -> frozenset[int]:
    first = queries.get(found.review_of_id) if found.review_of_id else None
    return answered_by(first) if first else NOBODY


def answered_by(first: Objection) -> frozenset[int]:
    """Who handled a case, decided on it and agreed to the answer; nobody took up one that was not
    accepted: then who refused it, its last act."""
    refused = first.updated_by if State(first.state) is State.refused else None
    people = (first.handler_id, first.decided_by, first.answered_by, refused)
    return frozenset(one for one in people if one is not None)


def reviewers(found: Objection) -> frozenset[int]:
    """Who judged what the case is about."""
    return queries.reviewers(found.round_id, about(found), codes_of(found))


def about(found: Objection) -> int:
    """The park whose figures the case is about."""
    park_id = found.other_park_id if found.target == Target.other else found.park_id
    assert park_id is not None
    return park_id


def codes_of(found: Objection) -> frozenset[str] | None:
    """The values that it is about; ``None``: all of them."""
    return values_of(found) if found.target == Target.indicator else None


def values_of(found: Objection) -> frozenset[str]:
    """The values that the indicators are computed from."""
    scheme = rounds.scheme_of(rounds.get(found.round_id))
    codes: set[str] = set()
    for code in found.indicators:
        indicator = scheme.by_code.get(code)
        codes |= set(indicator.value.items) if indicator else {code}
    return frozenset(codes)


def _done(actor: Actor, found: Objection, act: Act, text: str, now: datetime) -> Objection:
    found.state = after(act, State(found.state)).value
    found.updated_by = actor.user_id
    db.session.flush()
    note(actor, found, act.value, text, now=now)
    return found


def _needed(text: str, field: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal("objection_text", fields={field: "objection_text"})
    if len(text) > rules.ANSWER_MAX:
        raise Refusal("objection_long", fields={field: "objection_long"})
    return text
