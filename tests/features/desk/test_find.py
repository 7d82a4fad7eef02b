"""The palette finds what a person's own lists find, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from app.core import scope
from tests.support import enterprises as made

OWN, FOREIGN = "三亚快找跨境电商有限公司", "凤凰快找仓储有限公司"


@pytest.fixture
def both(app: Any) -> None:
    with app.app_context(), scope.unscoped():
        made.add("P01", 1, name=OWN)
        made.add("P02", 2, name=FOREIGN)


def found(browser: Any, text: str) -> dict[str, list[dict[str, str]]]:
    answer = browser.get("/desk/find/", query_string={"q": text})
    assert answer.status_code == 200, answer.status_code
    return {one["label"]: one["items"] for one in answer.json["groups"]}


def names(browser: Any, text: str) -> set[str]:
    return {item["name"] for items in found(browser, text).values() for item in items}


@pytest.mark.usefixtures("both")
def test_everybody_finds_what_their_lists_hold(as_: Any) -> None:
    assert names(as_("park1"), "快找") == {OWN}
    assert names(as_("clerk1"), "快找") == {OWN}
    assert names(as_("park2"), "快找") == {FOREIGN}
    assert names(as_("operator"), "快找") == {OWN, FOREIGN}
    assert names(as_("expert1"), "快找") == set()
    assert names(as_("secadmin"), "快找") == set()


@pytest.mark.usefixtures("both")
def test_a_hit_leads_to_its_record_and_the_list_to_all_of_them(as_: Any) -> None:
    browser = as_("operator")
    (item, *_rest) = found(browser, "快找")["企业管理"]
    assert item["note"] == "在园"
    assert item["name"] in browser.page(item["url"])
    (group,) = browser.get("/desk/find/?q=快找").json["groups"]
    assert group["more"] == ""  # these are all


def test_the_rest_is_one_step_away(app: Any, as_: Any) -> None:
    with app.app_context(), scope.unscoped():
        for n in range(1, 8):
            made.add("P01", n, name=f"三亚很多{n}号有限公司")
    browser = as_("park1")
    (group,) = browser.get("/desk/find/?q=很多").json["groups"]
    assert len(group["items"]) == 5
    page = browser.page(group["more"])
    assert all(f"三亚很多{n}号有限公司" in page for n in range(1, 8))


@pytest.mark.usefixtures("both")
def test_parks_people_and_rounds_are_found_too(as_: Any) -> None:
    assert "园区/基地" in " ".join(found(as_("operator"), "P01"))
    assert found(as_("park1"), "P01") == {}  # the register of parks is the zone's


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("text", ["", " ", "快", "x" * 101, "%%", "__", "' or 1=1 --"])
def test_what_finds_nothing(as_: Any, text: str) -> None:
    assert names(as_("operator"), text) == set()


def test_nobody_is_sent_to_the_door(client: Any) -> None:
    answer = client.get("/desk/find/?q=快找", headers={"Accept": "application/json"})
    assert answer.status_code == 401
