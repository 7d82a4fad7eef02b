"""Every write on articles: bare verbs, actor first; they flush, the caller commits."""

from __future__ import annotations

from app.features.news.services.articles import (
    change,
    discard,
    purge,
    remove,
    restore,
    withdraw,
    write,
)
from app.features.news.services.checking import Finding, check, findings
from app.features.news.services.files import attach, cover_picture
from app.features.news.services.publishing import approved, follow, pictures_of, revoked, shown_of
from app.features.news.services.putting import put
from app.features.news.services.words import clear_words, replace_words

__all__ = [
    "Finding",
    "approved",
    "attach",
    "change",
    "check",
    "clear_words",
    "cover_picture",
    "discard",
    "findings",
    "follow",
    "pictures_of",
    "purge",
    "put",
    "remove",
    "replace_words",
    "restore",
    "revoked",
    "shown_of",
    "withdraw",
    "write",
]
