"""消息: what a person is told inside the platform, written in the transaction of what caused it.

Tell before the trail entry of the act: a message's row takes a shared lock on its person, and the
trail's head is the last lock of an act.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound
from app.engines.notices.kinds import kind, kinds_for
from app.engines.notices.models import InboxChoice, InboxMessage
from app.extensions import db
from app.extensions.database import prebuilt

KEEP_READ = timedelta(days=180)
KEEP_UNREAD = timedelta(days=365)


def tell(
    user_ids: Iterable[int],
    name: str,
    params: Mapping[str, Any] | None = None,
    *,
    link: str = "",
    cause: str,
) -> int:
    """Write a message of kind ``name`` to people; how many were written.

    Once for a ``cause`` and person, however often it is told; nothing for who turned the kind off.
    """
    told = kind(name)
    if told is None:
        raise LookupError(f"no kind of message is called {name}")
    told.said(params or {})  # parameters that the words miss fail here, not at the reader
    wanted = sorted(set(user_ids) - (frozenset() if told.fixed else _off(name)))
    have = sa.select(InboxMessage.user_id).where(
        InboxMessage.cause == cause, InboxMessage.user_id.in_(wanted)
    )
    known = set(db.session.scalars(have))
    made = 0
    for user_id in wanted:
        if user_id not in known:
            made += _write(user_id, name, dict(params or {}), link, cause)
    return made


def _write(user_id: int, name: str, params: dict[str, Any], link: str, cause: str) -> int:
    message = InboxMessage(
        user_id=user_id, kind=name, params=params, link=link, cause=cause, created_at=clock.now()
    )
    try:
        with db.session.begin_nested():
            db.session.add(message)
            db.session.flush()
    except IntegrityError:
        return 0  # told by another request at the same moment
    return 1


def _off(name: str) -> set[int]:
    """Who turned a kind off."""
    return set(db.session.scalars(sa.select(InboxChoice.user_id).where(InboxChoice.kind == name)))


# -- reading -----------------------------------------------------------------------------------
def unread(user_id: int) -> int:
    """How many messages a person has not read: one look into one index."""
    return int(db.session.scalar(_UNREAD, {"user_id": user_id}) or 0)


def messages_of(
    user_id: int, *, name: str = "", only_unread: bool = False, skip: int = 0, most: int = 1_000
) -> list[InboxMessage]:
    """A person's messages: unread ones first, then the newest."""
    query = sa.select(InboxMessage).where(*_mine(user_id, name, only_unread=only_unread))
    query = query.order_by(InboxMessage.read_at.is_not(None), InboxMessage.id.desc())
    return list(db.session.scalars(query.offset(skip).limit(most)))


def count_of(user_id: int, *, name: str = "", only_unread: bool = False) -> int:
    query = sa.select(sa.func.count()).select_from(InboxMessage)
    query = query.where(*_mine(user_id, name, only_unread=only_unread))
    return int(db.session.scalar(query) or 0)


def own_message(user_id: int, message_id: int) -> InboxMessage:
    """The person's own message, or ``NotFound``: another's and a missing one are the same."""
    query = sa.select(InboxMessage).where(
        InboxMessage.id == message_id, InboxMessage.user_id == user_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(f"message {message_id}")
    return found


def said(message: InboxMessage) -> tuple[str, str]:
    """Label of the kind and the text, in the reader's language."""
    told = kind(message.kind)
    return (str(told.label), told.said(message.params)) if told else ("", message.kind)


def facts_of(user_id: int) -> list[dict[str, Any]]:
    """What is kept of a person here, in plain values."""
    return [
        {"at": one.created_at, "read": one.read_at, "kind": one.kind, "text": said(one)[1]}
        for one in messages_of(user_id)
    ]


def _unread(user_id: Any) -> tuple[Any, ...]:
    return InboxMessage.user_id == user_id, InboxMessage.read_at.is_(None)


#: Every page of the desk asks this: put together once.
_UNREAD = prebuilt(
    sa.select(sa.func.count()).select_from(InboxMessage).where(*_unread(sa.bindparam("user_id")))
)


def _mine(user_id: int, name: str, *, only_unread: bool) -> tuple[Any, ...]:
    mine = _unread(user_id) if only_unread else (InboxMessage.user_id == user_id,)
    return (*mine, InboxMessage.kind == name) if name else mine


# -- what a person does with them --------------------------------------------------------------
def read(actor: Actor, message_id: int) -> InboxMessage:
    """Mark one's own message as read; the first time counts."""
    found = own_message(actor.user_id or 0, message_id)
    if found.read_at is None:
        found.read_at = clock.now()
        db.session.flush()
    return found


def read_all(actor: Actor) -> None:
    """全部标为已读."""
    query = sa.update(InboxMessage).where(*_unread(actor.user_id or 0))
    changed = query.values(read_at=clock.now()).execution_options(synchronize_session=False)
    db.session.execute(changed)


def turned_off(user_id: int) -> frozenset[str]:
    """Kinds that the person does not want."""
    query = sa.select(InboxChoice.kind).where(InboxChoice.user_id == user_id)
    return frozenset(db.session.scalars(query))


def choose(actor: Actor, wanted: Iterable[str]) -> None:
    """Keep which kinds the person wants; fixed ones stay on whatever is sent, and what the person
    is not asked about (it is told to others) stays as it was."""
    user_id = actor.user_id or 0
    on = set(wanted)
    asked = {one.name for one in kinds_for(actor.permissions) if not one.fixed}
    off = asked - on
    before = turned_off(user_id) & asked
    gone = InboxChoice.user_id == user_id, InboxChoice.kind.in_(before - off)
    db.session.execute(sa.delete(InboxChoice).where(*gone))
    for name in sorted(off - before):
        try:
            with db.session.begin_nested():
                db.session.add(InboxChoice(user_id=user_id, kind=name))
                db.session.flush()
        except IntegrityError:
            continue  # the same box was cleared in another tab


# -- ends --------------------------------------------------------------------------------------
def forget_old_messages(now: datetime) -> None:
    """Read ones after half a year, unread ones after a year."""
    old = sa.or_(
        sa.and_(InboxMessage.read_at.is_not(None), InboxMessage.created_at < now - KEEP_READ),
        InboxMessage.created_at < now - KEEP_UNREAD,
    )
    db.session.execute(
        sa.delete(InboxMessage).where(old).execution_options(synchronize_session=False)
    )


def forget_person(user_id: int) -> None:
    """An account is closed: its messages and choices go."""
    db.session.execute(sa.delete(InboxMessage).where(InboxMessage.user_id == user_id))
    db.session.execute(sa.delete(InboxChoice).where(InboxChoice.user_id == user_id))
