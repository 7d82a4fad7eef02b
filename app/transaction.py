"""The only place that commits: ``with transaction(): service(...)``; ``aside()`` for a job's notes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import scope
from app.core.errors import Forbidden
from app.extensions.database import DEFAULT_WAIT_MS, db, run_after_commit, writing


class PendingChangesError(RuntimeError):
    """Something was changed outside a transaction: a bug, refused before it can be saved."""


@contextmanager
def transaction(
    wait_ms: int = DEFAULT_WAIT_MS, *, while_looking: bool = False
) -> Iterator[Session]:
    """One unit of work: commit at the end, roll back on any exception, then run the hooks.

    Ends the read transaction that loading the page began, so that on SQLite the write lock is
    taken at the first statement (``BEGIN IMMEDIATE``). Rows that decide something must be loaded
    again inside (``queries.locked``). Not nestable. Whoever looks as somebody else writes nothing:
    ``while_looking`` is for what the site notes of that itself (the session, the trail).
    """
    if scope.current().only_looks and not while_looking:
        raise Forbidden("only_looks")
    session = db.session()
    if session.info.get("in_transaction"):
        msg = "transaction() inside transaction()"
        raise PendingChangesError(msg)
    end_reading(session)
    session.info["in_transaction"] = True
    try:
        with writing(wait_ms):
            yield session
            session.commit()
    except BaseException:
        session.rollback()
        session.info["after_commit"] = []
        raise
    finally:
        session.info["in_transaction"] = False
    run_after_commit(session)


def end_reading(session: Session | None = None) -> None:
    """End the current read transaction and keep the loaded objects."""
    session = session or db.session()
    if session.new or session.deleted or any(session.is_modified(item) for item in session.dirty):
        msg = "changes outside transaction()"
        raise PendingChangesError(msg)
    session.commit()


@contextmanager
def aside(wait_ms: int | None = 0) -> Iterator[Session]:
    """A short unit of work on a session and connection of its own, beside whatever is open.

    For what a job notes about itself while its own transaction runs: progress, lease, state.
    Waits up to ``wait_ms`` for a lock, then raises ``OperationalError``; ``None`` only reads.
    Runs no after-commit hooks.
    """
    if scope.current().only_looks and wait_ms is not None:
        raise Forbidden("only_looks")
    session = Session(db.engine, expire_on_commit=False, join_transaction_mode="create_savepoint")
    with writing(wait_ms), session, session.begin():
        if wait_ms is not None and db.engine.dialect.name == "postgresql":
            limit = f"SET LOCAL lock_timeout = {max(int(wait_ms), 100)}"
            session.execute(sa.text(limit))
        yield session
