"""A row as plain JSON and back: kinds whose table keeps no deleted rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import trail
from app.engines.recycling.models import BinItem
from app.extensions import db
from app.extensions.model import Scaled


def frozen(row: Any) -> dict[str, Any]:
    """Every column of a row, its key too; what is sealed stays sealed."""
    columns = sa.inspect(row).mapper.column_attrs
    return {one.key: trail.plain(getattr(row, one.key)) for one in columns}


def revived(model: type[Any], payload: Mapping[str, Any]) -> Any:
    """The row again, under its own key unless somebody else has that by now.

    A column that a later release added takes its default; one that it dropped is left out.
    """
    columns = {one.key: one.columns[0].type for one in sa.inspect(model).column_attrs}
    values = {
        name: _typed(columns[name], value) for name, value in payload.items() if name in columns
    }
    taken = db.session.scalar(sa.select(model.id).where(model.id == values["id"]))
    if taken is not None:
        del values["id"]
    values.pop("version", None)
    row = model(**values)
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:  # it names something that is no more, or its place is taken
        raise Refusal("bin_no_place") from error
    return row


def unfrozen(
    actor: Actor, item: BinItem, model: type[Any], action: str, standing: Any | None
) -> Any:
    """Restore a frozen row and tell the trail; ``standing``: the living row that has its place."""
    if standing is not None:
        raise Refusal("bin_taken", name=str(standing), live=standing.id)
    row = revived(model, item.payload or {})
    trail.record(actor, action, row)
    return row


def thawed(_actor: Actor, item: BinItem) -> Any:
    """``purge`` of a frozen kind: the bin holds all that there is of it."""
    return item.payload


def digest(facts: Any) -> str:
    """SHA-256 of facts in canonical JSON: proves later what a record was without saying it."""
    text = json.dumps(trail.plain(facts), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _typed(kind: Any, value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if isinstance(kind, Scaled):
        return Decimal(value)
    wanted = getattr(kind, "impl_instance", kind).python_type  # of what a decorator stands upon
    if wanted is datetime:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if wanted is date else value
