"""企业 in the REST API: the register's list, one record by park and credit code, and its upsert."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.errors import NotFound
from app.core.values import replace
from app.engines import sheets
from app.engines.sheets.model import CellError, Column, Kind, ValueRefused
from app.engines.sheets.values import SEPARATOR
from app.extensions.phrases import clauses, labelled
from app.features.enterprises import policy, queries, services
from app.features.enterprises.labels import HEADINGS, REFUSALS, row_message
from app.features.enterprises.models import Enterprise
from app.features.enterprises.rules import BY_NAME, PERSONAL, PLAIN, TABLE, YEARLY, years
from app.features.enterprises.services import exports
from app.features.enterprises.services.proven import WINS, outdone
from app.features.enterprises.views.register import EnterpriseView
from app.features.enterprises.views.source import FILTERS
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web.access import Tenant
from app.web.api import listing
from app.web.api.operation import DRY_RUN, Answer, Call, Operation, Parameter, tag_of
from app.web.api.problems import Fault, Problem, scope_missing
from app.web.api.schema import (
    DAY,
    DECIMAL,
    FLAG,
    MOMENT,
    NUMBER,
    TEXT,
    Field,
    Many,
    Shape,
    one_of,
    pointer_of,
    several_of,
    text,
)
from app.web.api.scopes import Scope
from app.web.api.writing import Outcome, differing, dry
from app.web.listing.build import said

VIEW = policy.VIEW
ABOUT = _l("企业")
READ = Scope(
    "enterprises:read",
    _l("读取企业"),
    frozenset({f"can_list on {VIEW}", f"can_show on {VIEW}"}),
    about=ABOUT,
)
WRITE = Scope(
    "enterprises:write",
    _l("新增和修改企业"),
    frozenset({f"can_add on {VIEW}", f"can_edit on {VIEW}"}),
    about=ABOUT,
)
PEOPLE = Scope(
    "enterprises:personal",
    _l("读取企业联系人（个人信息）"),
    frozenset({f"can_personal on {VIEW}"}),
    personal=True,
    about=ABOUT,
)
SORTS = ("settled_on", "name", "uscc", "status", "updated_at")
NAMES = (*PLAIN, *YEARLY, "source", "updated_at", "park_id")
PARK = Parameter("park", text(16), _l("园区/基地编码"), "path", "P01")
CODE = Parameter("uscc", text(18), _l("统一社会信用代码"), "path", "91460200MA5T000017")
YEAR = Parameter(
    "year",
    {"type": "integer", "minimum": 2000, "maximum": 2100},
    _l("年度数据的年份，默认上一年度"),
)
PERSONAL_TOO = Parameter(
    "personal", FLAG, _l("连同联系人；须有 enterprises:personal，每次读取留痕")
)


def _schema(column: Column) -> Any:
    """What a column's cell is in JSON."""
    match column.kind:
        case Kind.decimal:
            return DECIMAL
        case Kind.integer:
            return {"type": ["integer", "null"], "minimum": 0}
        case Kind.date:
            return DAY
        case Kind.boolean:
            return {"type": ["boolean", "null"]}
        case Kind.multi_choice:
            return several_of(column.options)
        case Kind.choice if column.options:
            return one_of(column.options, null=True)
    return text(column.max_length or 60, null=True)


def _example(column: Column) -> Any:
    if column.kind is Kind.multi_choice:
        return column.example.split(SEPARATOR)
    if column.kind is Kind.integer:
        return int(column.example)
    if column.kind is Kind.boolean:
        return column.example == "是"
    return column.example or None


def _field(column: Column) -> Field:
    return Field(
        column.name,
        _schema(column),
        HEADINGS[column.name],
        always=not column.personal,
        example=_example(column),
    )


_FIELDS = {column.name: _field(column) for column in TABLE.columns}
ENTERPRISE = Shape(
    "Enterprise",
    (
        Field("park", TEXT, HEADINGS["park"], example="P01"),
        *_FIELDS.values(),
        Field("year", NUMBER, _l("年度数据的年份"), example=2025),
        Field("source", TEXT, HEADINGS["source"], example="import"),
        Field("updated_at", MOMENT, HEADINGS["updated_at"]),
    ),
)
PUT = Shape(
    "EnterprisePut",
    tuple(one for name, one in _FIELDS.items() if name != "uscc"),
    _l("没有给出的字段保持不变；给 null 即清空。"),
    partial=True,
)
ENTERPRISES = listing.shape_of_list("Enterprises", ENTERPRISE)
NOT_TAKEN = Shape(
    "NotTaken",
    (
        Field("pointer", TEXT, _l("正文中的位置（RFC 6901）"), example="/name"),
        Field("code", one_of(sorted(WINS)), _l("代码，不随语言变化")),
        Field("detail", TEXT, _l("说明，按 Accept-Language")),
    ),
)
RESULT = Outcome(
    "EnterpriseResult",
    "enterprise",
    ENTERPRISE,
    ("park", "uscc"),
    (Field("not_taken", Many(NOT_TAKEN), _l("与认证不符、没有采用的值：以认证的值为准")),),
)


# -- read ----------------------------------------------------------------------------------------
def list_enterprises(call: Call) -> Answer:
    """The rows of the screen, page by page."""
    view = listing.view_of(EnterpriseView)
    personal = _personal(call)
    codes = {park.id: park.code for park in parks.all_by_code()}
    args = MultiDict(call.args)
    if given := args.pop("park", None):
        found = next((key for key, code in codes.items() if code == given), None)
        if found is None:
            raise Problem("not_found")
        if call.actor.sees_all:
            args["park"] = str(found)
    args.pop("personal", None)
    answer, criteria = listing.page(
        call,
        view,
        names=NAMES,
        sorts=SORTS,
        item=lambda row: told(row, row, codes[row.park_id], _year(call), personal=personal),
        args=args,
    )
    if personal:
        with force_locale("zh"):  # as an export says it, whoever reads the trail
            named = [labelled(label, value) if value else label for label, value in said(criteria)]
        _note(call, len(answer.data["items"]), clauses(named))
    return answer


def read_enterprise(call: Call) -> Answer:
    """One record by park and credit code."""
    park = parks.by_code(call.path["park"])
    found = queries.alive_with_code(park.id, call.path["uscc"])
    if found is None:
        raise NotFound("enterprise")
    personal = _personal(call)
    data = _whole(found, park.code, _year(call), personal=personal)
    if personal:
        _note(call, 1, call.path["uscc"])
    return Answer(data, tag=tag_of(data))


def _personal(call: Call) -> bool:
    wanted = bool(call.query.get("personal"))
    if wanted and not policy.personal(call.actor):
        raise scope_missing(PEOPLE.name)
    return wanted


def _note(call: Call, count: int, what: str) -> None:
    """What left the house with personal columns is recorded like an export."""
    facts = (
        ("筛选条件", what or "无（全部）"),
        ("数据年度", str(_year(call))),
        ("行数", str(count)),
    )
    columns = exports.chosen_columns(call.actor)
    asked = exports.Export(columns, "api", facts, _year(call))
    with transaction():
        exports.record(call.actor, asked, count=count, purpose=call.purpose)


def _year(call: Call) -> int:
    last = clock.last_full_year()
    year = int(call.query.get("year", last))
    if year not in years(last):
        fault = Fault("bad_parameter", _("取值不符"), parameter="year")
        raise Problem("bad_query", errors=[fault])
    return year


def told(item: Any, figures: Any, park: str, year: int, *, personal: bool) -> dict[str, Any]:
    """A record as JSON has it. ``figures``: its yearly ones, or none."""
    found: dict[str, Any] = {"park": park}
    for name, column in BY_NAME.items():
        if name in PERSONAL and not personal:
            continue
        holder = figures if name in YEARLY else item
        found[name] = _plain(column, getattr(holder, name, None))
    at = item.updated_at
    return {
        **found,
        "year": year,
        "source": item.came if isinstance(item, Enterprise) else item.source,
        "updated_at": at.isoformat(),
    }


def _whole(item: Enterprise, park: str, year: int, *, personal: bool) -> dict[str, Any]:
    return told(item, queries.figures(item.id, year), park, year, personal=personal)


def _plain(column: Column, value: Any) -> Any:
    if column.kind is Kind.multi_choice:
        return list(value or ())
    if value is None or isinstance(value, bool | int):
        return value
    return sheets.format_value(column, value)


# -- write ---------------------------------------------------------------------------------------
def put_enterprise(call: Call) -> Answer:
    """Added or changed by the rules of the form, in one transaction; a dry run is taken back."""
    park = parks.by_code(call.path["park"])
    year, code = _year(call), call.path["uscc"]
    now = queries.alive_with_code(park.id, code)
    values = parsed({**call.body, "uscc": code}, now)

    before: dict[str, Any] = {}

    def seen(found: Enterprise | None) -> None:
        if found is not None:
            before.update(_whole(found, park.code, year, personal=True))
        if (call.only_new and found is not None) or (call.match and found is None):
            raise Problem("changed")
        if found is not None and not call.fits(*_tags(found, park.code, year, call)):
            raise Problem("changed")

    with transaction(), dry(call):
        uscc = values.pop("uscc")
        item, result = services.put(call.actor, park.id, uscc, values, year=year, seen=seen)
        after = _whole(item, park.code, year, personal=True)
        written = {name: after[name] for name in _FIELDS if name != "uscc"}
        return RESULT.answer(
            call,
            result,
            _whole(item, park.code, year, personal=False),
            changed=differing(before or None, written),
            untold=() if policy.personal(call.actor) else PERSONAL,
            not_taken=[_not_taken(one) for one in outdone(uscc, values)],
        )


def _not_taken(one: CellError) -> dict[str, str]:
    return {"pointer": pointer_of([one.column]), "code": one.code, "detail": row_message(one)}


def _tags(item: Enterprise, park: str, year: int, call: Call) -> list[str]:
    """Whoever may see the contact has another representation of the same. Nobody else's tag is
    looked at: a contact that is guessed right would be known by it."""
    kinds = (False, True) if policy.personal(call.actor) else (False,)
    return [tag_of(_whole(item, park, year, personal=personal)) for personal in kinds]


def parsed(body: Mapping[str, Any], now: Enterprise | None) -> dict[str, Any]:
    """Values by the columns' own rules, as form and workbook read them; raises ``Problem``."""
    today = clock.today()
    accepted = queries.readable_codes()
    values: dict[str, Any] = {}
    wrong: list[Fault] = []
    for column in queries.table_for_writing(today).columns:
        if column.name not in body:
            continue
        rule, raw = _also(column, getattr(now, column.name, None)), body[column.name]
        typed = SEPARATOR.join(raw) if isinstance(raw, list) else raw
        try:
            values[column.name] = sheets.parse_value(
                rule, typed, today=today, accepted_codes=accepted
            )
        except ValueRefused as refused:
            told = row_message(CellError(column.name, refused.code, dict(refused.params)))
            wrong.append(Fault(refused.code, told, pointer_of([column.name])))
    if wrong:
        raise Problem("invalid", errors=wrong)
    return values


def _also(column: Column, had: Any) -> Column:
    """A retired word stays good where the record has it."""
    if column.kind is Kind.choice and had and had not in column.options:
        return replace(column, options=(*column.options, had))
    return column


_Run = Callable[[Call], Answer]


def _operation(name: str, method: str, summary: Any, run: _Run, **more: Any) -> Operation:
    one = "/enterprises/{park}/{uscc}"
    return Operation(
        name,
        method,
        more.pop("path", one),
        summary,
        "enterprises",
        tenant=Tenant.park,
        run=run,
        words={**REFUSALS},
        **more,
    )


OPERATIONS = (
    _operation(
        *("list_enterprises", "GET", _l("企业列表"), list_enterprises),
        path="/enterprises",
        scope=READ,
        rights=frozenset({f"can_list on {VIEW}"}),
        also=(PEOPLE,),
        answers=ENTERPRISES,
        parameters=(
            *listing.PAGING,
            listing.WHERE,
            replace(PARK, place="query", example=""),
            YEAR,
            PERSONAL_TOO,
        ),
        filters=tuple(one for one in FILTERS if one.kind != "keys"),
        sorts=SORTS,
        searches=EnterpriseView.search_label,
    ),
    _operation(
        *("read_enterprise", "GET", _l("一家企业"), read_enterprise),
        scope=READ,
        rights=frozenset({f"can_show on {VIEW}"}),
        also=(PEOPLE,),
        answers=ENTERPRISE,
        parameters=(PARK, CODE, YEAR, PERSONAL_TOO),
    ),
    _operation(
        *("put_enterprise", "PUT", _l("新增或修改一家企业"), put_enterprise),
        scope=WRITE,
        rights=WRITE.rights,
        body=PUT,
        answers=RESULT.shape(),
        reads=READ,
        parameters=(PARK, CODE, YEAR, DRY_RUN),
        makes=True,
    ),
)
