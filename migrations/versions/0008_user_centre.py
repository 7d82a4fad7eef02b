"""The user centre: what is certified of a company, its accounts and bank account, claims by licence."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXTS = (
    ("legal_representative", 60),
    ("registered_address", 300),
    ("source", 12),
    ("credit_level", 60),
    ("contact_name", 40),
    ("contact_phone", 20),
    ("bank_holder", 120),
    ("bank_tail", 4),
    ("bank_name", 120),
)


def upgrade():
    for name, length in TEXTS:
        op.add_column(
            "organisation", sa.Column(name, sa.String(length), nullable=False, server_default="")
        )
    op.add_column("organisation", sa.Column("certified_at", UtcDateTime(), nullable=True))
    op.add_column("organisation", sa.Column("bank_account", sa.Text(), nullable=True))
    op.add_column(
        "user_profile", sa.Column("email", sa.String(254), nullable=False, server_default="")
    )
    op.create_table(
        "organisation_user",
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(8), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint("role IN ('owner', 'member')", name=op.f("ck_organisation_user_role")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_user_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_organisation_user_user_id_ab_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_user")),
        sa.UniqueConstraint("user_id", name=op.f("uq_organisation_user_user_id")),
    )
    op.create_index(op.f("ix_organisation_user_organisation_id"), "organisation_user", ["organisation_id"])
    op.create_table(
        "licence_claim",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("legal_representative", sa.String(60), nullable=False),
        sa.Column("registered_address", sa.String(300), nullable=False),
        sa.Column("file_key", sa.String(32), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint("state IN ('pending', 'passed', 'refused')", name=op.f("ck_licence_claim_state")),
        sa.CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name=op.f("ck_licence_claim_decided")),
        sa.CheckConstraint("(state = 'refused') = (reason <> '')", name=op.f("ck_licence_claim_reason")),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_licence_claim_user_id_ab_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["decided_by"], ["ab_user.id"], name=op.f("fk_licence_claim_decided_by_ab_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_claim")),
    )
    op.create_index(op.f("ix_licence_claim_state"), "licence_claim", ["state"])
    op.create_index(op.f("ix_licence_claim_user_id"), "licence_claim", ["user_id"])


def downgrade():
    op.drop_table("licence_claim")
    op.drop_table("organisation_user")
    with op.batch_alter_table("user_profile") as batch:
        batch.drop_column("email")
    with op.batch_alter_table("organisation") as batch:
        for name, _length in TEXTS:
            batch.drop_column(name)
        batch.drop_column("certified_at")
        batch.drop_column("bank_account")
