"""Review: revisions and their events; settings; the calendar of working days."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import JsonText, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_year")),
        sa.UniqueConstraint("year", name=op.f("uq_calendar_year_year")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint("source IN ('shipped', 'zone')", name=op.f("ck_calendar_day_source")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["ab_user.id"], name=op.f("fk_calendar_day_created_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["ab_user.id"], name=op.f("fk_calendar_day_updated_by_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("day", name=op.f("uq_calendar_day_day")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", JsonText(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["ab_user.id"], name=op.f("fk_setting_created_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["ab_user.id"], name=op.f("fk_setting_updated_by_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
        sa.UniqueConstraint("key", name=op.f("uq_setting_key")),
    )
    op.create_table(
        "revision",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("content", JsonText(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("stages", sa.Integer(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("returned_fields", JsonText(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("picked_at", UtcDateTime(), nullable=True),
        sa.Column("picked_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("park_id", KEY, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "(state = 'picked') = (picked_by IS NOT NULL)", name=op.f("ck_revision_picked")
        ),
        sa.CheckConstraint(
            "(state IN ('passed', 'refused', 'revoked')) = (decided_at IS NOT NULL)",
            name=op.f("ck_revision_decided"),
        ),
        sa.CheckConstraint("NOT in_force OR state = 'passed'", name=op.f("ck_revision_in_force")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'picked', 'returned', 'passed', 'refused', 'discarded', 'revoked')",
            name=op.f("ck_revision_state"),
        ),
        sa.CheckConstraint(
            "(picked_by IS NULL) = (picked_at IS NULL)", name=op.f("ck_revision_picked_pair")
        ),
        sa.CheckConstraint("stage >= 1 AND stage <= stages", name=op.f("ck_revision_stage")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["ab_user.id"], name=op.f("fk_revision_created_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["ab_user.id"], name=op.f("fk_revision_decided_by_ab_user")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_revision_park_id_park")),
        sa.ForeignKeyConstraint(
            ["picked_by"], ["ab_user.id"], name=op.f("fk_revision_picked_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["ab_user.id"], name=op.f("fk_revision_submitted_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["ab_user.id"], name=op.f("fk_revision_updated_by_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint(
            "kind", "subject_id", "number", name=op.f("uq_revision_kind_subject_id_number")
        ),
    )
    op.create_index(op.f("ix_revision_park_id"), "revision", ["park_id"])
    op.create_index("ix_revision_waiting", "revision", ["state", "submitted_at"])
    op.create_index(
        "uq_revision_in_force",
        "revision",
        ["kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("in_force"),
        postgresql_where=sa.text("in_force"),
    )
    op.create_index(
        "uq_revision_pending",
        "revision",
        ["kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('draft', 'picked', 'returned', 'submitted')"),
        postgresql_where=sa.text("state IN ('draft', 'picked', 'returned', 'submitted')"),
    )
    op.create_table(
        "review_event",
        sa.Column("revision_id", KEY, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=128), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("fields", JsonText(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", JsonText(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "act IN ('begin', 'save', 'submit', 'withdraw', 'discard', 'pick', 'release', 'approve', 'send_back', 'refuse', 'revoke')",
            name=op.f("ck_review_event_act"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["ab_user.id"], name=op.f("fk_review_event_actor_id_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_review_event_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_event")),
    )
    op.create_index("ix_review_event_actor", "review_event", ["actor_id", "act"])
    op.create_index(op.f("ix_review_event_revision_id"), "review_event", ["revision_id"])


def downgrade():
    op.drop_index("ix_review_event_revision_id", "review_event")
    op.drop_index("ix_review_event_actor", "review_event")
    op.drop_table("review_event")
    op.drop_index("uq_revision_pending", "revision")
    op.drop_index("uq_revision_in_force", "revision")
    op.drop_index("ix_revision_waiting", "revision")
    op.drop_index("ix_revision_park_id", "revision")
    op.drop_table("revision")
    op.drop_table("setting")
    op.drop_table("calendar_day")
    op.drop_table("calendar_year")
