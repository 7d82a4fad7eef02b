"""The table of stored files."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import PlainModel, UtcDateTime

#: held: not served to anybody, for instance until a virus scan has passed.
STATES = ("ready", "held")


class StoredFile(PlainModel):
    """One file. ``name`` is what the person called it, ``key`` what the store calls it."""

    __tablename__ = "stored_file"
    __table_args__ = (
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint("size > 0", name="not_empty"),
        sa.CheckConstraint("(width IS NULL) = (height IS NULL)", name="both_sides"),
    )

    key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    kind: Mapped[str] = mapped_column(sa.String(32), index=True)
    state: Mapped[str] = mapped_column(sa.String(16), default="ready")
    park_id: Mapped[int | None] = mapped_column(sa.ForeignKey("park.id"), index=True)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    #: Of a picture: its pixels; ``of_id``: this is a smaller drawing of that one.
    width: Mapped[int | None]
    height: Mapped[int | None]
    of_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("stored_file.id", ondelete="CASCADE"), index=True
    )
    #: Everybody may see it; only where its kind may be published at all.
    published: Mapped[bool] = mapped_column(default=False)

    def __str__(self) -> str:
        return self.name
