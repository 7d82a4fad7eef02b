"""接口令牌, and the key by which a caller of the REST API names an article."""

import sqlalchemy as sa
from alembic import op

import app.extensions.model

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KEYS = "uq_article_park_id_external_key"


def upgrade():
    op.create_table(
        "access_token",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("park_name", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("mark", sa.String(length=12), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", app.extensions.model.StringList(length=400), nullable=True),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("created_at", app.extensions.model.UtcDateTime(), nullable=False),
        sa.Column("expires_at", app.extensions.model.UtcDateTime(), nullable=False),
        sa.Column("used_at", app.extensions.model.UtcDateTime(), nullable=True),
        sa.Column("ended_at", app.extensions.model.UtcDateTime(), nullable=True),
        sa.Column("end_reason", sa.String(length=12), nullable=True),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_access_token_expires")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)",
            name=op.f("ck_access_token_reason_if_ended"),
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_access_token_park_id_park"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["ab_user.id"],
            name=op.f("fk_access_token_user_id_ab_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("mark", name=op.f("uq_access_token_mark")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_token_token_hash")),
    )
    op.create_index(op.f("ix_access_token_user_id"), "access_token", ["user_id"])
    op.create_index(op.f("ix_access_token_park_id"), "access_token", ["park_id"])
    with op.batch_alter_table("article") as table:
        table.add_column(sa.Column("external_key", sa.String(length=64), nullable=True))
    op.create_index(KEYS, "article", ["park_id", "external_key"], unique=True)
    zone = sa.text("park_id IS NULL")
    op.create_index(
        "uq_article_zone_external_key", "article", ["external_key"], unique=True,
        sqlite_where=zone, postgresql_where=zone,
    )


def downgrade():
    op.drop_index("uq_article_zone_external_key", table_name="article")
    op.drop_index(KEYS, table_name="article")
    with op.batch_alter_table("article") as table:
        table.drop_column("external_key")
    op.drop_table("access_token")
