"""What lies in the recycle bin of the demo: young and old, one of them waiting for a second word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.cli.demo.enterprises import code_of
from app.cli.demo.people import acting
from app.core import clock, scope
from app.core.actor import Actor
from app.engines import dictionaries, recycling
from app.extensions import db
from app.features.enterprises import services
from app.features.parks import queries as parks
from app.transaction import transaction

#: Serial of the invented credit code, name, days since it was deleted, why.
ENTERPRISES = (
    (990_001, "三亚重名登记贸易有限公司", 214, "重复登记"),
    (990_002, "三亚试填示例有限公司", 201, "培训时试填，并非真实企业"),
    (990_003, "海南旧址电子商务有限公司", 12, "企业已迁出，误留在册"),
    (990_004, "三亚暂存资料有限公司", 2, ""),
)
PROPOSED = "三亚试填示例有限公司"


def seed_bin() -> None:
    """park1 deletes by hand; one record has lain there long enough and is proposed for good."""
    park1, operator = acting("park1"), acting("operator")
    for serial, name, days, reason in ENTERPRISES:
        _binned(park1, code_of(serial), name, days, reason)
    with scope.acting_as(park1), transaction():
        found = db.session.scalars(sa.select(recycling.BinItem)).all()
        item = next(one for one in found if one.name == PROPOSED)
        reason = "培训数据，无需保留"
        recycling.propose(park1, item.id, reason=reason, now=clock.now())
    with scope.acting_as(operator), transaction():
        entry = dictionaries.add(
            operator,
            dictionary="review_phrases",
            code="D1",
            label="请补盖公章",
            position=900,
            valid_from=None,
            valid_to=None,
        )
        dictionaries.delete(operator, entry.id, reason="与另一常用语重复")


def _binned(actor: Actor, code: str, name: str, days: int, reason: str) -> None:
    values: dict[str, Any] = {
        "uscc": code,
        "name": name,
        "contact_name": "林小满",
        "contact_phone": "13800138000",
        "settled_on": clock.today() - timedelta(days=days + 90),
    }
    with scope.acting_as(actor), transaction():
        park = parks.by_code("P01")
        made = services.add(actor, park.id, values, year=clock.last_full_year())
        then = clock.now() - timedelta(days=days)
        services.discard(actor, made.id, reason=reason or "@one", now=then)
