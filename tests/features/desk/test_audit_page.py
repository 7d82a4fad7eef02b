"""审计日志: for the 审计管理员 alone, read, checked, exported."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa

from app.core import clock
from app.engines import trail
from app.extensions import db
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people

BASE = "/desk/audit"


@pytest.fixture
def entries(context):
    """A few acts: an enterprise with personal values in P01, one in P02, a look refused."""
    made.add("P01", 901)
    made.add("P02", 902)
    with transaction():
        trail.denied(people.actor("clerk2"), "file.read", trail.Ref("stored_file", "f" * 32))


def newest() -> trail.AuditEntry:
    query = sa.select(trail.AuditEntry).order_by(trail.AuditEntry.id.desc()).limit(1)
    return db.session.scalars(query).one()


@pytest.mark.parametrize(
    "person",
    ["park1", "clerk1", "reviewer", "expert1", "operator", "sysadmin", "secadmin", "user1"],
)
def test_nobody_else_reads_it(as_, person):
    browser = as_(person)
    for address in ("list/", "show/1"):
        assert browser.get(f"{BASE}/{address}").status_code == 403
    for address in ("verify", "export"):
        assert browser.post(f"{BASE}/{address}").status_code == 403
    assert BASE not in browser.page("/desk/")


#: Of the user centre: only for who acts for a company.
COMPANIES = ("/me/licence/", "/me/applications/", "/me/provider/")
#: For who reads or writes business data.
TOKENS = ("/me/tokens/list/", "/me/tokens/add")


def test_the_auditor_sees_nothing_else(app, as_):
    browser = as_("auditor")
    for rule in app.url_map.iter_rules():
        address = rule.rule
        if rule.endpoint.startswith("WaysInView.") or "GET" not in rule.methods:
            continue
        if "<" in address or address.startswith("/desk/audit"):
            continue
        if rule.endpoint.startswith("api."):
            assert browser.get(address).status_code == 401, (
                address
            )  # a sign-in counts nothing there
            continue
        open_to_all = (
            "/",
            "/login",
            "/login/",
            "/login/second/",
            "/login/second/enrol",
            "/desk/",
            "/desk/find/",
            "/logout/haiyiban",
            *(
                "/robots.txt",
                "/sitemap.xml",
                "/news/",
                "/parks/",
                "/rankings/",
                "/search",
                "/verify/",
                *("/api/v1/docs", "/api/v1/openapi.json"),
            ),
            "/login/wechat/event",
            "/desk/jobs/",
            "/health/live",
            "/health/ready",
        )
        expected = (
            (200, 301, 302, 303, 404, 503)
            if address in open_to_all or ("/me/" in address and address not in COMPANIES + TOKENS)
            else (403,)
        )
        assert browser.get(address).status_code in expected, address


@pytest.mark.parametrize("address", ["add", "edit/1"])
def test_there_is_no_way_to_write(as_, address):
    assert as_("auditor").get(f"{BASE}/{address}").status_code == 404
    assert as_("auditor").post(f"{BASE}/{address}").status_code == 404


@pytest.mark.usefixtures("entries")
def test_filters_narrow(as_):
    browser = as_("auditor")
    everything = browser.page(f"{BASE}/list/")
    assert "三亚测试901号" in everything
    today = clock.today().isoformat()
    park = people.park("P02").id
    for query, there, not_there in (
        (f"at.from={today}&at.to={today}", "三亚测试901号", "没有符合条件"),
        ("at.to=2020-01-01", "没有符合条件", "三亚测试901号"),
        ("actor=clerk2", "越权访问被拒", "三亚测试901号"),
        ("action=access.denied", "越权访问被拒", "三亚测试901号"),
        ("object_type=stored_file", "越权访问被拒", "三亚测试901号"),
        (f"object_id={'f' * 32}", "越权访问被拒", "三亚测试901号"),
        (f"park={park}", "三亚测试902号", "三亚测试901号"),
        ("q=902", "三亚测试902号", "三亚测试901号"),
    ):
        rows = browser.page(f"{BASE}/list/?{query}").partition("<tbody>")
        text = rows[2] or rows[0]
        assert there in text, query
        assert not_there not in text, query


@pytest.mark.parametrize("query", ["at.from=0001-01-01", "at.to=9999-12-31", "park=x", "action=x"])
def test_what_no_page_of_ours_asks_is_400(as_, query):
    assert as_("auditor").get(f"{BASE}/list/?{query}").status_code == 400


@pytest.mark.usefixtures("entries")
def test_an_entry_shows_old_and_new_with_personal_values_masked(as_):
    query = sa.select(trail.AuditEntry.id).where(trail.AuditEntry.action == "enterprise.added")
    page = as_("auditor").page(f"{BASE}/show/{db.session.scalars(query).first()}")
    assert "企业名称" in page
    assert "三亚测试901号有限公司" in page
    assert "联系电话" in page
    for secret in ("13800138000", "陈海燕"):
        assert secret not in page


@pytest.mark.usefixtures("entries")
def test_the_check_says_that_the_chain_is_whole_and_is_noted(as_):
    browser = as_("auditor")
    assert browser.post(f"{BASE}/verify").status_code == 303
    assert "日志完整" in browser.page(f"{BASE}/list/")
    entry = newest()
    assert entry.action == "audit.verified"
    assert entry.details["ok"] is True


@pytest.mark.usefixtures("entries")
def test_the_check_names_a_changed_entry(as_):
    bad = newest().id - 1
    on_sqlite = db.engine.dialect.name == "sqlite"
    guard = "audit_entry_no_update" if on_sqlite else "audit_entry_no_change ON audit_entry"
    with transaction():
        db.session.execute(sa.text(f"DROP TRIGGER {guard}"))
        db.session.execute(
            sa.text("UPDATE audit_entry SET actor_name = 'x' WHERE id = :id"), {"id": bad}
        )
    browser = as_("auditor")
    browser.post(f"{BASE}/verify")
    page = browser.page(f"{BASE}/list/")
    assert f"第 {bad} 条" in page
    assert "记录被改动" in page


@pytest.mark.usefixtures("entries")
def test_the_export_holds_the_filtered_rows_masked_and_is_noted(as_):
    answer = as_("auditor").post(f"{BASE}/export?q=901")
    assert answer.headers["Content-Type"].startswith("text/csv")
    text = answer.data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["对象"] for row in rows] == ["三亚测试901号有限公司"]
    assert rows[0]["操作"] == "新增企业"
    assert "13800138000" not in text
    entry = newest()
    assert entry.action == "audit.exported"
    assert entry.details == {"count": 1, "filters": "搜索：901"}
    assert trail.verify().ok


def test_an_export_by_a_link_is_no_get(as_):
    assert as_("auditor").get(f"{BASE}/export").status_code == 405
