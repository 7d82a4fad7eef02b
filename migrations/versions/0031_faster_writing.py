"""What PostgreSQL spends on writing enterprises.

The function of the index over pairs of signs asks for no order and no difference any more, which the index finds itself. The
entries are the same, so that index and statistics stay.

A changed row was written into every index, because its page was full: pages are filled to seven tenths now, so that half of
their rows find room for a new version beside the old one. Pages that are there already stay as they are.
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_FUNCTION = (
    "CREATE OR REPLACE FUNCTION search_pairs(t text) RETURNS text[] "
    "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ {body} $$"
)
FAST = (
    "SELECT string_to_array(t, NULL) "
    "|| ARRAY(SELECT substr(t, n, 2) FROM generate_series(1, length(t) - 1) AS n)"
)
SLOW = (
    "SELECT coalesce(array_agg(DISTINCT substr(t, n, size)), '{}') "
    "FROM generate_series(1, length(t)) AS n, generate_series(1, 2) AS size"
)
ROOMY = ("enterprise", "enterprise_year")


def _write(body, filled):
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in ROOMY:
        op.execute(f"ALTER TABLE {table} SET (fillfactor = {filled})")
    # No format(): the slow body has braces of its own.
    op.execute(_FUNCTION.replace("{body}", body))


def upgrade():
    _write(FAST, filled=70)


def downgrade():
    _write(SLOW, filled=100)
