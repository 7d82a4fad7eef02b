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

    def open(self, filename: str, *, immediate: bool = False) -> SqliteHuey:
        self._huey = SqliteHuey("parkdesk", filename=filename, immediate=immediate, fsync=True)
        return self._huey

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
