"""法律文本 as the 平台运营 keeps them: drafted, previewed, published once, never changed after."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.engines import documents, trail
from app.engines.documents import Document
from app.extensions import db
from tests.support.forms import errors, save

BASE = "/desk/documents"


def today(days=0):
    return (clock.today() + timedelta(days=days)).isoformat()


def draft(browser, kind="legal", status=303, **values):
    data = {"kind": kind, "title": "新声明", "effective_on": today(), "body": "# 一\n正文甲"}
    answer = browser.post(f"{BASE}/add?kind={kind}", data={**data, **values})
    assert answer.status_code == status, errors(answer.text)
    return answer.location if status == 303 else answer.text


def publish(browser, address):
    """发布 by the button of the page."""
    page = browser.page(address)
    return browser.post(re.search(rf"{BASE}/publish/\d+\?version=\d+", page)[0])


def test_a_draft_begins_with_the_text_in_force(as_):
    page = as_("operator").page(f"{BASE}/add?kind=privacy")
    assert "起草《个人信息保护政策》新版" in page
    assert "我们收集哪些信息" in page
    assert f'value="{today(7)}"' in page


def test_a_draft_is_previewed_published_and_seen_by_everybody(as_, client):
    browser = as_("operator")
    address = draft(browser)
    preview = browser.page(address.replace("/show/", "/preview/"))
    assert "草稿，尚未发布" in preview
    assert "正文甲" in preview
    assert "正文甲" not in client.page("/documents/legal")
    assert client.get("/documents/legal/2").status_code == 404
    assert publish(browser, address).status_code == 303
    assert "正文甲" in client.page("/documents/legal")
    page = browser.page(address)
    assert "现行" in page
    assert "发布文本" in browser.page(f"{address}?tab=history")
    assert f"{BASE}/publish/" not in page
    assert f"{BASE}/edit/" not in page


def test_a_version_whose_day_has_not_come_leaves_the_other_in_force(as_, client):
    browser = as_("operator")
    address = draft(browser, effective_on=today(3))
    publish(browser, address)
    assert "正文甲" not in client.page("/documents/legal")
    assert "待生效" in browser.page(address)
    assert "现行" in browser.page(f"{BASE}/list/?kind=legal")


def test_one_draft_of_a_kind_at_a_time_in_words(as_):
    browser = as_("operator")
    draft(browser)
    assert "已有一份草稿" in draft(browser, status=400)
    draft(browser, kind="privacy")


def test_what_is_published_is_not_changed_by_a_forged_form(app, as_):
    browser = as_("operator")
    address = draft(browser)
    publish(browser, address)
    edit = address.replace("/show/", "/edit/")
    data = {"title": "改掉", "body": "改掉", "effective_on": today()}
    assert "已发布，不能修改" in save(browser, edit, answers=400, **data).text
    with app.app_context():
        assert db.session.scalar(sa.select(Document.title).where(Document.number == 2)) == "新声明"
    again = browser.post(
        address.replace("/show/", "/publish/") + "?version=3", follow_redirects=True
    )
    assert "已发布，不能修改" in again.text


def test_a_day_that_is_past_is_not_published(as_):
    browser = as_("operator")
    address = draft(browser, effective_on=today(-1))
    publish(browser, address)
    page = browser.page(address)
    assert "生效日期已过" in page
    assert "草稿" in page


def test_what_somebody_saved_meanwhile_is_not_published_unseen(app, as_):
    browser, other = as_("operator"), as_("operator2")
    address = draft(browser)
    seen = re.search(rf"{BASE}/publish/\d+\?version=\d+", browser.page(address))[0]
    edit = address.replace("/show/", "/edit/")
    assert save(other, edit, title="新声明", body="正文乙", effective_on=today()).status_code == 303
    browser.post(seen)
    assert "草稿已被修改，没有发布" in browser.page(address)
    with app.app_context():
        assert documents.versions("legal")[0].state == "draft"
    assert "正文乙" in browser.page(address.replace("/show/", "/preview/"))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"title": ""}, "必填"),
        ({"body": " \n "}, "必填"),
        ({"body": "字" * 100_001}, "内容过长"),
        ({"title": "长" * 81}, "80"),
        ({"effective_on": "tomorrow"}, ""),
    ],
)
def test_refusals_of_a_text_stand_beside_the_field(as_, values, words):
    said = errors(draft(as_("operator"), status=400, **values))
    assert said
    assert words in said[0]


def test_a_kind_that_is_none_is_not_drafted(as_):
    browser = as_("operator")
    assert browser.get(f"{BASE}/add?kind=other").status_code == 404
    data = {"kind": "other", "title": "a", "effective_on": today(), "body": "b"}
    assert browser.post(f"{BASE}/add", data=data).status_code == 404


def test_a_changed_text_is_seen_in_the_trail(app, as_):
    browser = as_("operator")
    address = draft(browser)
    edit = address.replace("/show/", "/edit/")
    save(browser, edit, title="新声明", body="正文乙", effective_on=today())
    with app.app_context():
        pk = int(address.rpartition("/")[2])
        changed = trail.history("document", pk)[0]
        assert changed.action == "document.changed"
        assert len(changed.details["sha256"]) == 64


def test_a_text_cannot_bring_its_own_markup(as_, client):
    browser = as_("operator")
    address = draft(browser, body="<script>alert(1)</script>")
    for page in (address.replace("/show/", "/preview/"), address):
        assert "<script>alert" not in browser.page(page)
