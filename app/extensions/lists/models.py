"""What a person keeps of a list: shown columns, density, saved views."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import JsonText, PlainModel


class ListPreference(PlainModel):
    """Columns and density of one list for one person."""

    __tablename__ = "list_preference"
    __table_args__ = (sa.UniqueConstraint("user_id", "view"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"))
    view: Mapped[str] = mapped_column(sa.String(64))
    columns: Mapped[list[str]] = mapped_column(JsonText)
    density: Mapped[str] = mapped_column(sa.String(16), default="comfortable")


class SavedView(PlainModel):
    """A named query string of one list, of one person."""

    __tablename__ = "saved_view"
    __table_args__ = (sa.UniqueConstraint("user_id", "view", "name"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"))
    view: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(40))
    query: Mapped[str] = mapped_column(sa.String(2000))
