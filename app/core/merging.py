"""Three-way merge of a record by field: what two people typed over the same earlier version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Merged(Struct, frozen=True):
    """``values``: theirs with what only I changed. A clashing field holds theirs."""

    values: dict[str, Any]
    clashes: tuple[str, ...]  # both changed it, differently
    theirs: tuple[str, ...]  # of my fields: only they changed it


def merge(
    before: Mapping[str, Any] | None, mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Merged:
    """``mine`` and ``theirs`` over ``before``; ``before`` unknown: every difference is a clash."""
    values = dict(theirs)
    clashes, kept = [], []
    for name, value in mine.items():
        other = theirs.get(name)
        if value == other:
            continue
        if before is not None and other == before.get(name):
            values[name] = value
        elif before is not None and value == before.get(name):
            kept.append(name)
        else:
            clashes.append(name)
    return Merged(values, tuple(clashes), tuple(kept))
