"""A certified company in the register, two moves between parks, and a view that the zone shares."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.cli.demo.people import acting, certified_code
from app.core import clock, scope
from app.core.actor import Actor
from app.extensions import db
from app.extensions.lists import prefs
from app.features.accounts.rules import Role
from app.features.desk.services import views
from app.features.enterprises import policy, services
from app.features.enterprises.models import Enterprise
from app.features.enterprises.queries import ALIVE
from app.features.enterprises.services import moves
from app.features.parks import queries as parks
from app.features.parks.models import Park
from app.transaction import transaction

FROM, TO = "B01", "P02"
#: Days since it was asked, why, whether the other park has consented.
MOVES = (
    (9, "扩大仓储面积，迁往保税物流园", True),
    (2, "培训期满，转入保税物流园经营", False),
)
RECENT = "近 30 天入驻"


def seed_moves() -> None:
    """What has happened to some of the register since it was imported."""
    _certified(acting("park1"))
    asks, answers = acting("base1"), acting("park2")
    for (days, reason, agreed), item in zip(MOVES, _staying(len(MOVES)), strict=False):
        then = clock.now() - timedelta(days=days)
        with scope.acting_as(asks), transaction():
            wish = moves.Wish(item.uscc, item.name, _id(FROM), _id(TO), reason)
            move = moves.ask(asks, wish, now=then)
            key, seen = move.id, move.version
        if agreed:
            with scope.acting_as(answers), transaction():
                moves.consent(answers, key, seen=seen, now=then + timedelta(days=1))


def seed_views() -> None:
    """The operator's view, seen by the administrators of every park."""
    operator = acting("operator")
    with scope.acting_as(operator), transaction():
        asked = "where=settled_on.in(last_30)&sort=-settled_on"
        found = prefs.save_view(
            int(operator.user_id or 0),
            policy.VIEW,
            name=RECENT,
            query=asked,
            arranged=prefs.Arrangement(),
        )
        views.share(operator, found.id, wanted=Role.park_admin)


def _certified(actor: Actor) -> None:
    """Typed by hand; what 海易办 has proven of the company stands in its place."""
    values = {
        "uscc": certified_code("enterprise3"),
        "name": "三亚椰语供应链",
        "roles": ("服务商",),
        "contact_name": "韦嘉禾",
        "contact_phone": "13800138000",
        "settled_on": clock.today() - timedelta(days=20),
    }
    with scope.acting_as(actor), transaction():
        services.add(actor, _id("P01"), values, year=clock.last_full_year())


def _staying(number: int) -> list[Enterprise]:
    query = sa.select(Enterprise).join(Park, Park.id == Enterprise.park_id)
    query = query.where(Park.code == FROM, ALIVE, Enterprise.status == "在园")
    return list(db.session.scalars(query.order_by(Enterprise.id).limit(number)))


def _id(code: str) -> int:
    with scope.unscoped():
        return int(parks.by_code(code).id)
