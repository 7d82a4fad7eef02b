"""Ending sign-ins. The sessions themselves belong to the web layer: wiring hands in how."""

from __future__ import annotations

from collections.abc import Callable

from app.core import clock
from app.core.actor import Actor
from app.engines import trail
from app.features.accounts import queries
from app.features.accounts.services import tokens
from app.features.accounts.services.people import ref

_end: list[Callable[..., None]] = []


def sessions_ended_by(end: Callable[..., None]) -> None:
    """``end(user_id, keep_row=None, only_row=None, way=None)`` deletes sign-ins in the open
    transaction."""
    _end[:] = [end]


def end_all(user_id: int, *, keep_row: int | None = None) -> None:
    """End a person's sign-ins, all or all but one, and all tokens."""
    _end[0](user_id, keep_row=keep_row)
    tokens.end_tokens_of(user_id, clock.now())


def end_by_way(user_id: int, way: str) -> None:
    """End the sign-ins that a person came to by one service."""
    _end[0](user_id, way=way)


def force_out(actor: Actor, user_id: int) -> None:
    """强制下线: the person has to sign in again everywhere."""
    user = queries.locked(user_id)
    end_all(user_id)
    trail.record(actor, "user.sessions_ended", ref(user))


def end_own_session(actor: Actor, row_id: int) -> None:
    """End one of one's own sign-ins."""
    assert actor.user_id is not None
    user = queries.locked(actor.user_id)
    _end[0](actor.user_id, only_row=row_id)
    trail.record(actor, "user.own_session_ended", ref(user))


def end_own_others(actor: Actor, *, keep_row: int | None) -> None:
    """End all of one's own sign-ins but this one."""
    assert actor.user_id is not None
    user = queries.locked(actor.user_id)
    end_all(actor.user_id, keep_row=keep_row)
    trail.record(actor, "user.own_sessions_ended", ref(user))
