"""Errors of the database say what failed, never on which values.

Bound parameters are hidden by the engine (``hide_parameters``). The databases themselves quote
values too: PostgreSQL tells the whole failing row, SQLite's full-text search the text asked for.
Whoever prints such an error later, a log of ours or of a library, finds only what is safe.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import StatementError

#: What SQLite says without quoting a value: names of tables and columns, and its own state.
_PLAIN = re.compile(
    r"(UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed"
    r"|database (table )?is locked|no such (table|column): [\w.]+$|disk I/O error"
    r"|unable to open|attempt to write|database or disk is full|audit_\w+ "
)
#: Classes of SQLSTATE whose first line quotes what was sent: data that does not fit its type.
_QUOTING = ("22", "P0001")


@event.listens_for(Engine, "handle_error")
def _hide_values(context: Any) -> None:
    wrapped = context.sqlalchemy_exception
    if not isinstance(wrapped, StatementError):
        return  # not raised by a statement of ours, so without its values
    original = context.original_exception
    words = safe_words(original)
    original.args = (words,)
    kind = type(original)
    wrapped.args = (f"({kind.__module__}.{kind.__name__}) {words}",)


def safe_words(error: BaseException) -> str:
    """What an error of a driver says, without any value of a row or of a statement."""
    if diagnosis := getattr(error, "diag", None):
        return _of_postgresql(diagnosis, str(error))
    if name := getattr(error, "sqlite_errorname", None):
        text = str(error)
        return text if _PLAIN.match(text) else str(name)
    if type(error).__module__.partition(".")[0] in ("psycopg", "sqlite3"):
        return str(error).partition("\n")[0]  # the driver's own: a lost connection, a wrong use
    return "a value that the column does not take"


def _of_postgresql(diagnosis: Any, text: str) -> str:
    state = diagnosis.sqlstate
    if not state:
        return text.partition("\n")[0]
    if state.startswith(_QUOTING):
        return f"SQLSTATE {state}"
    return str(diagnosis.message_primary)
