"""Entries of all dictionaries."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import PlainModel, Stamped, Versioned


class DictionaryEntry(Stamped, Versioned, PlainModel):
    """One word of a dictionary, valid from one day to another (both included, open = always)."""

    __tablename__ = "dictionary_entry"
    __table_args__ = (
        sa.UniqueConstraint("dictionary", "label", "valid_from"),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="validity"
        ),
    )

    dictionary: Mapped[str] = mapped_column(sa.String(40), index=True)
    code: Mapped[str] = mapped_column(sa.String(20))
    label: Mapped[str] = mapped_column(sa.String(60))
    position: Mapped[int] = mapped_column(sa.Integer, default=0)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    def __str__(self) -> str:
        return self.label
