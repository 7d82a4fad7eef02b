"""Sign-in attempts and what we keep about a person beside FAB's own row (``ab_user``)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import PlainModel, StringList, UtcDateTime, Versioned
from app.extensions.sealing import sealed_column


class SignInAttempt(PlainModel):
    """A failed sign-in of a name (hashed) from an address (``addresses.source``); counted over all
    workers."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        sa.Index("ix_sign_in_attempt_name_at", "name_hash", "at"),
        sa.Index("ix_sign_in_attempt_address_at", "address", "at"),
    )

    name_hash: Mapped[str] = mapped_column(sa.String(64))
    address: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: On a device that has signed in to the account before; "" = strangers, who share one count.
    device_hash: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")


class UserProfile(Versioned, PlainModel):
    """What FAB's ``ab_user`` has no column for.

    ``version`` counts the saves of the account: the table is FAB's and takes no counter of ours, so
    every change of the account also writes this row, and a stale save is seen here.
    """

    __tablename__ = "user_profile"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), unique=True
    )
    #: As in ``SignInAttempt``: which accounts are locked is then one comparison.
    name_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    must_change_password: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    #: To be told things; nobody proves it, so it finds no account and need not be unique.
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    #: WeChat told that the authorisation was withdrawn; the person is told at the next sign-in.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


IDENTITY_PROVIDERS = ("phone", "wechat", "haiyiban")


class Identity(PlainModel):
    """A way in: (provider, issuer, subject) belongs to one person. Nothing else links anybody.

    ``subject`` of a phone is the blind index of the number, which itself lies sealed. ``alias``:
    blind index of another name of the same account there (WeChat's openid), which finds nobody at
    a sign-in.
    """

    __tablename__ = "identity"
    __table_args__ = (
        sa.UniqueConstraint("provider", "issuer", "subject"),
        sa.CheckConstraint(f"provider IN {IDENTITY_PROVIDERS}", name="provider"),
    )

    provider: Mapped[str] = mapped_column(sa.String(16))
    issuer: Mapped[str] = mapped_column(sa.String(120), default="")
    subject: Mapped[str] = mapped_column(sa.String(128))
    alias: Mapped[str] = mapped_column(sa.String(64), default="", server_default="", index=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), index=True
    )
    label: Mapped[str] = mapped_column(sa.String(80), default="")  # masked: 138****8000, a nickname
    sealed: Mapped[str | None] = mapped_column(sa.Text)  # the number in full, for messages
    level: Mapped[str] = mapped_column(sa.String(8), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


SEALED_PHONE = sealed_column(Identity, "sealed")


class PhoneCode(PlainModel):
    """A code that was sent: bound to number, purpose and browser, kept as a keyed hash.

    The rows are the budgets as well: they hold over all workers.
    """

    __tablename__ = "phone_code"
    __table_args__ = (
        sa.Index("ix_phone_code_phone_at", "phone_index", "created_at"),
        sa.Index("ix_phone_code_address_at", "address", "created_at"),
        sa.Index("ix_phone_code_created_at", "created_at"),
    )

    phone_index: Mapped[str] = mapped_column(sa.String(64))
    purpose: Mapped[str] = mapped_column(sa.String(16))
    browser: Mapped[str] = mapped_column(sa.String(64))
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    address: Mapped[str] = mapped_column(sa.String(64))
    tries: Mapped[int] = mapped_column(sa.Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Puzzle(PlainModel):
    """A picture code or a small sum that a browser was shown; good for one answer."""

    __tablename__ = "puzzle"

    browser: Mapped[str] = mapped_column(sa.String(64), unique=True)
    sealed: Mapped[str] = mapped_column(sa.Text)
    kind: Mapped[str] = mapped_column(sa.String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


SEALED_ANSWER = sealed_column(Puzzle, "sealed", by="browser")


class UsedState(PlainModel):
    """A ``state`` that came back from WeChat or 海易办: it is good once."""

    __tablename__ = "used_state"

    state_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class KnownDevice(PlainModel):
    """A browser that has signed in to an account; it holds a random token of that account."""

    __tablename__ = "known_device"
    __table_args__ = (sa.UniqueConstraint("user_id", "device_hash"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"))
    device_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    label: Mapped[str] = mapped_column(sa.String(80), default="")
    address: Mapped[str] = mapped_column(sa.String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    #: The person still has to be told of it, on a device known before.
    news: Mapped[bool] = mapped_column(sa.Boolean, default=False)


class SecondFactor(PlainModel):
    """A person's authenticator: its secret lies sealed; a step of its clock is good once."""

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), unique=True
    )
    sealed: Mapped[str] = mapped_column(sa.Text)
    last_step: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


SEALED_SECRET = sealed_column(SecondFactor, "sealed", by="user_id")


class RecoveryCode(PlainModel):
    """One of the codes for a lost authenticator, as a keyed hash; good once."""

    __tablename__ = "recovery_code"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), index=True
    )
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SecondFactorAttempt(PlainModel):
    """A wrong second code; only who knows the password gets so far, so it counts per person."""

    __tablename__ = "second_factor_attempt"
    __table_args__ = (sa.Index("ix_second_factor_attempt_user_at", "user_id", "at"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccessToken(PlainModel):
    """接口令牌: a person's key for the REST API, kept as a hash. Ended or expired, its row stays.

    ``mark``: its first signs, by which people and scanners of secrets know it. ``park_id``: for
    which park it acts, none: the zone. ``minute``, ``spent``: how many calls of the running minute
    the processes have taken, over all of them.
    """

    __tablename__ = "access_token"
    __table_args__ = (
        sa.CheckConstraint("expires_at > created_at", name="expires"),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="reason_if_ended"),
    )

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), index=True
    )
    park_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("park.id", ondelete="CASCADE"), index=True
    )
    park_name: Mapped[str] = mapped_column(sa.String(120), default="")  # when it was made
    name: Mapped[str] = mapped_column(sa.String(60))
    mark: Mapped[str] = mapped_column(sa.String(12), unique=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    scopes: Mapped[tuple[str, ...]] = mapped_column(StringList(400), nullable=True)
    purpose: Mapped[str] = mapped_column(sa.String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(sa.String(12))
    minute: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    spent: Mapped[int] = mapped_column(sa.Integer, default=0)

    def __str__(self) -> str:
        return self.name
