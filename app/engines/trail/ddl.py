"""What makes the trail append-only in the database itself; run by a migration.

A batch migration that rebuilds ``audit_entry`` on SQLite drops the triggers: install them again.
"""

from __future__ import annotations

from app.engines.trail.models import FIRST_HASH, HEAD_ID

_LAST = "(SELECT {} FROM audit_entry ORDER BY id DESC LIMIT 1)"
# After a downgrade the entries are still there: the head continues from the last of them.
_HEAD = (
    "INSERT INTO audit_head (id, last_id, last_hash) "
    f"SELECT {HEAD_ID}, COALESCE({_LAST.format('id')}, 0), "
    f"COALESCE({_LAST.format('hash')}, '{FIRST_HASH}')"
)

# Many entries may be written as one act: the head moves forward, however far, and only to the last
# entry that there is, with that entry's hash.
_FORWARD = (
    "NEW.id <> OLD.id OR NEW.last_id <= OLD.last_id OR "
    "NOT EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.last_id AND hash = NEW.last_hash) OR "
    "EXISTS (SELECT 1 FROM audit_entry WHERE id > NEW.last_id)"
)
_SQLITE_FORWARD = f"""CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head WHEN {_FORWARD}
    BEGIN SELECT RAISE(ABORT, 'audit_head only moves forward'); END"""
_POSTGRESQL_FORWARD = (
    f"""CREATE FUNCTION audit_head_check() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF {_FORWARD} THEN
        RAISE EXCEPTION 'audit_head only moves forward' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$""",  # PostgreSQL's WHEN takes no subquery
    """CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_head_check()""",
)

_SQLITE = (
    """CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END""",
    """CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END""",
    """CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
    BEGIN SELECT RAISE(ABORT, 'audit_head only moves forward'); END""",
    _SQLITE_FORWARD,
)

_POSTGRESQL = (
    """CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'restrict_violation';
    END $$""",
    """CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    *_POSTGRESQL_FORWARD,
)

_TRIGGERS: dict[str, dict[str, tuple[str, ...]]] = {
    "sqlite": {
        "audit_entry": ("audit_entry_no_update", "audit_entry_no_delete"),
        "audit_head": ("audit_head_no_delete", "audit_head_forward"),
    },
    "postgresql": {
        "audit_entry": ("audit_entry_no_change", "audit_entry_no_truncate"),
        "audit_head": ("audit_head_no_delete", "audit_head_no_truncate", "audit_head_forward"),
    },
}


def install(dialect: str) -> tuple[str, ...]:
    """Statements that make the head row and the triggers."""
    return (_HEAD, *(_POSTGRESQL if dialect == "postgresql" else _SQLITE))


def uninstall(dialect: str) -> tuple[str, ...]:
    """Statements that take the triggers and the head row away again."""
    on = " ON {table}" if dialect == "postgresql" else ""
    drops = [
        f"DROP TRIGGER {name}" + on.format(table=table)
        for table, names in _TRIGGERS[dialect].items()
        for name in names
    ]
    if dialect == "postgresql":
        drops += ["DROP FUNCTION audit_refuse()", "DROP FUNCTION IF EXISTS audit_head_check()"]
    return (*drops, "DELETE FROM audit_head")


def loosen_head(dialect: str) -> tuple[str, ...]:
    """Statements that let the head of an older database move by more than one entry."""
    if dialect == "postgresql":
        function, trigger = _POSTGRESQL_FORWARD
        replaced = function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
        return ("DROP TRIGGER audit_head_forward ON audit_head", replaced, trigger)
    return ("DROP TRIGGER audit_head_forward", _SQLITE_FORWARD)
