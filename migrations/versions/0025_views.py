"""Saved views carry columns, are shared, opened by default and sent every week."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import JsonText, UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table("saved_view") as table:
        table.alter_column(
            "query", existing_type=sa.String(2000), type_=sa.String(4000), existing_nullable=False
        )
        table.add_column(sa.Column("columns", JsonText(), nullable=True))
        table.add_column(
            sa.Column("density", sa.String(16), nullable=False, server_default="")
        )
        table.add_column(sa.Column("park_id", KEY, nullable=True))
        table.add_column(sa.Column("role", sa.String(64), nullable=True))
        table.create_foreign_key("fk_saved_view_park_id_park", "park", ["park_id"], ["id"])
        table.create_check_constraint(
            op.f("ck_saved_view_shared_once"), "park_id IS NULL OR role IS NULL"
        )
        table.create_index("ix_saved_view_park_id", ["park_id"])
        table.create_index("ix_saved_view_view", ["view"])
    with op.batch_alter_table("saved_view") as table:
        table.alter_column(
            "density", existing_type=sa.String(16), existing_nullable=False, server_default=None
        )
    with op.batch_alter_table("list_preference") as table:
        table.alter_column("columns", existing_type=JsonText(), nullable=True)
        table.add_column(sa.Column("default_view_id", KEY, nullable=True))
        table.create_foreign_key(
            "fk_list_preference_default_view_id_saved_view",
            "saved_view",
            ["default_view_id"],
            ["id"],
            ondelete="SET NULL",
        )
        table.create_index("ix_list_preference_default_view_id", ["default_view_id"])
    op.create_table(
        "view_subscription",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("view_id", KEY, nullable=False),
        sa.Column("park_id", KEY, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], "fk_view_subscription_user_id_ab_user", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["view_id"],
            ["saved_view.id"],
            "fk_view_subscription_view_id_saved_view",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], "fk_view_subscription_park_id_park"),
        sa.PrimaryKeyConstraint("id", name="pk_view_subscription"),
        sa.UniqueConstraint("user_id", "view_id", name="uq_view_subscription_user_id_view_id"),
    )
    with op.batch_alter_table("view_subscription") as table:
        table.create_index("ix_view_subscription_view_id", ["view_id"])
        table.create_index("ix_view_subscription_park_id", ["park_id"])


def downgrade():
    op.drop_table("view_subscription")
    with op.batch_alter_table("list_preference") as table:
        table.drop_index("ix_list_preference_default_view_id")
        table.drop_constraint("fk_list_preference_default_view_id_saved_view", type_="foreignkey")
        table.drop_column("default_view_id")
    op.execute("DELETE FROM list_preference WHERE columns IS NULL")
    with op.batch_alter_table("list_preference") as table:
        table.alter_column("columns", existing_type=JsonText(), nullable=False)
    op.execute("DELETE FROM saved_view WHERE length(query) > 2000")
    with op.batch_alter_table("saved_view") as table:
        table.drop_index("ix_saved_view_view")
        table.drop_index("ix_saved_view_park_id")
        table.drop_constraint(op.f("ck_saved_view_shared_once"), type_="check")
        table.drop_constraint("fk_saved_view_park_id_park", type_="foreignkey")
        for name in ("role", "park_id", "density", "columns"):
            table.drop_column(name)
        table.alter_column(
            "query", existing_type=sa.String(4000), type_=sa.String(2000), existing_nullable=False
        )
