"""The version that holds an objection's correction; what follows from confirmed results."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CORRECTED = "fk_objection_corrected_in_id_ranking_snapshot"
KINDS = "'rectify', 'title', 'other'"
OUTCOMES = "'passed', 'failed', 'kept', 'revoked', 'done'"


def upgrade():
    with op.batch_alter_table("objection") as table:
        table.add_column(sa.Column("corrected_in_id", KEY, nullable=True))
        table.create_foreign_key(CORRECTED, "ranking_snapshot", ["corrected_in_id"], ["id"])
    op.create_table(
        "ranking_consequence",
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("snapshot_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("words", sa.String(length=80), nullable=False),
        sa.Column("grade", sa.String(length=80), nullable=False),
        sa.Column("veto", sa.String(length=80), nullable=True),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_ranking_consequence_kind")),
        sa.CheckConstraint(f"outcome IN ({OUTCOMES})", name=op.f("ck_ranking_consequence_outcome")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (closed_at IS NULL)", name=op.f("ck_ranking_consequence_closed")
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR note <> ''", name=op.f("ck_ranking_consequence_note_if_closed")
        ),
        *(_key(name, target) for name, target in _KEYS),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_consequence")),
        sa.UniqueConstraint(
            "round_id", "park_id", name=op.f("uq_ranking_consequence_round_id_park_id")
        ),
    )
    op.create_index("ix_ranking_consequence_kind", "ranking_consequence", ["kind", "outcome"])
    op.create_index(op.f("ix_ranking_consequence_park_id"), "ranking_consequence", ["park_id"])


def downgrade():
    op.drop_table("ranking_consequence")
    with op.batch_alter_table("objection") as table:
        table.drop_constraint(CORRECTED, type_="foreignkey")
        table.drop_column("corrected_in_id")


_KEYS = (
    ("round_id", "assessment_round"),
    ("snapshot_id", "ranking_snapshot"),
    ("closed_by", "ab_user"),
    ("park_id", "park"),
    ("created_by", "ab_user"),
    ("updated_by", "ab_user"),
)


def _key(name, target):
    return sa.ForeignKeyConstraint(
        [name], [f"{target}.id"], name=op.f(f"fk_ranking_consequence_{name}_{target}")
    )
