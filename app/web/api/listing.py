"""Lists: the rows, order, search and number that a register's screen has, turned page by page.

The register's own criteria and source answer, so that no second reading of a filter exists. A page
ends with a mark of its last row, value and key: rows that come or go meanwhile move nothing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.values import replace
from app.extensions import UtcDateTime
from app.extensions.lists import where
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.criteria import read as read_criteria
from app.extensions.lists.spec import BadQuery, Filter
from app.web.api.operation import Answer, Call, Operation, Parameter
from app.web.api.problems import Fault, Problem
from app.web.api.schema import Field, Many, Shape, text

MOST = 100
USUAL = 25
LONGEST_MARK = 600
#: Marks of the last row and the size of a page; what every list takes.
PAGING = (
    Parameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
        _l("每页条数"), example="50",
    ),
    Parameter("after", text(LONGEST_MARK), _l("上一页给出的 next，从其后继续")),
)  # fmt: skip
#: Of the lists that are registers: what the screen's 高级筛选 writes into its address.
WHERE = Parameter(
    where.NAME,
    text(where.MOST_LONG),
    _l("高级筛选，写法与列表页地址中的 where 相同"),
    example="and(status.any(在园),or(annual_sales.ge(500),remark.empty()))",
)
TOTAL = Shape(
    "Total",
    (
        Field("count", {"type": "integer"}, _l("符合条件的条数"), example=3),
        Field("capped", {"type": "boolean"}, _l("实际多于 count"), example=False),
    ),
)


def shape_of_list(name: str, item: Shape) -> Shape:
    """The answer of a list."""
    return Shape(
        name,
        (
            Field("items", Many(item)),
            Field("total", TOTAL),
            Field("next", {"type": ["string", "null"]}, _l("下一页的 after；没有下一页时为 null")),
        ),
    )


def filter_names(filters: Sequence[Filter]) -> frozenset[str]:
    """Names of the parameters that filters read."""
    found: set[str] = set()
    for one in filters:
        ends = ("date_range", "number_range")
        names = (f"{one.name}.from", f"{one.name}.to") if one.kind in ends else (one.name,)
        found.update(names)
    return frozenset(found)


def own_names(operation: Operation) -> frozenset[str]:
    """What a list reads besides the declared parameters."""
    if not operation.is_list:
        return frozenset()
    search = {"q"} if str(operation.searches) else set()
    return filter_names(operation.filters) | search | {"sort"}


def view_of(kind: type[Any]) -> Any:
    """The register as it is registered."""
    views = current_app.appbuilder.baseviews  # type: ignore[attr-defined]
    return next(one for one in views if type(one) is kind)


def page(
    call: Call,
    view: Any,
    *,
    names: Sequence[str],
    sorts: Sequence[str],
    item: Callable[[Any], Mapping[str, Any]],
    args: MultiDict[str, str] | None = None,
) -> tuple[Answer, Criteria]:
    """A page of what the screen of ``view`` lists. ``args``: in place of the caller's own."""
    criteria = _criteria(view, call.args if args is None else args, sorts)
    size = call.query.get("limit", USUAL)
    criteria = replace(criteria, size=size + 1, page=1)
    if call.query.get("after"):
        edge = _opened(view.source, criteria, call.query["after"])
        criteria = replace(criteria, edge=edge, page=2)
    rows = view.source.rows(criteria, names)
    more, shown = len(rows) > size, rows[:size]
    plain = replace(criteria, edge=None, page=1)
    total = view.matching(plain) if plain.is_filtered else view.total(plain)
    data = {
        "items": [dict(item(row)) for row in shown],
        "total": {"count": total.number, "capped": total.capped},
        "next": _mark(view.source, plain, shown[-1].pk) if more else None,
    }
    return Answer(data), criteria


def _criteria(view: Any, args: Any, sorts: Sequence[str]) -> Criteria:
    _sorted_by(args, sorts)
    left = MultiDict((name, value) for name, value in args.items(multi=True) if name != "limit")
    left.pop("after", None)
    try:
        return read_criteria(left, view.rules())
    except BadQuery as bad:
        fault = Fault("bad_parameter", _("取值不符"), parameter=str(bad))
        raise Problem("bad_query", errors=[fault]) from bad


def _sorted_by(args: Any, sorts: Sequence[str]) -> str:
    """The column of ``sort``; none asked for, none given."""
    wanted = str(args.get("sort", "")).removeprefix("-")
    if wanted and wanted not in sorts:
        told = _("只能是 %(names)s", names=", ".join(sorts))
        raise Problem("bad_query", errors=[Fault("bad_parameter", told, parameter="sort")])
    return wanted


def _mark(source: Any, criteria: Criteria, key: int) -> str:
    """Value and key of the last row, as the next request brings them back."""
    edge = source.edge_after(criteria, key)
    if edge is None:
        raise Problem("conflict")  # the row went between two statements
    value = edge[0].isoformat() if isinstance(edge[0], date | datetime) else edge[0]
    raw = json.dumps([criteria.order()[0], value, key], ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _opened(source: Any, criteria: Criteria, mark: str) -> tuple[Any, int]:
    bad = Fault("bad_parameter", _("取值不符"), parameter="after")
    try:
        raw = base64.b64decode(mark + "=" * (-len(mark) % 4), altchars=b"-_", validate=True)
        name, value, key = json.loads(raw)
        return _typed(source.sort_key(criteria)[0].type, value), _key(key, name, criteria)
    except (ValueError, TypeError, RecursionError) as error:
        raise Problem("bad_query", errors=[bad]) from error


def _key(key: Any, name: Any, criteria: Criteria) -> int:
    """Of a row, in the order that is asked for."""
    if name != criteria.order()[0] or type(key) is not int or not 0 < key < 2**62:
        msg = "a mark of another list"
        raise ValueError(msg)
    return key


def _typed(kind: Any, value: Any) -> Any:
    if isinstance(kind, UtcDateTime):
        found = datetime.fromisoformat(value)
        if found.tzinfo is None or not 1900 <= found.year <= 2999:
            raise ValueError(value)
        return found
    if isinstance(kind, sa.Date):
        return clock.day_of(value)
    wanted = int if isinstance(kind, sa.Integer) else str
    if type(value) is not wanted or "\x00" in str(value) or len(str(value)) > LONGEST_MARK:
        raise ValueError(value)
    str(value).encode()  # half a sign is no text
    return value


def few(
    call: Call, items: Sequence[Mapping[str, Any]], key: str, sorts: Sequence[str] = ()
) -> Answer:
    """A page of a list so short that its screen has no pages: ``key`` names its rows, in the order
    that they come in, or in that of one of ``sorts``."""
    if wanted := _sorted_by(call.args, sorts):
        down = call.args["sort"].startswith("-")
        items = sorted(items, key=lambda one: (one[wanted], one[key]), reverse=down)
    size, start = call.query.get("limit", USUAL), 0
    if call.query.get("after"):
        places = [
            number for number, one in enumerate(items) if _few_mark(one, key) == call.query["after"]
        ]
        if not places:
            fault = Fault("bad_parameter", _("取值不符"), parameter="after")
            raise Problem("bad_query", errors=[fault])
        start = places[0] + 1
    shown = items[start : start + size]
    more = start + size < len(items)
    total = {"count": len(items), "capped": False}
    mark = _few_mark(shown[-1], key) if more else None
    return Answer({"items": list(shown), "total": total, "next": mark})


def _few_mark(item: Mapping[str, Any], key: str) -> str:
    return base64.urlsafe_b64encode(f"{key}:{item[key]}".encode()).decode().rstrip("=")
