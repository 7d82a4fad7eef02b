"""迁园 and certification with several people at the same moment: one wins whole, nothing is lost."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.actor import SYSTEM
from app.core.errors import Refusal, Stale
from app.extensions import db
from app.features.enterprises import queries
from app.features.enterprises.models import Enterprise
from app.features.enterprises.models.moves import EnterpriseMove
from app.features.enterprises.services import apply as applying
from app.features.enterprises.services import certified, counts
from app.features.parks.models import Organisation
from app.transaction import end_reading, transaction
from tests.support import enterprises as made
from tests.support import people
from tests.support.moves import act, asked
from tests.support.owned import at_once

WAIT = 20


@pytest.fixture
def held(monkeypatch):
    """An import that stops between its check and its write for a moment."""
    checked = threading.Event()
    real = applying._write

    def write(*arguments):
        checked.set()
        threading.Event().wait(1)  # the others are locked out meanwhile
        return real(*arguments)

    monkeypatch.setattr(applying, "_write", write)
    return checked


def kinds(raised) -> list[str]:
    assert all(one is None or isinstance(one, Refusal | Stale) for one in raised), raised
    return sorted(getattr(one, "code", type(one).__name__) for one in raised)


def stored(park: str, serial: int) -> Enterprise | None:
    end_reading()
    code = made.row(serial)["uscc"]
    query = sa.select(Enterprise).where(
        Enterprise.uscc == code, Enterprise.park_id == people.park(park).id
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def exact(*parks: str) -> None:
    """The kept counts are what counting says."""
    end_reading()
    kept = {key: n for key, n in queries.park_status_counts().items() if n}
    with transaction():
        for park in parks:
            counts.recount(people.park(park).id)
    db.session.expire_all()
    assert {key: n for key, n in queries.park_status_counts().items() if n} == kept


def test_consent_and_taking_back_at_once_one_wins(owned):
    made.add("P01", 700)
    found = asked("park1", 700).id
    raised = at_once(
        owned, lambda: act("consent", "park2", found), lambda: act("take_back", "park1", found)
    )
    assert kinds(raised) in (["NoneType", "Stale"], ["NoneType", "move_over"])
    end_reading()
    state = db.session.get(EnterpriseMove, found, populate_existing=True).state
    assert (state == "done") == (stored("P02", 700) is not None)
    exact("P01", "P02")


def test_two_tabs_consent_and_two_tabs_ask(owned):
    made.add("P01", 701)
    raised = at_once(owned, lambda: asked("park1", 701), lambda: asked("park1", 701))
    assert kinds(raised) == ["NoneType", "move_open"]
    found = db.session.scalar(
        sa.select(EnterpriseMove.id).where(EnterpriseMove.uscc == made.row(701)["uscc"])
    )
    raised = at_once(
        owned, lambda: act("consent", "park2", found), lambda: act("consent", "park2", found)
    )
    assert kinds(raised) in (["NoneType", "Stale"], ["NoneType", "move_over"])
    exact("P01", "P02")


def test_an_import_under_way_is_waited_for_and_its_values_come_along(owned, held, tmp_path):
    made.add("P01", 702)
    content = made.csv_bytes([made.row(702, remark="从文件")])
    import_id = made.planned("clerk1", "P01", content, tmp_path)
    found = asked("park1", 702).id

    def consent():
        assert held.wait(WAIT)
        act("consent", "park2", found)

    raised = at_once(owned, lambda: made.applied("clerk1", import_id), consent)
    assert raised == [None, None]
    assert stored("P02", 702).remark == "从文件"
    exact("P01", "P02")


def test_who_asks_for_two_moves_of_one_enterprise_moves_it_once(owned):
    made.add("P01", 703)
    first, second = asked("park2", 703).id, asked("base1", 703, new="B01").id
    raised = at_once(
        owned, lambda: act("consent", "park1", first), lambda: act("consent", "park1", second)
    )
    assert kinds(raised) == ["NoneType", "move_gone"]
    assert [stored(park, 703) is None for park in ("P02", "B01")].count(True) == 1
    exact("P01", "P02", "B01")


def test_a_certification_during_an_import_is_taken_over_all_the_same(owned, held, tmp_path):
    row = made.row(704, name="文件里的名字")
    import_id = made.planned("clerk1", "P01", made.csv_bytes([row]), tmp_path)

    def certify():
        assert held.wait(WAIT)
        with scope.unscoped(), transaction():
            company = Organisation(uscc=row["uscc"], name="认证的名字", source="haiyiban")
            company.certified_at = clock.now()
            db.session.add(company)
        with scope.unscoped(), transaction():
            certified.follow(SYSTEM, row["uscc"])

    raised = at_once(owned, lambda: made.applied("clerk1", import_id), certify)
    assert raised == [None, None]
    found = stored("P01", 704)
    assert (found.name, found.origins[1]) == ("认证的名字", "h")


def test_who_takes_it_back_and_who_takes_it_on_at_once_move_it_once(owned):
    """Its old park and a third one ask the park where it is, which consents to both."""
    made.add("P01", 705)
    act("consent", "park2", asked("park1", 705).id)
    back = asked("park1", 705, old="P02", new="P01").id
    on = asked("base1", 705, old="P02", new="B01").id
    raised = at_once(
        owned, lambda: act("consent", "park2", back), lambda: act("consent", "park2", on)
    )
    assert kinds(raised) == ["NoneType", "move_gone"]
    living = [one for one in ("P01", "P02", "B01") if _lives(one, 705)]
    assert living in (["P01"], ["B01"])
    exact("P01", "P02", "B01")


def _lives(park: str, serial: int) -> bool:
    found = stored(park, serial)
    return found is not None and found.moved_to is None
