"""Every SELECT on the bin. Row scope narrows them to the actor's park."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import clock, scope
from app.core.actor import Actor
from app.core.errors import NotFound
from app.engines.recycling.models import BinItem
from app.engines.recycling.registry import kinds_for
from app.engines.recycling.retention import deletable_before
from app.extensions import db

STAGES = ("kept", "due", "waiting", "asked")


def visible_to(actor: Actor) -> Any:
    """Beyond row scope: kinds that the actor looks after, and of a park what it has shown."""
    mine = BinItem.kind.in_([one.name for one in kinds_for(actor)])
    if not actor.sees_all:
        return mine
    shown = sa.or_(
        BinItem.private.is_(False), BinItem.park_id.is_(None), BinItem.proposed_at.is_not(None)
    )
    return sa.and_(mine, shown)


def at_stage(stage: str, actor: Actor, now: datetime) -> Any:
    """A clause: kept for now, ``due`` to be deleted for good, waiting for this actor, or asked by
    this actor and waiting for somebody else."""
    if stage in ("waiting", "asked"):
        mine = BinItem.proposed_by == actor.user_id
        return sa.and_(BinItem.proposed_at.is_not(None), mine if stage == "asked" else ~mine)
    last = deletable_before(now)
    old = sa.false() if last is None else BinItem.deleted_at <= last
    due = sa.and_(old, BinItem.proposed_at.is_(None))
    return due if stage == "due" else sa.and_(sa.not_(old), BinItem.proposed_at.is_(None))


def get(actor: Actor, item_id: int, *, lock: bool = False) -> BinItem:
    """One that the actor may see, or ``NotFound``; with ``lock`` read again and locked."""
    query = sa.select(BinItem).where(BinItem.id == item_id, visible_to(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(f"bin item {item_id}")
    return found


def of(kind: str, subject_id: int) -> BinItem | None:
    """What the bin holds of a record; ``None`` when it is not there, or out of scope."""
    query = sa.select(BinItem).where(BinItem.kind == kind, BinItem.subject_id == subject_id)
    return db.session.scalar(query)


def deleted_at_once(actor: Actor, kind: str, at: datetime) -> list[int]:
    """Keys of what the actor put into the bin at that instant and is still there."""
    query = sa.select(BinItem.id).where(
        BinItem.kind == kind,
        BinItem.deleted_at == at,
        BinItem.deleted_by == actor.user_id,
        visible_to(actor),
    )
    return list(db.session.scalars(query.order_by(BinItem.id)))


def names_of(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Kind and name of what of ``ids`` the bin holds; as a page's form was made from it."""
    query = sa.select(BinItem.id, BinItem.kind, BinItem.name).where(BinItem.id.in_(ids))
    return {key: (kind, name) for key, kind, name in db.session.execute(query)}


def counts(actor: Actor) -> dict[str, int]:
    """Kind -> number that the actor sees."""
    query = sa.select(BinItem.kind, sa.func.count()).where(visible_to(actor))
    return dict(db.session.execute(query.group_by(BinItem.kind)).all())


def waiting(actor: Actor) -> tuple[int, datetime | None]:
    """How many deletions for good wait for the actor's word, and since when the oldest does."""
    query = sa.select(sa.func.count(), sa.func.min(BinItem.proposed_at)).where(
        visible_to(actor), at_stage("waiting", actor, clock.now())
    )
    number, oldest = db.session.execute(query).one()
    return int(number), oldest


def drop(kind: str, subject_id: int) -> None:
    """The record is no longer in the bin."""
    with scope.unscoped():
        found = of(kind, subject_id)
        if found is not None:
            db.session.delete(found)
            db.session.flush()
