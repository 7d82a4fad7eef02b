"""News: articles and the list of sensitive words."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import JsonText, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def person(table, column):
    name = f"fk_{table}_{column}_ab_user"
    return sa.Column(column, sa.Integer(), sa.ForeignKey("ab_user.id", name=name), nullable=True)


def stamps(table):
    return (
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        person(table, "created_by"),
        person(table, "updated_by"),
    )


def upgrade():
    op.create_table(
        "article",
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("title_key", sa.String(600), nullable=False),
        sa.Column("category", sa.String(60), nullable=False),
        sa.Column("summary", sa.String(300), nullable=False),
        sa.Column("cover_key", sa.String(32), nullable=True),
        sa.Column("cover_alt", sa.String(200), nullable=False),
        sa.Column("top", sa.Boolean(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("token", sa.String(32), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        person("article", "deleted_by"),
        sa.Column("delete_reason", sa.String(200), nullable=True),
        sa.Column(
            "park_id", BIG, sa.ForeignKey("park.id", name="fk_article_park_id_park"), nullable=True
        ),
        *stamps("article"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'waiting', 'returned', 'passed', 'refused', 'revoked')",
            name=op.f("ck_article_state"),
        ),
        sa.CheckConstraint(
            "NOT public OR published_at IS NOT NULL", name=op.f("ck_article_public")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("created_by", "token", name="uq_article_created_by_token"),
    )
    op.create_index("ix_article_park_id", "article", ["park_id"])
    op.create_index("ix_article_public", "article", ["public", "published_at"])
    op.create_table(
        "news_word_list",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("words", JsonText(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        *stamps("news_word_list"),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_news_word_list"),
    )


def downgrade():
    op.drop_table("news_word_list")
    op.drop_table("article")
