"""The audit trail's head row and the triggers that keep it append-only."""

from alembic import op

from app.engines.trail import ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    for statement in ddl.install(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade():
    for statement in ddl.uninstall(op.get_bind().dialect.name):
        op.execute(statement)
