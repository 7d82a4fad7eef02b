"""What a version changes for each park, in words: total, rank and grade before and after, the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from app.engines.scoring import Scheme
from app.extensions.phrases import clauses, items, listed, remarked
from app.features.rankings.labels import FIELD_WORDS
from app.features.rankings.rules.following import Followed
from app.features.rankings.rules.moves import Move
from app.features.rankings.rules.rows import Published

#: More parks than these are told by their number.
MOST_NAMED = 3
MAIN = ("final", "rank", "grade")


class Change(Struct, frozen=True):
    """One figure; equal texts: it stays."""

    name: str
    before: str
    after: str


class Difference(Struct, frozen=True):
    """A park that moves. ``main``: by field, ``None`` for what stays."""

    name: str
    main: tuple[Change | None, ...]
    more: tuple[Change, ...]


def differences(found: Sequence[Move], head: Mapping[str, Any]) -> tuple[Difference, ...]:
    """For people: names of grades, vetoes and sections as the sheet says them."""
    return tuple(_difference(one, head) for one in found)


def by_itself(found: Sequence[Followed], scheme: Scheme, rows: Sequence[Published]) -> str:
    """The items that moved with nobody judging them, each with its parks."""
    scored: list[Any] = [*scheme.indicators, *scheme.bonus, *scheme.deductions]
    names = {one.code: f"{one.code} {one.name}" for one in scored}
    parks = {one.park_id: one.name for one in rows}
    return clauses(remarked(names[one.code], _who(one, parks)) for one in found)


def _who(one: Followed, parks: Mapping[int, str]) -> str:
    number = len(one.park_ids)
    if number > MOST_NAMED:
        return f"{number:,} {items(number)}"
    return listed(parks[park_id] for park_id in one.park_ids if park_id in parks)


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
