"""数据来源 per field: where the present value of each column came from.

A record keeps one text with a letter a column, in the order of the register, written in the same
statement as the values; who wrote it and when is read from the trail and the imports when somebody
asks. The yearly figures of a year have a text of their own. Letters and places are stored: neither
may ever mean something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from app.features.enterprises.rules import PLAIN, YEARLY


class Origin(StrEnum):
    """Where a value came from; a letter, as it is stored."""

    unknown = "."  # nothing was written, or it was before letters were kept
    typed = "t"
    imported = "i"
    settlement = "s"
    haiyiban = "h"
    licence = "l"  # a licence that somebody of the zone examined
    moved = "m"  # came along from another park


#: What somebody outside of the parks has proven; nobody types or imports over it.
CERTIFIED = (Origin.haiyiban, Origin.licence)
#: What 海易办 or an examined licence says of a company, among the columns of the register.
PROVEN = ("name", "legal_representative", "registered_address")
NOTHING = Origin.unknown.value * len(PLAIN)
NOTHING_YEARLY = Origin.unknown.value * len(YEARLY)
PLACES = {name: place for names in (PLAIN, YEARLY) for place, name in enumerate(names)}
#: What a new record says of itself as a whole -> what its values are.
OF_RECORD = {
    "typed": Origin.typed,
    "import": Origin.imported,
    "settlement": Origin.settlement,
    "haiyiban": Origin.haiyiban,
}


def origin(letters: str, name: str) -> Origin:
    """Where a column's value came from; a text that is too short says nothing of it."""
    place = PLACES[name]
    try:
        return Origin(letters[place : place + 1])
    except ValueError:
        return Origin.unknown


def relettered(letters: str, names: Iterable[str], source: Origin) -> str:
    """``letters`` after ``names``, all plain or all yearly, were written from ``source``."""
    signs = list(letters)
    for name in names:
        signs[PLACES[name]] = source.value
    return "".join(signs)


def fresh(
    columns: Iterable[str], values: Mapping[str, Any], source: Origin, proven: Mapping[str, Origin]
) -> str:
    """The letters of a new record: of what is filled, from ``source`` but for what is proven."""
    letter = source.value
    return "".join(
        "."
        if values.get(name) in (None, "", (), [])
        else (proven[name].value if name in proven else letter)
        for name in columns
    )
