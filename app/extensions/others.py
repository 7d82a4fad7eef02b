"""Extensions that need no more than to exist."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import click
from flask import Flask
from flask_compress import Compress
from flask_wtf.csrf import CSRFProtect
from werkzeug.local import LocalProxy

if TYPE_CHECKING:
    from huey import SqliteHuey


class LazyHuey:
    """The queue: where it lies is said by the app factory, it is opened when first asked for.

    huey loads the drivers of every storage it knows; a web process that sends no job needs none.
    """

    def __init__(self) -> None:
        self._huey: SqliteHuey | None = None
        self._arguments: tuple[str, bool] | None = None
        self._tasks: list[Callable[[], type]] = []
        self._inherited: list[SqliteHuey] = []
        self._lock = threading.Lock()

    def open(self, filename: str, *, immediate: bool = False) -> None:
        """The queue in that file from now on."""
        self._arguments = (filename, immediate)
        self._huey = None

    def know(self, task: Callable[[], type]) -> None:
        """``task()`` is the class of a message; each queue that is opened knows it."""
        self._tasks[:] = [*(known for known in self._tasks if known is not task), task]

    def reopen(self) -> None:
        """A connection of its own after a fork.

        The parent's object is kept: closing its connection here would disturb the parent's file.
        """
        if self._huey is not None:
            self._inherited.append(self._huey)
        self._huey = None

    @property
    def instance(self) -> SqliteHuey:
        with self._lock:
            if self._huey is None:
                self._huey = self._made()
            return self._huey

    def _made(self) -> SqliteHuey:
        from huey import SqliteHuey  # noqa: PLC0415 - see the class

        assert self._arguments is not None, "create_app() says where the queue lies"
        filename, immediate = self._arguments
        queue = SqliteHuey("parkdesk", filename=filename, immediate=immediate, fsync=True)
        for task in self._tasks:
            queue._registry.register(task())
        return queue


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
