"""Two people on one record in the bin at the same moment: one wins, the other gets words."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.errors import NotFound
from app.engines import recycling, trail
from app.extensions import db
from app.features.enterprises import services
from app.features.enterprises.models import Enterprise
from app.transaction import transaction
from tests.support import bins
from tests.support import enterprises as made
from tests.support.owned import at_once, own, owned

__all__ = ["own", "owned"]
SERIALS = iter(range(401, 499))


@pytest.fixture
def proposed(owned: Any) -> tuple[int, int, int]:
    """An enterprise that park1 proposed to delete for good: key in the bin, version, its own key."""
    item = made.add("P01", next(SERIALS))
    with made.acting("park1") as actor, transaction():
        services.discard(actor, item.id, reason="重复", now=clock.now())
    key = bins.aged("enterprise", item.id)
    with made.acting("park1") as actor, transaction():
        found = recycling.propose(actor, key, reason="误登记", now=clock.now())
        version = found.version
    return key, version, item.id


def together(*acts: Any) -> list[Any]:
    """Each act waits for the other to stand at the same door."""
    door = threading.Barrier(len(acts))

    def run(act: Any) -> Any:
        def go() -> None:
            door.wait(20)
            act()

        return go

    return [run(act) for act in acts]


def confirming(who: str, key: int, seen: int) -> Any:
    def act() -> None:
        with made.acting(who) as actor, transaction():
            recycling.confirm(actor, key, seen=seen, now=clock.now())

    return act


def restoring(who: str, key: int) -> Any:
    def act() -> None:
        with made.acting(who) as actor, transaction():
            recycling.restore(actor, key)

    return act


def test_restored_while_it_is_confirmed_one_of_them_holds(owned: Any, proposed: Any) -> None:
    key, seen, pk = proposed
    raised = at_once(owned, *together(confirming("operator", key, seen), restoring("park1", key)))
    assert sorted(type(one).__name__ for one in raised) == ["NoneType", "NotFound"]
    db.session.expire_all()
    there = db.session.scalar(sa.select(Enterprise.deleted_at).where(Enterprise.id == pk))
    purged, restored = raised[0] is None, raised[1] is None
    rows = db.session.scalar(sa.select(sa.func.count()).where(Enterprise.id == pk))
    assert (rows, there) == ((0, None) if purged else (1, None))
    acts = [one.action for one in trail.history("enterprise", pk)]
    assert ("bin.purged" in acts, "enterprise.restored" in acts) == (purged, restored)
    assert bins.item("enterprise", pk) == 0


def test_two_confirm_at_once_and_it_is_told_once(owned: Any, proposed: Any) -> None:
    key, seen, pk = proposed
    acts = together(confirming("operator", key, seen), confirming("operator2", key, seen))
    raised = at_once(owned, *acts)
    assert sorted(type(one).__name__ for one in raised) == ["NoneType", "NotFound"]
    told = [one.action for one in trail.history("enterprise", pk)]
    assert told.count("bin.purged") == 1


def test_two_restore_at_once_and_it_is_back_once(owned: Any, proposed: Any) -> None:
    key, _seen, pk = proposed
    raised = at_once(owned, *together(restoring("park1", key), restoring("operator", key)))
    assert sum(one is None for one in raised) == 1
    assert isinstance(next(one for one in raised if one is not None), NotFound)
    told = [one.action for one in trail.history("enterprise", pk)]
    assert told.count("enterprise.restored") == 1
