"""The trail's head may move by many entries at once, and only to the last entry that there is."""

from alembic import op

from app.engines.trail import ddl

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ONE_BY_ONE = {
    "sqlite": """CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
    WHEN NEW.id <> OLD.id OR NEW.last_id <> OLD.last_id + 1
    BEGIN SELECT RAISE(ABORT, 'audit_head only moves forward'); END""",
    "postgresql": """CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
    FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.last_id <> OLD.last_id + 1)
    EXECUTE FUNCTION audit_refuse()""",
}


def upgrade():
    for statement in ddl.loosen_head(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade():
    dialect = op.get_bind().dialect.name
    on = " ON audit_head" if dialect == "postgresql" else ""
    op.execute(f"DROP TRIGGER audit_head_forward{on}")
    if dialect == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS audit_head_check()")
    op.execute(ONE_BY_ONE[dialect])
