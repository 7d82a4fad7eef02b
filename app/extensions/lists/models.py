"""What a person keeps of a list: shown columns, density, saved views and who else sees them."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import JsonText, PlainModel, UtcDateTime

NAME_LENGTH = 40
#: Of a query string, encoded: an address that servers still take.
QUERY_LENGTH = 4_000


class ListPreference(PlainModel):
    """Columns, density and default view of one list for one person."""

    __tablename__ = "list_preference"
    __table_args__ = (sa.UniqueConstraint("user_id", "view"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"))
    view: Mapped[str] = mapped_column(sa.String(64))
    columns: Mapped[list[str] | None] = mapped_column(JsonText)
    density: Mapped[str] = mapped_column(sa.String(16), default="comfortable")
    default_view_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("saved_view.id", ondelete="SET NULL"), index=True
    )


class SavedView(PlainModel):
    """A named query of one list with its columns: of one person, or shared by them.

    ``park_id`` or ``role`` say with whom it is shared. It grants nothing: everybody runs it with
    their own rights, and who may see it is asked whenever it is read.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "view", "name"),
        sa.CheckConstraint("park_id IS NULL OR role IS NULL", name="shared_once"),
        sa.Index("ix_saved_view_view", "view"),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"))
    view: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    query: Mapped[str] = mapped_column(sa.String(QUERY_LENGTH))
    columns: Mapped[list[str] | None] = mapped_column(JsonText)  # none: those of the reader
    density: Mapped[str] = mapped_column(sa.String(16), default="")
    park_id: Mapped[int | None] = mapped_column(sa.ForeignKey("park.id"), index=True)
    role: Mapped[str | None] = mapped_column(sa.String(64))

    def __str__(self) -> str:
        return self.name

    @property
    def shared(self) -> bool:
        return self.park_id is not None or self.role is not None


class ViewSubscription(PlainModel):
    """A person wants the workbook of a view every week; ``park_id``: acting for which park."""

    __tablename__ = "view_subscription"
    __table_args__ = (sa.UniqueConstraint("user_id", "view_id"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"))
    view_id: Mapped[int] = mapped_column(
        sa.ForeignKey("saved_view.id", ondelete="CASCADE"), index=True
    )
    park_id: Mapped[int | None] = mapped_column(sa.ForeignKey("park.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sent_on: Mapped[date | None] = mapped_column(sa.Date)  # the Monday it was last asked for
