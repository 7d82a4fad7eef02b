"""迁园 on pages: the form, the answer, who sees what, the 工作台."""

from __future__ import annotations

import re

import pytest

from app.core import scope
from tests.support import api, people
from tests.support import enterprises as made
from tests.support.moves import act, asked

BASE = "/desk/enterprises/moves"
NAME = "三亚测试1号有限公司"


@pytest.fixture
def record(app):
    with app.app_context(), scope.unscoped():
        return made.add("P01", 1).id


def parks(app) -> dict[str, int]:
    with app.app_context(), scope.unscoped():
        return {code: people.park(code).id for code in ("P01", "P02", "B01")}


def answer(browser, address: str, name: str, **data: str) -> str:
    """Press a button of a move's page."""
    found = re.search(rf'formaction="({BASE}/[^"]*{name}[^"]*)"', browser.page(address))
    assert found is not None, name
    said = browser.post(found[1], data=data, follow_redirects=True)
    return said.get_data(as_text=True)


def test_from_the_record_to_the_other_parks_consent(app, as_, record):
    keys = parks(app)
    mine, theirs = as_("park1"), as_("park2")
    assert f"{BASE}/add?enterprise={record}" in mine.page(f"/desk/enterprises/show/{record}")
    form = mine.page(f"{BASE}/add?enterprise={record}")
    assert made.row(1)["uscc"] in form
    assert "凤凰岛测试园区" in form  # a park is chosen from a list
    data = {
        "uscc": made.row(1)["uscc"],
        "name": NAME,
        "from_park_id": keys["P01"],
        "to_park_id": keys["P02"],
        "reason": "<b>搬家</b>",
    }
    said = mine.post(f"{BASE}/add", data=data)
    assert said.status_code == 303
    address = said.location
    assert "等待本园区同意的迁园" in theirs.page("/desk/")
    page = theirs.page(address)
    assert "&lt;b&gt;搬家&lt;/b&gt;" in page
    assert "/desk/enterprises/show/" not in page.split("<h1")[1]  # the record is not theirs yet
    assert "13800138000" not in page
    assert "请写明原因" in answer(theirs, address, "decline")
    assert "已迁园" in answer(theirs, address, "consent")
    old = mine.page(f"/desk/enterprises/show/{record}")
    assert "已迁往" in old
    assert "凤凰岛测试园区" in old
    assert f"/desk/enterprises/edit/{record}" not in old
    assert "等待本园区同意的迁园" not in theirs.page("/desk/")
    link = re.search(r"/desk/enterprises/show/(\d+)", theirs.page(address).split("<h1")[1])
    new = theirs.page(link[0])
    assert "迁自" in new
    assert ">迁入</span> · " in new
    assert theirs.get(f"/desk/enterprises/show/{record}").status_code == 404
    assert mine.get(link[0]).status_code == 404
    zone = as_("operator")
    assert link[0] in zone.page(f"/desk/enterprises/show/{record}")
    assert "已撤销" in answer(zone, address, "undo", reason="办错了")
    assert mine.page(f"/desk/enterprises/edit/{record}")


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(app, as_):
    keys = parks(app)
    data = {
        "uscc": made.row(9)["uscc"],
        "name": "我写的名字",
        "from_park_id": keys["P01"],
        "to_park_id": keys["P02"],
        "reason": "搬家",
        "effective_on": "2001-01-01",
    }
    browser = as_("park1")
    said = browser.post(f"{BASE}/add", data=data)
    assert said.status_code == 400
    assert "180 天内" in said.text
    assert "我写的名字" in said.text
    for odd in ("9" * 40, "x", "-1", "1.5"):
        assert browser.post(f"{BASE}/add", data={**data, "to_park_id": odd}).status_code == 400
    assert browser.get(f"{BASE}/add?enterprise={'9' * 30}").status_code == 200


def test_asking_for_what_is_not_there_answers_alike(app, as_, record):
    keys = parks(app)
    said = []
    browser = as_("park2")
    for serial in (1, 8):
        data = {
            "uscc": made.row(serial)["uscc"],
            "name": "某企业",
            "from_park_id": keys["P01"],
            "to_park_id": keys["P02"],
            "reason": "搬来",
        }
        answered = browser.post(f"{BASE}/add", data=data)
        page = browser.page(answered.location)
        page = re.sub(r"[0-9A-Z]{18}|\d{4}-\d\d-\d\d \d\d:\d\d|/\d+|nonce-\S+", "", page)
        said.append((answered.status_code, re.sub(r'(nonce|value|content)="[^"]*"', "", page)))
    assert said[0] == said[1]
    listed = as_("park1").page(f"{BASE}/list/")
    assert made.row(1)["uscc"] in listed
    assert made.row(8)["uscc"] not in listed


@pytest.mark.parametrize("who", ["base1", "clerk1", "reviewer", "user1"])
def test_who_has_nothing_to_do_with_it(app, as_, record, who):
    with app.app_context(), scope.unscoped():
        move_id = asked("park1").id
    browser = as_(who)
    expected = 404 if who == "base1" else 403
    assert browser.get(f"{BASE}/show/{move_id}").status_code == expected
    for path in (f"act/{move_id}/consent/1", f"act/{move_id}/decline/1", f"undo/{move_id}/1"):
        assert browser.post(f"{BASE}/{path}", data={"reason": "x"}).status_code in {403, 404}


def test_an_old_tab_is_told_and_does_nothing(app, as_, record):
    with app.app_context(), scope.unscoped():
        move_id = asked("park1").id
        act("take_back", "park1", move_id)
    said = as_("park2").post(f"{BASE}/act/{move_id}/consent/1", follow_redirects=True)
    assert "已有结果" in said.text
    assert as_("park2").post(f"{BASE}/act/{move_id}/carry/1").status_code == 404


def test_the_list_says_what_it_is_for_when_it_is_empty(as_):
    browser = as_("park1")
    assert "由一方申请，对方同意后生效" in browser.page(f"{BASE}/list/")


def test_the_park_that_it_left_asks_for_it_back(app, as_, record):
    keys = parks(app)
    with app.app_context(), scope.unscoped():
        act("consent", "park2", asked("park1").id)
    mine = as_("park1")
    page = mine.page(f"/desk/enterprises/show/{record}")
    address = f"{BASE}/add?enterprise={record}"
    assert re.search(rf'href="{re.escape(address)}"[^>]*>\s*申请迁回', page)
    form = mine.page(address)
    for name, park in (("from_park_id", "P02"), ("to_park_id", "P01")):
        field = form.split(f'name="{name}"')[1].split("</select>")[0]
        assert re.search(rf'<option selected[^>]*value="{keys[park]}"', field), name
    data = {"uscc": made.row(1)["uscc"], "name": NAME, "reason": "搬回"}
    data |= {"from_park_id": keys["P02"], "to_park_id": keys["P01"]}
    asked_for = mine.post(f"{BASE}/add", data=data).location
    assert "已迁园" in answer(as_("park2"), asked_for, "consent")
    page = mine.page(f"/desk/enterprises/show/{record}")
    assert f"/desk/enterprises/edit/{record}" in page
    assert "已撤销" in answer(as_("operator"), asked_for, "undo", reason="办错了")
    assert "申请迁回" in mine.page(f"/desk/enterprises/show/{record}")


def test_the_list_says_that_a_record_moved_in(app, as_):
    with app.app_context(), scope.unscoped():
        made.add("P01", 1)
        made.add("P02", 2)
        act("consent", "park2", asked("park1").id)
        caller = api.caller(app, "park2")
    theirs = as_("park2")
    page = theirs.page("/desk/enterprises/list/?columns=name,source&sort=source")
    rows = re.findall(r"<tr.*?</tr>", page.split("<tbody")[1], re.DOTALL)
    said = {
        name: "迁入" in row
        for row in rows
        for name in (NAME, NAME.replace("1", "2"))
        if name in row
    }
    assert said == {NAME: True, NAME.replace("1", "2"): False}
    for source, here in (("moved", True), ("typed", False)):
        assert (NAME in theirs.page(f"/desk/enterprises/list/?source={source}")) == here
    found = {one["name"]: one["source"] for one in caller.get("/enterprises")["items"]}
    assert found == {NAME: "moved", NAME.replace("1", "2"): "typed"}
    assert caller.get(f"/enterprises/P02/{made.row(1)['uscc']}")["source"] == "moved"
