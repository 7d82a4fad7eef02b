"""On the 工作台: how many articles stand where, and which came back to be corrected."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _

from app.core.actor import Actor
from app.extensions.phrases import entries
from app.features.news import policy, queries
from app.features.news.models import Article
from app.features.news.rules import Shown, State
from app.features.news.views.kind import BASE
from app.features.news.views.source import TABS, ZONE
from app.web.board import Chart, Number, Row, Series, Todo

LIST = f"{BASE}/list/"
TONES: dict[str, str] = {
    State.draft: "grey",
    State.waiting: "amber",
    State.returned: "red",
    Shown.now: "green",
    Shown.later: "blue",
    Shown.over: "grey",
    State.refused: "red",
    State.revoked: "grey",
}


def news_todos(actor: Actor) -> list[Todo]:
    """Own articles that were sent back; the zone mends its own only."""
    zone = actor.sees_all
    if not (policy.writes(actor, None) if zone else actor.can("can_edit", policy.VIEW)):
        return []
    clauses: list[Any] = [Article.state == State.returned]
    filters = {"state": str(State.returned)}
    if zone:
        clauses.append(Article.park_id.is_(None))
        filters["park"] = ZONE
    number = queries.count(*clauses)
    url = f"{LIST}?{urlencode(filters)}"
    todo = Todo(_("新闻资讯"), _("退回修改的新闻资讯"), _("修改"), url, Number(number, url))
    return [todo] if number else []


def news_chart(actor: Actor) -> Chart | None:
    """As the tabs of the list count: an article in public may be in work as well."""
    if not actor.can("can_list", policy.VIEW):
        return None
    kept = queries.state_counts(actor)
    return Chart(
        name="news",
        title=_("新闻资讯"),
        heading=_("状态"),
        series=(Series(_("新闻资讯")),),
        rows=tuple(
            Row(
                words,
                (Number(kept.get(state, 0), f"{LIST}?{urlencode({'state': str(state)})}"),),
                tone=TONES[state],
            )
            for state, words in TABS.items()
        ),
        unit=entries(2),
        empty=_("还没有新闻资讯。写好并审核通过后即公开。"),
    )
