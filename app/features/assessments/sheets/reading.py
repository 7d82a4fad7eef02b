"""The workbook of a filing, read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from app.features.assessments.rules.workbook import HEADINGS, NO, YES, Found
from app.features.assessments.sheets.lines import KEY, VALUE


def found(grid: Iterable[tuple[str, list[Any]]]) -> Iterator[Found]:
    """Rows below the headings of each sheet that has ours."""
    sheet, row = "", 0
    columns: dict[str, int] = {}
    for name, cells in grid:
        if name != sheet:
            sheet, columns, row = name, {}, 0
        row += 1
        texts = [text_of(one) for one in cells]
        if not columns:
            if HEADINGS[KEY - 1] in texts and HEADINGS[VALUE - 1] in texts:
                columns = {
                    heading: texts.index(heading) for heading in HEADINGS if heading in texts
                }
            continue
        at = {heading: texts[i] if i < len(texts) else "" for heading, i in columns.items()}
        if at["编码"] or at["本期填报"]:
            yield Found(
                sheet, row, at["编码"], at.get("数据项", ""), at["本期填报"], at.get("变动原因", "")
            )


def text_of(cell: Any) -> str:
    """A cell as somebody would have typed it: no exponent, no binary tail."""
    if isinstance(cell, bool):
        return YES if cell else NO
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)):f}"
    return str(cell).strip() if cell is not None else ""
