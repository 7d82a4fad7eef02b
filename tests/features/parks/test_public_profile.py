"""The public site shows the approved profile and nothing of what is only proposed."""

from __future__ import annotations

import pytest

from app.engines import review
from tests.features.parks.profiles import decide, propose, upload

HERE = "/parks/nanwan"


def test_the_public_page_keeps_the_approved_version_until_the_next_is_approved(app, client):
    with app.app_context():
        first, second = upload("park1", picture=True), upload("park1", picture=True)
        sent = propose("park1", photos=[{"key": first["key"], "alt": "一期大门"}])
    assert client.get(HERE).status_code == 404
    with app.app_context():
        decide(review.approve, sent)
    page = client.get(HERE).text
    assert "一期大门" in page
    assert "以跨境独立站为主导业态" in page
    with app.app_context():
        changed = {"introduction": "<p>二期已经开园。</p>", "leasable_area": "20999"}
        photos = [{"key": second["key"], "alt": "二期大门"}]
        sent = propose("park1", photos=photos, **changed)
    page = client.get(HERE).text
    assert "一期大门" in page
    assert "21,000" in page
    for word in ("二期", "20,999", second["key"]):
        assert word not in page
    assert client.get(f"/pictures/{second['key']}").status_code == 404
    with app.app_context():
        decide(review.approve, sent)
    page = client.get(HERE).text
    assert "二期大门" in page
    assert "20,999" in page
    assert "一期大门" not in page
    assert client.get(f"/pictures/{second['key']}").status_code == 200
    assert client.get(f"/pictures/{first['key']}").status_code == 404


def test_what_is_for_the_desk_only_stands_on_no_public_page(app, client):
    with app.app_context():
        sent = propose("park1", email="desk@example.com", legal_representative="钱法人")
        decide(review.approve, sent)
    page = client.get(HERE).text
    for word in (
        "林知远",
        "13800138000",
        "138 0013 8000",
        "desk@example.com",
        "钱法人",
        "证明.pdf",
    ):
        assert word not in page


def test_the_code_of_a_park_leads_to_its_profile(app, client):
    assert client.get("/parks/p01").status_code == 200  # the plain row, before there is a profile
    with app.app_context():
        decide(review.approve, propose("park1"))
    assert client.get("/parks/p01").location == HERE
    assert client.get("/parks/P01").location == HERE


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("type=park&level=city&mode=1210&area=460203", True),
        ("q=nw", True),
        ("q=南湾", True),
        ("type=base", False),
        ("mode=9610", True),
        ("q=zzzz", False),
    ],
)
def test_the_list_filters_by_the_approved_profile(app, client, query, found):
    with app.app_context():
        decide(review.approve, propose("park1"))
        propose("park2", park="P02", name="未审产业园", level="national", customs_modes=["9710"],
                division="460205")  # fmt: skip
    page = client.get(f"/parks/?{query}").text
    assert ("南湾数字贸易产业园" in page) is found
    assert "未审产业园" not in page


def test_filters_offer_what_some_park_has_and_leave_out_parks_without_a_profile(app, client):
    with app.app_context():
        decide(review.approve, propose("park1"))
    page = client.get("/parks/").text
    assert 'value="460203"' in page
    assert 'value="460205"' not in page
    assert "凤凰岛测试园区" in page
    assert "凤凰岛测试园区" not in client.get("/parks/?level=city").text
