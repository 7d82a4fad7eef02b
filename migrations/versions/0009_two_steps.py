"""Devices that an account knows, their own count of failures, and the second step of a sign-in."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def user_id(table):
    name = f"fk_{table}_user_id_ab_user"
    key = sa.ForeignKey("ab_user.id", name=name, ondelete="CASCADE")
    return sa.Column("user_id", sa.Integer(), key, nullable=False)


def upgrade():
    op.add_column(
        "sign_in_attempt",
        sa.Column("device_hash", sa.String(64), nullable=False, server_default=""),
    )
    op.create_table(
        "known_device",
        user_id("known_device"),
        sa.Column("device_hash", sa.String(64), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("news", sa.Boolean(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_known_device"),
        sa.UniqueConstraint("user_id", "device_hash", name="uq_known_device_user_id_device_hash"),
    )
    op.create_index("ix_known_device_device_hash", "known_device", ["device_hash"])
    op.create_table(
        "second_factor",
        user_id("second_factor"),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_second_factor"),
        sa.UniqueConstraint("user_id", name="uq_second_factor_user_id"),
    )
    op.create_table(
        "recovery_code",
        user_id("recovery_code"),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint("code_hash", name="uq_recovery_code_code_hash"),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])
    op.create_table(
        "second_factor_attempt",
        user_id("second_factor_attempt"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_second_factor_attempt"),
    )
    op.create_index("ix_second_factor_attempt_user_at", "second_factor_attempt", ["user_id", "at"])


def downgrade():
    for table in ("second_factor_attempt", "recovery_code", "second_factor", "known_device"):
        op.drop_table(table)
    with op.batch_alter_table("sign_in_attempt") as batch:
        batch.drop_column("device_hash")
