"""Values of the platform: counted as decisions.md 19 says, taken once, frozen from then on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.core import scope
from app.extensions import db
from app.features.assessments.models import FilingValue
from app.features.assessments.queries import filings
from app.features.assessments.queries import rounds as queries
from app.features.assessments.queries.register_values import months_between
from app.features.assessments.services import rounds
from app.features.enterprises.models import Enterprise
from app.features.news.models import Article
from app.features.parks.models import ParkProfile
from app.features.settlements.models import SettlementApplication
from app.transaction import end_reading, transaction
from tests.features.assessments.test_rounds import at, planned, tick
from tests.support import assessments as made
from tests.support import people

IN_YEAR = date(2025, 6, 1)
DECIDED = datetime(2025, 6, 2, tzinfo=UTC)
#: The last instant of 2025 in Shanghai, and the first of 2026.
LAST = datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC)
AFTER = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
_numbers = iter(range(10_000))


def add(*rows: Any) -> None:
    with transaction():
        db.session.add_all(rows)


def enterprise(**changes: Any) -> Enterprise:
    number = next(_numbers)
    return Enterprise(
        **{
            "park_id": people.park("P01").id,
            "uscc": f"T{number:017}",
            "name": f"企业{number}",
            "name_key": "",
            "roles": ("卖家",),
            "contact_name": "",
            "contact_phone": "",
            "settled_on": IN_YEAR,
            **changes,
        }
    )


def application(**changes: Any) -> SettlementApplication:
    number = next(_numbers)
    return SettlementApplication(
        **{
            "park_id": people.park("P01").id,
            "number": f"T{number:08}",
            "state": "landed",
            "landed_on": IN_YEAR,
            "decided_at": DECIDED,
            "proven_at": DECIDED,
            "due_on": IN_YEAR,
            **changes,
        }
    )


def article(**changes: Any) -> Article:
    fixed = {"park_id": people.park("P01").id, "public": True, "published_at": DECIDED}
    return Article(**{"title": "文章", "state": "passed", **fixed, **changes})


def value(found: Any, code: str, park: str = "P01") -> FilingValue:
    end_reading()
    return filings.values(made.filing(found, park).id)[code]


def taken(found: Any, code: str, park: str = "P01") -> Any:
    return value(found, code, park).taken


def test_enterprises_are_counted_that_were_there_with_a_role_by_the_cut_off(
    context: object,
) -> None:
    add(
        enterprise(settled_on=date(2025, 12, 31), filed_on_platform=True),
        enterprise(settled_on=date(2010, 1, 1), filed_on_platform=False),
        enterprise(settled_on=date(2026, 1, 1), filed_on_platform=True),
        enterprise(roles=()),
        enterprise(status="迁出"),
        enterprise(deleted_at=DECIDED, delete_reason="误录"),
        enterprise(park_id=people.park("P02").id),
    )
    found = planned()
    tick(at(10))
    one = value(found, "ent_cbec_count")
    assert (one.taken, one.taken_from, one.taken_at) == ("2", "enterprise_register", at(10))
    assert taken(found, "ent_filed") == "1"
    assert taken(found, "ent_cbec_count", "B01") == "0"
    (line,) = filings.history(one.id)
    assert (line.act, line.before, line.after) == ("taken", None, "2")


def test_landed_and_proven_in_the_period_and_decided_in_it(context: object) -> None:
    declined = {"state": "declined", "landed_on": None, "reason_code": "cost"}
    add(
        application(landed_on=date(2025, 1, 1)),
        application(landed_on=date(2025, 12, 31), decided_at=LAST),
        application(proven_at=None),
        application(landed_on=date(2024, 12, 31), decided_at=datetime(2024, 12, 31, tzinfo=UTC)),
        application(landed_on=date(2026, 1, 1), decided_at=AFTER),
        application(**declined),
        application(state="withdrawn", landed_on=None),
        application(state="following", landed_on=None, decided_at=None),
    )
    found = planned()
    tick(at(10))
    codes = ("landed_new", "apps_closed", "apps_landed")
    assert [taken(found, code) for code in codes] == ["2", "4", "3"]


def test_articles_that_came_out_in_the_period(context: object) -> None:
    add(
        article(),
        article(published_at=LAST),
        article(published_at=AFTER),
        article(public=False),
        article(deleted_at=DECIDED),
        article(park_id=None),
    )
    found = planned()
    tick(at(10))
    assert taken(found, "news_approved") == "2"


@pytest.mark.parametrize(
    ("opened", "months"),
    [
        (date(2025, 1, 1), 12),
        (date(2024, 12, 31), 12),
        (date(2025, 1, 2), 11),
        (date(2025, 12, 31), 0),
        (date(2026, 5, 1), 0),
        (date(2020, 7, 15), 65),
    ],
)
def test_months_are_whole_ones(opened: date, months: int) -> None:
    assert months_between(opened, date(2025, 12, 31)) == months


def test_a_park_that_told_no_opening_day_has_no_months(context: object) -> None:
    content = {"opened_on": "2024-03-01"}
    add(
        ParkProfile(
            park_id=people.park("P01").id,
            slug="p01",
            name="园区",
            kind="park",
            level="",
            division="",
            content=content,
        )
    )
    found = planned()
    tick(at(10))
    assert taken(found, "months_operating") == "22"
    assert taken(found, "months_operating", "B01") is None
    assert filings.history(value(found, "months_operating", "B01").id) == []


def test_what_was_verified_in_the_round_before_is_this_ones_base(context: object) -> None:
    before = planned()
    tick(at(10))
    with transaction():
        for park, told in (("P01", "1234.5"), ("B01", None)):
            value = filings.values(made.filing(before, park).id)["trade_cur"]
            value.verified, value.declared = told, "999"
    found = planned(previous_id=before.id, name="下一年")
    tick(at(10))
    assert [taken(found, "trade_prev", park) for park in ("P01", "B01")] == ["1234.5", None]


def test_frozen_once_taken(context: object) -> None:
    add(enterprise())
    found = planned()
    tick(at(10))
    add(enterprise(), enterprise())
    tick(at(12))
    tick(at(26))
    assert taken(found, "ent_cbec_count") == "1"
    assert value(found, "ent_cbec_count").version == 2


def test_a_cut_off_after_the_opening_is_waited_for(context: object) -> None:
    days = {"period_from": date(2026, 1, 1), "period_to": date(2026, 11, 12)}
    found = planned(**days, cut_off_on=date(2026, 11, 12))
    add(enterprise(settled_on=date(2026, 11, 12)))
    tick(at(10))
    assert taken(found, "ent_cbec_count") is None
    tick(at(12))
    assert queries.get(found.id).snapshot_at is None
    tick(at(13))
    assert queries.get(found.id).snapshot_at == at(13)
    add(enterprise(settled_on=date(2026, 11, 12)))
    tick(at(14))
    assert taken(found, "ent_cbec_count") == "1"


def test_what_has_no_source_is_left_to_the_zone(context: object) -> None:
    found = planned()
    with scope.acting_as(people.actor("operator")), transaction():
        seen = queries.get(found.id).version
        rounds.source(
            people.actor("operator"), found.id, {"mismatch_rate": "mismatch_rate"}, seen=seen
        )
    tick(at(10))
    assert {one.taken for one in filings.values(made.filing(found, "P01").id).values()} == {None}
