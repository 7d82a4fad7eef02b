"""What the workbook of a filing is made of: its headings, its words, a row as it comes back."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

TEMPLATE_ID: Final = "assessment_filing"
#: Field name -> heading, in the order of the columns.
COLUMNS: Final = {
    "key": "编码",
    "name": "数据项",
    "part": "选项或档次",
    "unit": "单位",
    "value": "本期填报",
    "reason": "变动原因",
    "before": "上期值",
    "source": "数据来源",
    "rule": "计分办法",
    "papers": "佐证材料",
}
HEADINGS: Final = tuple(COLUMNS.values())
YES, NO = "是", "否"


class Found(Struct, frozen=True):
    """A row as it came back."""

    sheet: str
    row: int
    key: str
    name: str
    value: str
    reason: str
