"""One recycle bin for every kind of record; what lies in the two bins so far moves in."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import JsonText, UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ASKED = sa.text("proposed_at IS NOT NULL")


def upgrade():
    op.create_table(
        "bin_item",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("search_key", sa.String(length=900), nullable=False),
        sa.Column("facts", JsonText(), nullable=False),
        sa.Column("payload", JsonText(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=True),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposal", sa.String(length=200), nullable=True),
        sa.Column("park_id", KEY, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(proposed_at IS NULL) = (proposed_by IS NULL)", name=op.f("ck_bin_item_proposed")
        ),
        sa.CheckConstraint(
            "(proposed_at IS NULL) = (proposal IS NULL)", name=op.f("ck_bin_item_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by"], ["ab_user.id"], name=op.f("fk_bin_item_deleted_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["ab_user.id"], name=op.f("fk_bin_item_proposed_by_ab_user")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_bin_item_park_id_park")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bin_item")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_bin_item_kind_subject_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_bin_item_deleted", "bin_item", ["deleted_at", "id"])
    op.create_index("ix_bin_item_kind", "bin_item", ["kind", "deleted_at"])
    op.create_index(
        "ix_bin_item_proposed",
        "bin_item",
        ["proposed_at"],
        sqlite_where=ASKED,
        postgresql_where=ASKED,
    )
    op.create_index(op.f("ix_bin_item_park_id"), "bin_item", ["park_id"])
    _move_in()


def _move_in():
    """The facts are JSON as the application writes it; codes and words of a register need no
    escaping, and a category is a word of a dictionary."""
    columns = (
        "kind, subject_id, private, name, search_key, facts, deleted_at, deleted_by, reason,"
        " park_id, version"
    )
    op.execute(
        f"INSERT INTO bin_item ({columns}) "
        "SELECT 'enterprise', id, false, name, name_key || '|' || lower(uscc), "
        """'{"status":"' || status || '","uscc":"' || uscc || '"}', """
        "deleted_at, deleted_by, coalesce(delete_reason, ''), park_id, 1 "
        "FROM enterprise WHERE deleted_at IS NOT NULL AND merged_into IS NULL"
    )
    op.execute(
        f"INSERT INTO bin_item ({columns}) "
        "SELECT 'news', id, state = 'draft' AND published_at IS NULL AND park_id IS NOT NULL, title, title_key, "
        """'{"category":"' || replace(replace(category, '\\', '\\\\'), '"', '\\"') || '"}', """
        "deleted_at, deleted_by, coalesce(delete_reason, ''), park_id, 1 "
        "FROM article WHERE deleted_at IS NOT NULL"
    )


def downgrade():
    """The two bins are the rows themselves; what only this table keeps has to be restored before."""
    op.drop_table("bin_item")
