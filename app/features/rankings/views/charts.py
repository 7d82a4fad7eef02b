"""The ranking as charts: grades, totals, sections, and a park's places over the rounds."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import pgettext

from app.features.rankings import queries
from app.features.rankings.rules.rows import Published
from app.features.rankings.rules.spread import bands, levels
from app.features.rankings.views.sheet import BEST, FAIR, GOOD, LOWEST, Sheet, tone
from app.web.board import Chart, Number, Row, Series, Value

TONES = {BEST: "green", GOOD: "blue", FAIR: "amber", LOWEST: "red"}
#: Earlier rounds than these are on the sheets of their years.
ROUNDS = 12


def grades(found: Sheet, base: str) -> Chart:
    """How many of each grade; ``base``: the address of the list, with its round."""
    codes = [one["code"] for one in found.head["grades"]]
    counted = {code: sum(one.grade == code for one in found.shown) for code in codes}
    return Chart(
        "grades",
        _("等级分布"),
        _("等级"),
        (Series(pgettext("list", "园区/基地")),),
        tuple(
            Row(
                found.grade_name(code),
                (Number(counted[code], f"{base}&grade={code}"),),
                TONES[tone(codes, code)],
            )
            for code in reversed(codes)
        ),
    )


def totals(found: Sheet, base: str) -> Chart:
    """How many totals lie in each ten points."""
    return Chart(
        "totals",
        _("总分分布"),
        _("总分"),
        (Series(pgettext("list", "园区/基地")),),
        tuple(
            Row(
                _("%(low)s 至 %(high)s 分以下", low=one.low, high=one.high),
                (Number(one.count, f"{base}&band={one.low}"),),
            )
            for one in bands(found.shown)
        ),
        empty=_("还没有参加排名的园区/基地。"),
    )


def sections(found: Sheet, own: Published | None) -> Chart:
    """Each section in per cent of its points: own, middle and best."""
    blocks = found.head["blocks"]
    most = {one["code"]: one["max_score"] for one in blocks}
    names = {one["code"]: one["name"] for one in blocks}
    mine = own is not None and own.final is not None
    rows = []
    for one in levels(found.shown, most, own):
        told = (one.own, one.middle, one.best) if mine else (one.middle, one.best)
        values = tuple(Value(f"{rate}%") for rate in told)
        rows.append(Row(f"{one.code} {names[one.code]}", values))
    others = (Series(_("中位数"), "grey"), Series(_("最高"), "green"))
    first = (Series(own.name),) if own and mine else ()
    return Chart(
        "sections",
        _("各板块得分率"),
        _("板块"),
        (*first, *others),
        tuple(rows),
        shape="groups",
        unit="%",
        empty=_("还没有参加排名的园区/基地。"),
    )


def places(row: Published) -> Chart:
    """The places and totals of a park in the rounds that are published, the oldest first."""
    told = queries.ranks_of(row.park_id)[-ROUNDS:]
    address = "/desk/ranking/?round={}&park={}#explained"
    return Chart(
        "places",
        _("历次排名：%(name)s", name=row.name),
        _("考核"),
        (Series(_("排名")), Series(_("总分"), "grey")),
        tuple(
            Row(
                each.name,
                (
                    Value(str(one.rank or ""), address.format(each.id, row.park_id)),
                    Value(str(one.told["final"] or "")),
                ),
            )
            for each, one in told
        ),
        shape="places",
    )


def charts(found: Sheet, base: str, shown: Published | None) -> tuple[Chart, ...]:
    """What a version says in pictures; ``shown``: the park that is looked at, or the own one."""
    told = [grades(found, base), totals(found, base), sections(found, shown)]
    if shown is not None:
        told.append(places(shown))
    return tuple(told)
