"""Many rows into one table at the speed of the driver: COPY on PostgreSQL, executemany on SQLite.

The values are what the driver stores (``native`` makes them); Python-side defaults of the columns
do not apply. It runs on the session's connection, inside the session's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.extensions.database import after_commit, db
from app.extensions.quiet import safe_words

#: Rows of one statement on SQLite: under a trigger it keeps what each statement touches, in case it
#: has to be taken back. More rows would keep more pages than they share.
TOGETHER = 10


def native(column: sa.Column[Any], value: Any) -> Any:
    """A Python value as the current database's driver stores it in ``column``."""
    dialect = db.session.get_bind().dialect
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return process(value) if process else value


def insert_rows(table: sa.Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert ``rows``, tuples of native values in the order of ``names``.

    A refused row raises what SQLAlchemy raises for it (``IntegrityError``, ``OperationalError``).
    """
    connection = db.session.connection()
    preparer = connection.dialect.identifier_preparer
    target = f"{preparer.format_table(table)} ({', '.join(map(preparer.quote, names))})"
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {target} FROM STDIN", rows)
        return
    row = f"({', '.join('?' * len(names))})"
    given = [tuple(one) for one in rows]
    whole = len(given) - len(given) % TOGETHER
    for size, some in ((TOGETHER, given[:whole]), (1, given[whole:])):
        if some:
            batches = [sum(some[at : at + size], ()) for at in range(0, len(some), size)]
            marks = ", ".join([row] * size)
            connection.exec_driver_sql(f"INSERT INTO {target} VALUES {marks}", batches)  # noqa: S608


def one_of(column: Any, values: Collection[str]) -> Any:
    """SQL: ``column`` is one of many texts. One parameter: a thousand would each be named, bound and
    compiled anew for every chunk."""
    if db.session.get_bind().dialect.name == "postgresql":
        return column == sa.any_(sa.literal(list(values), postgresql.ARRAY(sa.Text)))
    each = sa.func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(sa.select(each.c.value))


class Given:
    """Values of many rows inside one statement: an array for each column on PostgreSQL, where a statement
    a row is a round trip and a plan a row; parameters of each row on SQLite, which has neither."""

    def __init__(self, columns: Mapping[str, sa.Column[Any]]) -> None:
        """``columns``: name in ``records`` -> the column whose type it has."""
        self._columns = columns
        self._arrays = db.session.get_bind().dialect.name == "postgresql"
        if self._arrays:
            arrays = [
                sa.bindparam(name, type_=postgresql.ARRAY(column.type))
                for name, column in columns.items()
            ]
            named = [sa.column(name, column.type) for name, column in columns.items()]
            self._table = sa.func.unnest(*arrays).table_valued(*named).render_derived("given")

    def __getitem__(self, name: str) -> Any:
        if self._arrays:
            return self._table.c[name]
        return sa.bindparam(name, type_=self._columns[name].type)

    def as_rows_of(self, insert: Any) -> Any:
        """``insert`` with the values as its rows, each in the column whose type it has."""
        into = {column.name: self[name] for name, column in self._columns.items()}
        if not self._arrays:
            return insert.values(into)
        return insert.from_select(list(into), sa.select(*into.values()))

    def execute(self, query: Any, records: Sequence[Mapping[str, Any]]) -> Any:
        """Run ``query``, written with what ``[]`` gives, for all ``records``."""
        connection = db.session.connection()
        if self._arrays:
            together = {name: [one[name] for one in records] for name in self._columns}
            return connection.execute(query, together)
        return connection.execute(query, list(records))


def _copy(connection: sa.Connection, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    driver: Any = connection.connection.driver_connection
    errors: Any = connection.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except errors as error:
        # Past the engine's own hook: what the row held is cut here.
        error.args = (safe_words(error),)
        raise DBAPIError.instance(statement, None, error, errors) from None


def refresh_statistics(*tables: sa.Table) -> None:
    """Tell PostgreSQL what lies in tables after a bulk write, once that write is committed.

    Autovacuum does it a minute later; the next import in that minute would be planned as if the
    tables were empty, and take minutes instead of seconds. Not inside the transaction, which holds
    locks that others wait for.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        after_commit(_analyze, *tables)


def _analyze(*tables: sa.Table) -> None:
    with Session(db.engine, join_transaction_mode="create_savepoint") as session, session.begin():
        connection = session.connection()
        preparer = connection.dialect.identifier_preparer
        connection.exec_driver_sql(f"ANALYZE {', '.join(map(preparer.format_table, tables))}")
