"""迁园 for tests, asked and answered through the services."""

from __future__ import annotations

from typing import Any

from app.core import clock
from app.extensions import db
from app.features.enterprises.models.moves import EnterpriseMove
from app.features.enterprises.services import moves
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people


def wish(serial: int = 1, old: str = "P01", new: str = "P02", **changes: Any) -> moves.Wish:
    values = {
        "uscc": made.row(serial)["uscc"],
        "name": "三亚测试企业",
        "from_park_id": people.park(old).id,
        "to_park_id": people.park(new).id,
        "reason": "业务调整",
        **changes,
    }
    return moves.Wish(**values)


def asked(by: str = "park1", serial: int = 1, now: Any = None, **changes: Any) -> EnterpriseMove:
    with made.acting(by) as actor, transaction():
        return moves.ask(actor, wish(serial, **changes), now=now or clock.now())


def act(name: str, by: str, move_id: int, now: Any = None, **more: Any) -> EnterpriseMove:
    """One act of a person on a move, on the version that stands there."""
    db.session.expire_all()
    seen = db.session.get(EnterpriseMove, move_id).version
    with made.acting(by) as actor, transaction():
        return getattr(moves, name)(actor, move_id, seen=seen, now=now or clock.now(), **more)
