"""Drafting, publishing and agreeing to legal texts."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.errors import Refusal, Stale
from app.engines import trail
from app.engines.documents import queries
from app.engines.documents.models import KINDS, Consent, Document
from app.extensions import db

BODY_MAX = 100_000
SHIPPED = Path(__file__).parent / "shipped"


def draft(actor: Actor, kind: str, *, title: str, body: str, effective_on: date) -> Document:
    """A new version that nobody sees yet; one draft of a kind at a time."""
    known = queries.versions(kind)
    if known and known[0].state == "draft":
        raise Refusal("draft_exists")
    made = Document(kind=kind, number=known[0].number + 1 if known else 1, created_by=actor.user_id)
    _fill(made, title, body, effective_on)
    db.session.add(made)
    db.session.flush()
    trail.record(actor, "document.drafted", made)
    return made


def change(
    actor: Actor, document_id: int, *, title: str, body: str, effective_on: date, version: int
) -> Document:
    """Save a draft as edited on ``version``; what is published refuses."""
    found = queries.locked(document_id)
    if found.state != "draft":
        raise Refusal("document_published")
    if found.version != version:
        raise Stale(found)
    _fill(found, title, body, effective_on)
    found.updated_by = actor.user_id
    changes = trail.changes_of(found, ["title", "effective_on"])
    db.session.flush()
    details = {"sha256": _digest(found)}  # the text itself is long; that it changed is seen
    trail.record(actor, "document.changed", found, changes=changes, details=details)
    return found


def publish(actor: Actor, document_id: int, *, version: int) -> Document:
    """Put a draft in force from its day on, as it was seen on ``version``; everybody is asked to
    agree to it then."""
    found = queries.locked(document_id)
    if found.state != "draft":
        raise Refusal("document_published")
    if found.version != version:
        raise Stale(found)
    if found.effective_on < clock.today():
        raise Refusal("effective_in_past", fields={"effective_on": "effective_in_past"})
    _publish(found)
    db.session.flush()
    trail.record(
        actor,
        "document.published",
        found,
        details={"effective_on": found.effective_on.isoformat(), "sha256": found.sha256},
    )
    return found


def agree(user_id: int, document: Document, *, address: str, channel: str) -> None:
    """Record a consent with version, time, address and way; a second one changes nothing."""
    if queries.has_consented(user_id, document):
        return
    try:
        with db.session.begin_nested():
            db.session.add(
                Consent(
                    user_id=user_id,
                    document_id=document.id,
                    address=address[:64],
                    channel=channel[:16],
                )
            )
            db.session.flush()
    except IntegrityError:
        if not queries.has_consented(user_id, document):
            raise


def seed(today: date) -> int:
    """The first version of each text, where there is none; returns how many were made."""
    made = 0
    for kind in KINDS:
        if queries.versions(kind):
            continue
        title, _line, body = (SHIPPED / f"{kind}.txt").read_text(encoding="utf-8").partition("\n")
        first = Document(kind=kind, number=1)
        _fill(first, title, body, today)
        _publish(first)
        db.session.add(first)
        db.session.flush()
        trail.record(SYSTEM, "document.published", first, details={"sha256": first.sha256})
        made += 1
    return made


def forget_consents(user_id: int) -> None:
    """With the account itself, its consents go (decisions 23; PIPL 47)."""
    db.session.execute(sa.delete(Consent).where(Consent.user_id == user_id))


def _publish(document: Document) -> None:
    document.state = "published"
    document.published_at = clock.now()
    document.sha256 = _digest(document)


def _digest(document: Document) -> str:
    return hashlib.sha256(f"{document.title}\n{document.body}".encode()).hexdigest()


def _fill(document: Document, title: str, body: str, effective_on: date) -> None:
    title, body = " ".join(title.split()), body.replace("\r\n", "\n").strip()
    fields = {name: "required" for name, text in (("title", title), ("body", body)) if not text}
    if len(title) > 80:
        fields["title"] = "too_long"
    if len(body) > BODY_MAX:
        fields["body"] = "too_long"
    if fields:
        raise Refusal("required", fields=fields)
    document.title, document.body, document.effective_on = title, body, effective_on
