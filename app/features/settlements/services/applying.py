"""申请入驻: by anybody who proves a number; taken back by whom it is linked to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from app.core import scope
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal
from app.engines import calendar, documents, notices, trail
from app.extensions import db
from app.extensions.locks import lock
from app.features.accounts import queries as accounts
from app.features.enterprises.queries import accepted_codes
from app.features.parks.models import Park
from app.features.settlements import policy, queries, rules
from app.features.settlements.models import SettlementApplication
from app.features.settlements.rules import Act, Side, State
from app.features.settlements.services.noting import Line, Upload, keep, note

LOCKS = 7_291
CHANNEL = "apply"


class Sent(Struct, frozen=True):
    """How a form came: its key in its browser, from where, what was agreed to, with which files."""

    form_key: str
    address: str
    document_id: int | None
    uploads: Sequence[Upload] = ()


def form_key(browser: str, key: str) -> str:
    """What stands for one opened form of one browser."""
    return hashlib.sha256(f"{browser}:{key}".encode()).hexdigest()


def earlier(key: str) -> SettlementApplication | None:
    """What this very form has made already; who asks at the same time waits for the other."""
    lock(LOCKS, key)
    return queries.with_form_key(key)


def check(values: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What was written in its normal form; a ``Refusal`` names every field that is wrong."""
    found, wrong = rules.cleaned(values, today)
    if rules.code_fault(found["uscc"]) and found["uscc"] not in accepted_codes([found["uscc"]]):
        wrong["uscc"] = "code_wrong_sign"
    if wrong:
        raise Refusal(next(iter(wrong.values())), fields=wrong)
    return found


def privacy(today: date) -> documents.Document | None:
    """The policy that an applicant agrees to."""
    return documents.current("privacy", today)


def agreed(document_id: int | None, today: date) -> documents.Document | None:
    """The version in force, if it is the one agreed to; refuses otherwise."""
    document = privacy(today)
    if document is not None and document_id != document.id:
        raise Refusal("consent_needed", fields={"agree": "consent_needed"})
    return document


def apply(
    actor: Actor, park: Park, values: Mapping[str, Any], sent: Sent, *, now: datetime
) -> SettlementApplication:
    """Make the application. The caller has seen that the number is the applicant's."""
    found = check(values, calendar.local(now))
    document = agreed(sent.document_id, calendar.local(now))
    if park.status != "active":
        raise Refusal("park_closed")
    index = notices.phone_index(found["contact_phone"])
    lock(LOCKS, index)
    since = now - rules.DAY
    if queries.sent_since(since, index, actor.user_id) >= rules.MOST_A_DAY:
        raise Refusal("apply_often")
    if len(sent.uploads) > rules.MOST_FILES:
        raise Refusal("too_many_files", fields={"files": "too_many_files"}, most=rules.MOST_FILES)
    with scope.unscoped():
        made = SettlementApplication(
            **found,
            park_id=park.id,
            number=rules.number(calendar.local(now)),
            form_key=sent.form_key,
            phone_index=index,
            user_id=actor.user_id,
            document_id=document.id if document else None,
            agreed_at=now,
            agreed_address=sent.address[:64],
            submitted_at=now,
            due_on=calendar.due(now, rules.FIRST_CONTACT_DAYS),
            created_by=actor.user_id,
            updated_by=actor.user_id,
        )
        db.session.add(made)
        db.session.flush()
        _keep_files(actor, made, sent.uploads)
        if document is not None and actor.user_id is not None:
            documents.agree(actor.user_id, document, address=sent.address, channel=CHANNEL)
        note(actor, made, Line("submit"), now=now)
    return made


def _keep_files(actor: Actor, made: SettlementApplication, uploads: Sequence[Upload]) -> None:
    for upload in uploads:
        keep(
            actor,
            made,
            upload,
            kind="applicant",
            store=policy.APPLICANT_FILE,
            allowed=rules.FILE_TYPES,
            most=rules.FILE_MOST,
            field="files",
        )


def withdraw(actor: Actor, application_id: int, *, now: datetime) -> SettlementApplication:
    """撤回, until the park has decided."""
    if actor.user_id is None:
        raise NotFound(f"application {application_id}")
    found = queries.own_locked(actor.user_id, application_id)
    policy.require(actor, found, Act.withdraw, Side.applicant)
    with scope.unscoped():
        found.state, found.decided_at = State.withdrawn.value, now
        found.updated_by = actor.user_id
        db.session.flush()
        note(actor, found, Line(Act.withdraw.value), now=now)
    return found


def adopt(actor: Actor, user_id: int, now: datetime) -> int:
    """At a sign-in: what this person's proven number has applied for becomes theirs."""
    phone = accounts.phone_of(user_id)
    if phone is None:
        return 0
    found = queries.unlinked(phone.subject, now - rules.PROVEN_FOR)
    with scope.unscoped():
        for one in found:
            one.user_id = user_id
        db.session.flush()
    for one in found:
        trail.record(actor, "settlement.linked", one, details={"user": user_id})
    return len(found)


def forget(actor: Actor, user_id: int) -> None:
    """An account is closed: the parks keep what they handle, nobody's account leads there."""
    with scope.unscoped():
        for one in queries.own(user_id, limit=10_000):
            one.user_id, one.updated_by = None, actor.user_id
        db.session.flush()
