"""The 工作台 of each role: every number opens the list that it counts and equals it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.engines import calendar
from app.extensions import db
from app.features.desk.views.home import lines
from app.web.board import Number, Todo
from tests.features.desk import board
from tests.features.desk.board import listed, numbers_of, strays
from tests.features.news import made as news
from tests.features.parks import certified, profiles
from tests.support import enterprises, settlements

#: Who sees which charts.
CHARTS = {
    "park1": {"settlements", "news", "roles", "customs_modes"},
    "clerk1": {"news", "roles", "customs_modes"},
    "reviewer": {"reviews", "settlements", "news", "parks", "park-firms"},
    "operator": {"reviews", "settlements", "news", "parks", "park-firms"},
    "expert1": set(),
    "sysadmin": {"users"},
    "secadmin": {"roles-held"},
    "auditor": {"trail"},
    "user1": set(),
}
CHART = re.compile(r'aria-labelledby="chart-([a-z_-]+)"')
WORK = re.compile(
    r'<span class="board-kind">([^<]+)</span>\s*<p class="board-what"[^>]*>([^<]+?) *<'
)


@pytest.fixture
def _full(context):
    board.fill()


@pytest.mark.usefixtures("_full")
def test_every_number_equals_the_list_that_it_opens(as_):
    for person in CHARTS:
        _equal_to_their_lists(as_(person), person)


def _equal_to_their_lists(browser, person):
    page = browser.page("/desk/")
    assert set(CHART.findall(page)) == CHARTS[person], person
    assert strays(page) == [], person
    lines = re.findall(r"data-lines>(\d+)<", page)
    assert lines == ([str(len(WORK.findall(page)))] if WORK.findall(page) else []), person
    numbers = numbers_of(page)
    assert numbers or person == "expert1"
    for url, text in numbers:
        assert listed(browser.page(url)) == text, (person, url)


@pytest.mark.usefixtures("_full")
def test_a_park_counts_its_own(as_):
    seen = {person: dict(numbers_of(as_(person).page("/desk/"))) for person in ("park1", "park2")}
    firms = "/desk/enterprises/list/?status=%E5%9C%A8%E5%9B%AD"
    late = "/desk/settlements/list/?focus=overdue"
    assert [seen[person][firms] for person in seen] == ["3", "1"]  # one has landed
    assert [seen[person][late] for person in seen] == ["2", "0"]


@pytest.mark.usefixtures("_full")
@pytest.mark.parametrize(
    ("person", "wanted"),
    [
        (
            "park1",
            [
                ("入驻申请", "超过首次联系时限的申请"),
                ("入驻申请", "等待首次联系的申请"),
                ("考核填报", "2025 年度考核"),
                ("入驻申请", "已落地、待补合同或执照的申请"),
                ("新闻资讯", "退回修改的新闻资讯"),
            ],
        ),
        ("clerk1", []),
        (
            "reviewer",
            [
                *(("审核", "园区信息"), ("审核", "新闻资讯"), ("异议", "待受理的异议")),
                *(("企业认证", "待审核的企业认证"), ("填报审核", "待审核的填报")),
            ],
        ),
        (
            "operator",
            [
                *(("审核", "园区信息"), ("审核", "新闻资讯"), ("异议", "待受理的异议")),
                ("企业认证", "待审核的企业认证"),
                ("新闻资讯", "退回修改的新闻资讯"),
            ],
        ),
    ],
)
def test_what_is_to_be_done_the_most_urgent_first(as_, person, wanted):
    page = as_(person).page("/desk/")
    assert WORK.findall(page) == wanted
    assert ("没有待办事项" in page) is not bool(wanted)


def test_the_order_of_deadlines(context):
    today = clock.today()
    soon, later = calendar.due(clock.now(), 1), calendar.due(clock.now(), 9)
    long_ago = clock.now() - timedelta(days=30)
    some = [
        Todo("x", "never", "", "/"),
        Todo("x", "waits", "", "/", since=long_ago),
        Todo("x", "later", "", "/", due=later),
        Todo("x", "over", "", "/", due=today - timedelta(days=20)),
        Todo("x", "soon", "", "/", due=soon),
    ]
    made = lines(some)
    assert [line.todo.text for line in made] == ["over", "soon", "later", "waits", "never"]
    assert [line.tone for line in made] == ["danger", "danger", "muted", "muted", "muted"]
    assert made[1].words == "剩 1 个工作日"
    assert made[0].words.startswith("已超 ")


def test_a_new_park_is_told_what_will_stand_there(as_):
    page = as_("park1").page("/desk/")
    assert page.count('class="panel-empty"') == 5  # 待办 and four charts
    assert "还没有在册企业" in page
    assert "data-chart=" not in page
    assert "未填写" in page


def test_the_way_of_a_company_to_its_park(as_, context):
    step = re.compile(r"<b>([^<]+)</b><small data-plain>[^<]*</small></div>\s*"
                      r'<p class="state-word"><i class="dot (\w+)"></i>([^<]+)</p>')  # fmt: skip

    def now() -> list[tuple[str, str]]:
        page = as_("user1").page("/desk/")
        return [state for _label, _dot, state in step.findall(page)]

    assert now() == ["未开始", "未开始", "未开通"]
    board._claim()
    assert now() == ["待审核", "未开始", "未开通"]
    certified.certify("user1")
    assert now() == ["已认证", "未开始", "未开通"]
    made = profiles.apply("user1")
    assert now() == ["已认证", "待审核", "未开通"]
    profiles.decide(board.review.send_back, made, reason="请修改", fields=("name",))
    assert now() == ["已认证", "退回修改", "未开通"]
    page = as_("user1").page("/desk/")
    assert 'href="/me/provider/"' in page
    assert "退回原因：请修改" in page


def test_the_page_takes_as_many_statements_with_much_as_with_little(as_, context):
    board.fill()
    persons = ("park1", "operator", "user1", "auditor")
    few = {person: _statements(as_(person)) for person in persons}
    for serial in range(1, 21):
        enterprises.add("P01", serial)
        settlements.made("P01", phone=f"1370000{serial:04}")
        news.write("park1", send=True, title=f"第{serial}篇")
    assert {person: _statements(as_(person)) for person in persons} == few


def _statements(browser) -> int:
    browser.page("/desk/")
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement)

    event_on = db.engine if isinstance(db.engine, sa.Engine) else db.engines[None]
    sa.event.listen(event_on, "before_cursor_execute", note)
    try:
        browser.page("/desk/")
    finally:
        sa.event.remove(event_on, "before_cursor_execute", note)
    return sum(one.startswith("SELECT") for one in said)


def test_the_charts_and_their_script_come_with_this_page_only(as_):
    browser = as_("sysadmin")
    page = browser.page("/desk/")
    source = re.search(r'data-source="(/static/vendor/charts/echarts\.js\?v=\w+)"', page)[1]
    assert browser.get(source).status_code == 200
    assert "echarts" not in browser.page("/desk/users/list/")


def test_a_number_says_itself_with_its_thousands():
    assert [str(Number(12345, "/")), str(Number(9, "/", "10,000+"))] == ["12,345", "10,000+"]
