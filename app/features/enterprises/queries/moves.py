"""Every SELECT on 迁园. Both parks read a move, the one that it comes from only if it is its own
enterprise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core import scope
from app.core.errors import NotFound
from app.extensions import db
from app.extensions.lists.spec import contains
from app.features.enterprises.models import Enterprise
from app.features.enterprises.models.moves import EnterpriseMove
from app.features.enterprises.rules.moves import OPEN, State
from app.features.parks.models import Park

Move = EnterpriseMove


def in_reach() -> Any:
    """Moves that the current scope may see."""
    ids = scope.current().park_ids
    if ids is None:
        return sa.true()
    parks = sorted(ids)
    theirs = sa.and_(Move.from_park_id.in_(parks), Move.enterprise_id.is_not(None))
    return sa.or_(theirs, Move.to_park_id.in_(parks))


def get(move_id: int, *, lock: bool = False) -> EnterpriseMove:
    """A move in reach, or ``NotFound``."""
    query = sa.select(Move).where(Move.id == move_id, in_reach())
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(f"move {move_id}")
    return found


def park_names(*, active: bool = False) -> dict[int, str]:
    """Names of all parks: they are public, their rows are not."""
    query = sa.select(Park.id, Park.name).order_by(Park.code)
    if active:
        query = query.where(Park.status == "active")
    with scope.unscoped():
        return {row.id: row.name for row in db.session.execute(query)}


def record_in(park_id: int, uscc: str) -> Enterprise | None:
    """The living record of a code in any park, but for one that has moved away; for services only."""
    query = sa.select(Enterprise).where(
        Enterprise.park_id == park_id,
        Enterprise.uscc == uscc,
        Enterprise.deleted_at.is_(None),
        Enterprise.moved_to.is_(None),
    )
    with scope.unscoped():
        return db.session.scalar(query)


def open_of(park_id: int, uscc: str) -> EnterpriseMove | None:
    """What this park has asked for and is still open."""
    query = sa.select(Move).where(
        Move.asked_by_park_id == park_id, Move.uscc == uscc, Move.state.in_(OPEN)
    )
    return db.session.scalar(query.limit(1))


def asked_by(park_id: int, since: datetime) -> tuple[int, int]:
    """How many moves a park has open, and how many it asked for since."""
    query = sa.select(
        sa.func.count().filter(Move.state.in_(OPEN)),
        sa.func.count().filter(Move.asked_at > since),
    ).where(Move.asked_by_park_id == park_id)
    now_open, lately = db.session.execute(query).one()
    return int(now_open), int(lately)


def waiting_for(park_id: int) -> list[EnterpriseMove]:
    """Asked of this park and not answered, the oldest first."""
    mine = sa.or_(
        sa.and_(
            Move.from_park_id == park_id, Move.from_ok_at.is_(None), Move.enterprise_id.is_not(None)
        ),
        sa.and_(Move.to_park_id == park_id, Move.to_ok_at.is_(None)),
    )
    query = sa.select(Move).where(Move.state == State.asked, mine).order_by(Move.asked_at)
    return list(db.session.scalars(query))


def due(today: date) -> Sequence[int]:
    """Agreed moves whose day has come."""
    query = sa.select(Move.id).where(Move.state == State.agreed, Move.effective_on <= today)
    return db.session.scalars(query.order_by(Move.id)).all()


def unanswered(before: datetime) -> Sequence[int]:
    query = sa.select(Move.id).where(Move.state == State.asked, Move.asked_at < before)
    return db.session.scalars(query.order_by(Move.id)).all()


def holding(name: str, before: datetime, most: int) -> list[EnterpriseMove]:
    """Moves done before then that still keep what undoing would need, by the name it has there."""
    held = contains(sa.type_coerce(Move.kept, sa.Text), f'"{name}":')
    query = sa.select(Move).where(Move.state == State.done, Move.done_at < before, held)
    query = query.order_by(Move.id).limit(most).with_for_update()
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def of_record(item: Enterprise) -> list[EnterpriseMove]:
    """Done moves that a record came or went by."""
    query = sa.select(Move).where(
        sa.or_(Move.enterprise_id == item.id, Move.new_id == item.id), Move.state == State.done
    )
    return list(db.session.scalars(query.order_by(Move.id.desc())))


def state_counts() -> dict[str, int]:
    query = sa.select(Move.state, sa.func.count()).where(in_reach()).group_by(Move.state)
    return {state: int(number) for state, number in db.session.execute(query)}
