"""迁回: an enterprise that comes back to its park, to the record that was kept there."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM
from app.engines import calendar, trail
from app.extensions import db
from app.features.enterprises import policy, queries, services
from app.features.enterprises.models import Enterprise
from app.features.enterprises.models.moves import EnterpriseMove
from app.features.enterprises.rules import PLAIN, YEARLY
from app.features.enterprises.rules.moves import UNDO_FOR
from app.features.enterprises.rules.origins import origin
from app.features.enterprises.services import returning
from app.transaction import transaction
from tests.features.enterprises.test_moves import counted, refused, stored
from tests.support import enterprises as made
from tests.support.moves import act, asked

pytestmark = pytest.mark.usefixtures("context")


def moved_on(year: int, **values) -> Enterprise:
    """P01 -> P02, where somebody goes on with the record; what P01 kept of it."""
    old = made.add("P01", 1, remark="老客户", email="alt@example.com")
    with made.acting("clerk1") as actor, transaction():
        sums = {"staff_count": 20}
        services.change(actor, old.id, sums, version=old.version, year=year)
    act("consent", "park2", asked("park1").id)
    new = stored("P02")
    with made.acting("park2") as actor, transaction():
        services.change(actor, new.id, values, version=new.version, year=year)
    return stored("P01")


def held(park: str, year: int) -> dict[str, object]:
    """All that a park's record holds."""
    item = stored(park)
    names = (*PLAIN, "origins", "moved_to", "moved_from", "name_key", "same_key")
    found = {name: getattr(item, name) for name in names}
    for one in (year, made.YEAR):
        row = queries.figures(item.id, one)
        names = (*YEARLY, "origins")
        found[str(one)] = row and {name: getattr(row, name) for name in names}
    return found


@pytest.mark.parametrize("asks", ["park1", "park2", "operator"])
def test_an_enterprise_comes_back_to_the_record_that_its_park_kept(asks):
    year = calendar.local(clock.now()).year
    kept = moved_on(year, name="三亚新名有限公司", email=None, staff_count=33, contact_name="王五")
    found = asked(asks, old="P02", new="P01")
    for one in {"park1", "park2"} - {asks}:
        act("consent", one, found.id)
    assert db.session.get(EnterpriseMove, found.id).state == "done"
    home, away = stored("P01"), stored("P02")
    assert (home.id, home.status, home.moved_to, home.moved_from) == (
        *(kept.id, "在园", None, away.id),
    )
    assert (away.status, away.moved_to) == ("迁出", home.id)
    assert (home.name, home.email, home.contact_name) == ("三亚新名有限公司", None, "王五")
    assert home.remark == "老客户"
    assert home.name_key.endswith("三亚新名有限公司")
    assert queries.figures(home.id, year).staff_count == 33
    assert queries.figures(home.id, made.YEAR).staff_count == 12  # its own closed year
    letters = {name: origin(home.origins, name).value for name in ("name", "remark", "status")}
    assert letters == {"name": "m", "remark": "t", "status": "m"}
    assert (counted("P01"), counted("P02")) == ({"在园": 1}, {"迁出": 1})
    acts = [one.action for one in trail.history("enterprise", home.id)]
    assert acts[:2] == ["enterprise.moved_in", "enterprise.moved_out"]
    with made.acting("park1") as actor, transaction():  # it lives
        services.change(actor, home.id, {"remark": "又来了"}, version=home.version, year=year)


def test_there_and_back_and_there_again_is_two_records():
    year = calendar.local(clock.now()).year
    moved_on(year, remark="一")
    act("consent", "park2", asked("park1", old="P02", new="P01").id)
    act("consent", "park2", asked("park1").id)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Enterprise)) == 2
    assert (stored("P02").moved_to, stored("P01").moved_to) == (None, stored("P02").id)


def test_coming_back_is_undone_as_if_it_had_not_been():
    year = calendar.local(clock.now()).year
    moved_on(year, name="三亚新名有限公司", email=None, staff_count=33, annual_sales=5)
    before = held("P01", year), held("P02", year), counted("P01"), counted("P02")
    found = asked("park1", old="P02", new="P01")
    act("consent", "park2", found.id)
    assert held("P01", year) != before[0]
    act("undo", "operator", found.id, reason="办错了")
    assert (held("P01", year), held("P02", year), counted("P01"), counted("P02")) == before
    assert returning.BEFORE not in db.session.get(EnterpriseMove, found.id).kept
    again = asked("park1", old="P02", new="P01")  # and may be done after all
    assert act("consent", "park2", again.id).state == "done"


def test_figures_that_the_park_did_not_have_go_with_the_undoing():
    year = calendar.local(clock.now()).year
    old = made.add("P01", 1)
    act("consent", "park2", asked("park1").id)
    new = stored("P02")
    with made.acting("park2") as actor, transaction():
        services.change(actor, new.id, {"staff_count": 3}, version=new.version, year=year)
    found = asked("park1", old="P02", new="P01")
    act("consent", "park2", found.id)
    assert queries.figures(old.id, year).staff_count == 3
    act("undo", "operator", found.id, reason="办错了")
    assert queries.figures(old.id, year) is None


def test_coming_back_is_not_undone_when_something_new_hangs_on_it(monkeypatch):
    year = calendar.local(clock.now()).year
    kept = moved_on(year, remark="一")
    number = {kept.id: 1}
    monkeypatch.setattr(policy, "HANGING", [policy.Hanging("test", "", lambda _ids: number)])
    found = asked("park1", old="P02", new="P01")
    act("consent", "park2", found.id)
    number[kept.id] = 2
    refused("move_undo_changed", act, "undo", "operator", found.id, reason="误")
    number[kept.id] = 1  # what hung on it before does not stand against it
    assert act("undo", "operator", found.id, reason="误").state == "undone"


def test_what_was_kept_for_undoing_goes_when_undoing_is_over():
    year = calendar.local(clock.now()).year
    moved_on(year, contact_phone="13911112222")
    found = asked("park1", old="P02", new="P01")
    act("consent", "park2", found.id)
    found = db.session.get(EnterpriseMove, found.id)
    assert found.kept["before"]["values"]["contact_phone"] == "13800138000"
    last = found.done_at + UNDO_FOR
    for now, number in ((last, 0), (last + timedelta(seconds=1), 1), (last + timedelta(1), 0)):
        with made.acting("operator"), transaction():
            assert returning.forget(SYSTEM, now) == number
    db.session.expire_all()
    assert "138" not in str(found.kept)
    entry = trail.history("enterprise_move", found.id)[0]
    assert (entry.action, entry.changes) == ("enterprise_move.forgotten", {})
    refused(
        "move_undo_late", act, "undo", "operator", found.id, reason="误", now=last + timedelta(1)
    )
    assert stored("P01").moved_to is None
