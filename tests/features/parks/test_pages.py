"""平台管理 as the 平台运营 uses it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core import uscc
from app.core.values import replace
from app.extensions import db
from app.extensions.lists.criteria import Criteria, Rules
from app.features.parks import queries
from app.features.parks.models import Park, ParkProfile
from app.features.parks.views.parks import ParkView
from app.transaction import transaction
from tests.support import people
from tests.support.forms import errors, form_of, save, user_id

BODY = "91460200MA5T90001"
CODE = BODY + uscc.check_sign(BODY)


def test_a_park_is_added_suspended_with_a_reason_and_shown_under_its_tab(as_):
    browser = as_("operator")
    data = {"code": "P11", "name": "三亚新园区", "kind": "park"}
    made = browser.post("/desk/parks/add", data=data).location
    edit = made.replace("/show/", "/edit/")
    values = {"name": "三亚新园区", "kind": "park", "status": "suspended"}
    answer = save(browser, edit, answers=400, **values)
    assert "须写明原因" in errors(answer.text)[0]
    save(browser, edit, **values, reason="整改中")
    assert "整改中" in browser.page(f"{made}?tab=history")
    assert "三亚新园区" in browser.page("/desk/parks/list/?status=suspended")
    assert "三亚新园区" not in browser.page("/desk/parks/list/?status=active")


def test_a_refused_park_keeps_what_was_typed(as_):
    data = {"code": "P01", "name": "三亚新园区", "kind": "base"}
    answer = as_("operator").post("/desk/parks/add", data=data)
    assert answer.status_code == 400
    assert "已被其他园区/基地使用" in errors(answer.text)[0]
    assert 'value="三亚新园区"' in answer.text


def test_a_stale_save_of_a_park_is_a_merge_in_words(app, as_):
    first, second = as_("operator"), as_("operator2")
    with app.app_context():
        address = f"/desk/parks/edit/{people.park('P02').id}"
    page = first.page(address)
    theirs = {"name": "凤凰岛别名", "kind": "park", "status": "suspended", "reason": "整改"}
    save(second, address, **theirs)
    mine = {"name": "凤凰岛新名", "kind": "base", "status": "active", "reason": "更名"}
    answer = save(first, address, answers=409, page=page, **mine)
    for words in ("凤凰岛新名", "测operator2 还修改了状态", "凤凰岛别名"):
        assert words in answer.text
    assert form_of(answer.text)["status"] == "suspended"
    assert first.post(address, data=form_of(answer.text)).status_code == 303
    with app.app_context():
        park = people.park("P02")
        assert (park.name, park.kind, park.status) == ("凤凰岛新名", "base", "suspended")


def test_a_park_in_use_says_why_it_stays(app, as_):
    browser = as_("operator")
    with app.app_context():
        park = people.park("P01").id
    assert f"/desk/parks/delete/{park}" not in browser.page("/desk/parks/list/")
    browser.post(f"/desk/parks/delete/{park}")
    assert "不能删除" in browser.page(f"/desk/parks/show/{park}")


def test_an_organisation_is_added_and_a_wrong_code_is_said(as_):
    browser = as_("operator")
    bad = browser.post("/desk/organisations/add", data={"uscc": CODE[:-1] + "0", "name": "甲"})
    assert "请核对营业执照" in errors(bad.text)[0]
    good = browser.post("/desk/organisations/add", data={"uscc": CODE, "name": "三亚甲公司"})
    assert good.status_code == 303
    again = browser.post("/desk/organisations/add", data={"uscc": CODE, "name": "乙"})
    assert "主体为“三亚甲公司”" in errors(again.text)[0]


def test_a_park_shows_who_runs_it_and_the_organisation_shows_its_parks(app, as_):
    browser = as_("operator")
    made = browser.post("/desk/organisations/add", data={"uscc": CODE, "name": "三亚甲公司"})
    with app.app_context():
        park = people.park("P02")
    address = f"/desk/parks/edit/{park.id}"
    values = {"name": park.name, "kind": park.kind, "status": park.status}
    answer = save(browser, address, answers=400, **values, organisation=CODE[:-1] + "0")
    assert "没有登记这个统一社会信用代码" in errors(answer.text)[0]
    save(browser, address, **values, organisation=CODE)
    shown = browser.page(f"/desk/parks/show/{park.id}")
    assert f'href="{made.location}"' in shown
    assert CODE in shown
    assert "三亚甲公司" in browser.page("/desk/parks/list/?q=三亚甲公司")
    assert park.name in browser.page(made.location)
    history = browser.page(f"/desk/parks/show/{park.id}?tab=history")
    assert "运营主体" in history
    assert f'value="{CODE}"' in browser.page(address)


def test_a_person_joins_a_park_and_leaves_it(app, as_):
    browser, person = as_("operator"), as_("user1")
    with app.app_context():
        park = people.park("P01").id
    data = {"username": "user1", "park_id": park, "role": "clerk"}
    made = browser.post("/desk/members/add", data=data)
    assert made.status_code == 303, errors(made.text)
    assert "鹿回头测试园区" in person.page("/desk/")
    save(browser, made.location.replace("/show/", "/edit/"), role="owner")
    assert "所有者" in browser.page(made.location)
    browser.post(made.location.replace("/show/", "/delete/"), data={"reason": "离职"})
    assert "鹿回头测试园区" not in person.page("/desk/")
    with app.app_context():
        assert queries.membership_of(user_id("user1")) is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"username": "nobody"}, "没有这个登录账号"),
        ({"username": "auditor"}, "不能加入园区/基地"),
        ({"park_id": ""}, "请选择园区/基地"),
        ({"park_id": "x"}, "请选择园区/基地"),
    ],
)
def test_who_cannot_join_is_said_beside_the_field(app, as_, values, words):
    with app.app_context():
        data = {"username": "user1", "park_id": people.park("P01").id, "role": "clerk"}
    answer = as_("operator").post("/desk/members/add", data={**data, **values})
    assert answer.status_code == 400
    assert words in errors(answer.text)[0]


def test_turning_pages_by_a_column_that_parks_without_a_profile_lack(context):
    """Sorted by what only some have, every park stands on one page, forward and back."""
    everyone = list(db.session.scalars(sa.select(Park.id).order_by(Park.id)))
    for key, level, division in zip(
        everyone[:2], ("city", "province"), ("460203", "460202"), strict=True
    ):
        named = {"slug": f"p{key}", "name": "园", "kind": "park", "level": level}
        with transaction():
            db.session.add(ParkProfile(park_id=key, division=division, **named))
    assert len(everyone) > 2
    for sort, descending in (("level", False), ("level", True), ("division", False)):
        asked = Criteria(Rules(), sort=sort, descending=descending, size=1)
        seen: list[int] = []
        for page in range(1, len(everyone) + 1):
            last = seen[-1] if seen else None
            rows = ParkView.source.rows(replace(asked, page=page, after=last), ())
            seen += [row.pk for row in rows]
        assert sorted(seen) == everyone, sort
