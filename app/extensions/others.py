"""Extensions that need no more than to exist."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import click
from flask import Flask
from flask_compress import Compress
from flask_wtf.csrf import CSRFProtect
from huey import SqliteHuey
from huey.exceptions import HueyException
from werkzeug.local import LocalProxy


class LazyHuey:
    """The queue, opened by the app factory; tasks declared before that are bound then."""

    def __init__(self) -> None:
        self._huey: SqliteHuey | None = None
        self._arguments: tuple[str, bool] | None = None
        self._inherited: list[SqliteHuey] = []

    def open(self, filename: str, *, immediate: bool = False) -> SqliteHuey:
        self._arguments = (filename, immediate)
        self._huey = SqliteHuey("parkdesk", filename=filename, immediate=immediate, fsync=True)
        return self._huey

    def reopen(self) -> SqliteHuey:
        """A fresh connection after a fork, with the same tasks.

        The parent's object is kept: closing its connection here would disturb the parent's file.
        """
        old = self.instance
        assert self._arguments is not None
        self._inherited.append(old)
        new = self.open(self._arguments[0], immediate=self._arguments[1])
        new._registry = old._registry
        return new

    @property
    def instance(self) -> SqliteHuey:
        if self._huey is None:
            msg = "the queue is not open: create_app() opens it"
            raise HueyException(msg)
        return self._huey


def _render_item(kind: str, item: Any, autogen_context: Any) -> Any:
    """Write our column types into migrations by their import path."""
    module = type(item).__module__
    if kind == "type" and module == "app.extensions.model":
        autogen_context.imports.add("import app.extensions.model")
        name = type(item).__name__
        places = f"places={item.places}" if name == "Scaled" else ""
        return f"app.extensions.model.{name}({places})"
    return False


class _Migrations(click.Command):
    """``flask db``: Flask-Migrate's own group takes over once it is called."""

    def make_context(self, info_name: str | None, *args: Any, **extra: Any) -> click.Context:
        from flask_migrate.cli import db  # noqa: PLC0415 - see LazyMigrate

        found: click.Context = db.make_context(info_name, *args, **extra)
        return found


class LazyMigrate:
    """Flask-Migrate from the moment somebody migrates: alembic is a tenth of a start."""

    def init_app(self, app: Flask, db: Any, *, directory: str) -> None:
        """``app.extensions["migrate"]`` becomes the real thing when it is first looked into."""

        @lru_cache(maxsize=1)
        def made() -> Any:
            from flask_migrate import Migrate  # noqa: PLC0415 - see above

            options = {"compare_type": True, "render_as_batch": True, "render_item": _render_item}
            Migrate(app, db, directory=directory, **options)
            return app.extensions["migrate"]

        app.extensions["migrate"] = LocalProxy(made)
        app.cli.add_command(_Migrations("db", help="Perform database migrations."))


csrf = CSRFProtect()
compress = Compress()
huey = LazyHuey()
migrate = LazyMigrate()
