"""重复企业 and 合并记录 as pages: the zone walks through, parks learn nothing, refusals are words."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Forbidden
from app.extensions import db
from app.features.enterprises import queries, services, tasks
from app.features.enterprises.models.duplicates import (
    EnterpriseMerge,
    EnterprisePair,
    EnterpriseScan,
)
from app.transaction import transaction
from tests.support import duplicates as same
from tests.support import enterprises as made
from tests.support import people

BASE = "/desk/enterprises/duplicates"
MERGES = "/desk/enterprises/merges"
SHOW = "/desk/enterprises/show"


@pytest.fixture
def couple(app):
    """(kept, gone, the pair's key): two records of P01 that say the same."""
    with app.app_context(), scope.unscoped():
        kept, gone = same.two(contact_phone="13911112222")
        same.found()
        return kept, gone, same.pair(kept, gone).id


@pytest.fixture
def across(app):
    """(one of P01, one of P02 with the same code, the pair's key)."""
    with app.app_context(), scope.unscoped():
        one = made.add("P01", 811, name="三亚彼此贸易有限公司")
        other = made.add("P02", 811, name="凤凰岛他乡物流有限公司")
        same.found()
        return one, other, same.pair(one, other).id


def form(page):
    """What a page's form would send: hidden inputs and what is ticked."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    ticked = re.findall(r'name="(pick\.[^"]+)"\s+value="(\w+)"[^>]*checked', page)
    return {**dict(hidden), **dict(ticked)}


def merged(browser, couple, **changes):
    """Through the pages, as a person does it."""
    _kept, _gone, pk = couple
    data = {**form(browser.page(f"{BASE}/show/{pk}")), **changes}
    check = browser.post(f"{BASE}/check/{pk}", data=data)
    assert check.status_code == 200
    answer = browser.post(f"{BASE}/merge/{pk}", data={**form(check.text), "reason": same.REASON})
    assert answer.status_code == 303
    return answer.location


def test_merges_stand_under_duplicates_in_the_menu(as_, couple):
    browser = as_("operator")
    shown = merged(browser, couple)
    for address in (f"{MERGES}/list/", shown):
        menu = browser.page(address).partition("</aside>")[0]
        here = re.findall(r'<a href="([^"]+)" aria-current="page"', menu)
        assert [one.partition("?")[0] for one in here] == [f"{BASE}/list/"]


def test_a_pair_is_found_compared_checked_merged_and_taken_apart_again(app, as_, couple):
    kept, _gone, pk = couple
    browser = as_("operator")
    page = browser.page(f"{BASE}/list/?state=open")
    assert same.NAME in page
    assert "名称相同" in page
    assert "上次查找" in page
    page = browser.page(f"{BASE}/show/{pk}")
    assert "139****2222" in page
    assert "13911112222" not in page
    data = {**form(page), "pick.remark": "gone", "pick.contact_phone": "gone", "pick.uscc": "kept"}
    assert {"pick.name", "pick.annual_sales@2025", "keep", "seen"} - data.keys() == {
        "pick.annual_sales@2025"
    }
    check = browser.post(f"{BASE}/check/{pk}", data=data)
    assert "保留的企业改写 2 个字段" in check.text
    assert f"“{same.SAME}”将并入“{same.NAME}”" in check.text
    answer = browser.post(f"{BASE}/merge/{pk}", data={**form(check.text), "reason": same.REASON})
    address = answer.location
    with app.app_context(), scope.unscoped():
        now = queries.get(kept.id)
        assert (now.remark, now.contact_phone, now.uscc) == ("后", "13911112222", kept.uscc)
    page = browser.page(address)
    assert same.REASON in page
    assert same.SAME not in browser.page("/desk/enterprises/list/?q=" + "海风")
    assert (
        browser.post(f"{address.replace('show', 'undo')}", data={"reason": "不是一家"}).status_code
        == 303
    )
    page = browser.page(address)
    assert "已撤销" in page
    assert "联系电话" in page
    assert same.SAME in browser.page("/desk/enterprises/list/?q=" + "海风")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_page_opens_in_both_languages(app, as_, couple, across, lang):
    browser = as_("operator")
    browser.set_cookie("lang", lang)
    for address in (
        f"{BASE}/list/",
        f"{BASE}/list/?state=open&place=two&reasons=code&q=三亚",
        f"{BASE}/list/?q=sanya",
        f"{BASE}/list/?q=914602",
        f"{BASE}/show/{couple[2]}",
        f"{BASE}/show/{across[2]}",
        f"{MERGES}/list/",
    ):
        assert browser.get(address).status_code == 200, address
    page = browser.page(merged(browser, couple))
    assert ("Undo merge" if lang == "en" else "撤销合并") in page
    for address in (f"{SHOW}/{couple[0].id}?tab=history", f"{MERGES}/list/?state=merged"):
        assert ("Merge" if lang == "en" else "合并") in browser.page(address)


@pytest.mark.one_database("who may is decided before a row is read")
@pytest.mark.parametrize(
    "who",
    ["park1", "clerk1", "park2", "base1", "reviewer", "expert1", "auditor", "sysadmin", "user1"],
)
def test_parks_and_others_learn_nothing(app, as_, couple, who):
    browser = as_(who)
    for address in (
        *(f"{BASE}/list/", f"{BASE}/show/{couple[2]}", f"{BASE}/show/987654"),
        *(f"{MERGES}/list/", f"{MERGES}/show/1"),
    ):
        answer = browser.get(address)
        assert answer.status_code == 403, address
        assert same.NAME not in answer.text
    for act in (
        "scan",
        *(f"{name}/{couple[2]}" for name in ("apart", "link", "reopen", "check", "merge")),
    ):
        assert browser.post(f"{BASE}/{act}", data={"reason": "想知道"}).status_code == 403, act
    assert browser.post(f"{MERGES}/undo/1", data={"reason": "想知道"}).status_code == 403
    for address in ("/desk/", "/desk/enterprises/list/"):
        answer = browser.get(address)
        assert BASE not in answer.text
        assert MERGES not in answer.text


def test_what_one_park_has_of_a_pair_shows_nothing_of_the_other(app, as_, couple, across):
    """The link, the code, the merge: each page that a park does see."""
    zone = as_("operator")
    zone.post(f"{BASE}/link/{across[2]}", data={"reason": "执照相同"})
    one, other, _pk = across
    assert f"{SHOW}/{other.id}" in zone.page(f"{SHOW}/{one.id}")
    assert other.name in as_("reviewer").page(f"{SHOW}/{one.id}")
    for who, mine, theirs in (("park1", one, other), ("park2", other, one)):
        browser = as_(who)
        for address in (
            *(
                f"{SHOW}/{mine.id}",
                f"{SHOW}/{mine.id}?tab=history",
                f"{SHOW}/{mine.id}?merged={theirs.id}",
            ),
            *("/desk/enterprises/list/", "/desk/enterprises/bin/list/", "/desk/"),
        ):
            answer = browser.get(address)
            if answer.status_code == 200:
                assert theirs.name not in answer.text, address
                assert "同一企业" not in answer.text, address
        assert browser.get(f"{SHOW}/{theirs.id}").status_code == 404


def test_the_address_of_what_was_merged_leads_on_or_says_so(app, as_, couple):
    kept, gone, _pk = couple
    zone = as_("operator")
    merged(zone, couple)
    answer = zone.get(f"{SHOW}/{gone.id}")
    assert (answer.status_code, answer.location) == (303, f"{SHOW}/{kept.id}?merged={gone.id}")
    assert f"“{same.SAME}”已并入本企业" in zone.page(answer.location)
    for who in ("park1", "clerk1"):
        answer = as_(who).get(f"{SHOW}/{gone.id}")
        assert answer.status_code == 410
        assert f"“{same.SAME}”已并入“{same.NAME}”" in answer.text
        assert same.REASON in answer.text
    assert as_("clerk2").get(f"{SHOW}/{gone.id}").status_code == 404
    for address in (f"edit/{gone.id}", f"bin/hanging/{gone.id}"):
        assert as_("park1").get(f"/desk/enterprises/{address}").status_code == 404, address
    for address in (f"delete/{gone.id}", f"bin/restore/{gone.id}"):
        assert as_("park1").post(f"/desk/enterprises/{address}").status_code == 404, address
    assert same.SAME not in as_("park1").page("/desk/bin/list/?kind=enterprise")
    assert same.SAME not in as_("park1").page("/desk/enterprises/list/")
    export = as_("operator").post(
        "/desk/enterprises/export", data={"format": "csv", "purpose": "核对"}
    )
    assert same.NAME in export.get_data(as_text=True)
    assert same.SAME not in export.get_data(as_text=True)
    # The park reads in the history what was done to its record, and why.
    assert same.REASON in as_("park1").page(f"{SHOW}/{kept.id}?tab=history")


def test_a_reason_is_asked_and_what_was_chosen_stays_chosen(app, as_, couple):
    browser = as_("operator")
    data = {**form(browser.page(f"{BASE}/show/{couple[2]}")), "pick.remark": "gone"}
    check = form(browser.post(f"{BASE}/check/{couple[2]}", data=data).text)
    answer = browser.post(f"{BASE}/merge/{couple[2]}", data={**check, "reason": " "})
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    again = form(answer.text)
    assert {**again, "csrf_token": ""} == {**check, "csrf_token": ""}  # a new one each second
    for state in ("apart", "link"):
        browser.post(f"{BASE}/{state}/{couple[2]}", data={"reason": ""})
    with app.app_context(), scope.unscoped():
        assert db.session.get(EnterprisePair, couple[2]).state == "open"


def test_two_operators_on_one_pair(app, as_, couple):
    kept, gone, pk = couple
    mine, theirs = as_("operator"), as_("operator2")
    check = form(mine.post(f"{BASE}/check/{pk}", data=form(mine.page(f"{BASE}/show/{pk}"))).text)
    other = form(
        theirs.post(
            f"{BASE}/check/{pk}", data=form(theirs.page(f"{BASE}/show/{pk}?keep={gone.id}"))
        ).text
    )
    assert (check["keep"], other["keep"]) == (str(kept.id), str(gone.id))
    done = mine.post(f"{BASE}/merge/{pk}", data={**check, "reason": same.REASON})
    late = theirs.post(f"{BASE}/merge/{pk}", data={**other, "reason": same.REASON})
    assert late.location == f"{BASE}/list/?state=open"
    assert "本次没有合并" in theirs.page(late.location)
    assert theirs.get(f"{BASE}/show/{pk}").location == done.location
    assert "其中一家企业已被删除或合并" in theirs.page(
        theirs.post(f"{BASE}/apart/{pk}", data={"reason": "不同"}).location
    )
    with app.app_context(), scope.unscoped():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(EnterpriseMerge)) == 1


def test_an_edit_between_the_check_and_the_merge_sends_back_to_the_comparison(app, as_, couple):
    _kept, gone, pk = couple
    browser = as_("operator")
    check = form(
        browser.post(f"{BASE}/check/{pk}", data=form(browser.page(f"{BASE}/show/{pk}"))).text
    )
    with app.app_context(), made.acting("park1") as actor, transaction():
        services.change(actor, gone.id, {"remark": "刚改的"}, version=gone.version, year=2025)
    answer = browser.post(f"{BASE}/merge/{pk}", data={**check, "reason": same.REASON})
    assert answer.location == f"{BASE}/show/{pk}"
    page = browser.page(answer.location)
    assert "本次没有合并" in page
    assert "刚改的" in page


@pytest.mark.parametrize(
    "data",
    [
        {"seen": ""},
        {"seen": "1"},
        {"seen": "x.y"},
        {"seen": "9" * 40 + ".1"},
        {"seen": "²." + "1"},
        {"pick.id": "gone"},
        {"pick.park_id": "gone"},
        {"pick.annual_sales@99999999999999999999": "gone"},
        {"keep": ""},
        {"keep": "0"},
        {"keep": "９"},
        {"reason": "\0\0"},
        {"reason": "长" * 5000},
    ],
)
def test_odd_input_merges_nothing(app, as_, couple, data):
    browser = as_("operator")
    check = browser.post(
        f"{BASE}/check/{couple[2]}", data=form(browser.page(f"{BASE}/show/{couple[2]}"))
    )
    sent = {**form(check.text), "reason": same.REASON, **data}
    assert browser.post(f"{BASE}/merge/{couple[2]}", data=sent).status_code in (303, 400, 404)
    assert browser.post(f"{BASE}/check/{couple[2]}", data=sent).status_code in (200, 400)
    with app.app_context(), scope.unscoped():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(EnterpriseMerge)) == 0


def test_pairs_of_two_parks_are_not_merged_whoever_asks(app, as_, across):
    browser = as_("operator")
    one, _other, pk = across
    page = browser.page(f"{BASE}/show/{pk}")
    assert "不能合并" in page
    assert "核对合并结果" not in page
    data = {"keep": one.id, "seen": "1.1", "reason": same.REASON}
    answer = browser.post(f"{BASE}/merge/{pk}", data=data)
    assert "不同园区的企业不能合并" in browser.page(answer.location)


def test_what_was_said_is_shown_and_taken_back(app, as_, couple, across):
    browser = as_("operator")
    browser.post(f"{BASE}/apart/{couple[2]}", data={"reason": "两家都有执照"})
    browser.post(f"{BASE}/link/{across[2]}", data={"reason": "执照相同"})
    assert same.NAME not in browser.page(f"{BASE}/list/?state=open")
    assert same.NAME in browser.page(f"{BASE}/list/?state=apart")
    assert "彼此贸易" in browser.page(f"{BASE}/list/?state=linked")
    page = browser.page(f"{BASE}/show/{couple[2]}")
    assert "两家都有执照" in page
    assert "核对合并结果" not in page
    browser.post(f"{BASE}/reopen/{couple[2]}")
    assert "核对合并结果" in browser.page(f"{BASE}/show/{couple[2]}")
    again = browser.post(f"{BASE}/reopen/{couple[2]}")
    assert "已由他人处理" in browser.page(again.location)


def test_a_pair_whose_record_was_deleted_says_so(app, as_, couple):
    with app.app_context(), made.acting("operator") as actor, transaction():
        services.discard(actor, couple[1].id, reason="关了", now=clock.now())
    browser = as_("operator")
    answer = browser.get(f"{BASE}/show/{couple[2]}")
    assert answer.status_code == 404
    assert "这一对不再需要处理" in answer.text
    assert browser.get(f"{BASE}/show/987654").status_code == 404


def test_the_look_is_a_job_and_its_list_says_how_fresh_it_is(app, as_):
    with app.app_context(), scope.unscoped():
        same.two()
    browser = as_("operator")
    page = browser.page(f"{BASE}/list/")
    assert "还没有查找过" in page
    answer = browser.post(f"{BASE}/scan")
    assert answer.location == f"{BASE}/list/?state=open"
    page = browser.page(answer.location)
    assert "比较了 2 家在册企业，发现 1 对" in page
    with app.app_context(), scope.unscoped():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(EnterpriseScan)) == 1
    assert "查找重复企业" in browser.page("/desk/jobs/")
    assert "查找重复企业" in as_("auditor").page("/desk/audit/list/?action=enterprises.compared")


@pytest.mark.parametrize("who", ["park1", "reviewer"])
def test_a_look_of_who_may_not_search_any_more_writes_nothing(app, who):
    """The job comes later than the click: the right is asked again."""
    with app.app_context(), made.acting(who) as actor, pytest.raises(Forbidden):
        tasks.find_duplicates(SimpleNamespace(actor=actor, progress=None))
    with app.app_context(), scope.unscoped():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(EnterpriseScan)) == 0


def test_two_clicks_ask_for_one_look(app):
    with app.app_context(), made.acting("operator") as actor, transaction():
        first, second = tasks.enqueue_scan(actor), tasks.enqueue_scan(people.actor("operator2"))
        assert first.id == second.id


def test_the_desk_of_the_zone_counts_what_waits(app, as_, couple):
    page = as_("operator").page("/desk/")
    assert "待处理的重复企业" in page
    assert f"{BASE}/list/?state=open" in page
