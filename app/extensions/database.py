"""The database session, SQLite's pragmas and transactions, and the after-commit hooks.

SQLite runs WAL with ``BEGIN IMMEDIATE`` for writing transactions: a plain ``BEGIN`` that later
upgrades to a write fails or loses updates under several processes (security.md, decision 8).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_appbuilder import Model
from flask_appbuilder.models.sqla.base import SQLA
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

# Set before any model class exists: SQLite's batch migrations need named constraints.
Model.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Plain SQLA() would leave Alembic with no tables at all: FAB's Model is another base (fab.md, 0.1).
db = SQLA(model_class=Model, session_options={"expire_on_commit": False})

ASKING = "parkdesk_asking_engine"
DEFAULT_WAIT_MS = 30_000
PREBUILT = "prebuilt"
_mapped = [256 << 20]
_write_wait_ms: ContextVar[int | None] = ContextVar("parkdesk_write_wait", default=None)


@contextmanager
def writing(wait_ms: int | None = DEFAULT_WAIT_MS) -> Iterator[None]:
    """Transactions begun inside take SQLite's write lock at once, waiting up to ``wait_ms``.

    ``None``: transactions begun inside only read, also within an outer ``writing``.
    """
    token = _write_wait_ms.set(wait_ms)
    try:
        yield
    finally:
        _write_wait_ms.reset(token)


def map_at_most(size: int) -> None:
    """Bytes of a SQLite file that connections opened from here on see as memory."""
    _mapped[:] = [size]


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy's begin event says BEGIN itself
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={DEFAULT_WAIT_MS}",
        "cache_size=-16384",
        f"mmap_size={_mapped[0]}",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    wait = _write_wait_ms.get()
    if wait is None:
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(wait)}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:  # also when the lock was taken: the connection goes back to the pool
        if wait != DEFAULT_WAIT_MS:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={DEFAULT_WAIT_MS}")


def asking_engine(app: Flask) -> Engine:
    """The engine for one SELECT by itself, asked so often that what stands around it counts.

    On PostgreSQL it has connections of its own without BEGIN, ROLLBACK and the pool's ping, a round
    trip each. One that the server has closed meanwhile raises: who asks must do without the answer.
    """
    known = app.extensions.get(ASKING)
    if known is None:
        with app.app_context():
            known = db.engine
        if known.dialect.name == "postgresql":
            options = {**app.config["SQLALCHEMY_ENGINE_OPTIONS"], "pool_pre_ping": False}
            known = sa.create_engine(known.url, isolation_level="AUTOCOMMIT", **options)
        app.extensions[ASKING] = known
    return known


def prebuilt(query: Any) -> Any:
    """A statement of a module, with parameters for what differs: asked by nearly every page."""
    return query.execution_options(**{PREBUILT: True})


def ask(engine: Engine, query: sa.Select[Any]) -> Any:
    """One value of a query without parameters, by the driver itself; ``None`` without a row.

    What SQLAlchemy does around a statement costs three times what the answer does. Whatever goes
    wrong is a ``SQLAlchemyError`` all the same, and its connection is not used again.
    """
    text, connection = _driver_text(query, engine.dialect), None
    try:
        connection = engine.raw_connection()
        cursor = connection.cursor()
        cursor.execute(text)
        row = cursor.fetchone()
        cursor.close()
    except engine.dialect.loaded_dbapi.Error as error:
        if connection is not None:
            connection.invalidate(error)
        raise sa.exc.OperationalError(text, None, error) from error
    connection.close()
    return None if row is None else row[0]


@lru_cache(maxsize=32)
def _driver_text(query: sa.Select[Any], dialect: sa.Dialect) -> str:
    return str(query.compile(dialect=dialect))


def after_commit(call: Callable[..., object], *args: object, **kwargs: object) -> None:
    """Run ``call`` once the current transaction is committed; never when it rolls back."""
    _hooks(db.session()).append(lambda: call(*args, **kwargs))


def run_after_commit(session: Session) -> None:
    """Run and forget the hooks; called by ``app.transaction`` only."""
    hooks, session.info["after_commit"] = _hooks(session), []
    for hook in hooks:
        hook()


def _hooks(session: Session) -> list[Callable[[], object]]:
    hooks: list[Callable[[], object]] = session.info.setdefault("after_commit", [])
    return hooks
