"""``flask deploy``: lock, back up, migrate, write declared roles, verify. The only DDL there is."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import DatabaseError

from app.cli import revisions
from app.cli.demo.people import published_accounts
from app.cli.roles import sync_roles
from app.core import clock, scope
from app.engines import calendar, dictionaries, documents
from app.extensions import db
from app.transaction import transaction
from app.web import health

LOCK_NUMBER = 7_261_001  # any constant: PostgreSQL's advisory lock of deployments
KEEP_BACKUPS = 5


def init(app: Flask) -> None:
    app.cli.add_command(deploy_command)
    health.CHECKS["schema"] = at_head


@click.command("deploy")
def deploy_command() -> None:
    """Bring the database to this version; safe to run twice and at once."""
    steps = deploy()
    click.echo("deploy: " + ", ".join(steps))


def deploy() -> list[str]:
    """Run all steps under a lock; the steps that did something are returned."""
    Path(current_app.config["DATA_DIR"]).mkdir(parents=True, exist_ok=True)
    done: list[str] = []
    with _locked(), scope.unscoped():
        _require_fitting()
        if current_head() != code_head():
            if backup := back_up():
                done.append(f"backup {backup.name}")
            _upgrade()
            done.append(f"migrated to {code_head()}")
        db.session.remove()
        with transaction():
            if sync_roles(current_app.appbuilder):  # type: ignore[attr-defined]
                done.append("roles written")
            if published := documents.seed(clock.today()):
                done.append(f"{published} legal texts published")
            if added := dictionaries.seed():
                done.append(f"{added} dictionary entries added")
            if added := calendar.seed():
                done.append(f"{added} days of the working calendar added")
    require_head()
    return done or ["nothing to do"]


def _require_fitting() -> None:
    """Refuse a database that cannot be read, is newer than this code, or is a demo's."""
    try:
        now = current_head()
    except DatabaseError as error:
        folder = Path(current_app.config["DATA_DIR"]) / "backups"
        msg = f"the database cannot be read ({error.orig}); the latest copies are in {folder}"
        raise click.ClickException(msg) from error
    if now is not None and now not in code_revisions():
        msg = f"the database is at {now}, which this version does not know: run a newer version"
        raise click.ClickException(msg)
    if not current_app.config["DEMO"] and (names := published_accounts()):
        msg = f"demo accounts in a production database: {', '.join(names)}; delete them first"
        raise click.ClickException(msg)


def _upgrade() -> None:
    from flask_migrate import upgrade  # noqa: PLC0415 - a tenth of a start that migrates nothing

    upgrade()


def _folder() -> str:
    return str(Path(current_app.root_path).parent / "migrations")


def code_head() -> str:
    """The newest migration of this code."""
    return revisions.head(_folder())


def code_revisions() -> set[str]:
    """Every migration this code knows."""
    return set(revisions.known(_folder()))


def current_head() -> str | None:
    """The migration the database is at; ``None`` = empty."""
    with db.engine.connect() as connection:
        return revisions.at(connection)


def require_head() -> None:
    """Refuse to work on a database that is not at this version."""
    if current_head() != code_head():
        msg = "the database is not at this version; run: flask --app app deploy"
        raise click.ClickException(msg)


def at_head() -> bool:
    """Readiness: the schema is the one this code was written for."""
    return revisions.at(db.session.connection()) == code_head()


def back_up() -> Path | None:
    """Copy a SQLite database that has tables, with SQLite's own backup; keep the last five."""
    source = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not source or not Path(source).exists():
        return None
    if current_head() is None:
        return None
    folder = Path(current_app.config["DATA_DIR"]) / "backups"
    folder.mkdir(exist_ok=True)
    size = Path(source).stat().st_size
    if shutil.disk_usage(folder).free < 2 * size:
        msg = f"not enough free space for a backup of {size // 2**20} MiB"
        raise click.ClickException(msg)
    target = folder / f"parkdesk-{clock.now():%Y%m%d%H%M%S%f}.db"
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    for stale in sorted(folder.glob("parkdesk-*.db"))[:-KEEP_BACKUPS]:
        stale.unlink()
    return target


@contextmanager
def _locked() -> Iterator[None]:
    """One deployment at a time: advisory lock on PostgreSQL, a file lock beside SQLite."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            connection.execute(sa.text("SELECT pg_advisory_lock(:n)"), {"n": LOCK_NUMBER})
            try:
                yield
            finally:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:n)"), {"n": LOCK_NUMBER})
        return
    path: Any = Path(current_app.config["DATA_DIR"]) / "deploy.lock"
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
