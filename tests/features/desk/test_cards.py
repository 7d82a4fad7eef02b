"""Every figure of the 工作台 opens the list that it counts, and equals it."""

from __future__ import annotations

import html
import re

import pytest

from tests.support import enterprises as made

CARD = re.compile(
    r'<p class="keyfig-label"><a href="([^"]+)">([^<]+)</a></p>\s*'
    r'<p class="keyfig-value"><b>([^<]+)</b>'
)
COUNT = re.compile(r'<p class="count" role="status">([^<]+)</p>')
APPLICATIONS = ("待处理的入驻申请", "超时未联系的入驻申请")
WANTED = {
    "park1": {"在园企业", *APPLICATIONS},
    "clerk2": {"在园企业"},
    "both": {"在园企业", *APPLICATIONS},
    "reviewer": {
        *("待我审核", "在园企业", "运行中的园区/基地", "待审核的企业认证"),
        *APPLICATIONS,
    },
    "operator": {
        *("待我审核", "在园企业", "运行中的园区/基地", "人工核验通过的代码", "待审核的企业认证"),
        *("待处理的重复企业", *APPLICATIONS),
    },
    "sysadmin": {"可用账号", "已锁定账号"},
    "secadmin": {"未授权账号"},
    "auditor": {"今日日志"},
    "expert1": set(),
    "user1": {"我的入驻申请"},
}


@pytest.fixture
def _something(context, client, as_):
    for serial in (901, 902):
        made.add("P01", serial)
    made.add("P01", 903, status="暂停")
    made.add("P02", 904)
    for _ in range(5):
        client.post("/login", data={"username": "park2", "password": "wrong-wrong"})
    as_("sysadmin").post("/desk/users/add", data={"username": "wangmin", "name": "王敏"})


@pytest.mark.usefixtures("_something")
@pytest.mark.parametrize("person", WANTED)
def test_each_figure_equals_the_list_that_it_opens(as_, person):
    browser = as_(person)
    cards = CARD.findall(browser.page("/desk/"))
    assert {label for _url, label, _value in cards} == WANTED[person]
    for url, label, value in cards:
        told = COUNT.search(browser.page(html.unescape(url)))
        assert told is not None
        numbers = re.findall(r"[\d,]+", told[1])
        assert numbers[-1] == value, (label, told[1])


@pytest.mark.usefixtures("_something")
def test_the_figures_are_those_of_the_own_park(as_):
    values = {
        person: {label: value for _url, label, value in CARD.findall(as_(person).page("/desk/"))}[
            "在园企业"
        ]
        for person in ("park1", "clerk2", "operator")
    }
    assert values == {"park1": "2", "clerk2": "1", "operator": "3"}


@pytest.mark.parametrize(
    ("who", "may"), [("clerk1", True), ("operator", True), ("reviewer", False)]
)
def test_who_may_import_finds_the_way_on_the_desk(as_, who, may):
    assert ('href="/desk/enterprises/imports/new"' in as_(who).page("/desk/")) is may
