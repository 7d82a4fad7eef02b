"""角色管理 and 用户授权 as the 安全管理员 uses them."""

from __future__ import annotations

import pytest

from app.features.accounts import queries
from tests.support.forms import errors, save, user_id

GRANTS, ROLES = "/desk/grants", "/desk/roles"
LIST = "can_list on EnterpriseView"


def role_id(app, name: str) -> int:
    with app.app_context():
        (row,) = queries.roles_named([name])
        return int(row.id)


def test_a_role_is_given_and_works_at_once(app, as_):
    person, secadmin = as_("user1"), as_("secadmin")
    assert person.get("/desk/enterprises/list/").status_code == 403
    with app.app_context():
        someone = user_id("user1")
    save(secadmin, f"{GRANTS}/edit/{someone}", roles=["reviewer"])
    person.page("/desk/enterprises/list/")
    assert "调整角色" in secadmin.page(f"{GRANTS}/show/{someone}?tab=history")


@pytest.mark.parametrize("roles", [["auditor", "sysadmin"], ["auditor", "reviewer"]])
def test_three_apart_is_explained_beside_the_field(app, as_, roles):
    with app.app_context():
        someone = user_id("user1")
    answer = save(as_("secadmin"), f"{GRANTS}/edit/{someone}", answers=400, roles=roles)
    assert "三者分离" in errors(answer.text)[0]


def test_own_roles_are_not_offered_and_refused(app, as_):
    browser = as_("secadmin")
    with app.app_context():
        me = user_id("secadmin")
    assert f"{GRANTS}/edit/{me}" not in browser.page(f"{GRANTS}/list/")
    answer = save(browser, f"{GRANTS}/edit/{me}", answers=400, roles=["sysadmin"])
    assert "不能修改自己的角色" in errors(answer.text)[0]


def test_a_stale_assignment_is_a_merge_in_words(app, as_):
    with app.app_context():
        someone = user_id("user1")
    first, second = as_("secadmin"), as_("secadmin")
    address = f"{GRANTS}/edit/{someone}"
    page = first.page(address)
    save(second, address, roles=["expert"])
    answer = save(first, address, answers=409, page=page, roles=["reviewer"])
    assert "评审专家" in answer.text
    assert "审核员" in answer.text
    save(first, address, page=answer.text, roles=["reviewer"], **{"merge.roles": "theirs"})
    with app.app_context():
        assert queries.account(someone).roles == ("expert",)


def test_an_added_role_is_made_given_used_and_named(app, as_):
    secadmin, person = as_("secadmin"), as_("clerk1")
    data = {"name": "园区查阅员", "permissions": [LIST, "can_show on EnterpriseView"]}
    answer = secadmin.post(f"{ROLES}/add", data=data)
    assert answer.status_code == 303, errors(answer.text)
    with app.app_context():
        someone = user_id("clerk1")
    save(secadmin, f"{GRANTS}/edit/{someone}", roles=["园区查阅员"])
    page = person.page("/desk/enterprises/list/")
    assert "/desk/enterprises/add" not in page
    assert 'href="/desk/enterprises/list/"' in person.page("/desk/")
    assert person.get("/desk/enterprises/add").status_code == 403
    shown = secadmin.page(answer.location)
    assert "企业管理" in shown
    assert "查看列表、查看详情" in shown


def test_a_smuggled_permission_is_refused(as_):
    data = {"name": "越权", "permissions": [LIST, "can_list on AuditView"]}
    answer = as_("secadmin").post(f"{ROLES}/add", data=data)
    assert answer.status_code == 400
    assert "不能加入自定义角色" in errors(answer.text)[0]


def test_declared_roles_are_read_only(app, as_):
    browser = as_("secadmin")
    declared = role_id(app, "auditor")
    page = browser.page(f"{ROLES}/show/{declared}")
    assert f"{ROLES}/edit/{declared}" not in page
    assert "审计日志" in page
    assert browser.get(f"{ROLES}/edit/{declared}").status_code == 404
    assert browser.post(f"{ROLES}/delete/{declared}").status_code == 404


def test_a_stale_save_of_an_added_role_is_a_merge(app, as_):
    first, second = as_("secadmin"), as_("secadmin")
    made = first.post(f"{ROLES}/add", data={"name": "查阅", "permissions": [LIST]}).location
    address = made.replace("/show/", "/edit/")
    page = first.page(address)
    save(second, address, name="查阅员", permissions=[LIST])
    answer = save(first, address, answers=409, page=page, name="查阅", permissions=[])
    assert "查阅员" in answer.text


def test_a_role_in_use_is_not_deleted_and_says_why(app, as_):
    browser = as_("secadmin")
    made = browser.post(f"{ROLES}/add", data={"name": "查阅", "permissions": [LIST]}).location
    with app.app_context():
        someone = user_id("user1")
    save(browser, f"{GRANTS}/edit/{someone}", roles=["查阅"])
    browser.post(made.replace("/show/", "/delete/"))
    assert "还有 1 个账号使用该角色" in browser.page(made)
