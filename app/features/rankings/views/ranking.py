"""全园区/基地考核排名情况: the published version of a round, with its explanation beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import abort, g, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.actor import Actor
from app.engines import calendar
from app.features.accounts.rules import PARK_ROLES, Role
from app.features.assessments.models import AssessmentRound
from app.features.rankings import policy, queries
from app.features.rankings.labels import KIND_WORDS, STATE_WORDS
from app.features.rankings.models import RankingSnapshot
from app.features.rankings.rules.rows import Published
from app.features.rankings.rules.spread import band_of, bands
from app.features.rankings.views.charts import charts
from app.features.rankings.views.explaining import explanation
from app.features.rankings.views.sheet import Sheet, sheet
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.board import Chart
from app.web.listing.page import Link
from app.web.pages import Page
from app.web.viewing import looking

BASE = "/desk/ranking"
READERS = PARK_ROLES | {Role.operator, Role.reviewer}
A_PAGE = 200
#: What else can be done on the page: ``(actor, snapshot) -> Link | None`` (提出异议).
MORE: list[Callable[[Actor, RankingSnapshot], Link | None]] = []
#: What an address of the page carries on.
KEPT = (
    "round",
    "version",
    "kind",
    "q",
    "grade",
    "band",
    "sort",
    "dir",
    "park",
    "code",
    "view",
    "page",
)
SORTS = ("rank", "name", "final", "bonus", "deduction")


class RankingView(Page):
    """Every park reads the sums of all and its own in full."""

    route_base = BASE
    class_permission_name = policy.VIEW
    tenant = Tenant.published
    menu_label = _l("全园区/基地考核排名情况")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": READERS}

    @expose("/")
    @guarded("index")
    def index(self) -> Any:
        """The version asked for, else the one in force of the newest round."""
        actor = current_actor()
        rounds = queries.published_rounds()
        if not rounds:
            return self.render("rankings/none.html", heading=self.menu_label)
        chosen = chosen_of(rounds, request.args.get("round", ""))
        versions = queries.versions(chosen.id)
        snapshot = _version(versions, request.args.get("version", ""))
        choice = {
            "heading": self.menu_label,
            "round": chosen,
            "rounds": rounds,
            "versions": versions,
            "states": STATE_WORDS,
            "none_in_force": all(one.state != "current" for one in versions),
        }
        if snapshot.state == "withdrawn" and not actor.sees_all:
            return self.render("rankings/withdrawn.html", one=snapshot, **choice)
        kind = request.args.get("kind", "")
        rows = queries.kept_rows(snapshot)
        found = sheet(snapshot, rows, own=_own(actor), kind=kind if kind in KIND_WORDS else "")
        shown, pager = _page(_narrowed(_sorted(found)))
        return self.render(
            "rankings/ranking.html",
            **choice,
            one=snapshot,
            sheet=found,
            lines=found.lines_of(shown),
            ties=found.ties_of(shown),
            pager=pager,
            tabs=_tabs(found),
            figures=_figures(found, actor),
            drawer=_drawer(found, actor),
            charts=_charts(found) if request.args.get("view") == "charts" else None,
            chips=_chips(found),
            more=[link for one in MORE if (link := one(actor, snapshot))],
            address=address,
            q=request.args.get("q", ""),
        )


def address(**changes: Any) -> str:
    """This page with some of its choices changed; ``None`` leaves one out."""
    if "ranking_asked" not in g:  # a page of two hundred rows has a thousand addresses
        g.ranking_asked = {name: request.args[name] for name in KEPT if name in request.args}
    told = {name: value for name, value in {**g.ranking_asked, **changes}.items() if value}
    return f"{BASE}/?{urlencode(told)}" if told else f"{BASE}/"


def _own(actor: Actor) -> frozenset[int]:
    return actor.scope_park_ids or frozenset()


def chosen_of(rounds: Sequence[AssessmentRound], asked: str) -> AssessmentRound:
    """The round whose key is asked for, else the first; 404 for what is not among them."""
    if not asked:
        return rounds[0]
    found = next((one for one in rounds if str(one.id) == asked), None)
    if found is None:
        abort(404)
    return found


def _version(versions: Sequence[RankingSnapshot], asked: str) -> RankingSnapshot:
    """The one asked for, else the one in force; with none in force the last, which was withdrawn:
    a version that was replaced is never the page as such."""
    if asked:
        found = next((one for one in versions if str(one.number) == asked), None)
        if found is None:
            abort(404)
        return found
    return next((one for one in versions if one.state == "current"), versions[0])


def _tabs(found: Sheet) -> SimpleNamespace:
    """全部 园区 基地, each with its number."""
    here = request.args.get("kind", "")
    words = {"": _("全部"), **KIND_WORDS}
    return SimpleNamespace(
        tabs=[
            SimpleNamespace(
                label=label,
                url=address(kind=name or None, page=None),
                active=name == here,
                count=f"{found.counts[name]:,}",
                warn=False,
            )
            for name, label in words.items()
        ]
    )


def _sorted(found: Sheet) -> list[Published]:
    """The order of the sheet, or another one; who has no value stands last either way."""
    wanted, down = request.args.get("sort", ""), request.args.get("dir") == "desc"
    blocks = [one["code"] for one in found.head["blocks"]]
    if wanted not in SORTS and wanted not in [f"block:{code}" for code in blocks]:
        return list(found.shown)

    def value(row: Published) -> Any:
        if wanted == "name":
            return row.name
        if wanted == "rank":
            return row.rank
        text = (
            row.blocks.get(wanted.removeprefix("block:"))
            if wanted.startswith("block:")
            else getattr(row, wanted)
        )
        return None if text is None else Decimal(text)

    known = [one for one in found.shown if value(one) is not None]
    rest = [one for one in found.shown if value(one) is None]
    return [*sorted(known, key=value, reverse=down), *rest]


def _narrowed(rows: list[Published]) -> list[Published]:
    """By what is looked for, and by the grade or the interval of totals that a chart counts."""
    text = request.args.get("q", "").strip().casefold()[:60]
    grade, band = request.args.get("grade", ""), request.args.get("band", "")
    return [
        one
        for one in rows
        if text in f"{one.name} {one.code}".casefold()
        and (not grade or one.grade == grade)
        and (not band or str(band_of(one.final)) == band)
    ]


def _chips(found: Sheet) -> list[tuple[str, str, str]]:
    """``(label, words, address without it)`` of what narrows the list beside the tabs and the search."""
    chips = []
    if grade := request.args.get("grade", ""):
        chips.append((_("等级"), found.grade_name(grade), address(grade=None, page=None)))
    if asked := request.args.get("band", ""):
        band = next((one for one in bands(found.everybody) if str(one.low) == asked), None)
        if band:
            words = _("%(low)s 至 %(high)s 分以下", low=band.low, high=band.high)
            chips.append((_("总分"), words, address(band=None, page=None)))
    return chips


def _charts(found: Sheet) -> tuple[Chart, ...]:
    """Of the park whose row is open, else of the own one."""
    asked = request.args.get("park", "")
    rows = found.everybody
    chosen = next((one for one in rows if str(one.park_id) == asked), None)
    own = next(iter(found.mine), None)
    one = found.snapshot
    base = f"{BASE}/?{urlencode({'round': one.round_id, 'version': one.number})}"
    if kind := request.args.get("kind", ""):
        base += f"&{urlencode({'kind': kind})}"
    return charts(found, base, chosen or own)


def _page(rows: list[Published]) -> tuple[list[Published], SimpleNamespace | None]:
    pages = max(-(-len(rows) // A_PAGE), 1)
    text = request.args.get("page", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1
    number = min(max(number, 1), pages)
    shown = rows[(number - 1) * A_PAGE : number * A_PAGE]
    if pages == 1:
        return shown, None
    return shown, SimpleNamespace(
        number=number,
        pages=pages,
        previous=address(page=number - 1) if number > 1 else "",
        following=address(page=number + 1) if number < pages else "",
    )


def _figures(found: Sheet, actor: Actor) -> dict[str, Any]:
    """公示期, and of the own park its place, total and grade."""
    one = found.snapshot
    own = next(iter(found.lines_of(found.mine[:1])), None)
    ended = clock.today() > one.window_until or one.state != "current"
    return {
        "left": None if ended else calendar.left(one.window_until),
        "own": own,
        "ranked": found.head["ranked"],
        "to_next": _to_next(found, own.row) if own and not actor.sees_all else None,
        "best": _best(found),
    }


def _to_next(found: Sheet, row: Published) -> tuple[str, Decimal] | None:
    """The next better grade by the total, and what is missing to it."""
    if row.final is None:
        return None
    final = Decimal(row.final)
    above = [one for one in found.head["grades"] if Decimal(one["min"]) > final]
    return (above[0]["name"], Decimal(above[0]["min"]) - final) if above else None


def _best(found: Sheet) -> tuple[str, int]:
    best = found.head["grades"][-1]
    return best["name"], sum(one.grade == best["code"] for one in found.everybody)


def _drawer(found: Sheet, actor: Actor) -> Any:
    """The explanation beside the table, of the row that was clicked."""
    asked = request.args.get("park", "")
    row = next((one for one in found.everybody if str(one.park_id) == asked), None)
    if row is None or looking():  # its values have no veil
        return None
    return explanation(found, row, request.args.get("code", ""), actor)
