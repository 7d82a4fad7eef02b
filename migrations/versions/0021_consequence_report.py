"""The report or decision that closes what follows from a result."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("ranking_consequence") as table:
        table.add_column(sa.Column("report_key", sa.String(length=32), nullable=True))


def downgrade():
    with op.batch_alter_table("ranking_consequence") as table:
        table.drop_column("report_key")
