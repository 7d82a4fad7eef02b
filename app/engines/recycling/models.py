"""What lies in the recycle bin, of whatever kind."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.extensions import JsonText, ParkOwned, PlainModel, UtcDateTime, Versioned

_ASKED = sa.text("proposed_at IS NOT NULL")


class BinItem(ParkOwned, Versioned, PlainModel):
    """One deleted record, of a park or of the zone. It goes when the record is restored or purged.

    A kind whose row stays in its own table needs no ``payload``; of the others it is the row.
    ``private``: the park has shown it to nobody; the zone sees it once it is asked to decide.
    """

    __tablename__ = "bin_item"
    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_id"),
        sa.CheckConstraint("(proposed_at IS NULL) = (proposed_by IS NULL)", name="proposed"),
        sa.CheckConstraint("(proposed_at IS NULL) = (proposal IS NULL)", name="proposal"),
        sa.Index("ix_bin_item_deleted", "deleted_at", "id"),
        sa.Index("ix_bin_item_kind", "kind", "deleted_at"),
        sa.Index(
            "ix_bin_item_proposed", "proposed_at", sqlite_where=_ASKED, postgresql_where=_ASKED
        ),
        # A key is never given twice: a page that is still open must not act on another record.
        {"sqlite_autoincrement": True},
    )

    kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    private: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    search_key: Mapped[str] = mapped_column(sa.String(900), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)
    payload: Mapped[dict[str, Any] | None] = mapped_column(JsonText, deferred=True)
    deleted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    proposal: Mapped[str | None] = mapped_column(sa.String(200))

    @declared_attr
    @classmethod
    def park_id(cls) -> Mapped[int | None]:  # type: ignore[override]
        return mapped_column(sa.ForeignKey("park.id"), index=True, nullable=True)

    def __str__(self) -> str:
        return self.name
