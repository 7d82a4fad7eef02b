"""Sheet 填写说明: what each column means, how it is written, and the mistakes people make.

The template is a Chinese document whatever language its reader works in, so these texts are fixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.engines.sheets.model import Column, Kind, Table

_HEADINGS: Final = ("字段", "含义", "必填", "格式", "可填内容", "示例", "常见错误")
_FORMATS: Final = {
    Kind.uscc: "18 位代码，文本格式",
    Kind.text: "文字",
    Kind.multi_choice: "可填多项，用顿号（、）分隔",
    Kind.choice: "从列表中选择一项",
    Kind.decimal: "数字，最多两位小数",
    Kind.number: "数字",
    Kind.integer: "整数",
    Kind.date: "日期，如 2024-01-31",
    Kind.boolean: "是 或 否",
    Kind.customs_code: "10 位代码，文本格式",
    Kind.phone: "11 位手机号，或带区号的座机",
    Kind.email: "邮箱地址",
}
_EXAMPLES: Final = {
    Kind.uscc: "91460000MA5TXXXXXX",
    Kind.decimal: "1234.56",
    Kind.number: "1234",
    Kind.integer: "12",
    Kind.date: "2024-01-31",
    Kind.boolean: "是",
    Kind.customs_code: "4601960001",
    Kind.phone: "13800138000",
    Kind.email: "name@example.com",
}
_MISTAKES: Final = {
    Kind.uscc: "单元格是数字格式，变成 9.13E+17；把数字 0 写成字母 O",
    Kind.multi_choice: "写了列表以外的内容",
    Kind.choice: "写了简称或列表以外的内容",
    Kind.decimal: "写了单位、百分号或三位以上小数",
    Kind.number: "写了单位或“约 20”等文字",
    Kind.integer: "写了“约 20 人”等文字",
    Kind.date: "只写到月份；写成 31/1/2024；年份只写两位",
    Kind.boolean: "写了“有”“无”",
    Kind.phone: "写了两个号码；座机没有区号",
}


def guide_rows(table: Table) -> Iterator[tuple[str, ...]]:
    """Headings, then one row for each column."""
    yield _HEADINGS
    for column in table.columns:
        yield (
            column.heading,
            column.note or column.heading,
            "是" if column.required else "否",
            format_of(column),
            allowed(column),
            example_of(column),
            _MISTAKES.get(column.kind, "内容超长或含有换行" if column.max_length else ""),
        )


def format_of(column: Column) -> str:
    """How a cell of this column is written."""
    text = _FORMATS[column.kind]
    if column.max_length and column.kind is Kind.text:
        text = f"{text}，最多 {column.max_length} 个字"
    if column.minimum is not None:
        text = f"{text}，不小于 {column.minimum}"
    if column.not_future:
        text = f"{text}，不晚于今天"
    return f"{text}；不填为“{column.default}”" if column.default is not None else text


def allowed(column: Column) -> str:
    """The words of a choice, a line each where a word itself holds the sign that parts them."""
    return ("\n" if any("、" in one for one in column.options) else "、").join(column.options)


def example_of(column: Column) -> str:
    """What the example row shows."""
    if column.example:
        return column.example
    if column.kind is Kind.multi_choice:
        return "、".join(column.options[:2])
    if column.kind is Kind.choice:
        return str(column.default or (column.options[0] if column.options else ""))
    return _EXAMPLES.get(column.kind, "")
