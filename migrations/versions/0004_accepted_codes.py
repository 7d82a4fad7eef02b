"""The page of codes accepted by hand: whose they are, the evidence file, and when one was revoked."""

import sqlalchemy as sa
from alembic import op

import app.extensions.model

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("accepted_code") as batch:
        batch.add_column(
            sa.Column("name", sa.String(length=120), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("file_key", sa.String(length=64), nullable=True))
        batch.add_column(
            sa.Column("revoked_at", app.extensions.model.UtcDateTime(), nullable=True)
        )
        batch.add_column(sa.Column("revoke_reason", sa.String(length=200), nullable=True))
        batch.create_check_constraint(
            op.f("ck_accepted_code_reason_if_revoked"),
            "(revoked_at IS NULL) = (revoke_reason IS NULL)",
        )


def downgrade():
    with op.batch_alter_table("accepted_code") as batch:
        batch.drop_constraint(op.f("ck_accepted_code_reason_if_revoked"), type_="check")
        batch.drop_column("revoke_reason")
        batch.drop_column("revoked_at")
        batch.drop_column("file_key")
        batch.drop_column("name")
