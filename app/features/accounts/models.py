"""Sign-in attempts and what we keep about a person beside FAB's own row (``ab_user``)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import PlainModel, UtcDateTime, Versioned


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


class UserProfile(Versioned, PlainModel):
    """What FAB's ``ab_user`` has no column for.

    ``version`` counts the saves of the account: the table is FAB's and takes no counter of ours, so
    every change of the account also writes this row, and a stale save is seen here.
    """

    __tablename__ = "user_profile"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), unique=True
    )
    #: As in ``SignInAttempt``: which accounts are locked is then one comparison.
    name_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    must_change_password: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
