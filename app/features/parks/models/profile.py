"""What a park says of itself: the profile in force, and the figures of each year."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import (
    JsonText,
    Money,
    ParkOwned,
    PlainModel,
    Stamped,
    StringList,
    UtcDateTime,
    Versioned,
)
from app.extensions.model import Scaled


class ParkProfile(ParkOwned, Stamped, Versioned, PlainModel):
    """The profile in force of a park: all of it as JSON, and the columns that lists filter by.

    Written by the decisions of review only. ``origin``: what the park began with (its upgrade),
    in force again when the only revision after it is revoked.
    """

    __tablename__ = "park_profile"
    __table_args__ = (sa.UniqueConstraint("park_id"),)

    content: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)
    origin: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    short_name: Mapped[str] = mapped_column(sa.String(40), default="")
    name_key: Mapped[str] = mapped_column(sa.String(800), default="")
    kind: Mapped[str] = mapped_column(sa.String(16))
    level: Mapped[str] = mapped_column(sa.String(16), index=True)
    division: Mapped[str] = mapped_column(sa.String(6), index=True)
    customs_modes: Mapped[tuple[str, ...]] = mapped_column(StringList(60), nullable=True)
    area_leasable: Mapped[Decimal | None] = mapped_column(Scaled(2))
    opened_on: Mapped[date | None] = mapped_column(sa.Date)
    pictures: Mapped[tuple[str, ...]] = mapped_column(StringList(600), nullable=True)
    published: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=True)

    def __str__(self) -> str:
        return self.name


class ParkFigures(ParkOwned, Stamped, Versioned, PlainModel):
    """What a park says of a year; the zone verifies it. Not under review: the trail tells it."""

    __tablename__ = "park_figures"
    __table_args__ = (
        sa.UniqueConstraint("park_id", "year"),
        sa.CheckConstraint("(verified_at IS NULL) = (verified_by IS NULL)", name="verified"),
    )

    year: Mapped[int]
    firms: Mapped[int | None]
    cbec_firms: Mapped[int | None]
    import_value: Mapped[Decimal | None] = mapped_column(Money())
    export_value: Mapped[Decimal | None] = mapped_column(Money())
    jobs: Mapped[int | None]
    tax: Mapped[Decimal | None] = mapped_column(Money())
    origin: Mapped[str] = mapped_column(sa.String(200), default="")
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))

    def __str__(self) -> str:
        return str(self.year)
