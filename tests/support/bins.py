"""The recycle bin in tests: what lies there, and as if it lay there for long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.core import clock, scope
from app.engines.recycling import BinItem
from app.extensions import db
from app.transaction import transaction

BIN = "/desk/bin"


def item(kind: str, subject_id: int) -> int:
    """The key under which the bin holds a record; 0: it does not."""
    query = sa.select(BinItem.id).where(BinItem.kind == kind, BinItem.subject_id == subject_id)
    with scope.unscoped():
        return int(db.session.scalar(query) or 0)


def address(app: Any, act: str, kind: str, subject_id: int) -> str:
    """Of an act on a record in the bin."""
    with app.app_context():
        return f"{BIN}/{act}/{item(kind, subject_id)}"


def aged(kind: str, subject_id: int, days: int = 181) -> int:
    """As if it had been deleted so many days ago; answers with its key in the bin."""
    key = item(kind, subject_id)
    with scope.unscoped(), transaction():
        db.session.get_one(BinItem, key).deleted_at = clock.now() - timedelta(days=days)
    return key
