"""The delivery log of text messages, and the inbox.

A number stands here masked; what is to be sent, sealed.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import JsonText, PlainModel, UtcDateTime
from app.extensions.sealing import sealed_column

#: sending: handed to a provider, answer not noted yet. late: a code that nobody could use any more.
STATES = ("queued", "sending", "accepted", "refused", "unknown", "late")


class SmsNote(PlainModel):
    """One text message to one number, from the wish to the provider's answer."""

    __tablename__ = "sms_note"
    __table_args__ = (
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.Index("ix_sms_note_created_at", "created_at"),
    )

    kind: Mapped[str] = mapped_column(sa.String(16))
    phone_index: Mapped[str] = mapped_column(sa.String(64), index=True)
    phone_masked: Mapped[str] = mapped_column(sa.String(20))
    sealed: Mapped[str | None] = mapped_column(sa.Text)  # number and values; gone once sent
    state: Mapped[str] = mapped_column(sa.String(12), default="queued")
    provider: Mapped[str] = mapped_column(sa.String(16), default="")
    message_id: Mapped[str] = mapped_column(sa.String(64), default="")
    code: Mapped[str] = mapped_column(sa.String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


SEALED_MESSAGE = sealed_column(SmsNote, "sealed")


class InboxMessage(PlainModel):
    """One message to one person. ``params`` are codes and names: words come with the reader."""

    __tablename__ = "inbox_message"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "cause"),
        sa.Index("ix_inbox_message_user_read", "user_id", "read_at"),
        sa.Index("ix_inbox_message_created_at", "created_at"),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(40))
    params: Mapped[dict[str, Any]] = mapped_column(JsonText)
    link: Mapped[str] = mapped_column(sa.String(200), default="")
    cause: Mapped[str] = mapped_column(sa.String(120))  # a person is told once of each
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class InboxChoice(PlainModel):
    """A kind of message that a person has turned off."""

    __tablename__ = "inbox_choice"
    __table_args__ = (sa.UniqueConstraint("kind", "user_id"),)

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(sa.String(40))
