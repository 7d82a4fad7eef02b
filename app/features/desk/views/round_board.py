"""考核看板: one round from filling in to its ranking, for the zone; every figure opens its list."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext
from msgspec import Struct

from app.core import clock
from app.engines import calendar
from app.features.accounts.rules import Role
from app.features.assessments.labels import ROUND_WORDS, STATE_WORDS
from app.features.assessments.labels.judge import STATE_DOTS
from app.features.assessments.models import AssessmentRound
from app.features.assessments.queries import round_board
from app.features.objections import labels as objection_words
from app.features.objections import queries as objections
from app.features.rankings import queries as rankings
from app.features.rankings.views.charts import grades, totals
from app.features.rankings.views.ranking import chosen_of
from app.features.rankings.views.sheet import sheet
from app.web.access import Tenant, guarded
from app.web.board import Chart, Number, Row, Series
from app.web.pages import Page

BASE = "/desk/assessment-board"
FILINGS = "/desk/filing-reviews/board"
CASES = "/desk/objections/list/"
RANKING = "/desk/ranking/"
TONES = {"muted": "grey", "warning": "amber", "info": "blue", "danger": "red", "success": "green"}
OUTCOME_TONES = {"upheld": "red", "partly": "amber", "dismissed": "grey"}


class Term(Struct, frozen=True):
    """A window of the round: until when, and how many working days are left (``None``: over)."""

    label: Any
    until: date
    left: int | None


class RoundBoardView(Page):
    """Numbers of one round; nothing is changed here."""

    route_base = BASE
    class_permission_name = "RoundBoardView"
    tenant = Tenant.zone
    menu_label = _l("考核看板")
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_index": frozenset({Role.operator, Role.reviewer})
    }

    @expose("/")
    @guarded("index")
    def index(self) -> Any:
        """The round asked for, else the one whose period is the newest of those under way."""
        rounds = round_board.followed()
        if not rounds:
            return self.render("desk/round_board.html", heading=self.menu_label, rounds=())
        found = chosen_of(rounds, request.args.get("round", ""))
        return self.render(
            "desk/round_board.html",
            heading=self.menu_label,
            rounds=rounds,
            round=found,
            state=ROUND_WORDS[found.state],
            terms=_terms(found),
            cards=_cards(found),
            charts=_charts(found),
        )


def _terms(found: AssessmentRound) -> tuple[Term, ...]:
    """Filling in, 补填, review and, once published, 公示."""
    told = [
        (_("填报截止"), found.fill_until),
        (_("补填截止"), found.late_until),
        (_("审核截止"), found.review_until),
    ]
    if current := rankings.current(found.id):
        told.append((_("公示截止"), current.window_until))
    today = clock.today()
    return tuple(
        Term(words, until, None if until < today else calendar.left(until))
        for words, until in told
        if until is not None
    )


def _cards(found: AssessmentRound) -> tuple[tuple[Any, Number], ...]:
    states = round_board.filing_states(found.id)
    cases = objections.counts_of_round(found.id)
    waiting = states["submitted"] + states["taken"]
    cards = [
        (_("参评园区/基地"), Number(sum(states.values()), _filings(found))),
        (
            _("提交过（含审核各阶段）"),
            Number(sum(states.values()) - states["draft"], _filings(found, "filed")),
        ),
        (_("待审核完成"), Number(waiting, _filings(found, "waiting"))),
        (pgettext("list", "异议"), Number(sum(cases["state"].values()), _cases(found))),
    ]
    return tuple(cards)


def _charts(found: AssessmentRound) -> tuple[Chart, ...]:
    charts = [_progress(found)]
    if snapshot := rankings.current(found.id):
        told = sheet(snapshot, rankings.kept_rows(snapshot), own=frozenset())
        base = f"{RANKING}?{urlencode({'round': found.id, 'version': snapshot.number})}"
        cases = objections.counts_of_round(found.id)
        charts += [
            _by_state(found, cases["state"]),
            _by_outcome(found, cases["outcome"]),
            grades(told, base),
            totals(told, base),
        ]
    return tuple(charts)


def _progress(found: AssessmentRound) -> Chart:
    states = round_board.filing_states(found.id)
    return Chart(
        "filings",
        _("填报现在的状态"),
        _("状态"),
        (Series(pgettext("list", "园区/基地")),),
        tuple(
            Row(words, (Number(states[name], _filings(found, name)),), TONES[STATE_DOTS[name]])
            for name, words in STATE_WORDS.items()
        ),
    )


def _by_state(found: AssessmentRound, counted: Counter[str]) -> Chart:
    return Chart(
        "objections",
        _("异议处理"),
        _("状态"),
        (Series(_("异议")),),
        tuple(
            Row(
                words,
                (Number(counted[name], _cases(found, state=name)),),
                TONES[objection_words.STATE_DOTS[name]],
            )
            for name, words in objection_words.STATE_WORDS.items()
        ),
        unit=_("件"),
        empty=_("还没有收到异议。"),
    )


def _by_outcome(found: AssessmentRound, counted: Counter[str]) -> Chart:
    return Chart(
        "outcomes",
        _("异议结论"),
        _("结论"),
        (Series(_("异议")),),
        tuple(
            Row(words, (Number(counted[name], _cases(found, outcome=name)),), OUTCOME_TONES[name])
            for name, words in objection_words.OUTCOME_WORDS.items()
        ),
        unit=_("件"),
        empty=_("还没有已答复的异议。"),
    )


def _filings(found: AssessmentRound, state: str = "") -> str:
    return f"{FILINGS}/{found.id}" + (f"?state={state}" if state else "")


def _cases(found: AssessmentRound, **narrowed: str) -> str:
    return f"{CASES}?{urlencode({'round': found.id, **narrowed})}"
