"""What changed between two contents of a kind, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from app.engines.review.registry import Field, Kind, Shape


class Change(StrEnum):
    same = "same"
    changed = "changed"
    added = "added"  # was empty
    emptied = "emptied"


class FieldChange(Struct, frozen=True):
    """One field with its old and new value (plain JSON); ``change`` is a word, never colour alone."""

    field: Field
    old: Any
    new: Any
    change: Change


EMPTY: tuple[Any, ...] = (None, "", [], {})


def difference(
    kind: Kind, old: Mapping[str, Any] | None, new: Mapping[str, Any]
) -> tuple[FieldChange, ...]:
    """Every field of the kind in its order; without ``old`` everything filled is ``added``."""
    before = old or {}
    return tuple(
        FieldChange(one, before.get(one.name), new.get(one.name), change)
        for one in kind.fields
        for change in (_change(one, before.get(one.name), new.get(one.name)),)
    )


def _change(one: Field, old: Any, new: Any) -> Change:
    if _normal(one, old) == _normal(one, new):
        return Change.same
    if old in EMPTY:
        return Change.added
    return Change.emptied if new in EMPTY else Change.changed


def _normal(one: Field, value: Any) -> Any:
    if value in EMPTY:
        return None
    if one.shape is Shape.choices:
        return sorted(value)
    return value
