"""数据来源 per field: a letter a column beside the values of a record, of a year, of a planned row;
and 迁园, an enterprise that goes from one park to another.

What is known is filled in: a new record came as its ``source`` says, later values by an import or by
hand, whichever wrote the column last. What nobody noted stays a dot (不详).
"""

import json

import sqlalchemy as sa
from alembic import op

from app.extensions.model import JsonText, UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

#: As they stood when this was written: the places are stored.
PLAIN = (
    *("uscc", "name", "roles", "legal_representative", "company_type", "registered_capital"),
    *("established_on", "registered_address", "business_address", "industry", "customs_modes"),
    *("customs_code", "customs_credit", "filed_on_platform", "contact_name", "contact_phone"),
    *("email", "settled_on", "status", "remark"),
)
YEARLY = ("staff_count", "annual_sales", "annual_import", "annual_export")
LETTERS = {"typed": "t", "import": "i", "settlement": "s", "haiyiban": "h"}
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WINDOW = 5_000  # records looked at together


def upgrade():
    op.add_column("enterprise", _letters(40, PLAIN))
    op.add_column("enterprise_year", _letters(10, YEARLY))
    op.add_column("import_row", sa.Column("origins", sa.String(50)))
    op.add_column("enterprise", sa.Column("moved_to", sa.BigInteger))
    op.add_column("enterprise", sa.Column("moved_from", sa.BigInteger))
    _moves()
    connection = op.get_bind()
    _begun(connection)
    last = connection.scalar(sa.text("SELECT max(id) FROM enterprise")) or 0
    for first in range(1, last + 1, WINDOW):
        _written_since(connection, first, first + WINDOW)


def downgrade():
    op.drop_table("enterprise_move")
    op.drop_column("enterprise", "moved_from")
    op.drop_column("enterprise", "moved_to")
    op.drop_column("import_row", "origins")
    op.drop_column("enterprise_year", "origins")
    op.drop_column("enterprise", "origins")


def _moves():
    name = "enterprise_move"
    states = "('asked', 'agreed', 'done', 'declined', 'taken_back', 'expired', 'stopped', 'undone')"
    op.create_table(
        name,
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        _park(name, "from_park_id", nullable=False),
        _park(name, "to_park_id", nullable=False),
        _park(name, "asked_by_park_id", nullable=True),
        sa.Column(
            "asked_by", sa.Integer(), sa.ForeignKey("ab_user.id", name=f"fk_{name}_asked_by_ab_user")
        ),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("from_ok_at", UtcDateTime(), nullable=True),
        sa.Column("to_ok_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.String(500), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("new_id", sa.BigInteger(), nullable=True),
        sa.Column("kept", JsonText(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", BIG, primary_key=True),
        sa.CheckConstraint(f"state IN {states}", name=f"ck_{name}_state"),
        sa.CheckConstraint("from_park_id <> to_park_id", name=f"ck_{name}_two_parks"),
        sa.CheckConstraint(
            "(state IN ('done', 'undone')) = (done_at IS NOT NULL)", name=f"ck_{name}_done"
        ),
    )
    op.create_index("ix_enterprise_move_from", name, ["from_park_id", "state"])
    op.create_index("ix_enterprise_move_to", name, ["to_park_id", "state"])
    op.create_index("ix_enterprise_move_enterprise", name, ["enterprise_id"])


def _park(table, column, *, nullable):
    key = sa.ForeignKey("park.id", name=f"fk_{table}_{column}_park")
    return sa.Column(column, BIG, key, nullable=nullable)


def _letters(width, names):
    return sa.Column("origins", sa.String(width), nullable=False, server_default="." * len(names))


def _begun(connection):
    """What a record was made with came from where the record came from."""
    of_record = " ".join(f"WHEN '{name}' THEN '{sign}'" for name, sign in LETTERS.items())
    for source, sign in LETTERS.items():
        filled = " || ".join(
            f"CASE WHEN {name} IS NULL THEN '.' ELSE '{sign}' END" for name in PLAIN
        )
        query = f"UPDATE enterprise SET origins = {filled} WHERE source = :source"  # noqa: S608
        connection.execute(sa.text(query), {"source": source})
    sign = (
        f"(SELECT CASE e.source {of_record} ELSE '.' END FROM enterprise e "  # noqa: S608
        "WHERE e.id = enterprise_year.enterprise_id)"
    )
    filled = " || ".join(f"CASE WHEN {name} IS NULL THEN '.' ELSE {sign} END" for name in YEARLY)
    connection.execute(sa.text(f"UPDATE enterprise_year SET origins = {filled}"))  # noqa: S608


def _written_since(connection, first, end):
    """Columns that an import or a person wrote later, in the order in which they did."""
    written = [*_imported(connection, first, end), *_typed(connection, first, end)]
    plain, yearly = {}, {}
    for _at, key, name, year, sign in sorted(written):
        if year is None and name in PLAIN:
            plain.setdefault(key, {})[PLAIN.index(name)] = sign
        elif year is not None and name in YEARLY:
            yearly.setdefault((key, year), {})[YEARLY.index(name)] = sign
    if plain:
        _write(connection, "enterprise", "id = :id", [{"id": key} for key in plain], plain.values())
    if yearly:
        keys = [{"id": key, "year": year} for key, year in yearly]
        where = "enterprise_id = :id AND year = :year"
        _write(connection, "enterprise_year", where, keys, yearly.values())


def _imported(connection, first, end):
    query = sa.text(
        "SELECT i.applied_at, i.year, r.enterprise_id, r.old FROM import_row r "
        "JOIN enterprise_import i ON i.id = r.import_id "
        "WHERE r.outcome = 'changed' AND r.enterprise_id >= :first AND r.enterprise_id < :end"
    )
    for at, year, key, old in connection.execute(query, {"first": first, "end": end}):
        for name in _json(old):
            yield str(at), key, name, year if name in YEARLY else None, "i"


def _typed(connection, first, end):
    keys = [str(key) for key in range(first, end)]
    query = sa.text(
        "SELECT at, object_id, changes FROM audit_entry WHERE object_type = 'enterprise' "
        "AND action = 'enterprise.changed' AND object_id IN :keys"
    ).bindparams(sa.bindparam("keys", expanding=True))
    for at, key, changes in connection.execute(query, {"keys": keys}):
        for field in _json(changes):
            name, _at, year = field.partition("@")
            yield str(at), int(key), name, int(year) if year.isdigit() else None, "t"


def _json(text):
    found = json.loads(text) if isinstance(text, str) else text
    return found or {}


def _write(connection, table, where, keys, places):
    """Put letters at places of a text that is there already."""
    for key, put in zip(keys, places, strict=True):
        query = sa.text(f"SELECT origins FROM {table} WHERE {where}")  # noqa: S608
        text = connection.scalar(query, key)
        if text is None:
            continue
        signs = list(text)
        for place, sign in put.items():
            signs[place] = sign
        query = sa.text(f"UPDATE {table} SET origins = :text WHERE {where}")  # noqa: S608
        connection.execute(query, {**key, "text": "".join(signs)})
