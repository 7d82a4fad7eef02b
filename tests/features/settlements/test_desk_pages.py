"""入驻申请处理: who sees and does what; figures open the lists they count; nobody is lost."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest

from app.core import clock, scope
from app.extensions import db
from app.features.settlements import queries, services
from tests.features.settlements.test_handling import do
from tests.support import enterprises, people
from tests.support.settlements import made

BASE = "/desk/settlements"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PHONE = "13987654321"


@pytest.fixture
def found(context):
    return made("P01", phone=PHONE, uploads=())


def version(app, pk) -> str:
    with app.app_context(), scope.unscoped():
        db.session.expire_all()
        return str(queries.get(pk).version)


def post(app, browser, act, pk, **data):
    values = {"version": version(app, pk), **data}
    return browser.post(f"{BASE}/{act}/{pk}", data=values, content_type="multipart/form-data")


def state(app, pk) -> str:
    with app.app_context(), scope.unscoped():
        db.session.expire_all()
        return queries.get(pk).state


@pytest.mark.parametrize(
    ("person", "listed", "acted"),
    [
        ("park1", 200, True),
        ("park2", 200, False),
        ("base1", 200, False),
        ("operator", 200, False),
        ("reviewer", 200, False),
        ("clerk1", 403, False),
        ("expert1", 403, False),
        ("user1", 403, False),
        ("sysadmin", 403, False),
        ("auditor", 403, False),
    ],
)
def test_who_sees_and_does_what(app, as_, found, person, listed, acted):
    browser = as_(person)
    assert browser.get(f"{BASE}/list/").status_code == listed
    zone = person in ("operator", "reviewer")
    foreign = person in ("park2", "base1")
    shown = browser.get(f"{BASE}/show/{found.id}").status_code
    assert shown == (200 if acted or zone else 404 if foreign else 403)
    answer = post(app, browser, "follow", found.id, text="电话").status_code
    assert answer == (303 if acted else 404 if foreign else 403)
    assert state(app, found.id) == ("following" if acted else "new")
    named = "已落地" in browser.get(f"{BASE}/show/{found.id}").text
    assert named == acted


def test_nobody_is_sent_to_sign_in(client, found):
    assert "/login" in client.get(f"{BASE}/show/{found.id}").location
    assert "/login" in client.get("/me/applications/").location


def test_the_name_opens_the_page_and_the_number_is_masked(as_, found):
    browser = as_("park1")
    listing = browser.page(f"{BASE}/list/")
    assert re.search(rf'<a href="{BASE}/show/{found.id}">赵申请</a>', listing)
    page = browser.page(f"{BASE}/show/{found.id}")
    for text in (listing, page):
        assert PHONE not in text
        assert "139****4321" in text
    told = browser.post(f"{BASE}/reveal/{found.id}/contact_phone")
    assert PHONE in told.text
    history = browser.page(f"{BASE}/show/{found.id}?tab=history")
    assert "查看完整个人信息" in history
    assert browser.post(f"{BASE}/reveal/{found.id}/form_key").status_code == 404


def test_the_zone_reads_masked_and_a_reviewer_reveals_nothing(as_, found):
    do(services.follow, found, "王经理 13900001111 要周五看场地")
    assert "要周五看场地" in as_("park1").page(f"{BASE}/show/{found.id}")
    reviewer = as_("reviewer")
    assert "要周五看场地" not in reviewer.page(f"{BASE}/show/{found.id}")
    page = reviewer.page(f"{BASE}/show/{found.id}")
    assert "赵申请" not in page
    assert "赵**" in page
    assert "鹿回头测试园区" in page
    assert reviewer.post(f"{BASE}/reveal/{found.id}/contact_phone").status_code == 404
    assert "赵申请" not in reviewer.page(f"{BASE}/list/?q=三亚测试申请")
    assert "没有符合条件的记录" in reviewer.page(f"{BASE}/list/?q=赵申请")


def test_every_figure_opens_the_list_that_it_counts(app, as_, context):
    long_ago = clock.now() - timedelta(days=30)
    late = made("P01", now=long_ago)
    browser = as_("park1")
    for number, act in enumerate(("decline", "land", "follow", "land")):
        pk = made("P01").id
        data = {
            "text": "电话",
            "reason_code": "cost",
            "uscc": enterprises.row(960 + number)["uscc"],
            "name": f"落地{number}号",
            "settled_on": clock.today().isoformat(),
        }
        assert post(app, browser, act, pk, **data).status_code == 303
    page = browser.page(f"{BASE}/list/")
    figures = re.findall(
        r'keyfig-label"><a href="([^"]+)">([^<]+)</a></p>\s*<p class="keyfig-value"><b>(\d+)', page
    )
    assert [(words, number) for _url, words, number in figures] == [
        ("收到申请", "5"),
        ("已首次联系", "4"),
        ("已落地", "2"),
        ("超过首次联系时限", "1"),
        ("待补合同", "2"),
    ]
    for url, words, number in figures:
        rows = set(re.findall(rf"{BASE}/show/(\d+)", browser.page(url)))
        assert len(rows) == int(number), words
    assert str(late.id) in browser.page(f"{BASE}/list/?focus=overdue")
    desk = browser.page("/desk/")
    for card in ("待处理的入驻申请", "超时未联系的入驻申请"):
        url, number = re.search(
            rf'href="([^"]+)">{card}</a></p>\s*<p class="keyfig-value"><b>(\d+)', desk
        ).groups()
        shown = set(re.findall(rf"{BASE}/show/(\d+)", browser.page(url.replace("&amp;", "&"))))
        assert len(shown) == int(number) == 1
    assert "已超" in browser.page(f"{BASE}/list/?state=new")


def test_landing_asks_once_more_and_makes_an_enterprise(app, as_, found):
    browser = as_("park1")
    page = browser.page(f"{BASE}/show/{found.id}?act=land")
    assert "确定将“赵申请”的入驻申请标记为已落地吗" in page
    done = post(
        app,
        browser,
        "land",
        found.id,
        uscc=enterprises.row(950)["uscc"],
        name="三亚落地有限公司",
        settled_on=clock.today().isoformat(),
        proof=(io.BytesIO(PDF), "合同.pdf"),
    )
    assert done.status_code == 303
    page = browser.page(done.location)
    assert "企业管理中新增了“三亚落地有限公司”" in page
    assert "合同.pdf" in page
    assert "三亚落地有限公司" in browser.page("/desk/enterprises/list/?source=settlement")
    file = re.search(r'href="(/files/[0-9a-f]{32})"', page)[1]
    assert browser.get(file).get_data() == PDF
    assert as_("park2").get(file).status_code == 404
    assert as_("reviewer").get(file).status_code == 404


def test_a_code_that_is_there_is_announced_and_linked(app, as_, found):
    there = enterprises.add("P01", 950)
    browser = as_("park1")
    assert there.name in browser.page(f"{BASE}/show/{found.id}?act=land")
    done = post(
        app,
        browser,
        "land",
        found.id,
        uscc=there.uscc,
        name="随便",
        settled_on=clock.today().isoformat(),
    )
    assert f"已关联在册企业“{there.name}”" in browser.page(done.location)


def test_a_refused_dialog_stands_open_with_what_was_typed(app, as_, found):
    browser = as_("park1")
    refused = post(app, browser, "decline", found.id, reason_code="other", reason="")
    assert refused.status_code == 400
    assert "选择“其他”时，请写明原因" in refused.text
    assert re.search(r"<dialog[^>]* data-open", refused.text)
    refused = post(app, browser, "land", found.id, uscc="91460200", name="记得我", settled_on="")
    here = re.search(r'<li aria-current="page">([^<]*)<', refused.text)[1]
    assert not here.startswith("错误")  # that is for the title of the window
    assert refused.status_code == 400
    assert "记得我" in refused.text
    assert state(app, found.id) == "new"
    assert browser.post(f"{BASE}/follow/{found.id}", data={"version": "x"}).status_code == 400
    assert browser.get(f"{BASE}/land/{found.id}").status_code == 405


def test_who_comes_second_is_told_and_keeps_the_words(app, as_, found):
    first, second = as_("park1"), as_("both")
    old = version(app, found.id)
    assert post(app, first, "follow", found.id, text="我先打的电话").status_code == 303
    late = second.post(f"{BASE}/follow/{found.id}", data={"version": old, "text": "我也打了"})
    assert late.status_code == 409
    assert "同事已处理过这份申请" in late.text
    assert "我先打的电话" in late.text
    assert "我也打了" in late.text
    assert post(app, first, "decline", found.id, reason_code="cost").status_code == 303
    late = second.post(f"{BASE}/follow/{found.id}", data={"version": old, "text": "还有一句"})
    assert late.status_code == 409
    assert "您填写的内容没有保存" in late.text
    assert "还有一句" in late.text


def test_reasons_reach_the_applicant_and_notes_do_not(app, as_):
    with app.app_context():
        mine = made("P01", by="user1")
    park = as_("park1")
    post(app, park, "follow", mine.id, text="内部备注")
    post(app, park, "decline", mine.id, reason_code="space", reason="暂无恒温仓")
    page = as_("user1").page("/me/applications/")
    assert "场地面积或条件不符" in page
    assert "暂无恒温仓" in page
    assert "内部备注" not in page
    post(app, park, "reopen", mine.id, text="有仓了")
    assert "暂无恒温仓" not in as_("user1").page("/me/applications/")
    log = park.page(f"{BASE}/show/{mine.id}")
    for words in ("内部备注", "暂无恒温仓", "有仓了"):
        assert words in log


def test_handed_to_another_park_it_is_told_and_gone_from_here(app, as_):
    with app.app_context():
        mine = made("P01", by="user1", phone=PHONE)
        target = str(people.park("P02").id)
    here, there = as_("park1"), as_("park2")
    assert "凤凰岛测试园区" in here.page(f"{BASE}/show/{mine.id}?act=move")
    assert post(app, here, "move", mine.id, park_id=target, text="更合适").status_code == 303
    page = here.page(f"{BASE}/show/{mine.id}")
    assert "赵申请" not in page
    assert "4321" not in page
    assert "凤凰岛测试园区" in page
    assert "赵申请" in there.page(f"{BASE}/list/?state=new")
    told = as_("user1").page("/me/applications/")
    assert "凤凰岛测试园区" in told
    assert "由其他园区转来" in told
    assert "鹿回头测试园区" in told


@pytest.mark.parametrize("query", ["?state=x", "?focus=1", "?needs=y", "?submitted_at.from=1"])
def test_made_up_filters_are_bad_requests(as_, query):
    assert as_("park1").get(f"{BASE}/list/{query}").status_code == 400


def test_hostile_words_are_only_words(app, as_):
    with app.app_context():
        bad = made(
            "P01", contact_name="<script>1</script>", company="<img src=x>", message="{{7*7}}"
        )
    browser = as_("park1")
    post(app, browser, "follow", bad.id, text="<b>x</b>\n</textarea>")
    for address in (f"{BASE}/list/", f"{BASE}/show/{bad.id}", f"{BASE}/show/{bad.id}?act=land"):
        page = browser.page(address)
        assert "<script>1" not in page
        assert "<img src=x>" not in page
        assert "<b>x</b>" not in page
