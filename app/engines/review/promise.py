"""Until when the zone means to answer: one promise, read by who waits and by who decides.

Told, never enforced. It counts working days from the submission, whatever the number of stages:
who waits knows of one answer.
"""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from app.engines import calendar, settings
from app.engines.review.models import Revision
from app.engines.review.rules import State

ANSWER_WITHIN = "review.answer_within"
MOST = 60


def _days(value: object) -> str | None:
    good = isinstance(value, int) and 1 <= value <= MOST
    return None if good else "setting_number"


settings.define(
    settings.Spec(
        ANSWER_WITHIN,
        _l("答复承诺：几个工作日内"),
        "review",
        hint=_l("提交人和审核员看到的是同一个日期：提交后这么多个工作日。"),
        default=5,
        shape=settings.Shape.number,
        check=_days,
    )
)


def answer_days() -> int:
    """Working days within which whoever sent something is to hear."""
    return int(settings.get(ANSWER_WITHIN))


def answer_by(sent: datetime) -> date:
    """The last day of the promise for what was sent then."""
    return calendar.due(sent, answer_days())


def promised(one: Revision) -> date | None:
    """The day promised to the author; ``None`` where nobody waits for an answer."""
    waiting = one.state in (State.submitted, State.picked)
    return answer_by(one.submitted_at) if waiting and one.submitted_at is not None else None
