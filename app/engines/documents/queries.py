"""Reading legal texts and consents."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app.core.errors import NotFound
from app.engines.documents.models import Consent, Document
from app.extensions import by_key, db


def get(document_id: int) -> Document:
    return by_key.one(Document, document_id)


def locked(document_id: int) -> Document:
    """The version, read again and locked until the transaction ends."""
    return by_key.locked(Document, document_id)


def current(kind: str, today: date) -> Document | None:
    """The version in force: published, its day has come, the latest of those."""
    query = (
        sa.select(Document)
        .where(Document.kind == kind, Document.state == "published", Document.effective_on <= today)
        .order_by(Document.effective_on.desc(), Document.number.desc())
    )
    return db.session.scalar(query.limit(1))


def versions(kind: str) -> list[Document]:
    """All versions of a kind, the newest first."""
    query = sa.select(Document).where(Document.kind == kind)
    return list(db.session.scalars(query.order_by(Document.number.desc())))


def published(kind: str, number: int) -> Document:
    """A version that anybody may read."""
    found = db.session.scalar(
        sa.select(Document).where(
            Document.kind == kind, Document.number == number, Document.state == "published"
        )
    )
    if found is None:
        raise NotFound(f"{kind} V{number}")
    return found


def has_consented(user_id: int, document: Document) -> bool:
    query = sa.select(Consent.id).where(
        Consent.user_id == user_id, Consent.document_id == document.id
    )
    return db.session.scalar(query) is not None


def consents_of(user_id: int) -> list[tuple[Consent, Document]]:
    """What a person agreed to, the latest first."""
    query = (
        sa.select(Consent, Document)
        .join(Document, Document.id == Consent.document_id)
        .where(Consent.user_id == user_id)
        .order_by(Consent.at.desc())
    )
    return [(consent, document) for consent, document in db.session.execute(query)]
