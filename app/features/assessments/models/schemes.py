"""Schemes and their versions: data, never code."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import JsonText, PlainModel, Stamped, UtcDateTime, Versioned

VERSION_STATES = ("draft", "frozen")


class AssessmentScheme(Stamped, Versioned, PlainModel):
    """A family of versions: one city's scheme through the years."""

    __tablename__ = "assessment_scheme"

    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))

    def __str__(self) -> str:
        return self.name


class SchemeVersion(Stamped, Versioned, PlainModel):
    """One version. ``content`` has the shape of the YAML, numbers as text; a draft may still be
    wrong, a frozen one never changes. ``digest``: SHA-256 of its canonical text."""

    __tablename__ = "assessment_scheme_version"
    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "number"),
        sa.CheckConstraint(f"state IN {VERSION_STATES}", name="state"),
        sa.CheckConstraint("(state = 'frozen') = (frozen_at IS NOT NULL)", name="day_if_frozen"),
    )

    scheme_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_scheme.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(8), default="draft")
    content: Mapped[dict[str, Any]] = mapped_column(JsonText)
    digest: Mapped[str] = mapped_column(sa.String(64))
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    based_on_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("assessment_scheme_version.id", name="fk_assessment_scheme_version_based_on")
    )
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def __str__(self) -> str:
        return f"v{self.number}"
