"""催办: once on a working day, reviewers are told of what has waited too long for them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.core import clock
from app.core.actor import Actor
from app.engines import calendar, notices, review
from app.engines.review import Revision
from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.accounts.rules import Role
from app.features.accounts.services import own
from app.features.desk.site import remind_after
from app.web.acting import person

LINK = "/desk/reviews/list/"
KIND = "review.waiting"


def remind_reviewers() -> int:
    """How many people were told. Asked every hour; a day's second time finds it done."""
    today = clock.today()
    if not calendar.is_working(today):
        return 0
    after = remind_after()
    told = 0
    for user_id in accounts.holding_any([str(Role.reviewer), str(Role.operator)]):
        user = accounts.by_id(user_id)
        if user is None or not user.active:
            continue
        late = _late(person(user), after)
        if late and notices.tell(
            [user_id],
            KIND,
            {"number": len(late), "days": after},
            link=LINK,
            cause=f"review-waiting:{today.isoformat()}",
        ):
            told += 1
            _text(user_id, late)
    return told


def _late(actor: Actor, after: int) -> Sequence[Revision]:
    """What this person could decide and has waited more than ``after`` working days."""
    if not review.may_decide(actor):
        return ()
    query = sa.select(Revision).where(review.waiting_for(actor))
    found = db.session.scalars(query.order_by(Revision.submitted_at))
    return [one for one in found if one.submitted_at and calendar.waited(one.submitted_at) > after]


def _text(user_id: int, late: Sequence[Revision]) -> None:
    """A text message besides, where the kind says that its deadline is worth one."""
    urgent = next((one for one in late if _worth_a_text(one.kind)), None)
    phone = accounts.phone_of(user_id)
    if urgent is None or phone is None:
        return
    day = review.promised(urgent) or clock.today()
    params = {"title": urgent.title[:20], "deadline": day.isoformat()}
    notices.queue(own.phone_number(phone), notices.SmsKind.deadline, params)


def _worth_a_text(name: str) -> bool:
    return any(one.name == name and one.deadline_sms for one in review.kinds())
