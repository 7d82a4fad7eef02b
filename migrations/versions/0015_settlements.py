"""Applications to settle in a park: what was asked, the log, files, and nudges."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import JsonText, Scaled, StringList, UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "settlement_application",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("preparing", sa.Boolean(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("contact_name", sa.String(length=60), nullable=False),
        sa.Column("contact_phone", sa.String(length=20), nullable=False),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.Column("email", sa.String(length=120), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("roles", StringList(60), nullable=True),
        sa.Column("modes", StringList(60), nullable=True),
        sa.Column("needs", StringList(120), nullable=True),
        sa.Column("goods", sa.String(length=200), nullable=False),
        sa.Column("markets", sa.String(length=200), nullable=False),
        sa.Column("office_area", sa.BigInteger(), nullable=True),
        sa.Column("warehouse_area", sa.BigInteger(), nullable=True),
        sa.Column("budget", Scaled(places=2), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("staff_count", sa.BigInteger(), nullable=True),
        sa.Column("expected_value", Scaled(places=2), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("agreed_at", UtcDateTime(), nullable=True),
        sa.Column("agreed_address", sa.String(length=64), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("contacted_at", UtcDateTime(), nullable=True),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason_code", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("landed_on", sa.Date(), nullable=True),
        sa.Column("enterprise_id", KEY, nullable=True),
        sa.Column("proven_at", UtcDateTime(), nullable=True),
        sa.Column("moved_to_id", KEY, nullable=True),
        sa.Column("origin_id", KEY, nullable=True),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "(state = 'declined') = (reason_code IS NOT NULL)",
            name=op.f("ck_settlement_application_reason_if_declined"),
        ),
        sa.CheckConstraint(
            "(state = 'landed') = (landed_on IS NOT NULL)",
            name=op.f("ck_settlement_application_day_if_landed"),
        ),
        sa.CheckConstraint(
            "(state = 'moved') = (moved_to_id IS NOT NULL)",
            name=op.f("ck_settlement_application_target_if_moved"),
        ),
        sa.CheckConstraint(
            "reason_code IN ('space', 'cost', 'policy', 'positioning', 'facilities', 'papers', 'not_admitted', 'plans', 'elsewhere', 'no_contact', 'duplicate', 'other')",
            name=op.f("ck_settlement_application_reason_code"),
        ),
        sa.CheckConstraint(
            "state IN ('new', 'following', 'landed', 'declined', 'withdrawn', 'moved')",
            name=op.f("ck_settlement_application_state"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["ab_user.id"],
            name=op.f("fk_settlement_application_created_by_ab_user"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_settlement_application_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_settlement_application_enterprise_id_enterprise"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"],
            ["ab_user.id"],
            name=op.f("fk_settlement_application_handler_id_ab_user"),
        ),
        sa.ForeignKeyConstraint(
            ["moved_to_id"], ["park.id"], name=op.f("fk_settlement_application_moved_to_id_park")
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"],
            ["settlement_application.id"],
            name=op.f("fk_settlement_application_origin_id_settlement_application"),
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_settlement_application_park_id_park")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"],
            ["ab_user.id"],
            name=op.f("fk_settlement_application_updated_by_ab_user"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_settlement_application_user_id_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_application")),
        sa.UniqueConstraint("form_key", name=op.f("uq_settlement_application_form_key")),
        sa.UniqueConstraint("number", name=op.f("uq_settlement_application_number")),
    )
    op.create_index(
        "ix_settlement_application_due", "settlement_application", ["state", "due_on"], unique=False
    )
    op.create_index(
        op.f("ix_settlement_application_enterprise_id"),
        "settlement_application",
        ["enterprise_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_settlement_application_park_id"),
        "settlement_application",
        ["park_id"],
        unique=False,
    )
    op.create_index(
        "ix_settlement_application_park_state",
        "settlement_application",
        ["park_id", "state", "submitted_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_settlement_application_phone_index"),
        "settlement_application",
        ["phone_index"],
        unique=False,
    )
    op.create_index(
        op.f("ix_settlement_application_user_id"),
        "settlement_application",
        ["user_id"],
        unique=False,
    )
    op.create_table(
        "settlement_event",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=128), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason_code", sa.String(length=16), nullable=True),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("details", JsonText(), nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "act IN ('submit', 'arrive', 'follow', 'land', 'decline', 'move', 'prove', 'reopen', 'withdraw')",
            name=op.f("ck_settlement_event_act"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["ab_user.id"], name=op.f("fk_settlement_event_actor_id_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["settlement_application.id"],
            name=op.f("fk_settlement_event_application_id_settlement_application"),
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_settlement_event_park_id_park")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_event")),
    )
    op.create_index(
        op.f("ix_settlement_event_application_id"),
        "settlement_event",
        ["application_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_settlement_event_park_id"), "settlement_event", ["park_id"], unique=False
    )
    op.create_table(
        "settlement_file",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("file_key", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "kind IN ('applicant', 'contract')", name=op.f("ck_settlement_file_kind")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["settlement_application.id"],
            name=op.f("fk_settlement_file_application_id_settlement_application"),
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_settlement_file_park_id_park")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_file")),
        sa.UniqueConstraint("file_key", name=op.f("uq_settlement_file_file_key")),
    )
    op.create_index(
        op.f("ix_settlement_file_application_id"),
        "settlement_file",
        ["application_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_settlement_file_park_id"), "settlement_file", ["park_id"], unique=False
    )
    op.create_table(
        "settlement_nudge",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["settlement_application.id"],
            name=op.f("fk_settlement_nudge_application_id_settlement_application"),
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_settlement_nudge_park_id_park")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_nudge")),
        sa.UniqueConstraint(
            "application_id", "day", name=op.f("uq_settlement_nudge_application_id_day")
        ),
    )
    op.create_index(
        op.f("ix_settlement_nudge_park_id"), "settlement_nudge", ["park_id"], unique=False
    )


def downgrade():
    op.drop_index(op.f("ix_settlement_nudge_park_id"), table_name="settlement_nudge")
    op.drop_table("settlement_nudge")
    op.drop_index(op.f("ix_settlement_file_park_id"), table_name="settlement_file")
    op.drop_index(op.f("ix_settlement_file_application_id"), table_name="settlement_file")
    op.drop_table("settlement_file")
    op.drop_index(op.f("ix_settlement_event_park_id"), table_name="settlement_event")
    op.drop_index(op.f("ix_settlement_event_application_id"), table_name="settlement_event")
    op.drop_table("settlement_event")
    op.drop_index(op.f("ix_settlement_application_user_id"), table_name="settlement_application")
    op.drop_index(
        op.f("ix_settlement_application_phone_index"), table_name="settlement_application"
    )
    op.drop_index("ix_settlement_application_park_state", table_name="settlement_application")
    op.drop_index(op.f("ix_settlement_application_park_id"), table_name="settlement_application")
    op.drop_index(
        op.f("ix_settlement_application_enterprise_id"), table_name="settlement_application"
    )
    op.drop_index("ix_settlement_application_due", table_name="settlement_application")
    op.drop_table("settlement_application")
