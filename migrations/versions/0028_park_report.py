"""The report that a park sends in for its 限期整改, before the zone closes it."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLE = "ranking_consequence"


def upgrade():
    key = sa.ForeignKey("ab_user.id", name=op.f(f"fk_{TABLE}_reported_by_ab_user"))
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("park_report_key", sa.String(length=32), nullable=True))
        table.add_column(
            sa.Column("park_note", sa.String(length=500), nullable=False, server_default="")
        )
        table.add_column(sa.Column("reported_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("reported_by", sa.Integer(), key, nullable=True))


def downgrade():
    with op.batch_alter_table(TABLE) as table:
        table.drop_column("reported_by")
        table.drop_column("reported_at")
        table.drop_column("park_note")
        table.drop_column("park_report_key")
