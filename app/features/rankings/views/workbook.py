"""The ranking as a workbook: first what it is, then the rows; codes stay text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.core.actor import Actor
from app.engines.sheets import ColumnOut, SheetOut, info_sheet, stream_xlsx
from app.features.rankings.labels import KIND_WORDS, STATE_WORDS
from app.features.rankings.views.sheet import Line, Sheet


def written(found: Sheet, actor: Actor, now: datetime) -> bytes:
    """The whole file; a ranking has thousands of rows at most."""
    sheets = [info_sheet(_about(found, actor, now), str(_("说明"))), _rows(found)]
    return b"".join(stream_xlsx(sheets))


def _about(found: Sheet, actor: Actor, now: datetime) -> list[tuple[str, str]]:
    head, one = found.head, found.snapshot
    kinds = {line.row.kind for line in found.lines}
    every = len(found.lines) == len(found.everybody)
    return [
        (_("考核"), head["round"]["name"]),
        (_("评价期"), f"{head['round']['period_from']} – {head['round']['period_to']}"),
        (_("版本"), f"v{one.number} {STATE_WORDS[one.state]}"),
        (_("公示时间"), _moment(one.published_at)),
        (_("公示期"), f"{one.window_from} – {one.window_until}"),
        (_("考核方案"), f"{head['scheme']['name']} v{head['scheme']['version']}"),
        (_("筛选"), str(_("全部") if every else "/".join(str(KIND_WORDS[k]) for k in kinds))),
        (_("家数"), str(len(found.lines))),
        ("SHA-256", one.digest),
        (_("验证码"), found.code),
        (_("下载人"), actor.real.name),
        (_("下载时间"), _moment(now)),
    ]


def _moment(instant: datetime) -> str:
    return f"{instant.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _rows(found: Sheet) -> SheetOut:
    columns = [
        ColumnOut(str(_("排名")), 8),
        ColumnOut(str(_("上期排名")), 10),
        ColumnOut(str(_("编码")), 10, text=True),
        ColumnOut(str(_("园区/基地")), 32, text=True),
        ColumnOut(str(_("类型")), 8, text=True),
        *(
            ColumnOut(f"{one['code']} {one['name']} ({one['max_score']})", 18)
            for one in found.head["blocks"]
        ),
        ColumnOut(str(_("加分")), 8),
        ColumnOut(str(_("扣分")), 8),
        ColumnOut(str(_("总分")), 10),
        ColumnOut(str(_("等级")), 10, text=True),
        ColumnOut(str(_("备注")), 40, text=True),
    ]
    return SheetOut(str(_("排名")), columns, _cells(found))


def _cells(found: Sheet) -> Iterator[list[Any]]:
    for line in found.lines:
        row = line.row
        yield [
            row.rank,
            row.previous_rank,
            row.code,
            row.name,
            line.kind,
            *(_number(row.blocks.get(one["code"])) for one in found.head["blocks"]),
            _number(row.bonus),
            _number(row.deduction),
            _number(row.final),
            line.grade,
            _remark(line),
        ]


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _remark(line: Line) -> str:
    return line.veto
