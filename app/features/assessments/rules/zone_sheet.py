"""The zone's workbook of a round: a row for each park, a column for each value (or each level)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.engines.sheets import Column, Kind, Table
from app.features.assessments.rules.form import Ask
from app.features.assessments.rules.typed import Canonical

TEMPLATE = "assessment_values"
KEY, NAME = "park", "name"
BETWEEN = "、"
_BREAKS = "、，,;；|"
#: A spreadsheet keeps no more digits of a number.
_DIGITS = 15
#: A code of the scheme as people read it.
Word = Callable[[str], str]


def version_of(scheme_digest: str, codes: Sequence[str]) -> str:
    """What a workbook was made for: another scheme or other sources make another version."""
    text = json.dumps([scheme_digest, *codes])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def scope_of(round_id: int) -> str:
    return f"round:{round_id}"


def row_key(park: str, code: str) -> str:
    """Under which the hidden page keeps the version of a value."""
    return f"{park}/{code}"


def table_of(asks: Mapping[str, Ask], version: str, word: Word) -> Table:
    """Choices come as lists, numbers as numbers; all is read by ``rules.typed`` like what is
    typed."""
    columns = [
        Column("园区/基地代码", KEY, Kind.text, required=True, example="P01"),
        Column("园区/基地", NAME, Kind.text, note="不必修改，导入时不读取"),
    ]
    for ask in asks.values():
        columns += _columns(ask, word)
    return Table("考核数据", tuple(columns), KEY, TEMPLATE, version)


def words_of(ask: Ask, word: Word) -> dict[str, str]:
    """Level or option -> its word; the codes themselves where two would have the same word."""
    found = {code: word(code) for code in ask.order}
    return found if len(set(found.values())) == len(found) else {code: code for code in ask.order}


def _columns(ask: Ask, word: Word) -> list[Column]:
    words = words_of(ask, word)
    if ask.kind == "level_count":
        return [
            Column(
                f"{ask.name}-{words[level]} {ask.code}",
                f"{ask.code}.{level}",
                Kind.number,
                note="整数",
                example="1",
            )
            for level in ask.levels
        ]
    heading, options = f"{ask.name} {ask.code}", tuple(words.values())
    if ask.kind == "choice":
        return [Column(heading, ask.code, Kind.choice, options=options)]
    if ask.kind == "multi_choice" and options:
        return [Column(heading, ask.code, Kind.multi_choice, options=options)]
    unit = f" [{ask.unit}]" if ask.unit else ""
    heading = f"{ask.name}{unit} {ask.code}"
    if ask.kind == "text_and_files":
        return [Column(heading, ask.code, Kind.text)]
    if ask.kind == "percentage" or ask.unit == "%":
        # As a number a spreadsheet would turn 85% into 0.85.
        note = "填百分数，85 或 85% 都可以"
        return [Column(heading, ask.code, Kind.text, note=note, example="85")]
    whole = ask.kind == "integer" or (ask.item is not None and ask.item.digits == 0)
    return [Column(heading, ask.code, Kind.number, note="整数" if whole else "")]


def cells_of(ask: Ask, value: Canonical, word: Word) -> dict[str, Any]:
    """A value as the cells of its columns."""
    if ask.kind == "level_count":
        counts = value if isinstance(value, Mapping) else {}
        return {f"{ask.code}.{level}": _number(counts.get(level)) for level in ask.levels}
    words = words_of(ask, word)
    if isinstance(value, list):
        return {ask.code: tuple(words.get(one, one) for one in value)}
    if value is None:
        return {ask.code: None}
    if ask.order or ask.kind == "text_and_files":
        return {ask.code: words.get(str(value), str(value))}
    percent = ask.kind == "percentage" or ask.unit == "%"
    return {ask.code: str(value) if percent else _number(str(value))}


def _number(text: str | None) -> Decimal | str | None:
    """A number as long as a spreadsheet keeps all its digits."""
    if text is None or sum(sign.isdigit() for sign in text) > _DIGITS:
        return text
    return Decimal(text)


def typed_of(ask: Ask, cells: Mapping[str, Any], word: Word) -> Any:
    """What somebody wrote in the cells of a value, as ``Ask.read`` takes it; blank: nothing. Words
    and codes both are read."""
    if ask.kind == "level_count":
        return {level: _text(cells.get(f"{ask.code}.{level}")) for level in ask.levels}
    text = _text(cells.get(ask.code))
    codes = {word: code for code, word in words_of(ask, word).items()}
    if ask.kind == "multi_choice" and codes:
        return [codes.get(one, one) for one in _parts(text, [*codes, *codes.values()])] or None
    return codes.get(text, text)


def _parts(text: str, known: Sequence[str]) -> list[str]:
    """The options of a cell; a sign that parts them may stand in an option's own name."""
    names = "|".join(re.escape(one) for one in sorted(set(known), key=len, reverse=True))
    pattern = rf"\s*((?:{names})(?=\s*(?:[{_BREAKS}]|$))|[^{_BREAKS}]+)"
    return [one.strip() for one in re.findall(pattern, text) if one.strip()]


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
