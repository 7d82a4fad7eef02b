"""``flask doctor``: is this set-up fit to serve? One line a check, exit 1 when one fails."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy.exc import SQLAlchemyError

import config
from app.cli import outside, pinned
from app.cli.demo.people import published_accounts
from app.cli.deploy import code_head, current_head
from app.cli.worker import worker_beats
from app.core import scope
from app.core.secrets_file import MIN_BYTES
from app.engines import trail
from app.extensions import db
from app.features.parks.queries import seeing_all_and_of_a_park

MIN_FREE_MIB = 512


class Bad(Exception):
    """A check that failed; the text says what to do."""


def init(app: Flask) -> None:
    app.cli.add_command(doctor_command)
    for command in (outside.sms_command, outside.wechat_command, outside.sso_command):
        doctor_command.add_command(command)


@click.group("doctor", invoke_without_command=True)
@click.option("--deploy", is_flag=True, help="Ask for everything a production set-up must have.")
@click.option("--settings", is_flag=True, help="Print the page of settings instead.")
def doctor_command(*, deploy: bool, settings: bool) -> None:
    """Check settings, database, files, trail and worker; or one outside service."""
    if click.get_current_context().invoked_subcommand:
        return
    if settings:
        click.echo(settings_page(), nl=False)
        return
    strict = deploy or not current_app.config["DEMO"]
    with scope.unscoped():
        bad = [name for name, check in checks(strict=strict).items() if not _report(name, check)]
    if bad:
        click.echo(f"doctor: {len(bad)} of {len(checks(strict=strict))} checks failed")
        sys.exit(1)
    click.echo("doctor: all is well")


def checks(*, strict: bool) -> dict[str, Callable[[], str]]:
    """Name -> check: it gives a few words, or raises ``Bad``."""
    always: dict[str, Callable[[], str]] = {
        "data folder": _data_folder,
        "disk": _disk,
        "secret key": _secret_key,
        "database": _database,
        "sort order": _locale,
        "search index": _search,
        "public role": _public_role,
        "zone and park": _zone_and_park,
        "trail": _trail,
        "worker": _worker,
    }
    production: dict[str, Callable[[], str]] = {
        "settings": _settings,
        "demo accounts": _demo_accounts,
    }
    return {**production, **always} if strict else always


def _report(name: str, check: Callable[[], str]) -> bool:
    try:
        click.echo(f"ok    {name}: {check()}")
    except Bad as bad:
        click.echo(f"FAIL  {name}: {bad}")
    except (SQLAlchemyError, OSError) as error:
        db.session.remove()  # the next check starts clean
        click.echo(f"FAIL  {name}: {type(error).__name__}")
    else:
        return True
    return False


def require_pinned(app: Flask) -> None:
    """A production start with a setting that security.md 2.3 forbids is refused."""
    if app.config["DEMO"]:
        return
    if found := pinned.faults(app):
        lines = "\n".join(f"  {one}" for one in found)
        raise click.ClickException(f"this set-up is not fit for production:\n{lines}")


def _settings() -> str:
    found = pinned.faults(current_app._get_current_object())  # type: ignore[attr-defined]
    if found:
        raise Bad("; ".join(found))
    return f"{len(pinned.EXACT) + len(pinned.AT_MOST)} pinned values"


def _demo_accounts() -> str:
    if names := published_accounts():
        raise Bad(f"{', '.join(names)} open with the published password: delete them")
    return "none"


def _data_folder() -> str:
    folder = Path(current_app.config["DATA_DIR"])
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Bad(f"{folder}: {error.strerror}") from error
    return "writable"


def _disk() -> str:
    free = shutil.disk_usage(current_app.config["DATA_DIR"]).free // 2**20
    if free < MIN_FREE_MIB:
        raise Bad(f"{free} MiB free, at least {MIN_FREE_MIB} are needed")
    return f"{free} MiB free"


def _secret_key() -> str:
    named = current_app.config["SECRET_KEY_FILE"]
    file = Path(named) if named else Path(current_app.config["DATA_DIR"]) / "secret.key"
    if len(file.read_bytes().strip()) < MIN_BYTES:
        raise Bad(f"fewer than {MIN_BYTES} bytes")
    if os.name == "posix" and file.stat().st_mode & 0o007:
        raise Bad("every user of this machine can read it: chmod o-rwx")
    return "long enough, not for everybody"


def _database() -> str:
    now, wanted = current_head(), code_head()
    if now != wanted:
        raise Bad(f"at {now or 'nothing'}, must be at {wanted}: run flask --app app deploy")
    return f"{db.engine.dialect.name} at {now}"


def _locale() -> str:
    """Names sort and fold by PostgreSQL's character type; with C no Chinese text would."""
    if db.engine.dialect.name != "postgresql":
        return "SQLite has one of its own"
    query = sa.text("SELECT datctype FROM pg_database WHERE datname = current_database()")
    kind = str(db.session.scalar(query))
    if kind in ("C", "POSIX"):
        raise Bad(f"LC_CTYPE is {kind}: create the database with a UTF-8 locale")
    return kind


def _search() -> str:
    """Without its index the register is read from end to end; without a trigger it finds no new row."""
    if db.engine.dialect.name == "postgresql":
        names = sa.text("SELECT indexname FROM pg_indexes WHERE tablename = 'enterprise'")
        wanted = {"search_enterprise_name", "search_enterprise_contact"}
    else:
        names = sa.text("SELECT name FROM sqlite_master WHERE tbl_name = 'enterprise'")
        wanted = {f"search_enterprise_{when}" for when in ("added", "changed", "removed")}
    if missing := wanted - set(db.session.scalars(names)):
        raise Bad(f"missing: {', '.join(sorted(missing))}; make them as migration 0020 does")
    return "kept by the database"


def _public_role() -> str:
    role = db.session.scalar(sa.select(Role).where(Role.name == "Public"))
    if role is not None and role.permissions:
        raise Bad(f"the role Public holds {len(role.permissions)} permissions, must hold none")
    return "holds nothing"


def _zone_and_park() -> str:
    """Accounts of before the rule, or made past it: rights for one park, used on all of them."""
    if names := seeing_all_and_of_a_park():
        raise Bad(f"{', '.join(names)} hold a zone role and a park's: take one away (用户授权)")
    return "no account is both"


def _trail() -> str:
    found = trail.verify(1000)
    if not found.ok:
        raise Bad(f"broken at entry {found.first_bad_id}: run flask --app app audit verify")
    return f"newest {found.checked} entries follow from each other"


def _worker() -> str:
    if not current_app.config["WORKER_EXPECTED"]:
        return "not expected here (WORKER_EXPECTED=0)"
    try:
        if worker_beats():
            return "gives signs of life"
    except FileNotFoundError:
        pass
    raise Bad("no sign of life for a minute: is flask --app app worker running?")


def settings_page() -> str:
    """docs/settings.md, from the one list of settings."""
    lines = [
        "# Settings",
        "",
        "All settings come from the environment. This page is written by",
        "`flask --app app doctor --settings`; the list itself is in `config.py`.",
        "",
        "| Name | Default | What it is for |",
        "| --- | --- | --- |",
    ]
    for name, (default, purpose) in config.ENVIRONMENT.items():
        shown = default.replace(f"{config.BASE}{os.sep}", "")
        lines.append(f"| `{name}` | {f'`{shown}`' if shown else ''} | {purpose} |")
    return "\n".join([*lines, ""])
