"""Extensions that need no more than to exist."""

from __future__ import annotations

from typing import Any

from flask_compress import Compress
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from huey import SqliteHuey
from huey.exceptions import HueyException


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


csrf = CSRFProtect()
compress = Compress()
huey = LazyHuey()
migrate = Migrate(compare_type=True, render_as_batch=True, render_item=_render_item)
