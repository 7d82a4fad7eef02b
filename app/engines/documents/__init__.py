"""Legal texts in versions, and consents to them (face of the engine)."""

from __future__ import annotations

from app.engines.documents.labels import REFUSALS
from app.engines.documents.models import KINDS, Consent, Document
from app.engines.documents.queries import (
    consents_of,
    current,
    get,
    has_consented,
    published,
    versions,
)
from app.engines.documents.services import (
    agree,
    change,
    draft,
    forget_consents,
    publish,
    seed,
)

__all__ = [
    "KINDS",
    "REFUSALS",
    "Consent",
    "Document",
    "agree",
    "change",
    "consents_of",
    "current",
    "draft",
    "forget_consents",
    "get",
    "has_consented",
    "publish",
    "published",
    "seed",
    "versions",
]
