"""The search of the register: an index over pairs of neighbouring signs of names and contacts.

Chinese is searched by two signs, which no index over words or over three signs finds. The last sign stands by itself, so that
every sign begins an entry. SQLite: an FTS5 table without
content, kept by triggers that need nothing but SQL, so that whatever writes keeps it; each pair is written in hex, which no
tokenizer splits or folds. PostgreSQL: GIN over an immutable function. And indexes for
one status over all parks and for what lies in the recycle bin.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

#: name_key is ``pinyin|initials|name`` with at most 600 signs.
MOST_SIGNS = 600
_AFTER_PINYIN = "substr({key}, instr({key}, '|') + 1)"
_PAIRS = (
    "(SELECT group_concat(hex(substr(t, n, 2)), ' ') FROM "
    "(SELECT t, n FROM (SELECT {text} AS t LIMIT 1) CROSS JOIN search_place WHERE n <= length(t) ORDER BY n))"
)


def _name(key):
    rest = _AFTER_PINYIN.format(key=key)
    return _PAIRS.format(text=f"substr({rest}, instr({rest}, '|') + 1)")


def _contact(name):
    return _PAIRS.format(text=f"lower({name})")


_ADD = (
    "INSERT INTO search_enterprise(rowid, name, contact) VALUES "
    f"(new.id, {_name('new.name_key')}, {_contact('new.contact_name')});"
)
_REMOVE = (
    "INSERT INTO search_enterprise(search_enterprise, rowid, name, contact) VALUES "
    f"('delete', old.id, {_name('old.name_key')}, {_contact('old.contact_name')});"
)
#: Whoever adds thousands of rows puts a 0 here meanwhile and writes the index at the end.
_WANTED = "WHEN NOT EXISTS (SELECT 1 FROM search_place WHERE n = 0)"
_CHANGED = "old.name_key IS NOT new.name_key OR old.contact_name IS NOT new.contact_name"
SQLITE = (
    "CREATE TABLE search_place (n INTEGER PRIMARY KEY)",
    "CREATE VIRTUAL TABLE search_enterprise USING fts5"
    "(name, contact, content='', columnsize=0, tokenize='ascii')",
    f"CREATE TRIGGER search_enterprise_added AFTER INSERT ON enterprise {_WANTED} BEGIN {_ADD} END",
    f"CREATE TRIGGER search_enterprise_removed AFTER DELETE ON enterprise BEGIN {_REMOVE} END",
    "CREATE TRIGGER search_enterprise_changed AFTER UPDATE OF name_key, contact_name ON enterprise "
    f"WHEN {_CHANGED} BEGIN {_REMOVE} {_ADD} END",
    "INSERT INTO search_enterprise(rowid, name, contact) SELECT id, "
    f"{_name('name_key')}, {_contact('contact_name')} FROM enterprise",
)
POSTGRESQL = (
    "CREATE FUNCTION search_pairs(t text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE "
    "AS $$ SELECT coalesce(array_agg(DISTINCT substr(t, n, size)), '{}') "
    "FROM generate_series(1, length(t)) AS n, generate_series(1, 2) AS size $$",
    "CREATE FUNCTION search_name(key text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE "
    r"AS $$ SELECT regexp_replace(key, '^[^|]*\|[^|]*\|', '') $$",
    "CREATE INDEX search_enterprise_name ON enterprise USING gin (search_pairs(search_name(name_key)))",
    "CREATE INDEX search_enterprise_contact ON enterprise "
    "USING gin (search_pairs(lower(contact_name)))",
)


BY_STATUS = "ix_enterprise_status_settled"
DELETED = "ix_enterprise_deleted"


def upgrade():
    alive = sa.text("deleted_at IS NULL")
    op.create_index(
        BY_STATUS,
        "enterprise",
        ["status", "settled_on", "id"],
        sqlite_where=alive,
        postgresql_where=alive,
    )
    gone = sa.text("deleted_at IS NOT NULL")
    op.create_index(
        DELETED, "enterprise", ["deleted_at"], sqlite_where=gone, postgresql_where=gone
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SQLITE[0])
        places = sa.table("search_place", sa.column("n"))
        op.bulk_insert(places, [{"n": n} for n in range(1, MOST_SIGNS + 1)])
        for statement in SQLITE[1:]:
            op.execute(sa.text(statement.replace(":", "\\:")))
        return
    for statement in POSTGRESQL:
        op.execute(statement)


def downgrade():
    op.drop_index(DELETED, table_name="enterprise")
    op.drop_index(BY_STATUS, table_name="enterprise")
    if op.get_bind().dialect.name == "sqlite":
        for name in ("added", "removed", "changed"):
            op.execute(f"DROP TRIGGER search_enterprise_{name}")
        op.execute("DROP TABLE search_enterprise")
        op.execute("DROP TABLE search_place")
        return
    op.execute("DROP INDEX search_enterprise_name")
    op.execute("DROP INDEX search_enterprise_contact")
    op.execute("DROP FUNCTION search_pairs(text)")
    op.execute("DROP FUNCTION search_name(text)")
