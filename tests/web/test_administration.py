"""Registers of administration: each for its role, nothing of them for anybody else."""

from __future__ import annotations

import pytest

PAGES = {
    "sysadmin": ("/desk/users/list/", "/desk/users/add", "/desk/users/show/1"),
    "secadmin": (
        "/desk/grants/list/",
        "/desk/grants/show/1",
        "/desk/roles/list/",
        "/desk/roles/add",
    ),
    "operator": (
        *("/desk/parks/list/", "/desk/parks/add", "/desk/parks/show/1", "/desk/parks/edit/1"),
        *("/desk/organisations/list/", "/desk/organisations/add"),
        *("/desk/members/list/", "/desk/members/add", "/desk/members/edit/1"),
        *("/desk/dictionaries/list/", "/desk/dictionaries/add", "/desk/dictionaries/edit/1"),
    ),
    "auditor": ("/desk/audit/list/",),
}
#: Reviewers see whose profile they review.
READ_BY = {"/desk/parks/list/": {"reviewer"}, "/desk/parks/show/1": {"reviewer"}}
MINE = ("/me/password/", "/me/devices/list/")
ROLES = (*PAGES, "park1", "clerk1", "reviewer", "expert1", "user1")
GROUPS = {
    "sysadmin": {"系统管理"},
    "secadmin": {"系统管理"},
    "operator": {"平台管理"},
    "reviewer": {"平台管理"},
    "auditor": {"审计"},
}


@pytest.mark.parametrize("role", ROLES)
def test_each_page_opens_for_its_role_and_for_no_other(as_, role):
    browser = as_(role)
    for owner, addresses in PAGES.items():
        for address in addresses:
            wanted = 200 if role in {owner, *READ_BY.get(address, ())} else 403
            assert browser.get(address).status_code == wanted, address
    for address in MINE:
        browser.page(address)


@pytest.mark.parametrize("address", [*(one for group in PAGES.values() for one in group), *MINE])
def test_a_visitor_signs_in_first(client, address):
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.location.startswith("/login?next=")


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_names_only_what_one_may_open(as_, role):
    text = as_(role).page("/desk/")
    shown = {group for group in ("系统管理", "平台管理", "审计") if f">{group}</h2>" in text}
    assert shown == GROUPS.get(role, set())
    for words in ("修改密码", "登录设备"):
        assert words in text


@pytest.mark.parametrize("role", ["park1", "clerk2", "base1", "both"])
def test_a_park_sees_no_trace_of_administration(as_, role):
    """Neither people of others, nor other parks, nor the trail, on any page a park can open."""
    browser = as_(role)
    own = {"park1": "P01", "clerk2": "P02", "base1": "B01", "both": "P01"}[role]
    names = {"P01": "鹿回头测试园区", "P02": "凤凰岛测试园区", "B01": "崖州测试基地"}
    if role == "both":
        del names["P02"]
    for address in ("/desk/", "/desk/enterprises/list/", "/desk/enterprises/add", *MINE):
        text = browser.page(address)
        for secret in ("测sysadmin", "测operator", "测auditor", "/desk/users", "/desk/audit"):
            assert secret not in text, (address, secret)
        for code, name in names.items():
            assert code == own or name not in text, (address, name)
