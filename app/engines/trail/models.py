"""The chain's entries and its head."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import JsonText, PlainModel, UtcDateTime

FIRST_HASH = "0" * 64
HEAD_ID = 1


class AuditEntry(PlainModel):
    """One act. Never changed nor deleted (``ddl``): it therefore has no foreign keys.

    ``id`` is the place in the chain: 1, 2, 3, … without a gap, given under the head's lock.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index("ix_audit_entry_object", "object_type", "object_id", "id"),
        sa.Index("ix_audit_entry_actor", "actor_id", "id"),
        sa.Index("ix_audit_entry_at", "at"),
    )

    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(sa.Integer)
    actor_name: Mapped[str] = mapped_column(sa.String(128))
    action: Mapped[str] = mapped_column(sa.String(64))
    object_type: Mapped[str] = mapped_column(sa.String(64))
    object_id: Mapped[str] = mapped_column(sa.String(64))
    object_label: Mapped[str] = mapped_column(sa.String(200))
    park_id: Mapped[int | None] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer, "sqlite"), index=True
    )
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JsonText)
    details: Mapped[dict[str, Any]] = mapped_column(JsonText)
    request_id: Mapped[str] = mapped_column(sa.String(64))
    address: Mapped[str] = mapped_column(sa.String(64))
    prev_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class AuditHead(PlainModel):
    """The one row that every writer locks: the last entry's id and hash."""

    __tablename__ = "audit_head"

    last_id: Mapped[int] = mapped_column(sa.BigInteger)
    last_hash: Mapped[str] = mapped_column(sa.String(64))
