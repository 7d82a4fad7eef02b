"""Pictures: their pixels, their smaller drawings, and whether everybody may see them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table("stored_file") as table:
        table.add_column(sa.Column("width", sa.Integer(), nullable=True))
        table.add_column(sa.Column("height", sa.Integer(), nullable=True))
        table.add_column(sa.Column("of_id", BIG, nullable=True))
        table.add_column(
            sa.Column("published", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.create_foreign_key(
            "fk_stored_file_of_id_stored_file", "stored_file", ["of_id"], ["id"], ondelete="CASCADE"
        )
        table.create_check_constraint(
            "ck_stored_file_both_sides", "(width IS NULL) = (height IS NULL)"
        )
    op.create_index("ix_stored_file_of_id", "stored_file", ["of_id"])


def downgrade():
    op.drop_index("ix_stored_file_of_id", "stored_file")
    with op.batch_alter_table("stored_file") as table:
        table.drop_constraint("ck_stored_file_both_sides", type_="check")
        table.drop_constraint("fk_stored_file_of_id_stored_file", type_="foreignkey")
        for name in ("published", "of_id", "height", "width"):
            table.drop_column(name)
