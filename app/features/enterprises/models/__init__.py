"""The register, its yearly figures, its counts, and the imports with their staged rows."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
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
from app.features.enterprises.rules import STATUSES
from app.features.enterprises.rules.origins import NOTHING, NOTHING_YEARLY

ALIVE = "deleted_at IS NULL"
SOURCES = ("typed", "import", "settlement", "haiyiban")
MOVED = "moved"
#: PostgreSQL leaves room for a new version of half the rows of a page: such a change touches no index.
ROOMY: dict[str, Any] = {"postgresql_with": {"fillfactor": 70}}


class Enterprise(ParkOwned, Stamped, Versioned, PlainModel):
    """One enterprise in one park. Deleted rows stay, in the recycle bin."""

    __tablename__ = "enterprise"
    park_indexed = False
    __table_args__ = (
        sa.Index(
            "uq_enterprise_park_id_uscc_alive",
            "park_id",
            "uscc",
            unique=True,
            sqlite_where=sa.text(ALIVE),
            postgresql_where=sa.text(ALIVE),
        ),
        sa.Index(
            "ix_enterprise_park_settled",
            "park_id",
            "settled_on",
            "id",
            "deleted_at",
            sqlite_where=sa.text(ALIVE),
            postgresql_where=sa.text(ALIVE),
        ),
        sa.Index(
            "ix_enterprise_settled",
            "settled_on",
            "id",
            "deleted_at",  # empty in all of them: SQLite skips to a deep page without the rows
            sqlite_where=sa.text(ALIVE),
            postgresql_where=sa.text(ALIVE),
        ),
        sa.Index(
            "ix_enterprise_park_status",
            "park_id",
            "status",
            "settled_on",
            sqlite_where=sa.text(ALIVE),
            postgresql_where=sa.text(ALIVE),
        ),
        sa.Index(
            "ix_enterprise_status_settled",
            "status",
            "settled_on",
            "id",
            "deleted_at",
            sqlite_where=sa.text(ALIVE),
            postgresql_where=sa.text(ALIVE),
        ),
        sa.Index(
            "ix_enterprise_deleted",
            "deleted_at",
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        ),
        sa.Index("ix_enterprise_name_key", "name_key"),
        sa.Index("ix_enterprise_uscc", "uscc"),
        sa.Index("ix_enterprise_same_key", "same_key"),
        sa.CheckConstraint(f"status IN {STATUSES}", name="status"),
        sa.CheckConstraint(f"source IN {SOURCES}", name="source"),
        sa.CheckConstraint("length(uscc) = 18", name="uscc"),
        sa.CheckConstraint("registered_capital >= 0", name="registered_capital"),
        sa.CheckConstraint(
            "(deleted_at IS NULL) = (delete_reason IS NULL)", name="reason_if_deleted"
        ),
        # A key is never given twice: histories of removed rows must not fall to new ones.
        {"sqlite_autoincrement": True, **ROOMY},
    )

    uscc: Mapped[str] = mapped_column(sa.String(18))
    name: Mapped[str] = mapped_column(sa.String(120))
    name_key: Mapped[str] = mapped_column(sa.String(600))
    #: The name without what does not tell enterprises apart (``rules.sameness``).
    same_key: Mapped[str] = mapped_column(sa.String(120), server_default="")
    roles: Mapped[tuple[str, ...]] = mapped_column(StringList(60), nullable=True)
    legal_representative: Mapped[str | None] = mapped_column(sa.String(60))
    company_type: Mapped[str | None] = mapped_column(sa.String(60))
    registered_capital: Mapped[Decimal | None] = mapped_column(Money())
    established_on: Mapped[date | None]
    registered_address: Mapped[str | None] = mapped_column(sa.String(200))
    business_address: Mapped[str | None] = mapped_column(sa.String(200))
    industry: Mapped[str | None] = mapped_column(sa.String(60))
    customs_modes: Mapped[tuple[str, ...]] = mapped_column(StringList(60), nullable=True)
    customs_code: Mapped[str | None] = mapped_column(sa.String(10))
    customs_credit: Mapped[str | None] = mapped_column(sa.String(30))
    filed_on_platform: Mapped[bool | None]
    contact_name: Mapped[str] = mapped_column(sa.String(60))
    contact_phone: Mapped[str] = mapped_column(sa.String(20))
    email: Mapped[str | None] = mapped_column(sa.String(120))
    settled_on: Mapped[date]
    status: Mapped[str] = mapped_column(sa.String(10), default="在园")
    remark: Mapped[str | None] = mapped_column(sa.String(500))
    source: Mapped[str] = mapped_column(sa.String(12), default="typed")
    #: Where each value came from, a letter a column (``rules.origins``).
    origins: Mapped[str] = mapped_column(sa.String(40), default=NOTHING, server_default=NOTHING)
    import_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: 迁园: the record that went on in another park (this one is only read), or that it came from.
    moved_to: Mapped[int | None] = mapped_column(sa.BigInteger)
    moved_from: Mapped[int | None] = mapped_column(sa.BigInteger)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    delete_reason: Mapped[str | None] = mapped_column(sa.String(200))
    #: Of a record that was found to be another one: it is deleted like one in the recycle bin, and
    #: only undoing the merge brings it back. No foreign key: SQLite adds none to a table that is there.
    merged_into: Mapped[int | None] = mapped_column(sa.BigInteger)

    @hybrid_property
    def came(self) -> str:
        """How the record came into its park's register: by a move, else as ``source`` says."""
        return MOVED if self.moved_from is not None else self.source

    @came.inplace.expression
    @classmethod
    def _came(cls) -> sa.ColumnElement[str]:
        return sa.case((cls.moved_from.is_not(None), MOVED), else_=cls.source)

    def __str__(self) -> str:
        return self.name


class EnterpriseYear(ParkOwned, PlainModel):
    """Yearly figures of an enterprise (数据年度). Money in 万元 with two decimals."""

    __tablename__ = "enterprise_year"
    park_indexed = False
    __table_args__ = (
        sa.UniqueConstraint("enterprise_id", "year"),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
        sa.CheckConstraint("staff_count >= 0", name="staff_count"),
        sa.CheckConstraint("annual_sales >= 0", name="annual_sales"),
        sa.CheckConstraint("annual_import >= 0", name="annual_import"),
        sa.CheckConstraint("annual_export >= 0", name="annual_export"),
        ROOMY,
    )

    enterprise_id: Mapped[int] = mapped_column(sa.ForeignKey("enterprise.id", ondelete="CASCADE"))
    year: Mapped[int] = mapped_column(sa.Integer)
    staff_count: Mapped[int | None] = mapped_column(sa.BigInteger)
    annual_sales: Mapped[Decimal | None] = mapped_column(Money())
    annual_import: Mapped[Decimal | None] = mapped_column(Money())
    annual_export: Mapped[Decimal | None] = mapped_column(Money())
    origins: Mapped[str] = mapped_column(
        sa.String(10), default=NOTHING_YEARLY, server_default=NOTHING_YEARLY
    )


class EnterpriseCount(ParkOwned, PlainModel):
    """How many enterprises a park has in each status (decisions.md 16)."""

    __tablename__ = "enterprise_count"
    __table_args__ = (sa.UniqueConstraint("park_id", "status"),)

    status: Mapped[str] = mapped_column(sa.String(10))
    number: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class AcceptedCode(PlainModel):
    """人工核验通过: a credit code whose check sign is wrong and which is real all the same.

    Revoked, its row stays; the same code accepted once more takes that row again.
    """

    __tablename__ = "accepted_code"
    __table_args__ = (
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoke_reason IS NULL)", name="reason_if_revoked"
        ),
    )

    uscc: Mapped[str] = mapped_column(sa.String(18), unique=True)
    evidence: Mapped[str] = mapped_column(sa.String(500))
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    accepted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    file_key: Mapped[str | None] = mapped_column(sa.String(64))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoke_reason: Mapped[str | None] = mapped_column(sa.String(200))

    def __str__(self) -> str:
        return self.uscc


IMPORT_STATES = (
    "reading",
    "planned",
    "applying",
    "applied",
    "undoing",
    "undone",
    "refused",
    "discarded",
)


class EnterpriseImport(ParkOwned, PlainModel):
    """One uploaded file: read, planned, applied all or nothing, reversible for 30 days."""

    __tablename__ = "enterprise_import"
    __table_args__ = (sa.CheckConstraint(f"state IN {IMPORT_STATES}", name="state"),)

    filename: Mapped[str] = mapped_column(sa.String(200))
    file_key: Mapped[str | None] = mapped_column(sa.String(64))
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    year: Mapped[int] = mapped_column(sa.Integer)
    state: Mapped[str] = mapped_column(sa.String(12), default="reading")
    present: Mapped[list[str]] = mapped_column(JsonText, default=list)
    warnings: Mapped[list[Any]] = mapped_column(JsonText, default=list)
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    counts: Mapped[dict[str, int]] = mapped_column(JsonText, default=dict)
    result: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    mode: Mapped[str] = mapped_column(sa.String(8), default="all")
    digest: Mapped[str | None] = mapped_column(sa.String(64))
    #: Counts every change of the plan: 确定 names the one that was seen.
    revision: Mapped[int] = mapped_column(sa.Integer, default=0)
    #: Credit code -> version, from the sealed page of a prefilled template; large, seldom asked for.
    sealed: Mapped[dict[str, str] | None] = mapped_column(JsonText, deferred=True)
    job_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    actor_name: Mapped[str] = mapped_column(sa.String(80), default="")
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


ROW_KINDS = ("new", "changed", "unchanged", "error")


#: Statistics taken of a plan, where no row has its enterprise yet, must not speak of this index.
_FOUND = sa.text("enterprise_id IS NOT NULL")


class ImportRow(ParkOwned, PlainModel):
    """One row of an import: what was read, what it would change, and what became of it."""

    __tablename__ = "import_row"
    park_indexed = False
    __table_args__ = (
        sa.UniqueConstraint("import_id", "number"),
        sa.Index("ix_import_row_kind", "import_id", "kind", "number"),
        sa.Index(
            "ix_import_row_enterprise",
            "enterprise_id",
            sqlite_where=_FOUND,
            postgresql_where=_FOUND,
        ),
        sa.CheckConstraint(f"kind IN {ROW_KINDS}", name="kind"),
    )

    import_id: Mapped[int] = mapped_column(
        sa.ForeignKey("enterprise_import.id", ondelete="CASCADE")
    )
    number: Mapped[int] = mapped_column(sa.Integer)
    kind: Mapped[str] = mapped_column(sa.String(10))
    uscc: Mapped[str | None] = mapped_column(sa.String(64))
    name: Mapped[str | None] = mapped_column(sa.String(200))
    enterprise_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    base_version: Mapped[int | None] = mapped_column(sa.Integer)
    new: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    old: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    #: Where the values of a known record came from before, its own and the year's: for undoing.
    origins: Mapped[str | None] = mapped_column(sa.String(50))
    raw: Mapped[dict[str, str] | None] = mapped_column(JsonText)
    errors: Mapped[list[Any] | None] = mapped_column(JsonText)
    warnings: Mapped[list[Any] | None] = mapped_column(JsonText)
    ticked: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    outcome: Mapped[str | None] = mapped_column(sa.String(20))
