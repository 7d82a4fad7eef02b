"""What an operator set, by key; what nobody set has the declared value."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import PlainModel, Stamped, Versioned
from app.extensions.model import JsonText


class Setting(Stamped, Versioned, PlainModel):
    """One value that was set in the back office."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    value: Mapped[Any] = mapped_column(JsonText, nullable=True)

    def __str__(self) -> str:
        return self.key
