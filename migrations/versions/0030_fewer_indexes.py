"""Rows that an import writes are in fewer indexes: those by park alone were read by nothing but SQLite, which
took the index of a whole park where the credit codes of a chunk were asked for.
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLES = ("enterprise", "enterprise_year", "import_row")


def upgrade():
    for table in TABLES:
        op.drop_index(f"ix_{table}_park_id", table_name=table)


def downgrade():
    for table in TABLES:
        op.create_index(f"ix_{table}_park_id", table, ["park_id"])
