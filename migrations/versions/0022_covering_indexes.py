"""The indexes that lists are read by cover what a page skips: a deep page does not touch the rows."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ALIVE = sa.text("deleted_at IS NULL")
INDEXES = {
    "ix_enterprise_park_settled": ["park_id", "settled_on", "id"],
    "ix_enterprise_settled": ["settled_on", "id"],
    "ix_enterprise_status_settled": ["status", "settled_on", "id"],
}


def upgrade():
    _made_again(["deleted_at"])


def downgrade():
    _made_again([])


def _made_again(more):
    for name, columns in INDEXES.items():
        op.drop_index(name, "enterprise")
        op.create_index(
            name, "enterprise", columns + more, sqlite_where=ALIVE, postgresql_where=ALIVE
        )
