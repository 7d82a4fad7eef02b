"""考核排名 in the REST API: published versions, read only; of every park what all parks may see."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.errors import NotFound
from app.features.rankings import policy, queries
from app.features.rankings.models import STATES, RankingSnapshot
from app.features.rankings.rules.rows import Published
from app.web.access import Tenant
from app.web.api import listing
from app.web.api.operation import Answer, Call, Operation, Parameter, tag_of
from app.web.api.problems import Problem
from app.web.api.schema import (
    DAY,
    DECIMAL,
    MOMENT,
    NUMBER,
    TEXT,
    Field,
    Many,
    Shape,
    one_of,
    text,
)
from app.web.api.scopes import Scope

RIGHT = frozenset({f"can_index on {policy.VIEW}"})
ABOUT = _l("考核排名")
READ = Scope("rankings:read", _l("读取已发布的考核排名"), RIGHT, about=ABOUT)
NULL = {"type": ["string", "null"]}
BLOCK = Shape(
    "SectionSum",
    (
        Field("code", TEXT, _l("板块代码"), example="A"),
        Field("points", DECIMAL, _l("板块得分"), example="27.40"),
    ),
)
ROW = Shape(
    "RankingRow",
    (
        Field("rank", {"type": ["integer", "null"]}, _l("名次；不参加排名的为 null"), example=1),
        Field("code", TEXT, _l("园区/基地编码"), example="P01"),
        Field("name", TEXT, _l("园区/基地")),
        Field("kind", one_of(("park", "base")), _l("类型")),
        Field("sections", Many(BLOCK)),
        Field("bonus", DECIMAL, _l("加分合计")),
        Field("deduction", DECIMAL, _l("扣分合计")),
        Field("total", DECIMAL, _l("总分")),
        Field("grade", TEXT, _l("等级")),
    ),
)
SUMMARY = Shape(
    "RankingSummary",
    (
        Field("round", NUMBER, _l("考核编号"), example=1),
        Field("name", TEXT, _l("考核名称")),
        Field("version", NUMBER, _l("版本"), example=1),
        Field("state", one_of(STATES), _l("版本状态")),
        Field("published_at", MOMENT, _l("发布时间")),
        Field("window_from", DAY, _l("公示期自")),
        Field("window_until", DAY, _l("公示期至")),
        Field("digest", TEXT, _l("内容摘要（SHA-256）")),
    ),
)
RANKING = Shape("Ranking", (*SUMMARY.fields, Field("rows", Many(ROW))))
RANKINGS = listing.shape_of_list("Rankings", SUMMARY)
KEY = Parameter("round", {**text(18), "pattern": "^[0-9]{1,18}$"}, _l("考核编号"), "path", "1")
VERSION = Parameter(
    "version",
    {"type": "integer", "minimum": 1, "maximum": 9999},
    _l("版本；不给即现行版本"),
)


def list_rankings(call: Call) -> Answer:
    """Rounds with a publication, each with the version that its page shows."""
    withdrawn = call.actor.sees_all
    found = [_shown(one.id, None, withdrawn=withdrawn) for one in queries.published_rounds()]
    told = [_summary(one) for one in found if one is not None]
    return listing.few(call, told, "round")


def read_ranking(call: Call) -> Answer:
    """A version with its rows."""
    text = call.path["round"]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Problem("not_found")
    rounds = {one.id for one in queries.published_rounds()}
    if int(text) not in rounds:
        raise NotFound("ranking")
    version = call.query.get("version")
    found = _shown(int(text), version, withdrawn=call.actor.sees_all)
    if found is None:
        raise NotFound("ranking")
    rows = [_row(one, found) for one in queries.kept_rows(found)]
    data = {**_summary(found), "rows": rows}
    return Answer(data, tag=tag_of(data))


def _shown(round_id: int, version: int | None, *, withdrawn: bool) -> RankingSnapshot | None:
    """The version asked for, else the one in force; figures of a withdrawn one are the zone's."""
    versions = queries.versions(round_id)
    if version is not None:
        found = next((one for one in versions if one.number == version), None)
    else:
        found = next((one for one in versions if one.state == "current"), versions[0])
    return None if found is None or (found.state == "withdrawn" and not withdrawn) else found


def _summary(one: RankingSnapshot) -> dict[str, Any]:
    return {
        "round": one.round_id,
        "name": one.head["round"]["name"],
        "version": one.number,
        "state": one.state,
        "published_at": one.published_at.isoformat(),
        "window_from": one.window_from.isoformat(),
        "window_until": one.window_until.isoformat(),
        "digest": one.digest,
    }


def _row(row: Published, one: RankingSnapshot) -> dict[str, Any]:
    grades = {grade["code"]: grade["name"] for grade in one.head["grades"]}
    return {
        "rank": row.rank,
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "sections": [{"code": code, "points": points} for code, points in row.blocks.items()],
        "bonus": row.bonus,
        "deduction": row.deduction,
        "total": row.final,
        "grade": grades.get(row.grade, row.grade),
    }


OPERATIONS = (
    Operation(
        *("list_rankings", "GET", "/rankings", _l("考核排名列表"), "rankings"),
        scope=READ,
        rights=RIGHT,
        tenant=Tenant.published,
        run=list_rankings,
        answers=RANKINGS,
        parameters=listing.PAGING,
    ),
    Operation(
        *("read_ranking", "GET", "/rankings/{round}", _l("一轮考核的排名"), "rankings"),
        scope=READ,
        rights=RIGHT,
        tenant=Tenant.published,
        run=read_ranking,
        answers=RANKING,
        parameters=(KEY, VERSION),
    ),
)
