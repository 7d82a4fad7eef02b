"""园区/基地 in the REST API: the register's list, one park with its profile, and its proposal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.engines import files, review
from app.features.parks import queries
from app.features.parks.labels import HEADINGS as PARK_HEADINGS
from app.features.parks.labels.profile import HEADINGS, REFUSALS
from app.features.parks.models import Park
from app.features.parks.rules import profile as rules
from app.features.parks.services import profiles, putting
from app.features.parks.views.parks import ParkView
from app.transaction import transaction
from app.web.access import Tenant
from app.web.api import listing
from app.web.api.operation import DRY_RUN, Answer, Call, Operation, Parameter, tag_of
from app.web.api.problems import Problem
from app.web.api.schema import (
    DAY,
    DECIMAL,
    FLAG,
    MOMENT,
    TEXT,
    Field,
    Many,
    Shape,
    one_of,
    several_of,
    text,
)
from app.web.api.scopes import Scope
from app.web.api.writing import SUBMIT, Outcome, differing, dry

INFO = "ParkInfoView"
ABOUT = _l("园区信息")
READ = Scope(
    "parks:read",
    _l("读取园区信息"),
    frozenset({"can_list on ParkView", "can_show on ParkView", f"can_index on {INFO}"}),
    about=ABOUT,
)
WRITE = Scope(
    "parks:write", _l("维护园区信息（提交审核）"), frozenset({f"can_edit on {INFO}"}), about=ABOUT
)
SORTS = ("code", "name", "status", "updated_at")
NAMES = ("code", "name", "kind", "status", "level", "division", "organisation", "updated_at")
CODE = Parameter("park", text(16), PARK_HEADINGS["code"], "path", "P01")
#: Of a person; and files, which have no way through this API.
LEFT_OUT = frozenset({"contact_name", "contact_phone", "email"})
NULL = {"type": ["string", "null"]}

STORE = Shape(
    "Warehouse",
    (
        Field("kind", one_of(rules.STORES), example="bonded"),
        Field("area", text(20), HEADINGS["built_area"], example="1200.50"),
        Field("operator", text(120), HEADINGS["operator_name"], always=False),
    ),
)


def _fields() -> tuple[Field, ...]:
    """Every field of the profile that can be written, as its rules have it."""
    schemas: dict[str, Any] = {
        **{name: text(most, null=True) for name, most in rules.TEXTS.items()},
        **dict.fromkeys(rules.NUMBERS, DECIMAL),
        **dict.fromkeys(rules.DATES, DAY),
        "division": text(6, null=True),
        **{name: one_of(words, null=True) for name, words in rules.CHOICES.items()},
        **{name: several_of(words) for name, words in rules.MANY.items()},
        **dict.fromkeys(rules.FLAGS, FLAG),
        "warehouses": Many(STORE),
        "introduction": text(200_000, null=True),
    }
    return tuple(Field(name, schemas[name], HEADINGS[name]) for name in HEADINGS if name in schemas)


FIELDS = _fields()
PROFILE = Shape("ParkProfile", tuple(one for one in FIELDS if one.name not in LEFT_OUT))
PROPOSED = Shape(
    "ParkProposal",
    (
        Field("state", TEXT, _l("审核到哪一步"), example="submitted"),
        Field("submitted_at", MOMENT, _l("提交时间")),
        Field("reason", NULL, _l("退回或不予通过的原因")),
    ),
)
ROW = Shape(
    "ParkRow",
    (
        Field("code", TEXT, PARK_HEADINGS["code"], example="P01"),
        Field("name", TEXT, PARK_HEADINGS["name"]),
        Field("kind", one_of(rules.CHOICES["kind"]), PARK_HEADINGS["kind"]),
        Field("status", TEXT, PARK_HEADINGS["status"], example="active"),
        Field("level", NULL, HEADINGS["level"]),
        Field("division", NULL, HEADINGS["division"]),
        Field("organisation", NULL, PARK_HEADINGS["organisation"]),
        Field("updated_at", MOMENT, PARK_HEADINGS["updated_at"]),
    ),
)
PARK = Shape(
    "Park",
    (
        *ROW.fields[:4],
        Field("profile", PROFILE, _l("现行的园区信息")),
        Field("proposals", Many(PROPOSED), _l("还没有审核通过的修改，最多一份")),
    ),
)
PUT = Shape(
    "ParkPut",
    (*FIELDS, SUBMIT),
    _l("没有给出的字段保持不变；给 null 即清空。标志、照片和证明材料在页面上维护。"),
    partial=True,
)
PARKS = listing.shape_of_list("Parks", ROW)
RESULT = Outcome("ParkResult", "park", PARK, ("code",))


def list_parks(call: Call) -> Answer:
    """The register of the zone; a park's own people find their park in it."""
    view = listing.view_of(ParkView)
    answer, _criteria = listing.page(call, view, names=NAMES, sorts=SORTS, item=_row)
    return answer


def _row(row: Any) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in NAMES}
    return {**found, "updated_at": row.updated_at.isoformat()}


def read_park(call: Call) -> Answer:
    """One park with its profile in force."""
    data = told(queries.by_code(call.path["park"]), call)
    return Answer(data, tag=tag_of(data))


def told(park: Park, call: Call) -> dict[str, Any]:
    """A park as JSON has it."""
    content = queries.content_of(park)
    return {
        **{name: getattr(park, name) for name in ("code", "name", "kind", "status")},
        "profile": {one.name: _plain(one.name, content.get(one.name)) for one in PROFILE.fields},
        "proposals": _proposals(park, call),
    }


def _plain(name: str, value: Any) -> Any:
    if name in rules.MANY or name == "warehouses":
        return list(value or ())
    return bool(value) if name in rules.FLAGS else (value or None)


def _proposals(park: Park, call: Call) -> list[dict[str, Any]]:
    """The park's own people see their draft, the zone what was sent."""
    found = review.pending(profiles.KIND, park.id)
    if found is None or (call.actor.sees_all and found.submitted_at is None):
        return []
    at = found.submitted_at
    told = {"state": str(found.state), "submitted_at": at and at.isoformat()}
    return [{**told, "reason": found.reason or None}]


def put_park(call: Call) -> Answer:
    """What the form of 信息维护 does: a draft, or 确定."""
    park = queries.by_code(call.path["park"])
    given = {name: _typed(name, value) for name, value in call.body.items() if name != "submit"}

    def seen() -> None:
        if call.only_new or not call.fits(tag_of(told(park, call))):
            raise Problem("changed")

    with transaction(), dry(call):
        before = putting.standing(park)
        send = call.body.get("submit")
        result = putting.put(call.actor, park.id, given, send=send, seen=seen)
        changed = differing(before, putting.standing(park))
        return RESULT.answer(call, result, told(park, call), changed=changed)


def _typed(name: str, value: Any) -> Any:
    """As the form sends it: nothing is an empty text."""
    if name in rules.MANY or name == "warehouses":
        return value or []
    return "" if value is None else value


WORDS: Mapping[str, Any] = {**REFUSALS, **files.LABELS}
OPERATIONS = (
    Operation(
        *("list_parks", "GET", "/parks", _l("园区/基地列表"), "parks"),
        scope=READ,
        rights=frozenset({"can_list on ParkView", f"can_index on {INFO}"}),
        tenant=Tenant.park,
        run=list_parks,
        answers=PARKS,
        parameters=(*listing.PAGING, listing.WHERE),
        filters=ParkView.filters,
        sorts=SORTS,
        searches=ParkView.search_label,
    ),
    Operation(
        *("read_park", "GET", "/parks/{park}", _l("一个园区/基地"), "parks"),
        scope=READ,
        rights=frozenset({"can_show on ParkView", f"can_index on {INFO}"}),
        tenant=Tenant.park,
        run=read_park,
        answers=PARK,
        parameters=(CODE,),
    ),
    Operation(
        *("put_park", "PUT", "/parks/{park}", _l("修改园区信息"), "parks"),
        scope=WRITE,
        rights=WRITE.rights,
        tenant=Tenant.park,
        run=put_park,
        body=PUT,
        answers=RESULT.shape(),
        reads=READ,
        parameters=(CODE, DRY_RUN),
        words=WORDS,
    ),
)
