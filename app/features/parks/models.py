"""Organisation, park and who works for which park (decisions.md 3)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.extensions import PlainModel, Stamped, UtcDateTime, Versioned
from app.extensions.scoping import scope_by_own_id

PARK_TYPES = ("park", "base")
PARK_STATUSES = ("active", "suspended")
MEMBER_ROLES = ("owner", "admin", "clerk")


class Organisation(Stamped, Versioned, PlainModel):
    """A company or body, one per credit code."""

    __tablename__ = "organisation"

    uscc: Mapped[str] = mapped_column(sa.String(18), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))

    def __str__(self) -> str:
        return self.name


@scope_by_own_id
class Park(Stamped, Versioned, PlainModel):
    """A 园区 or 基地."""

    __tablename__ = "park"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN {PARK_TYPES}", name="kind"),
        sa.CheckConstraint(f"status IN {PARK_STATUSES}", name="status"),
    )

    code: Mapped[str] = mapped_column(sa.String(16), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(16), default="park")
    status: Mapped[str] = mapped_column(sa.String(16), default="active")
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")

    def __str__(self) -> str:
        return self.name


class ParkMembership(Versioned, PlainModel):
    """A person works for a park. Not row-scoped: it is what scope is made from."""

    __tablename__ = "park_membership"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "park_id"),
        sa.CheckConstraint(f"role IN {MEMBER_ROLES}", name="role"),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"))
    park_id: Mapped[int] = mapped_column(sa.ForeignKey("park.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(16))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
