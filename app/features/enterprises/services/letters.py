"""数据来源 in bulk writes: the letters of the columns that a statement writes, in the same statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.features.enterprises.rules import DEFAULT_STATUS, YEARLY, name_key
from app.features.enterprises.rules.origins import NOTHING, NOTHING_YEARLY, PLACES, Origin, fresh
from app.features.enterprises.rules.sameness import same_key

#: Columns that a statement writes, each with its letter -> its records.
Lettered = tuple[tuple[str, Origin], ...]
Groups = dict[Lettered, list[dict[str, Any]]]


def marked(letters: Any, lettered: Iterable[tuple[str, Origin]], width: int) -> Any:
    """SQL: a text of ``width`` letters with those of these columns replaced."""
    kept = 1
    parts: list[Any] = []
    for place, letter in sorted((PLACES[name], letter) for name, letter in lettered):
        if place + 1 > kept:
            parts.append(sa.func.substr(letters, kept, place + 1 - kept))
        parts.append(sa.literal(letter.value))
        kept = place + 2
    if kept <= width:
        parts.append(sa.func.substr(letters, kept))
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.op("||")(part)
    return sa.type_coerce(joined, sa.String)


def grouped(
    changes: Iterable[tuple[Any, dict[str, Any]]],
    since: int,
    source: Origin,
    proven: Mapping[str, Mapping[str, Origin]],
) -> tuple[Groups, Groups]:
    """Changes of records and of yearly figures, by the columns that they write and their letters.

    ``proven``: code -> columns that are certified. Each record also brings the letters that it had
    before the plan, as undoing gives them back.
    """
    groups: Groups = defaultdict(list)
    figures: Groups = defaultdict(list)
    for row, values in changes:
        before = row.origins or ""
        yearly = {name: values.pop(name) for name in YEARLY if name in values}
        if yearly:
            letters = tuple((name, source) for name in sorted(yearly))
            figures[letters].append(
                {
                    "enterprise_id": row.enterprise_id,
                    "origins": before[len(NOTHING) :] or NOTHING_YEARLY,
                    **yearly,
                }
            )
        of_code = proven.get(row.uscc, {})
        letters = tuple((name, of_code.get(name, source)) for name in sorted(values))
        if "name" in values:
            values["name_key"] = name_key(values["name"])
            values["same_key"] = same_key(values["name"])
        if "status" in values:
            values["status"] = values["status"] or DEFAULT_STATUS
        renamed = {f"v_{name}": value for name, value in values.items()}
        keys = {"b_id": row.enterprise_id, "b_version": row.base_version + since}
        groups[letters].append({**keys, "b_origins": before[: len(NOTHING)] or None, **renamed})
    return groups, figures


@dataclass
class Imported:
    """Letters of new records, some hundred kinds among a hundred thousand: each is made once."""

    columns: Sequence[str]
    made: dict[tuple[bool, ...], str] = field(default_factory=dict)

    def of(self, cells: Sequence[Any], proven: Mapping[str, Origin] | None) -> str:
        """``cells``: what is stored, in the order of ``columns``; nothing written = ``None``."""
        if proven:
            return fresh(
                self.columns, dict(zip(self.columns, cells, strict=True)), Origin.imported, proven
            )
        filled = tuple([cell is None for cell in cells])
        found = self.made.get(filled)
        if found is None:
            source = Origin.imported.value
            found = self.made[filled] = "".join("." if empty else source for empty in filled)
        return found
