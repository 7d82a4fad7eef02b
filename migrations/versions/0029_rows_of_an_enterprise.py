"""The index by which an enterprise finds its import rows holds only rows that have one.

A plan is looked at by the server's statistics before any row has its enterprise: SQLite learned that all rows
have the same, read every row of the import for the page of one, and kept to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_import_row_enterprise", "import_row"
FILLED = sa.text("enterprise_id IS NOT NULL")


def upgrade():
    op.drop_index(NAME, table_name=TABLE)
    op.create_index(
        NAME, TABLE, ["enterprise_id"], sqlite_where=FILLED, postgresql_where=FILLED
    )


def downgrade():
    op.drop_index(NAME, table_name=TABLE)
    op.create_index(NAME, TABLE, ["enterprise_id"])
