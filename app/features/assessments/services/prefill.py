"""Values of the platform: taken from the registers once, at the opening or, when that is later, at
the cut-off. From then on they are frozen: what a register says afterwards changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.core.actor import Actor
from app.engines import calendar, trail
from app.extensions import db
from app.features.assessments.models import AssessmentRound, FilingValue, FilingValueChange
from app.features.assessments.queries import register_values, rounds
from app.features.assessments.queries.register_values import Span
from app.features.assessments.rules import form, sources
from app.features.assessments.rules.rounds import RoundState
from app.features.assessments.services.filling import note


def at_opening(actor: Actor, found: AssessmentRound, now: datetime) -> None:
    """A hook of ``rounds.OPENED``: taken now unless the cut-off is still to come."""
    if found.cut_off_on < calendar.local(now):
        take(actor, found, now)


def due(actor: Actor, now: datetime) -> None:
    """A hook of ``rounds.TICKS``: rounds whose cut-off came after their opening."""
    for round_id in rounds.without_snapshot(calendar.local(now)):
        found = rounds.locked(round_id)
        if found.snapshot_at is None and RoundState(found.state) in TAKEN_IN:
            number = take(actor, found, now)
            trail.record(actor, "assessment.values_taken", found, details={"count": number})


#: Filling or review goes on: the parks' values may still be completed.
TAKEN_IN = frozenset({RoundState.open, RoundState.closed})


def take(actor: Actor, found: AssessmentRound, now: datetime) -> int:
    """Read the registers for every park of the round; how many values were taken.

    The caller holds the round's lock; a round is taken once.
    """
    asked = form.asks(rounds.scheme_of(found))
    wanted = {c: one for c, one in sources.registers(found.sources).items() if c in asked}
    values = register_values.values_locked(found.id, wanted)
    park_ids = sorted({one.park_id for one in values})
    read = {code: _read(found, one, park_ids) for code, one in wanted.items()}
    number = 0
    for value in values:
        told = read[value.code].get(value.park_id)
        if told is not None:
            number += 1
            text = asked[value.code].read(str(told)) if isinstance(told, int) else told
            _take(actor, value, text, wanted[value.code], now)
    found.snapshot_at = now
    db.session.flush()
    return number


def _read(found: AssessmentRound, source: str, park_ids: list[int]) -> Mapping[int, Any]:
    if source.startswith(sources.PREVIOUS):
        if found.previous_id is None:
            return {}
        item = source.removeprefix(sources.PREVIOUS)
        return register_values.verified_before(found.previous_id, item)
    span = Span(found.period_from, found.period_to, found.cut_off_on)
    return register_values.read(source, park_ids, span)


def _take(actor: Actor, value: FilingValue, taken: Any, source: str, now: datetime) -> None:
    before, value.taken = value.taken, taken
    value.taken_from, value.taken_at = source, now
    note(actor, value, "taken", FilingValueChange(before=before, after=taken, at=now))
