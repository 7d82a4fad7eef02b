"""回收站: one page for every kind, whose it is, restoring, and the two persons of a final deletion."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role

from app.core import clock, scope
from app.core.errors import Forbidden, NotFound, Refusal, Stale
from app.engines import calendar, dictionaries, notices, recycling, settings, trail
from app.engines.recycling import BinItem
from app.extensions import db
from app.features.accounts import services as accounts
from app.features.enterprises import services as enterprises
from app.features.enterprises.models import Enterprise, EnterpriseYear, ImportRow
from app.features.enterprises.services.apply import changed_imports
from app.features.news.models import Article
from app.features.parks import services as parks
from app.features.parks.models import Park, ParkMembership
from app.transaction import transaction
from tests.features.news import made as news
from tests.support import bins, people
from tests.support import enterprises as made

LIST = "/desk/bin/list/"
NAME = "三亚海风跨境电商有限公司"
GONE = "该记录不在回收站"


@pytest.fixture
def two_parks(app):
    """One enterprise in P01, one in P02."""
    with app.app_context(), scope.unscoped():
        return made.add("P01", 1, name=NAME).id, made.add("P02", 2, name="凤凰保税仓储有限公司").id


@pytest.fixture
def second_admin(app):
    """admin9 looks after P01 beside park1."""
    with app.app_context(), scope.unscoped(), transaction():
        roles = list(db.session.scalars(sa.select(Role).where(Role.name == "park_admin")))
        user = accounts.create_user(username="admin9", name="测九", password=None, roles=roles)
        db.session.add(ParkMembership(user_id=user.id, park_id=people.park("P01").id, role="admin"))


@pytest.fixture
def lying(app, two_parks, second_admin):
    """park1's enterprise in the bin for 181 days: its key there."""
    with app.app_context():
        with made.acting("park1") as actor, transaction():
            enterprises.discard(actor, two_parks[0], reason="重复登记", now=clock.now())
        return bins.aged("enterprise", two_parks[0])


def _version(app, key: int) -> int:
    with app.app_context(), scope.unscoped():
        return db.session.get_one(BinItem, key).version


def _propose(app, browser, key: int, reason: str = "误登记") -> int:
    """What the first person does; the version that the second one reads."""
    answer = browser.post(f"/desk/bin/propose/{key}", data={"reason": reason})
    assert answer.status_code == 303
    return _version(app, key)


def _inbox(app, username: str) -> list[str]:
    with app.app_context():
        found = notices.messages_of(people.actor(username).user_id)
        return [one.kind for one in found if one.kind.startswith("bin.")]


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
    more = re.search(rf'data-confirm-more="(/desk/bin/hanging/{kind}/\d+)"', browser.page(address))
    assert isinstance(browser.get(more[1]).json["lines"], list)


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
    _propose(app, mine, key)
    assert "还没有写完的稿子" in zone.page(LIST)
    assert zone.post(f"/desk/bin/restore/{key}").status_code == 403  # the park's own word


# -- two persons -------------------------------------------------------------------------------
def test_within_its_days_nothing_can_be_deleted_for_good(app, as_, two_parks):
    browser = as_("park1")
    browser.post(f"/desk/enterprises/delete/{two_parks[0]}")
    with app.app_context():
        key = bins.item("enterprise", two_parks[0])
    assert f"/desk/bin/propose/{key}" not in browser.page(LIST)
    told = browser.post(f"/desk/bin/propose/{key}", data={"reason": "x"}, follow_redirects=True)
    assert "保留期内不能彻底删除" in told.text
    with app.app_context():
        bins.aged("enterprise", two_parks[0], days=4000)
        with made.acting("operator") as actor, transaction():
            settings.change(actor, {recycling.KEEP_DAYS: 0}, {recycling.KEEP_DAYS: 0})
    assert "长期保留" in browser.page(LIST)
    told = browser.post(f"/desk/bin/propose/{key}", data={"reason": "x"}, follow_redirects=True)
    assert "平台设置为长期保留" in told.text


@pytest.mark.parametrize(
    ("typed", "good"), [("0", True), ("30", True), ("3650", True), ("29", False), ("3651", False)]
)
def test_the_days_are_a_setting_with_bounds(as_, typed, good):
    answer = as_("operator").post(
        "/desk/settings/bin", data={"bin.days": typed, "version.bin.days": "0"}
    )
    assert answer.status_code == (303 if good else 400)


@pytest.mark.parametrize(("first", "second"), [("park1", "operator"), ("park1", "admin9"), ("operator", "operator2")])  # fmt: skip
def test_two_persons_let_a_record_go_and_only_its_entry_stays(app, as_, lying, two_parks, first, second):  # fmt: skip
    one, other = as_(first), as_(second)
    assert "可彻底删除" in one.page(LIST)
    seen = _propose(app, one, lying)
    assert one.post(f"/desk/bin/confirm/{lying}/{seen}").status_code == 303  # refused: not alone
    assert _inbox(app, second) == ["bin.proposed"]
    assert "彻底删除待您确认" in other.page("/desk/")
    assert "彻底删除待您确认" not in one.page("/desk/")
    assert NAME in other.page(f"{LIST}?stage=waiting")
    assert NAME in one.page(f"{LIST}?stage=asked")
    told = other.post(f"/desk/bin/confirm/{lying}/{seen}", follow_redirects=True)
    assert f"“{NAME}”已彻底删除。" in told.text
    assert _inbox(app, first)[0] == "bin.purged"
    with app.app_context(), scope.unscoped():
        for model in (Enterprise, EnterpriseYear):
            key = Enterprise.id if model is Enterprise else EnterpriseYear.enterprise_id
            assert db.session.scalar(sa.select(sa.func.count()).where(key == two_parks[0])) == 0
        assert bins.item("enterprise", two_parks[0]) == 0
        entry, *before = trail.history("enterprise", two_parks[0])
        assert [entry.action, before[0].action] == ["bin.purged", "bin.proposed"]
        assert entry.object_label == NAME
        assert entry.changes == {}
        assert len(entry.details["digest"]) == 64
        assert "13800138000" not in str(entry.details)
        assert trail.verify().ok


def test_rejected_with_a_reason_or_taken_back_it_stays(app, as_, lying):
    one, other = as_("park1"), as_("operator")
    seen = _propose(app, one, lying)
    other.post(f"/desk/bin/reject/{lying}/{seen}", data={"reason": " "})
    assert _version(app, lying) == seen  # a reason is asked for
    other.post(f"/desk/bin/reject/{lying}/{seen}", data={"reason": "还要用"})
    assert _inbox(app, "park1") == ["bin.rejected"]
    seen = _propose(app, one, lying)
    assert other.post(f"/desk/bin/take-back/{lying}").status_code == 403
    one.post(f"/desk/bin/take-back/{lying}")
    told = other.post(f"/desk/bin/confirm/{lying}/{seen}", follow_redirects=True).text
    assert "彻底删除已被取回或驳回" in told
    history = one.page(f"/desk/bin/show/{lying}?tab=history")
    for words in ("删除企业", "提出彻底删除", "驳回彻底删除", "取回彻底删除", "还要用", "误登记"):
        assert words in history


def test_confirming_another_proposal_than_was_read_does_nothing(app, as_, lying):
    one, other = as_("park1"), as_("operator")
    seen = _propose(app, one, lying, "第一个原因")
    one.post(f"/desk/bin/take-back/{lying}")
    _propose(app, one, lying, "另一个原因")
    told = other.post(f"/desk/bin/confirm/{lying}/{seen}", follow_redirects=True).text
    assert "彻底删除的申请有变化" in told
    assert "另一个原因" in told


def test_restored_meanwhile_the_second_person_reads_so(app, as_, lying):
    one, other = as_("park1"), as_("operator")
    seen = _propose(app, one, lying)
    as_("admin9").post(f"/desk/bin/restore/{lying}")
    late = other.post(f"/desk/bin/confirm/{lying}/{seen}")
    assert late.status_code == 404
    assert GONE in late.text
    assert len(made.alive(app)) == 1
    assert _inbox(app, "park1") == ["bin.restored"]


def test_a_longer_retention_set_meanwhile_holds_for_what_was_proposed(app, as_, lying):
    seen = _propose(app, as_("park1"), lying)
    with app.app_context(), made.acting("operator") as actor, transaction():
        settings.change(actor, {recycling.KEEP_DAYS: 365}, {recycling.KEEP_DAYS: 0})
    told = as_("operator").post(f"/desk/bin/confirm/{lying}/{seen}", follow_redirects=True)
    assert "保留期内不能彻底删除" in told.text


def test_what_must_stay_keeps_the_record(app, as_, two_parks, tmp_path):
    """An import that can be undone still needs it; afterwards only what is nobody's stays there."""
    with app.app_context(), scope.unscoped():
        row = made.row(1, name=NAME, contact_name="王小明", staff_count="99")
        import_id = made.planned("park1", "P01", made.csv_bytes([row]), tmp_path)
        made.applied("park1", import_id)
    one, other = as_("park1"), as_("operator")
    one.post(f"/desk/enterprises/delete/{two_parks[0]}")
    with app.app_context():
        key = bins.aged("enterprise", two_parks[0])
    told = one.post(f"/desk/bin/propose/{key}", data={"reason": "x"}, follow_redirects=True).text
    assert "仍可撤销，撤销期过后才能彻底删除" in told
    with app.app_context(), scope.unscoped(), transaction():
        db.session.execute(sa.text("UPDATE enterprise_import SET applied_at = '2020-01-01 00:00:00+00:00'" if db.engine.dialect.name == "postgresql" else "UPDATE enterprise_import SET applied_at = '2020-01-01 00:00:00.000000'"))  # fmt: skip
    seen = _propose(app, one, key)
    other.post(f"/desk/bin/confirm/{key}/{seen}")
    with app.app_context(), scope.unscoped():
        assert bins.item("enterprise", two_parks[0]) == 0
        (kept,) = db.session.scalars(sa.select(ImportRow).where(ImportRow.import_id == import_id))
        assert kept.new["name"] == NAME
        assert "王小明" not in f"{kept.new}{kept.old}{kept.raw}"
        assert changed_imports() == []


def test_an_enterprise_that_an_application_landed_as_stays(app, as_, lying, monkeypatch):
    from app.features.settlements import queries

    monkeypatch.setattr(queries, "applications_of", lambda ids: dict.fromkeys(ids, 2))
    told = as_("park1").post(f"/desk/bin/propose/{lying}", data={"reason": "x"}, follow_redirects=True)  # fmt: skip
    assert "有 2 份入驻申请落地为该企业" in told.text


def test_an_article_goes_with_its_versions(app, as_):
    with app.app_context():
        pk = news.published(title="要彻底删除的新闻")
    mine, zone = as_("park1"), as_("operator")
    mine.post(f"/desk/news/delete/{pk}")
    with app.app_context():
        key = bins.aged("news", pk)
    seen = _propose(app, mine, key)
    assert zone.post(f"/desk/bin/confirm/{key}/{seen}").status_code == 303
    with app.app_context(), scope.unscoped():
        assert db.session.scalar(sa.select(sa.func.count()).where(Article.id == pk)) == 0
        text = sa.text("SELECT count(*) FROM revision WHERE kind = 'news' AND subject_id = :pk")
        assert db.session.scalar(text, {"pk": pk}) == 0


def test_a_service_asks_the_right_itself(app, lying):
    with app.app_context():
        with made.acting("clerk1") as actor, pytest.raises(Forbidden), transaction():
            recycling.restore(actor, lying)
        with made.acting("park2") as actor, pytest.raises(NotFound), transaction():
            recycling.propose(actor, lying, reason="x", now=clock.now())
        with made.acting("park1") as actor, transaction():
            recycling.propose(actor, lying, reason="x", now=clock.now())
        with made.acting("admin9") as actor, pytest.raises(Refusal, match="bin_proposed"), transaction():  # fmt: skip
            recycling.propose(actor, lying, reason="y", now=clock.now())
        with made.acting("operator") as actor, pytest.raises(Stale), transaction():
            recycling.confirm(actor, lying, seen=99, now=clock.now())


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
    _propose(app, one, lying, "<script>" + "长" * 5000)
    page = as_("operator").page(f"/desk/bin/show/{lying}")
    assert "<script>长" not in page
    with app.app_context(), scope.unscoped():
        assert len(db.session.get_one(BinItem, lying).proposal) == 200
