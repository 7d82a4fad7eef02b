"""The zone's workbook of a round: a row for each park, a column for each value (or each level)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.engines.sheets import Column, Kind, Table
from app.features.assessments.rules.form import Ask
from app.features.assessments.rules.typed import Canonical

TEMPLATE = "assessment_values"
KEY, NAME = "park", "name"
BETWEEN = "、"
_BREAKS = ("，", ",", ";", "；", "|")


def version_of(scheme_digest: str, codes: Sequence[str]) -> str:
    """What a workbook was made for: another scheme or other sources make another version."""
    text = json.dumps([scheme_digest, *codes])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def scope_of(round_id: int) -> str:
    return f"round:{round_id}"


def table_of(asks: Mapping[str, Ask], version: str) -> Table:
    """Choices come as lists; all else is text, read by ``rules.typed`` like what is typed."""
    columns = [
        Column("园区/基地代码", KEY, Kind.text, required=True, example="P01"),
        Column("园区/基地", NAME, Kind.text, note="不必修改，导入时不读取"),
    ]
    for ask in asks.values():
        columns += _columns(ask)
    return Table("考核数据", tuple(columns), KEY, TEMPLATE, version)


def _columns(ask: Ask) -> list[Column]:
    if ask.kind == "level_count":
        return [
            Column(f"{ask.name}-{level} {ask.code}", f"{ask.code}.{level}", Kind.text)
            for level in ask.levels
        ]
    options = ask.item.options if ask.item is not None else ()
    if ask.kind == "choice":
        return [Column(f"{ask.name} {ask.code}", ask.code, Kind.choice, options=options)]
    note = f"可填 {BETWEEN.join(options)}" if options else ""
    unit = f" [{ask.unit}]" if ask.unit else ""
    return [Column(f"{ask.name}{unit} {ask.code}", ask.code, Kind.text, note=note)]


def cells_of(ask: Ask, value: Canonical) -> dict[str, str]:
    """A value as the cells of its columns."""
    if ask.kind == "level_count":
        counts = value if isinstance(value, Mapping) else {}
        return {f"{ask.code}.{level}": counts.get(level, "") for level in ask.levels}
    if isinstance(value, list):
        return {ask.code: BETWEEN.join(value)}
    return {ask.code: "" if value is None else str(value)}


def typed_of(ask: Ask, cells: Mapping[str, Any]) -> Any:
    """What somebody wrote in the cells of a value, as ``Ask.read`` takes it; blank: nothing."""
    if ask.kind == "level_count":
        return {level: _text(cells.get(f"{ask.code}.{level}")) for level in ask.levels}
    text = _text(cells.get(ask.code))
    if ask.kind == "multi_choice" and ask.item is not None and ask.item.options:
        for sign in _BREAKS:
            text = text.replace(sign, BETWEEN)
        return [part.strip() for part in text.split(BETWEEN) if part.strip()] or None
    return text


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
