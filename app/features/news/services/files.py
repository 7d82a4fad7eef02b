"""Covers and attachments as they are uploaded; unused they go after some days."""

from __future__ import annotations

from typing import IO

from app.core.actor import Actor
from app.engines import files
from app.features.news.rules import ATTACHMENT, ATTACHMENT_TYPES

MIB = 1024 * 1024


def attach(
    actor: Actor, stream: IO[bytes], name: str, *, park_id: int | None, max_mb: int
) -> dict[str, str]:
    """Keep an uploaded attachment; the entry that goes into the article's content."""
    stored = files.store(
        actor,
        stream,
        name,
        kind=ATTACHMENT,
        allowed=ATTACHMENT_TYPES,
        max_bytes=max_mb * MIB,
        park_id=park_id,
        expires_at=files.unused_until(),
    )
    return {"key": stored.key, "name": stored.name}


def cover_picture(
    actor: Actor, stream: IO[bytes], name: str, *, park_id: int | None, max_mb: int
) -> str:
    """Keep an uploaded cover, drawn anew in its widths; its key."""
    stored = files.store_picture(
        actor,
        stream,
        name,
        max_bytes=max_mb * MIB,
        park_id=park_id,
        expires_at=files.unused_until(),
    )
    return stored.key
