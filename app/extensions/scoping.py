"""Row scope once more in the ORM: reads are narrowed, writes outside the scope refused.

FAB's actions, select boxes, downloads and REST relations load rows without a view's base
filters (security.md U12-U17, U26). These hooks do not depend on who asks.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from app.core import scope
from app.core.errors import NotFound
from app.extensions.database import PREBUILT
from app.extensions.model import ParkOwned

_scoped_by_own_id: list[type[Any]] = []


def scope_by_own_id(model: type[Any]) -> type[Any]:
    """Declare that a row of ``model`` *is* a park: its id is compared with the scope."""
    _scoped_by_own_id.append(model)
    return model


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    park_ids = scope.current().park_ids
    if park_ids is None or state.is_column_load:
        return
    narrowed = _kept if state.execution_options.get(PREBUILT) else _narrowed
    state.statement = narrowed(state.statement, park_ids)


def _narrowed(statement: Any, park_ids: frozenset[int]) -> Any:
    return statement.options(*_criteria(park_ids, len(_scoped_by_own_id)))


#: A statement that is put together once (``prebuilt``) is narrowed once for the same parks: what
#: SQLAlchemy knows of it stays with it.
_kept = lru_cache(maxsize=1024)(_narrowed)


@lru_cache(maxsize=256)
def _criteria(park_ids: frozenset[int], _models: int) -> tuple[Any, ...]:
    """The options that narrow a statement; every one of a request takes the same."""
    ids = tuple(sorted(park_ids))
    return (
        with_loader_criteria(ParkOwned, lambda cls: cls.park_id.in_(ids), include_aliases=True),
        *(
            with_loader_criteria(model, model.id.in_(ids), include_aliases=True)
            for model in _scoped_by_own_id
        ),
    )


@event.listens_for(Session, "before_flush")
def _guard(session: Session, _context: object, _instances: object) -> None:
    current = scope.current()
    if current.park_ids is None:
        return
    for item in (*session.new, *session.dirty, *session.deleted):
        if isinstance(item, ParkOwned):
            _require(current, item)


def _require(current: scope.Scope, item: Any) -> None:
    state = inspect(item)
    old = state.attrs.park_id.history.deleted
    if not current.allows(item.park_id) or any(not current.allows(before) for before in old):
        # The session must not keep the refused change: a later commit would save it.
        raise NotFound(f"{type(item).__name__} outside the scope")
