"""One row by its key, in the row scope of the moment; a missing and a foreign one are the same."""

from __future__ import annotations

from typing import Any, TypeVar

import sqlalchemy as sa

from app.core.errors import NotFound
from app.extensions.database import db

Row = TypeVar("Row")


def one(model: type[Row], key: int) -> Row:
    """The row, or ``NotFound``."""
    return _found(sa.select(model).where(_key(model) == key), model, key)


def locked(model: type[Row], key: int) -> Row:
    """The row, read again and locked until the transaction ends, or ``NotFound``."""
    query = sa.select(model).where(_key(model) == key).with_for_update()
    return _found(query, model, key, populate_existing=True)


def _key(model: Any) -> Any:
    return model.id


def _found(query: Any, model: type[Row], key: int, **options: Any) -> Row:
    found: Row | None = db.session.scalar(query, execution_options=options)
    if found is None:
        raise NotFound(f"{model.__name__} {key}")
    return found
