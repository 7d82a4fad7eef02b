"""The other name of a WeChat account, a withdrawn authorisation, withdrawn claims."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATE = "ck_licence_claim_state"


def upgrade():
    op.add_column("identity", sa.Column("alias", sa.String(64), nullable=False, server_default=""))
    op.create_index("ix_identity_alias", "identity", ["alias"])
    op.add_column("user_profile", sa.Column("withdrawn_at", UtcDateTime(), nullable=True))
    _states("'pending', 'passed', 'refused', 'withdrawn'")


def downgrade():
    claims = sa.table("licence_claim", sa.column("state"))
    op.execute(claims.delete().where(claims.c.state == "withdrawn"))
    _states("'pending', 'passed', 'refused'")
    op.drop_column("user_profile", "withdrawn_at")
    op.drop_index("ix_identity_alias", table_name="identity")
    op.drop_column("identity", "alias")


def _states(allowed):
    with op.batch_alter_table("licence_claim") as batch:
        batch.drop_constraint(op.f(STATE), type_="check")
        batch.create_check_constraint(op.f(STATE), f"state IN ({allowed})")
