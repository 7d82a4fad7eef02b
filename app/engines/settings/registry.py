"""Which settings there are: declared by whoever reads them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from msgspec import Struct


class Shape(StrEnum):
    """How a setting is typed on its page."""

    text = "text"
    long = "long"
    number = "number"
    flag = "flag"
    choice = "choice"
    colour = "colour"
    picture = "picture"


def _any(_value: Any) -> str | None:
    return None


class Spec(Struct, frozen=True):
    """A setting. ``check(value)`` returns the code of what is wrong, or ``None``."""

    key: str
    title: Any
    group: str
    default: Any = ""
    shape: Shape = Shape.text
    hint: Any = ""
    options: tuple[tuple[Any, Any], ...] = ()
    check: Callable[[Any], str | None] = _any


_specs: dict[str, Spec] = {}


def define(*specs: Spec) -> None:
    for one in specs:
        _specs[one.key] = one


def spec(key: str) -> Spec:
    """The declaration; ``KeyError`` for a key nobody declared."""
    return _specs[key]


def specs(group: str | None = None) -> tuple[Spec, ...]:
    """All, or those of a group, in the order of declaration."""
    return tuple(one for one in _specs.values() if group is None or one.group == group)
