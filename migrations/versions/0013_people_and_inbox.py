"""People of a park (invitations, handing a park over) and the inbox."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import JsonText, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def key(table, column, target, **options):
    name = f"fk_{table}_{column}_{target}"
    kind = BIG if target == "park" else sa.Integer()
    return sa.Column(
        column, kind, sa.ForeignKey(f"{target}.id", name=name, **options), nullable=False
    )


def upgrade():
    op.create_table(
        "inbox_message",
        key("inbox_message", "user_id", "ab_user", ondelete="CASCADE"),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("params", JsonText(), nullable=False),
        sa.Column("link", sa.String(200), nullable=False),
        sa.Column("cause", sa.String(120), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbox_message"),
        sa.UniqueConstraint("user_id", "cause", name="uq_inbox_message_user_id_cause"),
    )
    op.create_index("ix_inbox_message_user_read", "inbox_message", ["user_id", "read_at"])
    op.create_index("ix_inbox_message_created_at", "inbox_message", ["created_at"])
    op.create_table(
        "inbox_choice",
        key("inbox_choice", "user_id", "ab_user", ondelete="CASCADE"),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbox_choice"),
        sa.UniqueConstraint("kind", "user_id", name="uq_inbox_choice_kind_user_id"),
    )
    op.create_index("ix_inbox_choice_user_id", "inbox_choice", ["user_id"])
    op.create_table(
        "park_invitation",
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("phone_index", sa.String(64), nullable=False),
        sa.Column("phone_masked", sa.String(20), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        key("park_invitation", "invited_by", "ab_user"),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("id", BIG, nullable=False),
        key("park_invitation", "park_id", "park"),
        sa.CheckConstraint("role IN ('admin', 'clerk')", name=op.f("ck_park_invitation_role")),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'refused', 'withdrawn', 'expired')",
            name=op.f("ck_park_invitation_state"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_park_invitation"),
    )
    op.create_index("ix_park_invitation_park_id", "park_invitation", ["park_id"])
    op.create_index("ix_park_invitation_phone_index", "park_invitation", ["phone_index"])
    op.create_table(
        "park_transfer",
        key("park_transfer", "from_user_id", "ab_user"),
        key("park_transfer", "to_user_id", "ab_user"),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("id", BIG, nullable=False),
        key("park_transfer", "park_id", "park"),
        sa.CheckConstraint(
            "state IN ('open', 'taken', 'refused', 'withdrawn')", name=op.f("ck_park_transfer_state")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_park_transfer"),
    )
    op.create_index("ix_park_transfer_park_id", "park_transfer", ["park_id"])
    op.create_index("ix_park_transfer_to_user_id", "park_transfer", ["to_user_id"])


def downgrade():
    for table in ("park_transfer", "park_invitation", "inbox_choice", "inbox_message"):
        op.drop_table(table)
