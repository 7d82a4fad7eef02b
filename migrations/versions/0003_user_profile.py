"""What we keep beside FAB's user row; a save counter for memberships."""

import hashlib
from datetime import datetime, timezone

import sqlalchemy as sa
from alembic import op

import app.extensions.model

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    profile = op.create_table(
        "user_profile",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("password_changed_at", app.extensions.model.UtcDateTime(), nullable=True),
        sa.Column("changed_at", app.extensions.model.UtcDateTime(), nullable=False),
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["ab_user.id"],
            name=op.f("fk_user_profile_user_id_ab_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_profile")),
        sa.UniqueConstraint("user_id", name=op.f("uq_user_profile_user_id")),
    )
    op.create_index(op.f("ix_user_profile_name_hash"), "user_profile", ["name_hash"])
    users = sa.table("ab_user", sa.column("id", sa.Integer), sa.column("username", sa.String))
    rows = [
        {
            "user_id": user_id,
            "name_hash": hashlib.sha256(username.strip().lower().encode()).hexdigest(),
            "must_change_password": False,
            "changed_at": datetime.now(timezone.utc),
            "version": 1,
        }
        for user_id, username in op.get_bind().execute(sa.select(users.c.id, users.c.username))
    ]
    if rows:
        op.bulk_insert(profile, rows)
    with op.batch_alter_table("park_membership") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade():
    with op.batch_alter_table("park_membership") as batch:
        batch.drop_column("version")
    op.drop_index(op.f("ix_user_profile_name_hash"), table_name="user_profile")
    op.drop_table("user_profile")
