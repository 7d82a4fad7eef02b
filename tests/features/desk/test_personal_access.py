"""个人信息访问: every look at personal values and every file with them, nothing else."""

from __future__ import annotations

import csv
import io

import pytest

from app.core import scope
from app.engines import trail
from app.transaction import transaction
from tests.support import people

BASE = "/desk/audit/personal"
PHONES = {"count": 12, "purpose": "年度核对", "personal": ["contact_name", "contact_phone"]}


@pytest.fixture(autouse=True)
def _acts(app):
    with app.app_context(), scope.unscoped(), transaction():
        clerk = people.actor("clerk1")
        park = people.park("P01").id
        one = trail.Ref("enterprise", 7, label="甲公司", park_id=park)
        many = trail.Ref("enterprise", 0, label="xlsx", park_id=park)
        trail.record(clerk, "enterprise.revealed", one, details={"field": "contact_phone"})
        trail.record(clerk, "enterprises.exported", many, details=PHONES)
        bare = {"count": 5, "purpose": "无个人信息的导出", "personal": []}
        trail.record(clerk, "enterprises.exported", many, details=bare)
        trail.record(
            clerk, "enterprises.prefilled", many, details={**PHONES, "purpose": "批量更新"}
        )
        trail.record(clerk, "enterprises.prefilled", many, details={**bare, "purpose": "空白模板"})
        book = trail.Ref("enterprise_import", 3, label="企业.xlsx", park_id=park)
        trail.record(clerk, "enterprises.errors_saved", book, details={"count": 2})
        changes = {"contact_phone": ["138", "139"]}
        trail.record(clerk, "enterprise.changed", one, changes=changes, personal=["contact_phone"])


def test_looks_and_files_with_personal_columns_are_listed_and_nothing_else(as_):
    page = as_("auditor").page(f"{BASE}/list/")
    assert page.count("<tr") - 1 == 4
    for words in (
        "甲公司",
        "联系电话",
        "联系人",
        "年度核对",
        "批量更新",
        "下载错误清单",
        "测clerk1",
        "12",
    ):
        assert words in page, words
    for words in ("无个人信息的导出", "空白模板", "修改企业"):
        assert f">{words}<" not in page, words


def test_it_is_filtered_by_who_what_and_where(as_):
    browser = as_("auditor")
    looked = browser.page(f"{BASE}/list/?action=enterprise.revealed")
    assert "甲公司" in looked
    assert "年度核对" not in looked
    assert "甲公司" not in browser.page(f"{BASE}/list/?actor=park2")
    assert browser.get(f"{BASE}/list/?action=enterprise.changed").status_code == 400


def test_an_entry_about_something_else_is_not_shown_here(app, as_):
    browser = as_("auditor")
    with app.app_context():
        newest = trail.history("enterprise", 7)[0]
        looked = trail.history("enterprise", 7, only=trail.LOOKS)[0]
        assert newest.action == "enterprise.changed"
    assert browser.get(f"{BASE}/show/{newest.id}").status_code == 404
    assert "查看完整个人信息" in browser.page(f"{BASE}/show/{looked.id}")


def test_the_export_holds_the_same_rows_and_is_noted(app, as_):
    browser = as_("auditor")
    answer = browser.post(f"{BASE}/export?action=enterprises.exported")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [(one["涉及信息"], one["用途"], one["行数"]) for one in rows] == [
        ("联系人、联系电话", "年度核对", "12")
    ]
    assert rows[0]["操作人"] == "测clerk1"
    with app.app_context():
        noted = trail.history("audit", 0)[0]
    assert noted.action == "audit.exported"
    assert noted.details["count"] == 1
    assert "个人信息访问" in noted.details["filters"]


@pytest.mark.parametrize("username", ["sysadmin", "secadmin", "operator", "park1"])
def test_only_the_auditor_reads_it(as_, username):
    browser = as_(username)
    assert browser.get(f"{BASE}/list/").status_code == 403
    assert browser.post(f"{BASE}/export").status_code == 403


def test_it_cannot_be_verified_or_changed_from_here(as_):
    browser = as_("auditor")
    assert browser.post(f"{BASE}/verify").status_code == 404
    assert browser.get(f"{BASE}/add").status_code == 404
