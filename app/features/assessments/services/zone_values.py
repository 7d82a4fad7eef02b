"""What the zone enters of a round: values that no register yields, each resting on a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import NotFound, Refusal
from app.engines import trail
from app.extensions import by_key, db
from app.features.assessments import policy
from app.features.assessments.models import (
    AssessmentDocument,
    AssessmentRound,
    FilingValue,
    FilingValueChange,
)
from app.features.assessments.queries import filings
from app.features.assessments.queries import rounds as queries
from app.features.assessments.queries import zone_values as zone_queries
from app.features.assessments.rules import form
from app.features.assessments.rules.filing import Verdict
from app.features.assessments.rules.form import DEDUCTIONS, PARK, Ask
from app.features.assessments.rules.rounds import RUNNING, RoundState
from app.features.assessments.rules.typed import Wrong
from app.features.assessments.services.filling import note


class Entry(Struct, frozen=True):
    """What somebody typed for one park's value, and the version of it that they saw."""

    filing_id: int
    code: str
    typed: Any
    seen: int


@dataclass
class Entered:
    """``wrong``: (filing, code) -> what is wrong with it; those were not saved. ``same``: how many
    say what is there already."""

    saved: int = 0
    same: int = 0
    wrong: dict[tuple[int, str], Wrong] = field(default_factory=dict)


def asked(found: AssessmentRound) -> Mapping[str, Ask]:
    """Code -> what the zone enters: not the park's to say, and found by no register."""
    told = form.asks(queries.scheme_of(found))
    return {c: one for c, one in told.items() if one.owner != PARK and c not in found.sources}


def missing(found: AssessmentRound) -> list[tuple[Ask, int]]:
    """What nobody has entered yet, and of how many parks. What is taken off is no gap."""
    told = {code: one for code, one in asked(found).items() if one.section != DEDUCTIONS}
    values = zone_queries.of_round(found.id, told)
    taking = [one.id for one in filings.of_round(found.id) if one.takes_part]
    counted = Counter(
        code
        for code in told
        for key in taking
        if (key, code) in values and value_words(values[key, code]) is None
    )
    return [(one, counted[code]) for code, one in told.items() if counted[code]]


def enter(
    actor: Actor,
    round_id: int,
    entries: Sequence[Entry],
    document_id: int | None,
    *,
    now: datetime,
) -> Entered:
    """Keep every entry that can be read and changes something; tell of the others.

    One that was changed since it was seen is not overwritten. Raises ``Refusal`` without document.
    """
    found = _running(actor, round_id)
    told = asked(found)
    inside = {one.id: one for one in filings.of_round(round_id)}
    outcome = Entered()
    for one in entries:
        if one.filing_id not in inside:
            raise NotFound(f"filing {one.filing_id} of round {round_id}")
        if one.code not in told:
            raise Refusal("value_sourced" if one.code in found.sources else "value_unknown")
        if not inside[one.filing_id].takes_part:
            outcome.wrong[one.filing_id, one.code] = Wrong("filing_absent")
            continue
        _enter(actor, one, told[one.code], document_id, now, outcome)
    if outcome.saved:
        _document(round_id, document_id)
        details = {"count": outcome.saved}
        trail.record(actor, "assessment.values_entered", found, details=details)
    return outcome


def _enter(
    actor: Actor,
    one: Entry,
    ask: Ask,
    document_id: int | None,
    now: datetime,
    outcome: Entered,
) -> None:
    value = filings.value_locked(one.filing_id, one.code)
    try:
        read = ask.read(one.typed)
    except Wrong as wrong:
        outcome.wrong[one.filing_id, one.code] = wrong
        return
    if read == value.verified:
        outcome.same += 1
        return
    if value.version != one.seen:
        outcome.wrong[one.filing_id, one.code] = Wrong("value_moved")
        return
    before, value.verified = value.verified, read
    given = read is not None
    value.verdict = (Verdict.passed if given else Verdict.open).value
    value.document_id = document_id if given else None
    value.verified_at, value.verified_by = now, actor.user_id
    note(actor, value, "verified", FilingValueChange(before=before, after=read, at=now))
    db.session.flush()
    outcome.saved += 1


def _document(round_id: int, document_id: int | None) -> None:
    """Values rest on a document of this round; raised after saving, the whole is rolled back."""
    if document_id is not None:
        try:
            if by_key.one(AssessmentDocument, document_id).round_id == round_id:
                return
        except NotFound:
            document_id = None
    raise Refusal("document_required", fields={"document": "document_required"})


def _running(actor: Actor, round_id: int) -> AssessmentRound:
    """The round, locked: values are entered from its opening on until it is scored for good."""
    found = queries.locked(round_id)
    policy.runs(actor)
    if RoundState(found.state) not in RUNNING:
        raise Refusal("round_state")
    return found


def value_words(value: FilingValue) -> Any:
    """What counts of a value of the zone's side."""
    return value.verified if value.verified is not None else value.taken
