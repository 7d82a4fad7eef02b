"""On the 工作台: what waits for a first word, what waited too long, the funnel, and one's own."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext as _

from app.core import clock
from app.core.actor import Actor
from app.extensions.phrases import items
from app.features.settlements import queries
from app.features.settlements.labels import FOCUS_WORDS, STATE_WORDS
from app.features.settlements.policy import VIEW
from app.features.settlements.views.own import BASE as OWN
from app.web.board import Chart, Number, Series, Todo, rated

LIST = "/desk/settlements/list/"


def _counts() -> dict[str, int]:
    """Read once per page."""
    if "settlement_counts" not in g:
        g.settlement_counts = queries.funnel_counts(clock.today())
    found: dict[str, int] = g.settlement_counts
    return found


def settlements_card(actor: Actor) -> dict[str, Any] | None:
    """待处理的入驻申请."""
    if not actor.can("can_list", VIEW):
        return None
    number = _counts()["new"]
    return {
        "label": _("待处理的入驻申请"),
        "value": f"{number:,}",
        "unit": items(number),
        "url": f"{LIST}?state=new",
    }


def late_settlements_card(actor: Actor) -> dict[str, Any] | None:
    """超过首次联系时限."""
    if not actor.can("can_list", VIEW):
        return None
    number = _counts()["overdue"]
    return {
        "label": _("超时未联系的入驻申请"),
        "value": f"{number:,}",
        "unit": items(number),
        "url": f"{LIST}?focus=overdue",
    }


def own_applications_card(actor: Actor) -> dict[str, Any] | None:
    """What an applicant has sent; park people who sent nothing have no use for a nought."""
    if actor.user_id is None or not actor.can("can_index", "OwnApplicationsView"):
        return None
    number = queries.own_count(actor.user_id)
    if not number and actor.park_ids:
        return None
    return {
        "label": _("我的入驻申请"),
        "value": f"{number:,}",
        "unit": items(number),
        "url": f"{OWN}/",
    }


def settlement_todos(actor: Actor) -> list[Todo]:
    """For who handles them: the late ones, those still in time, landings without a contract."""
    if not actor.can("can_handle", VIEW):
        return []
    late, next_one = queries.first_due(clock.today())
    told = (
        ("overdue", _("超过首次联系时限的申请"), _("处理"), late),
        ("due", _("等待首次联系的申请"), _("处理"), next_one),
        ("unproven", _("已落地、待补合同或执照的申请"), _("补充"), None),
    )
    return [
        Todo(
            label=_("入驻申请"),
            text=words,
            act=act,
            url=f"{LIST}?focus={focus}",
            number=Number(_counts()[focus], f"{LIST}?focus={focus}"),
            due=day,
        )
        for focus, words, act, day in told
        if _counts()[focus]
    ]


def settlements_chart(actor: Actor) -> Chart | None:
    """入驻漏斗: of all that came, how many were called, landed, did not."""
    if not actor.can("can_list", VIEW):
        return None
    told = (
        ("all", _("收到申请"), ""),
        ("contacted", FOCUS_WORDS["contacted"], "?focus=contacted"),
        ("landed", STATE_WORDS["landed"], "?state=landed"),
        ("declined", STATE_WORDS["declined"], "?state=declined"),
    )
    rows = [(words, Number(_counts()[name], f"{LIST}{query}")) for name, words, query in told]
    return Chart(
        name="settlements",
        title=_("入驻漏斗"),
        heading=_("进展"),
        series=(Series(_("申请")),),
        rows=rated(rows),
        unit=items(2),
        empty=_("还没有入驻申请。园区公开页面的“申请入驻”提交后，会统计在这里。"),
    )
