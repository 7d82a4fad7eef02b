"""A sign-in of 系统管理员 may see the site as another person for a while."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = "fk_login_session_viewed_id_ab_user"


def upgrade():
    with op.batch_alter_table("login_session") as table:
        table.add_column(sa.Column("viewed_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("view_until", UtcDateTime(), nullable=True))
        table.create_foreign_key(KEY, "ab_user", ["viewed_id"], ["id"], ondelete="SET NULL")


def downgrade():
    with op.batch_alter_table("login_session") as table:
        table.drop_constraint(KEY, type_="foreignkey")
        table.drop_column("view_until")
        table.drop_column("viewed_id")
