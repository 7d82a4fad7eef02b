"""Handing in: 确定 and 撤回, each once however often it is pressed."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import calendar, trail
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import AssessmentFiling, AssessmentRound, FilingValue
from app.features.assessments.queries import filings, rounds
from app.features.assessments.rules import checks
from app.features.assessments.rules.checks import Against
from app.features.assessments.rules.filing import Act, State, after
from app.features.assessments.rules.rounds import late_days
from app.features.assessments.services.filling import begin

#: Where the check page shows that the commitment lacks.
COMMITMENT_FIELD = "commitment"


def submit(
    actor: Actor, filing_id: int, *, seen: int, now: datetime, read: str | None = None
) -> AssessmentFiling:
    """确定: handed in, with a number. Refuses what cannot be read, checks that fail, nothing at all,
    and a filing without its signed commitment.

    ``read``: digest of the values that the person has checked; another one is refused. Handed in
    twice at once counts once: the second one finds another state.
    """
    found, filing = begin(actor, filing_id, Act.submit, now)
    if filing.version != seen:
        raise Refusal("filing_changed")
    values = filings.values(filing_id)
    if read is not None and read != digest_of(values):
        raise Refusal("filing_changed")
    against = against_now(found, filing, values)
    if against:
        raise Refusal("filing_incomplete", fields={one.code: one.fault for one in against})
    if filing.first_submitted_at is None:
        filing.first_submitted_at = now
        filing.late_days = late_today(found, filing, calendar.local(now))
    filing.number = filing.number or _number(now)
    filing.submitted_at, filing.submitted_by = now, actor.user_id
    filing.digest = digest_of(values)
    return _moved(actor, filing, Act.submit, {"number": filing.number, "digest": filing.digest})


def against_now(
    found: AssessmentRound, filing: AssessmentFiling, values: Mapping[str, FilingValue]
) -> tuple[Against, ...]:
    """What must be mended before handing in; of a filing that came back only where it may be."""
    scheme = rounds.scheme_of(found)
    against = checks.against_submitting(scheme, values, filings.before(found, filing))
    if filing.commitment_key is None:
        against = (*against, Against(COMMITMENT_FIELD, "commitment_missing"))
    if State(filing.state) is not State.returned:
        return against
    return tuple(one for one in against if one.code not in values or values[one.code].open_again)


def late_today(found: AssessmentRound, filing: AssessmentFiling, today: date) -> int:
    """Working days too late, if it is first handed in today."""
    return late_days(
        policy.windows(found),
        today,
        filing.extended_until,
        lambda last, day: calendar.left(day, last),
    )


def withdraw(actor: Actor, filing_id: int, *, seen: int, now: datetime) -> AssessmentFiling:
    """撤回, until a reviewer has taken it up. Lateness counts from the next submission."""
    _found, filing = begin(actor, filing_id, Act.withdraw, now)
    if filing.version != seen:
        raise Refusal("filing_changed")
    filing.first_submitted_at = filing.submitted_at = filing.submitted_by = None
    filing.late_days = 0
    return _moved(actor, filing, Act.withdraw, {})


def digest_of(values: Any) -> str:
    """SHA-256 of what was declared: code -> canonical value."""
    told = {code: one.declared for code, one in sorted(values.items())}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _number(now: datetime) -> str:
    return f"KH{calendar.local(now):%Y%m%d}{secrets.randbelow(10**6):06}"


def _moved(
    actor: Actor, filing: AssessmentFiling, act: Act, details: dict[str, Any]
) -> AssessmentFiling:
    filing.state = after(act, State(filing.state)).value
    filing.updated_by = actor.user_id
    db.session.flush()
    trail.record(actor, f"assessment.filing_{act.value}", filing, details=details)
    return filing
