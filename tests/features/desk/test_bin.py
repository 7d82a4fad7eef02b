"""回收站: one page for every kind, whose it is, what hangs on it, restoring one or many."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.engines import calendar, dictionaries, trail
from app.engines.recycling import BinItem
from app.extensions import db
from app.features.parks import services as parks
from app.features.parks.models import Park
from app.transaction import transaction
from tests.features.news import made as news
from tests.support import bins, people
from tests.support import enterprises as made
from tests.support.bins import GONE, LIST, NAME, lying, second_admin, two_parks

__all__ = ["lying", "second_admin", "two_parks"]


# -- what goes there ---------------------------------------------------------------------------
def _entry(actor):
    facts = {"code": "99", "label": "跨境直播", "position": 9, "valid_from": None, "valid_to": None}
    entry = dictionaries.add(actor, dictionary="review_phrases", **facts)
    return entry.id, lambda: dictionaries.delete(actor, entry.id, reason="不再需要")


def _day(actor):
    day = calendar.add(actor, day=clock.beginning_of(clock.today()).date().replace(2090, 3, 1), working=False, name="节日")  # fmt: skip
    return day.id, lambda: calendar.delete(actor, day.id, reason="不再需要")


def _park(actor):
    park = parks.add_park(actor, code="P77", name="临时园区", kind="park", organisation="")
    return park.id, lambda: parks.delete_park(actor, park.id, reason="不再需要")


def _organisation(actor):
    found = parks.add_organisation(actor, uscc=made.values(77)["uscc"], name="临时主体")
    return found.id, lambda: parks.delete_organisation(actor, found.id, reason="不再需要")


STAMPS = ("updated_at", "version")
KINDS = {
    "dictionary_entry": ("operator", _entry, "跨境直播"),
    "calendar_day": ("operator", _day, "2090-03-01"),
    "park": ("operator", _park, "临时园区"),
    "organisation": ("operator", _organisation, "临时主体"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_deleted_of_any_kind_comes_back_as_it_was(app, as_, kind):
    who, make, name = KINDS[kind]
    with app.app_context():
        with made.acting(who) as actor, transaction():
            pk, delete = make(actor)
        before = _row(kind, pk)
        with made.acting(who) as actor, transaction():
            delete()
        assert _row(kind, pk) is None
        key = bins.item(kind, pk)
    browser = as_(who)
    page = browser.page(f"{LIST}?kind={kind}")
    assert name in page
    assert "不再需要" in page
    assert "剩 180 天" in page
    assert "不再需要" in browser.page(f"/desk/bin/show/{key}?tab=history")
    assert browser.post(f"/desk/bin/restore/{key}").status_code == 303
    with app.app_context():
        assert bins.item(kind, pk) == 0
        assert _row(kind, pk) == before  # under its own key, with all that was typed
        assert trail.history(kind, pk)[0].action.endswith(".restored")


def _row(kind: str, pk: int):
    query = sa.text(f"SELECT * FROM {kind} WHERE id = :pk")
    with scope.unscoped():
        row = db.session.execute(query, {"pk": pk}).mappings().one_or_none()
    return row and {name: value for name, value in row.items() if name not in STAMPS}


def test_a_place_taken_meanwhile_is_named_and_nothing_is_doubled(app, as_):
    with app.app_context():
        with made.acting("operator") as actor, transaction():
            pk, delete = _park(actor)
        with made.acting("operator") as actor, transaction():
            delete()
        with made.acting("operator") as actor, transaction():
            other = parks.add_park(
                actor, code="P77", name="后来者", kind="base", organisation=""
            ).id
        key = bins.item("park", pk)
    browser = as_("operator")
    said = browser.post(f"/desk/bin/restore/{key}", follow_redirects=True).text
    assert "“后来者”占用了同一编码、名称或日期" in said
    told = browser.post("/desk/bin/bulk/restore", data={"pk": [key]}).text
    assert f'href="/desk/parks/show/{other}"' in told
    with app.app_context(), scope.unscoped():
        assert db.session.scalar(sa.select(sa.func.count()).where(Park.code == "P77")) == 1


# -- before and after deleting -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "address", "kind"),
    [
        ("operator", "/desk/calendar/list/", "calendar_day"),
        ("park1", "/desk/enterprises/list/", "enterprise"),
    ],
)
def test_the_dialog_asks_what_hangs_before_deleting(as_, two_parks, who, address, kind):
    browser = as_(who)
    page = browser.page(address)
    assert f'data-row-confirm-more="/desk/bin/hanging/{kind}/{{pk}}"' in page
    pk = re.search(r'formaction="[a-z/-]+/delete/(\d+)[^>]+data-confirm-row="[^"]', page)[1]
    assert isinstance(browser.get(f"/desk/bin/hanging/{kind}/{pk}").json["lines"], list)


def test_a_park_says_how_many_of_what_stand_in_the_way(app, as_, two_parks):
    with app.app_context():
        pk = people.park("P01").id
    lines = as_("operator").get(f"/desk/bin/hanging/park/{pk}").json["lines"]
    assert "企业：1" in lines
    assert any(one.startswith("园区人员：") for one in lines)


def test_undo_stands_beside_the_word_and_puts_it_back(app, as_, two_parks):
    browser = as_("park1")
    page = browser.post(f"/desk/enterprises/delete/{two_parks[0]}", follow_redirects=True).text
    address = f"/desk/bin/undo/enterprise/{two_parks[0]}"
    assert f'formaction="{address}"' in page
    assert browser.post(address).status_code == 303
    assert len(made.alive(app)) == 1
    again = browser.post(address)
    assert again.status_code == 404
    assert GONE in again.text


# -- whose it is -------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["clerk1", "reviewer", "expert1", "sysadmin", "auditor", "user1"])
def test_who_may_not_delete_may_not_look_into_the_bin(as_, lying, who):
    browser = as_(who)
    for address in (LIST, f"/desk/bin/show/{lying}", "/desk/bin/hanging/enterprise/1"):
        assert browser.get(address).status_code == 403
    for act in ("restore", "propose", "take-back"):
        assert browser.post(f"/desk/bin/{act}/{lying}").status_code == 403


@pytest.mark.parametrize("who", ["park2", "base1"])
def test_another_parks_part_and_another_kind_are_as_if_not_there(app, as_, lying, who):
    browser, missing = as_(who), 987_654
    assert NAME not in browser.page(LIST)
    for address in ("show/{}", "hanging/enterprise/{}"):
        assert browser.get(f"/desk/bin/{address.format(lying)}").status_code == 404
    for act in ("restore/{}", "propose/{}", "take-back/{}", "reject/{}/1", "confirm/{}/1"):
        foreign = browser.post(f"/desk/bin/{act.format(lying)}", data={"reason": "看看"})
        nothing = browser.post(f"/desk/bin/{act.format(missing)}", data={"reason": "看看"})
        assert foreign.status_code == nothing.status_code == 404, act
        assert NAME not in foreign.text
    both = browser.post("/desk/bin/bulk/restore", data={"pk": [lying, missing]}).text
    assert "已恢复 0 条，未恢复 2 条" in both
    assert NAME not in both
    assert made.alive(app) == []


def test_a_role_lost_meanwhile_is_lost_here_too(app, as_, lying):
    browser = as_("admin9")
    assert NAME in browser.page(LIST)
    with app.app_context(), scope.unscoped(), transaction():
        db.session.execute(
            sa.text("DELETE FROM park_membership WHERE user_id = :pk"),
            {"pk": people.actor("admin9").user_id},
        )
    assert browser.post(f"/desk/bin/restore/{lying}").status_code in (403, 404)
    assert made.alive(app) == []


def test_a_draft_nobody_was_sent_is_the_parks_until_it_asks_the_zone(app, as_):
    with app.app_context():
        pk = news.write("park1", title="还没有写完的稿子")
    mine, zone = as_("park1"), as_("operator")
    mine.post(f"/desk/news/delete/{pk}")
    assert "还没有写完的稿子" in mine.page(LIST)
    with app.app_context():
        key = bins.aged("news", pk)
    assert "还没有写完的稿子" not in zone.page(LIST)
    assert zone.get(f"/desk/bin/show/{key}").status_code == 404
    bins.proposed(app, mine, key)
    assert "还没有写完的稿子" in zone.page(LIST)
    assert zone.post(f"/desk/bin/restore/{key}").status_code == 403  # the park's own word


# -- many at once, odd input -------------------------------------------------------------------
def test_each_of_many_gets_its_result_and_no_refusal_stops_the_others(app, as_, two_parks):
    with app.app_context(), scope.unscoped():
        others = [made.add("P01", serial).id for serial in (301, 302)]
    browser = as_("park1")
    browser.post("/desk/enterprises/bulk/delete", data={"pk": [two_parks[0], *others]})
    with app.app_context():
        keys = [bins.item("enterprise", pk) for pk in (two_parks[0], *others)]
        live = made.add("P01", 301).id
    browser.post(f"/desk/bin/restore/{keys[2]}")
    told = browser.post("/desk/bin/bulk/restore", data={"pk": keys, "next": f"{LIST}?q=三亚"}).text
    assert "已恢复 1 条，未恢复 2 条" in told
    assert f'href="/desk/enterprises/show/{two_parks[0]}"' in told
    assert f'href="/desk/enterprises/show/{live}"' in told
    assert "不能恢复：该代码已被在册企业" in told
    assert "已不在回收站" in told
    assert 'href="/desk/bin/list/?q=' in told
    assert len(made.alive(app)) == 3


def test_statements_do_not_grow_with_rows(app, as_, two_parks):
    browser = as_("park1")
    with app.app_context(), scope.unscoped():
        ids = [made.add("P01", serial).id for serial in range(310, 330)]
    browser.post("/desk/enterprises/bulk/delete", data={"pk": ids[:2]})
    few = _statements(browser)
    browser.post("/desk/enterprises/bulk/delete", data={"pk": ids[2:]})
    assert _statements(browser) <= few


def _statements(browser) -> int:
    seen = []
    listener = lambda *args: seen.append(args[2])  # noqa: E731
    sa.event.listen(sa.engine.Engine, "before_cursor_execute", listener)
    try:
        browser.page(LIST)
        seen.clear()
        browser.page(LIST)
    finally:
        sa.event.remove(sa.engine.Engine, "before_cursor_execute", listener)
    return len([one for one in seen if one.lstrip().upper().startswith("SELECT")])


@pytest.mark.parametrize("query", ["kind=none", "stage=none", "kind=role", "q=%00"])
def test_a_query_no_page_makes_is_refused(as_, query):
    assert as_("park1").get(f"{LIST}?{query}").status_code == 400


def test_a_giant_or_odd_reason_does_no_harm(app, as_, lying):
    one = as_("park1")
    assert one.post(f"/desk/bin/propose/{lying}", data={"reason": "\x00"}).status_code == 400
    bins.proposed(app, one, lying, "<script>" + "长" * 5000)
    page = as_("operator").page(f"/desk/bin/show/{lying}")
    assert "<script>长" not in page
    with app.app_context(), scope.unscoped():
        assert len(db.session.get_one(BinItem, lying).proposal) == 200
