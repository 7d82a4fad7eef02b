"""What a token may be good for: each scope opens some of the rights that its person has."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from msgspec import Struct

from app.core.actor import Actor


class Scope(Struct, frozen=True):
    """``rights``: the ``can_x on View`` that the scope opens, of those that the person holds.

    ``personal``: it opens personal data, so a token with it says what for.
    """

    name: str
    label: Any
    rights: frozenset[str]
    personal: bool = False
    about: Any = ""  # what it reads or writes: people choose from a row for each


_known: dict[str, Scope] = {}


def declare(scopes: Iterable[Scope]) -> None:
    """All scopes there are, in the order in which people choose from them."""
    _known.clear()
    _known.update({one.name: one for one in scopes})


def known() -> tuple[Scope, ...]:
    return tuple(_known.values())


def open_to(actor: Actor) -> tuple[Scope, ...]:
    """Those that this person could use at all."""
    return tuple(one for one in known() if one.rights & actor.permissions)


def rights_of(names: Collection[str]) -> frozenset[str]:
    """What the named scopes open together; one that is no more opens nothing."""
    return frozenset(right for name in names if name in _known for right in _known[name].rights)
