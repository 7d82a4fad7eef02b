"""Sign-in attempts. Persons and roles are FAB's own tables (``ab_user``, ``ab_role``)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import PlainModel, UtcDateTime


class SignInAttempt(PlainModel):
    """A failed sign-in of a name (hashed) from an address; counted over all workers."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        sa.Index("ix_sign_in_attempt_name_at", "name_hash", "at"),
        sa.Index("ix_sign_in_attempt_address_at", "address", "at"),
    )

    name_hash: Mapped[str] = mapped_column(sa.String(64))
    address: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
