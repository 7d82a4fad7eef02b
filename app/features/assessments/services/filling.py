"""A park fills in: each value by itself, so that tabs and people merge item by item."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.core.actor import Actor
from app.core.errors import Refusal, Stale
from app.engines import calendar
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import (
    AssessmentFiling,
    AssessmentRound,
    FilingValue,
    FilingValueChange,
)
from app.features.assessments.queries import filings, rounds
from app.features.assessments.rules import form
from app.features.assessments.rules.filing import Act, State
from app.features.assessments.rules.form import PARK, Ask
from app.features.assessments.rules.moves import EXPLANATION_MAX
from app.features.assessments.rules.typed import Wrong, too_long


def save(
    actor: Actor, filing_id: int, code: str, typed: Any, *, seen: int, now: datetime
) -> tuple[FilingValue, Wrong | None]:
    """Keep what the park typed for one value. What cannot be read as a value is kept as typed
    (``unread``) and comes back with its reason; so long that it is no slip, it is refused.

    Raises ``Stale`` (with the value as it is now) when it changed since ``seen`` and says something
    else; the same text twice is no conflict.
    """
    found, filing = begin(actor, filing_id, Act.save, now)
    ask = _open_ask(found, code)
    value = filings.value_locked(filing_id, code)
    open_here(filing, value)
    read, wrong = _read(ask, typed)
    if value.version != seen and (read, wrong is not None) != (value.declared, bool(value.unread)):
        raise Stale(value)
    if wrong is not None:
        most = too_long(ask.kind, typed)
        if most is not None:
            raise Refusal("unread_long", fields={code: "unread_long"}, most=most)
        value.unread = typed
        _changed(actor, value, "declared", None, now)
    elif value.unread is not None or read != value.declared:
        value.unread = None
        _changed(actor, value, "declared", read, now)
    db.session.flush()
    return value, wrong


def remark(
    actor: Actor, filing_id: int, code: str, text: str, *, seen: int, now: datetime
) -> FilingValue:
    """Why a value moved so much; of a value that others supply: why it is wrong.

    Raises ``Stale`` like ``save``.
    """
    found, filing = begin(actor, filing_id, Act.save, now)
    ask = form.asks(rounds.scheme_of(found)).get(code)
    if ask is None:
        raise Refusal("value_unknown")
    text = text.replace("\r\n", "\n").strip()
    if len(text) > EXPLANATION_MAX:
        raise Refusal("remark_long", fields={code: "remark_long"}, most=EXPLANATION_MAX)
    value = filings.value_locked(filing_id, code)
    open_here(filing, value)
    own = ask.owner == PARK
    field, act = ("explanation", "explained") if own else ("dispute", "disputed")
    before = getattr(value, field)
    if before == text:
        return value
    if value.version != seen:
        raise Stale(value)
    setattr(value, field, text)
    note(actor, value, act, FilingValueChange(before=before, after=text, at=now))
    db.session.flush()
    return value


def open_here(filing: AssessmentFiling, value: FilingValue) -> None:
    """Of a filing that came back only what was sent back may be changed."""
    if State(filing.state) is State.returned and not value.open_again:
        raise Refusal("value_not_returned")


def _read(ask: Ask, typed: Any) -> tuple[Any, Wrong | None]:
    try:
        return ask.read(typed), None
    except Wrong as wrong:
        return None, wrong


def note(actor: Actor, value: FilingValue, act: str, change: FilingValueChange) -> None:
    """One line of a value's history."""
    change.value_id, change.filing_id, change.park_id = value.id, value.filing_id, value.park_id
    change.act, change.actor_id, change.actor_name = act, actor.user_id, actor.name
    db.session.add(change)
    value.version += 1


def _changed(actor: Actor, value: FilingValue, act: str, read: Any, now: datetime) -> None:
    before, value.declared = value.declared, read
    value.declared_at, value.declared_by = now, actor.user_id
    note(actor, value, act, FilingValueChange(before=before, after=read, at=now))


def _open_ask(found: AssessmentRound, code: str) -> Ask:
    ask = form.asks(rounds.scheme_of(found)).get(code)
    if ask is None:
        raise Refusal("value_unknown")
    if ask.owner != PARK:
        raise Refusal("value_locked")
    return ask


def begin(
    actor: Actor, filing_id: int, act: Act, now: datetime
) -> tuple[AssessmentRound, AssessmentFiling]:
    """The filing, locked, in a round that parks see; refuses what cannot be now."""
    filing = filings.locked(filing_id)
    found = rounds.for_park(filing.round_id)
    policy.require(act, policy.standing(actor, found, filing, calendar.local(now)))
    return found, filing
