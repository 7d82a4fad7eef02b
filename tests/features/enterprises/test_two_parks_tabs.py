"""A form opened for one park and sent after the switch to the other one, in a second tab."""

from __future__ import annotations

import html
import io
import re

import pytest

from app.core import scope
from tests.support import enterprises as made
from tests.support import people

ADD = "/desk/enterprises/add"
UPLOAD = "/desk/enterprises/imports/new"


@pytest.fixture
def two(app, as_):
    """A person of P01 and P02 who acts for P01: (browser, id of P01, id of P02)."""
    with app.app_context(), scope.unscoped():
        first, second = (people.park(code).id for code in ("P01", "P02"))
    browser = as_("both")
    switch(browser, first)
    return browser, first, second


def switch(browser, park_id: int) -> None:
    assert browser.post("/switch-park", data={"park_id": str(park_id)}).status_code == 303


def typed(serial: int, **more) -> dict[str, str]:
    row = made.row(serial, name="甲园区打开的公司")
    return {**row, "roles": "卖家", **more}


def for_park(page: str) -> str:
    found = set(re.findall(r'name="for_park" value="(\d+)"', page))
    assert len(found) == 1
    return found.pop()


def test_what_was_typed_for_one_park_is_not_saved_into_the_other(app, two):
    browser, first, second = two
    meant = for_park(browser.page(ADD))
    assert meant == str(first)
    switch(browser, second)
    answer = browser.post(ADD, data=typed(1, for_park=meant))
    assert answer.status_code == 409
    assert "“鹿回头测试园区”打开的，而您已切换到“凤凰岛测试园区”" in answer.text
    assert made.alive(app, "P01") == made.alive(app, "P02") == []


def test_one_click_goes_back_and_saves_what_was_typed(app, two):
    browser, first, second = two
    meant = for_park(browser.page(ADD))
    switch(browser, second)
    answer = browser.post(ADD, data=typed(1, for_park=meant))
    form = answer.text[answer.text.index('<form class="error-acts"') :]
    form = form[: form.index("</form>")]
    again = re.findall(r'name="([^"]+)" value="([^"]*)"', form)
    assert ("name", "甲园区打开的公司") in again
    fields = {name: html.unescape(value) for name, value in again if name != "csrf_token"}
    saved = browser.post(ADD, data=fields)
    assert saved.status_code == 303
    assert [item.name for item in made.alive(app, "P01")] == ["甲园区打开的公司"]
    assert made.alive(app, "P02") == []
    assert for_park(browser.page(ADD)) == str(first)


def test_a_file_for_one_park_is_not_read_into_the_other(app, two):
    browser, first, second = two
    switch(browser, second)
    file = (io.BytesIO(made.csv_bytes([made.row(1)])), "名录.csv")
    answer = browser.post(UPLOAD, data={"file": file, "for_park": str(first)})
    assert answer.status_code == 409
    assert "文件不能带到下一页" in answer.text
    assert "切回“鹿回头测试园区”" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/desk/enterprises/imports/template/prefilled",
        "/desk/enterprises/export",
        "/desk/enterprises/bulk/status",
    ],
)
def test_nothing_of_the_other_park_leaves_or_changes(two, address):
    browser, first, second = two
    switch(browser, second)
    assert browser.post(address, data={"for_park": str(first)}).status_code == 409


def test_a_park_that_one_has_left_cannot_be_gone_back_to(app, two):
    browser, _first, _second = two
    answer = browser.post(ADD, data=typed(1, for_park="987654", back_to_park="987654"))
    assert answer.status_code == 409
    assert "已不在的园区" in answer.text
    assert "back_to_park" not in answer.text
    assert "<li>甲园区打开的公司</li>" in answer.text
    assert made.alive(app, "P01") == made.alive(app, "P02") == []


def test_a_script_is_told_in_json(two):
    browser, first, second = two
    switch(browser, second)
    answer = browser.post(
        ADD, data={"for_park": str(first)}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 409
    assert "已切换到" in answer.json["detail"]


def test_what_was_typed_for_one_park_is_not_offered_in_the_other(two):
    browser, first, second = two
    keys = []
    for park in (first, second):
        switch(browser, park)
        keys.append(re.search(r'data-draft="([^"]+)"', browser.page(ADD))[1])
    assert keys[0] != keys[1]


def test_ones_own_pages_are_no_parks_and_echo_no_password(two):
    browser, first, second = two
    assert "for_park" not in browser.page("/me/password/")
    switch(browser, second)
    data = {"current": "geheim-1", "new": "geheim-2", "repeat": "x", "for_park": str(first)}
    answer = browser.post("/me/password/", data=data)
    assert answer.status_code == 400
    assert "geheim" not in answer.text


def test_an_address_that_is_no_page_switches_nothing(two):
    browser, first, second = two
    data = {"for_park": str(second), "back_to_park": str(second)}
    assert browser.post("/nope", data=data).status_code == 404
    assert for_park(browser.page(ADD)) == str(first)
