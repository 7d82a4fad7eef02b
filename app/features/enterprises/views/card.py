"""On the 工作台: 在园企业 (the number that the list's tab shows), what they are, and the import."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.extensions.phrases import firms
from app.features.enterprises import queries
from app.features.enterprises.labels import HEADINGS, ROLE_WORDS, STATUS_WORDS
from app.features.enterprises.policy import IMPORTS, VIEW
from app.features.enterprises.rules import STATUSES
from app.features.enterprises.views.source import park_options
from app.features.parks.labels.profile import MODE_WORDS
from app.web.board import Chart, Number, Row, Series

IMPORTS_AT = "/desk/enterprises/imports"
LIST = "/desk/enterprises/list/"
STATUS = "在园"
#: The zone's chart names as many parks as fit; the list has the others.
MOST_PARKS = 12
TONES = dict(zip(STATUSES, ("blue", "grey", "amber", "red"), strict=True))
EMPTY = _l("还没有在册企业。导入或新增后，会统计在这里。")


def enterprises_card(actor: Actor) -> dict[str, Any] | None:
    """Park roles: their park; the zone: all."""
    if not actor.can("can_list", VIEW):
        return None
    number = queries.status_counts()[STATUS]
    url = _at(status=STATUS)
    return {"label": _("在园企业"), "value": f"{number:,}", "unit": firms(number), "url": url}


def import_door(actor: Actor) -> dict[str, Any] | None:
    """What a clerk does most: it has no line of its own in the side menu."""
    if not actor.can("can_upload", IMPORTS):
        return None
    return {
        "label": _("上传导入模板"),
        "group": _("企业管理"),
        "icon": "file-upload",
        "url": f"{IMPORTS_AT}/new",
    }


def _at(**filters: object) -> str:
    return f"{LIST}?{urlencode(filters)}"


def roles_chart(actor: Actor) -> Chart | None:
    """A park's: what its enterprises are; one may be two things."""
    return _members(actor, "roles", _("在园企业的角色"), ROLE_WORDS)


def modes_chart(actor: Actor) -> Chart | None:
    """A park's: under which customs modes its enterprises trade."""
    return _members(actor, "customs_modes", _("在园企业的监管方式"), MODE_WORDS)


def _members(actor: Actor, name: str, title: str, words: dict[str, Any]) -> Chart | None:
    if actor.sees_all or not actor.can("can_list", VIEW):
        return None
    counted = queries.member_counts(name, tuple(words), STATUS)
    return Chart(
        name=name,
        title=title,
        heading=HEADINGS[name],
        series=(Series(STATUS_WORDS[STATUS]),),
        rows=tuple(
            Row(label, (Number(counted[one], _at(status=STATUS, **{name: one})),))
            for one, label in words.items()
        ),
        unit=firms(2),
        empty=EMPTY,
    )


def park_firms_chart(actor: Actor) -> Chart | None:
    """The zone's: the parks with most enterprises, by status."""
    if not actor.sees_all or not actor.can("can_list", VIEW):
        return None
    counted = queries.park_status_counts()
    names = {int(key): name for key, name in park_options()}
    most = sorted(names, key=lambda key: (-counted.get((key, STATUS), 0), key))[:MOST_PARKS]
    return Chart(
        name="park-firms",
        title=_("企业最多的园区/基地"),
        heading=HEADINGS["park"],
        series=tuple(Series(STATUS_WORDS[one], TONES[one]) for one in STATUSES),
        rows=tuple(
            Row(
                names[key],
                tuple(
                    Number(counted.get((key, one), 0), _at(status=one, park=key))
                    for one in STATUSES
                ),
            )
            for key in most
        ),
        unit=firms(2),
        empty=EMPTY,
    )
