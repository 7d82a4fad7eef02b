"""What a version changes for each park, in words: total, rank and grade before and after, the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.features.rankings.labels import FIELD_WORDS
from app.features.rankings.rules.moves import Move

MAIN = ("final", "rank", "grade")


@dataclass(frozen=True)
class Change:
    """One figure; equal texts: it stays."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """A park that moves. ``main``: by field, ``None`` for what stays."""

    name: str
    main: tuple[Change | None, ...]
    more: tuple[Change, ...]


def differences(found: Sequence[Move], head: Mapping[str, Any]) -> tuple[Difference, ...]:
    """For people: names of grades, vetoes and sections as the sheet says them."""
    return tuple(_difference(one, head) for one in found)


def _difference(move: Move, head: Mapping[str, Any]) -> Difference:
    changed = {name: (old, new) for name, old, new in move.fields}
    main = tuple(
        Change(str(FIELD_WORDS[name]), *_texts(name, changed[name], head))
        if name in changed
        else None
        for name in MAIN
    )
    more = tuple(
        Change(_words(name, head), *_texts(name, pair, head))
        for name, pair in changed.items()
        if name not in MAIN
    )
    return Difference(move.name, main, more)


def _words(name: str, head: Mapping[str, Any]) -> str:
    kind, _sign, code = name.partition(":")
    if kind == "block":
        return next((one["name"] for one in head["blocks"] if one["code"] == code), code)
    return str(FIELD_WORDS[name])


def _texts(name: str, pair: tuple[object, object], head: Mapping[str, Any]) -> tuple[str, str]:
    names: Mapping[object, str] = {}
    if name == "grade":
        names = {one["code"]: one["name"] for one in head["grades"]}
    elif name == "veto":
        names = head["vetoes"]
    old, new = ("—" if one is None or one == "" else str(names.get(one, one)) for one in pair)
    return old, new
