"""On the 工作台: what waits for this reviewer, kind by kind and age by age."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import g
from flask_babel import gettext as _

from app.core import scope
from app.core.actor import Actor
from app.engines import review
from app.engines.review import Revision
from app.extensions import db
from app.extensions.phrases import items
from app.features.desk.labels import AGES, REVIEW_HEADINGS
from app.features.desk.views.reviews import BASE, aged
from app.web.board import Chart, Number, Row, Series, Todo

LIST = f"{BASE}/list/"
#: Colours of the kinds, in the order in which they are registered.
TONES = ("blue", "green", "amber", "grey", "red")
Waiting = dict[tuple[str, str], tuple[int, datetime]]


def _waiting(actor: Actor) -> Waiting:
    """``(kind, age)`` -> how many, and since when the oldest; one statement a page."""
    if "reviews_waiting" not in g:
        age = sa.case(*((aged(name), name) for name in AGES if name != "more"), else_="more")
        query = (
            sa.select(
                Revision.kind,
                age.label("age"),
                sa.func.count().label("number"),
                sa.func.min(Revision.submitted_at).label("first"),
            )
            .where(review.waiting_for(actor))
            .group_by(Revision.kind, age)
        )
        with scope.unscoped():
            rows = db.session.execute(query).all()
        g.reviews_waiting = {(row.kind, row.age): (row.number, row.first) for row in rows}
    found: Waiting = g.reviews_waiting
    return found


def _at(**filters: str) -> str:
    return f"{LIST}?{urlencode(filters)}" if filters else LIST


def reviews_card(actor: Actor) -> dict[str, Any] | None:
    """待审核的事项: as many as 待办 lists."""
    if not review.may_decide(actor):
        return None
    number = sum(one[0] for one in _waiting(actor).values())
    return {"label": _("待我审核"), "value": f"{number:,}", "unit": items(number), "url": LIST}


def reviews_todos(actor: Actor) -> list[Todo]:
    """A line for each kind; due when the author of the oldest was promised an answer."""
    if not review.may_decide(actor):
        return []
    numbers: Counter[str] = Counter()
    first: dict[str, datetime] = {}
    for (name, _age), (number, since) in _waiting(actor).items():
        numbers[name] += number
        first[name] = min(since, first.get(name, since))
    return [
        Todo(
            label=_("审核"),
            text=review.kind(name).title,
            act=_("审核"),
            url=_at(kind=name),
            number=Number(number, _at(kind=name)),
            due=review.answer_by(first[name]),
            since=first[name],
        )
        for name, number in numbers.items()
    ]


def reviews_chart(actor: Actor) -> Chart | None:
    """By age, the kinds beside each other."""
    if not review.may_decide(actor):
        return None
    waiting = _waiting(actor)
    kinds = [one for one in review.kinds() if any(name == one.name for name, _age in waiting)]
    return Chart(
        name="reviews",
        title=_("待我审核的等待时间"),
        heading=REVIEW_HEADINGS["waited"],
        series=tuple(
            Series(one.title, TONES[place % len(TONES)]) for place, one in enumerate(kinds)
        ),
        rows=tuple(
            Row(
                words,
                tuple(
                    Number(waiting.get((one.name, age), (0,))[0], _at(kind=one.name, age=age))
                    for one in kinds
                ),
            )
            for age, words in AGES.items()
        ),
        unit=items(2),
        empty=_("没有待审核的事项"),
    )
