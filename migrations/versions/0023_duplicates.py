"""Duplicates: the key of a name that tells enterprises apart, pairs, looks for them, and merges.

The register's table is not made anew (SQLite would lose the triggers of the search on the way): two
columns are added as they are. The keys are made here once for the names that are there.
"""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import JsonText, StringList, UtcDateTime
from app.features.enterprises.rules.sameness import same_key

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SLICE = 5_000
FIRM = sa.table("enterprise", sa.column("id"), sa.column("name"), sa.column("same_key"))
BY_KEY = "ix_enterprise_same_key"


def person(table, column):
    name = f"fk_{table}_{column}_ab_user"
    return sa.Column(column, sa.Integer(), sa.ForeignKey("ab_user.id", name=name), nullable=True)


def firm(table, column, **options):
    key = sa.ForeignKey("enterprise.id", name=f"fk_{table}_{column}_enterprise", **options)
    return sa.Column(column, BIG, key, nullable=False)


def upgrade():
    key = sa.Column("same_key", sa.String(120), nullable=False, server_default="")
    op.add_column("enterprise", key)
    op.add_column("enterprise", sa.Column("merged_into", sa.BigInteger(), nullable=True))
    _fill()
    op.create_index(BY_KEY, "enterprise", ["same_key"])
    _scans()
    _pairs()
    _merges()


def _fill():
    connection = op.get_bind()
    change = (
        sa.update(FIRM)
        .where(FIRM.c.id == sa.bindparam("b_id"))
        .values(same_key=sa.bindparam("b_key"))
    )
    last = 0
    while True:
        some = sa.select(FIRM.c.id, FIRM.c.name).where(FIRM.c.id > last).order_by(FIRM.c.id)
        rows = connection.execute(some.limit(SLICE)).all()
        if not rows:
            return
        connection.execute(change, [{"b_id": pk, "b_key": same_key(name)} for pk, name in rows])
        last = rows[-1].id


def _scans():
    op.create_table(
        "enterprise_scan",
        sa.Column("at", UtcDateTime(), nullable=False),
        person("enterprise_scan", "made_by"),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("pairs", sa.BigInteger(), nullable=False),
        sa.Column("capped", sa.Boolean(), nullable=False),
        sa.Column("id", BIG, primary_key=True),
    )


def _pairs():
    name = "enterprise_pair"
    op.create_table(
        name,
        firm(name, "first_id", ondelete="CASCADE"),
        firm(name, "second_id", ondelete="CASCADE"),
        sa.Column("reasons", StringList(80), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        person(name, "decided_by"),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("id", BIG, primary_key=True),
        sa.UniqueConstraint("first_id", "second_id", name="uq_enterprise_pair_first_id_second_id"),
        sa.CheckConstraint("first_id < second_id", name="ck_enterprise_pair_order"),
        sa.CheckConstraint(
            "state IN ('open', 'apart', 'linked', 'merged')", name="ck_enterprise_pair_state"
        ),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name="ck_enterprise_pair_decided"
        ),
    )
    op.create_index("ix_enterprise_pair_second", name, ["second_id"])
    op.create_index("ix_enterprise_pair_state", name, ["state", "score", "id"])


def _merges():
    name = "enterprise_merge"
    in_force = sa.text("undone_at IS NULL")
    park = sa.ForeignKey("park.id", name="fk_enterprise_merge_park_id_park")
    op.create_table(
        name,
        firm(name, "kept_id"),
        firm(name, "gone_id"),
        sa.Column("kept_name", sa.String(120), nullable=False),
        sa.Column("gone_name", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("written", JsonText(), nullable=False),
        sa.Column("moved", JsonText(), nullable=False),
        sa.Column("merged_at", UtcDateTime(), nullable=False),
        person(name, "merged_by"),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        person(name, "undone_by"),
        sa.Column("undo_reason", sa.String(200), nullable=True),
        sa.Column("undo_result", JsonText(), nullable=True),
        sa.Column("id", BIG, primary_key=True),
        sa.Column("park_id", BIG, park, nullable=False),
        sa.CheckConstraint("kept_id <> gone_id", name="ck_enterprise_merge_two"),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undo_reason IS NULL)",
            name="ck_enterprise_merge_reason_if_undone",
        ),
    )
    op.create_index("ix_enterprise_merge_park_id", name, ["park_id"])
    op.create_index("ix_enterprise_merge_kept", name, ["kept_id"])
    op.create_index(
        "uq_enterprise_merge_gone",
        name,
        ["gone_id"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )


def downgrade():
    """What was merged stays deleted: without these tables nobody can tell which it is."""
    for name in ("enterprise_merge", "enterprise_pair", "enterprise_scan"):
        op.drop_table(name)
    op.drop_index(BY_KEY, table_name="enterprise")
    for name in ("merged_into", "same_key"):
        op.drop_column("enterprise", name)
