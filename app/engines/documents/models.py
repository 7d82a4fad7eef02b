"""Versions of legal texts, and who agreed to which."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import PlainModel, Stamped, UtcDateTime, Versioned

KINDS = ("legal", "privacy")
STATES = ("draft", "published")


class Document(Stamped, Versioned, PlainModel):
    """One version of a legal text. A published one is never changed again."""

    __tablename__ = "document"
    __table_args__ = (
        sa.UniqueConstraint("kind", "number"),
        sa.CheckConstraint(f"kind IN {KINDS}", name="kind"),
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
    )

    kind: Mapped[str] = mapped_column(sa.String(16))
    number: Mapped[int] = mapped_column(sa.Integer)
    title: Mapped[str] = mapped_column(sa.String(80))
    body: Mapped[str] = mapped_column(sa.Text)
    effective_on: Mapped[date]
    state: Mapped[str] = mapped_column(sa.String(12), default="draft")
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")

    def __str__(self) -> str:
        return f"{self.title} V{self.number}"


class Consent(PlainModel):
    """A person agreed to a version, at a time, from an address, on a way (channel)."""

    __tablename__ = "consent"
    __table_args__ = (sa.UniqueConstraint("user_id", "document_id"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id"), index=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    address: Mapped[str] = mapped_column(sa.String(64))
    channel: Mapped[str] = mapped_column(sa.String(16))
