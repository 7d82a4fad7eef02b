"""What a plan was when it was confirmed; which versions a prefilled template left the house with."""

import sqlalchemy as sa
from alembic import op

import app.extensions.model

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "enterprise_import",
        sa.Column("revision", sa.Integer(), nullable=False, server_default="0"),
    )
    op.add_column(
        "enterprise_import", sa.Column("sealed", app.extensions.model.JsonText(), nullable=True)
    )


def downgrade():
    with op.batch_alter_table("enterprise_import") as batch:
        batch.drop_column("sealed")
        batch.drop_column("revision")
