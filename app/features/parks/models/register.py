"""Organisation, park and who works for which park (decisions.md 3)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.extensions import ParkOwned, PlainModel, Stamped, UtcDateTime, Versioned
from app.extensions.scoping import scope_by_own_id
from app.extensions.sealing import sealed_column

PARK_TYPES = ("park", "base")
PARK_STATUSES = ("active", "suspended")
MEMBER_ROLES = ("owner", "admin", "clerk")
#: Who looks after the people of a park.
MANAGERS = ("owner", "admin")
#: What an invitation can offer: a park is owned by being handed over, never by being invited.
INVITED_ROLES = ("admin", "clerk")
INVITATION_STATES = ("open", "accepted", "refused", "withdrawn", "expired")
TRANSFER_STATES = ("open", "taken", "refused", "withdrawn")
#: Where certified fields come from: 海易办's legal sign-in, or a licence that a person examined.
SOURCES = ("haiyiban", "licence")
LINK_ROLES = ("owner", "member")
CLAIM_STATES = ("pending", "passed", "refused", "withdrawn")


class Organisation(Stamped, Versioned, PlainModel):
    """A company or body, one per credit code.

    Name, code, representative and address are read-only once certified (``certified_at``). The
    bank account lies sealed; ``bank_tail`` are its last four signs, all that a page shows.
    """

    __tablename__ = "organisation"

    uscc: Mapped[str] = mapped_column(sa.String(18), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    legal_representative: Mapped[str] = mapped_column(sa.String(60), default="")
    registered_address: Mapped[str] = mapped_column(sa.String(300), default="")
    source: Mapped[str] = mapped_column(sa.String(12), default="")
    certified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    credit_level: Mapped[str] = mapped_column(sa.String(60), default="")
    contact_name: Mapped[str] = mapped_column(sa.String(40), default="")
    contact_phone: Mapped[str] = mapped_column(sa.String(20), default="")
    bank_holder: Mapped[str] = mapped_column(sa.String(120), default="")
    bank_account: Mapped[str | None] = mapped_column(sa.Text)
    bank_tail: Mapped[str] = mapped_column(sa.String(4), default="")
    bank_name: Mapped[str] = mapped_column(sa.String(120), default="")

    def __str__(self) -> str:
        return self.name


@scope_by_own_id
class Park(Stamped, Versioned, PlainModel):
    """A 园区 or 基地."""

    __tablename__ = "park"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN {PARK_TYPES}", name="kind"),
        sa.CheckConstraint(f"status IN {PARK_STATUSES}", name="status"),
    )

    code: Mapped[str] = mapped_column(sa.String(16), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(16), default="park")
    status: Mapped[str] = mapped_column(sa.String(16), default="active")
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")

    def __str__(self) -> str:
        return self.name


class ParkMembership(Versioned, PlainModel):
    """A person works for a park. Not row-scoped: it is what scope is made from."""

    __tablename__ = "park_membership"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "park_id"),
        sa.CheckConstraint(f"role IN {MEMBER_ROLES}", name="role"),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"))
    park_id: Mapped[int] = mapped_column(sa.ForeignKey("park.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(16))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class ParkInvitation(ParkOwned, PlainModel):
    """A park invites whoever holds a number. The number lies sealed until there is an answer."""

    __tablename__ = "park_invitation"
    __table_args__ = (
        sa.CheckConstraint(f"role IN {INVITED_ROLES}", name="role"),
        sa.CheckConstraint(f"state IN {INVITATION_STATES}", name="state"),
    )

    role: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.String(40), default="")  # as the inviter calls the person
    phone_index: Mapped[str] = mapped_column(sa.String(64), index=True)
    phone_masked: Mapped[str] = mapped_column(sa.String(20))
    sealed: Mapped[str | None] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(12), default="open")
    invited_by: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sends: Mapped[int] = mapped_column(sa.Integer, default=1)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def __str__(self) -> str:
        return f"{self.name} {self.phone_masked}".strip()


class ParkTransfer(ParkOwned, PlainModel):
    """The owner offers the park to another of its people, who takes it or does not."""

    __tablename__ = "park_transfer"
    __table_args__ = (sa.CheckConstraint(f"state IN {TRANSFER_STATES}", name="state"),)

    from_user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id"))
    to_user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(12), default="open")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OrganisationUser(PlainModel):
    """An account of a company: one company may have many, an account is of one at most.

    The first that was certified is its owner.
    """

    __tablename__ = "organisation_user"
    __table_args__ = (sa.CheckConstraint(f"role IN {LINK_ROLES}", name="role"),)

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), unique=True
    )
    role: Mapped[str] = mapped_column(sa.String(8))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class LicenceClaim(Versioned, PlainModel):
    """A person says, upon a scan of the licence, that they act for a company; somebody decides."""

    __tablename__ = "licence_claim"
    __table_args__ = (
        sa.CheckConstraint(f"state IN {CLAIM_STATES}", name="state"),
        sa.CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name="decided"),
        sa.CheckConstraint("(state = 'refused') = (reason <> '')", name="reason"),
    )

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), index=True
    )
    uscc: Mapped[str] = mapped_column(sa.String(18))
    name: Mapped[str] = mapped_column(sa.String(120))
    legal_representative: Mapped[str] = mapped_column(sa.String(60))
    registered_address: Mapped[str] = mapped_column(sa.String(300))
    file_key: Mapped[str] = mapped_column(sa.String(32))
    state: Mapped[str] = mapped_column(sa.String(12), default="pending", index=True)
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))

    def __str__(self) -> str:
        return self.name


SEALED_ACCOUNT = sealed_column(Organisation, "bank_account")
SEALED_INVITED = sealed_column(ParkInvitation, "sealed")
