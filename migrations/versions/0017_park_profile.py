"""Profiles of parks and their yearly figures."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import JsonText, Scaled, StringList, UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _stamped():
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_by", sa.Integer(), nullable=True),
    )


def _keys(table, *more):
    named = [("park_id", "park"), *((name, "ab_user") for name in ("created_by", "updated_by", *more))]
    return tuple(
        sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}_{to}"))
        for name, to in named
    )


def upgrade():
    op.create_table(
        "park_profile",
        sa.Column("id", KEY, nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("content", JsonText(), nullable=False),
        sa.Column("origin", JsonText(), nullable=True),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("short_name", sa.String(40), nullable=False),
        sa.Column("name_key", sa.String(800), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("division", sa.String(6), nullable=False),
        sa.Column("customs_modes", StringList(60), nullable=True),
        sa.Column("area_leasable", Scaled(2), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("pictures", StringList(600), nullable=True),
        sa.Column("published", sa.Boolean(), nullable=False),
        *_stamped(),
        *_keys("park_profile"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_profile")),
        sa.UniqueConstraint("park_id", name=op.f("uq_park_profile_park_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_park_profile_slug")),
    )
    for name in ("park_id", "level", "division"):
        op.create_index(op.f(f"ix_park_profile_{name}"), "park_profile", [name])
    op.create_table(
        "park_figures",
        sa.Column("id", KEY, nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("firms", "cbec_firms", "jobs")),
        *(
            sa.Column(name, Scaled(2), nullable=True)
            for name in ("import_value", "export_value", "tax")
        ),
        sa.Column("origin", sa.String(200), nullable=False),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("verified_by", sa.Integer(), nullable=True),
        *_stamped(),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by IS NULL)", name=op.f("ck_park_figures_verified")
        ),
        *_keys("park_figures", "verified_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_figures")),
        sa.UniqueConstraint("park_id", "year", name=op.f("uq_park_figures_park_id_year")),
    )
    op.create_index(op.f("ix_park_figures_park_id"), "park_figures", ["park_id"])


def downgrade():
    op.drop_table("park_figures")
    op.drop_table("park_profile")
