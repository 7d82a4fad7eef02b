"""Row scope of the current thread of work, read by the ORM hooks in ``app.extensions``.

Set once per request, job or command. Unset means nothing is visible (fail closed).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from msgspec import Struct

from app.core.actor import Actor
from app.core.values import replace


class Scope(Struct, frozen=True):
    """Parks in reach: ``None`` = all parks, an empty set = none.

    ``only_looks``: somebody sees the site as another person does; nothing may be written.
    """

    park_ids: frozenset[int] | None
    only_looks: bool = False

    def allows(self, park_id: int | None) -> bool:
        return self.park_ids is None or (park_id is not None and park_id in self.park_ids)


EVERYTHING = Scope(None)
NOTHING = Scope(frozenset())

_current: ContextVar[Scope] = ContextVar("parkdesk_scope", default=NOTHING)


def current() -> Scope:
    return _current.get()


def set_for(actor: Actor) -> None:
    """Set the scope for the rest of this context (a request: the context ends with it)."""
    _current.set(Scope(actor.scope_park_ids, only_looks=actor.viewed_by is not None))


def reset() -> None:
    _current.set(NOTHING)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Run a block with the scope of ``actor``; restores the outer scope afterwards."""
    looks = _current.get().only_looks or actor.viewed_by is not None
    token = _current.set(Scope(actor.scope_park_ids, only_looks=looks))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def unscoped() -> Iterator[None]:
    """Run a block that must see every park (sign-in, deploy, health). Use sparingly."""
    token = _current.set(replace(EVERYTHING, only_looks=_current.get().only_looks))
    try:
        yield
    finally:
        _current.reset(token)
