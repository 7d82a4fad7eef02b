"""数据来源 on pages: beside each value of a record and a form, and in the cells of a plan."""

from __future__ import annotations

import re
from html import unescape

import pytest
import sqlalchemy as sa

from app.core import scope
from app.extensions import db
from app.features.enterprises import services
from app.features.enterprises.models import Enterprise
from app.features.parks.models import Organisation
from app.transaction import transaction
from tests.features.parks.certified import certify, code, company
from tests.support import enterprises as made

SAID = company(1)
LOCKED = "海易办认证"


def fact(page: str, label: str) -> str:
    """The words beside a label of a record."""
    found = re.search(rf"<dt>{re.escape(label)}</dt>\s*<dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    assert found is not None, label
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", found[1]).split()))


def head(page: str, title: str) -> str:
    """The words of a panel's head."""
    found = re.search(rf"<h2[^>]*>{re.escape(title)}</h2>(.*?)</div>", page, re.DOTALL)
    assert found is not None, title
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", found[1]).split()))


@pytest.fixture
def record(app, tmp_path):
    """A record that an import made, a person changed, and a company certified."""
    with app.app_context(), scope.unscoped():
        row = made.row(1, uscc=code(1), company_type="有限责任公司")
        import_id = made.planned("clerk1", "P01", made.csv_bytes([row]), tmp_path)
        made.applied("clerk1", import_id)
        item = db.session.scalars(sa.select(Enterprise).where(Enterprise.uscc == code(1))).one()
        with made.acting("park1") as actor, transaction():
            values = {"remark": "已核实", "staff_count": 44}
            services.change(actor, item.id, values, version=item.version, year=made.YEAR)
        certify("user1")
        return item.id, import_id


def test_the_record_says_where_each_value_came_from(as_, record):
    pk, import_id = record
    page = as_("clerk1").page(f"/desk/enterprises/show/{pk}?year={made.YEAR}")
    # What most of a panel share stands in its head, once; certified values say their own.
    assert re.match(r"其余： 导入 · \d{4}-\d\d-\d\d · ", head(page, "基本信息"))
    assert fact(page, "企业类型") == "有限责任公司"
    assert f"/desk/enterprises/imports/{import_id}" in page
    assert re.match(r"导入 · ", head(page, "联系方式"))
    assert "导入" not in fact(page, "联系人")
    assert "手工录入 · " in fact(page, "备注")
    assert "手工录入 · " in fact(page, "员工人数")
    assert fact(page, "企业名称").startswith(f"{SAID['name']} {LOCKED} · ")
    assert fact(page, "经营地址") == "—"  # of nothing nothing is told


def test_an_undone_import_is_not_named(app, as_, record, tmp_path):
    pk, first = record
    with app.app_context(), scope.unscoped():
        row = made.row(1, uscc=code(1), company_type="一时的类型")
        second = made.planned("clerk1", "P01", made.csv_bytes([row]), tmp_path)
        made.applied("clerk1", second)
        made.undone("clerk1", second)
    page = as_("clerk1").page(f"/desk/enterprises/show/{pk}")
    assert fact(page, "企业类型") == "有限责任公司"
    assert f"/imports/{second}" not in page
    assert f"/imports/{first}" in page


def test_without_the_right_to_imports_no_address_is_given(as_, record):
    pk, import_id = record
    page = as_("reviewer").page(f"/desk/enterprises/show/{pk}")
    assert "导入 · " in head(page, "基本信息")
    assert f"/desk/enterprises/imports/{import_id}" not in page


def test_another_park_and_nobody_learn_nothing(as_, client, record):
    pk, _import = record
    assert as_("park2").get(f"/desk/enterprises/show/{pk}").status_code == 404
    assert client.get(f"/desk/enterprises/show/{pk}").status_code in {302, 401}


def test_the_form_shows_certified_fields_locked_and_keeps_them_whatever_is_sent(app, as_, record):
    pk, _import = record
    browser = as_("clerk1")
    page = browser.page(f"/desk/enterprises/edit/{pk}")
    assert page.count('class="hint lock"') == 3
    assert LOCKED in page
    assert "导入 · " in page
    assert 'name="name"' not in page
    form = {
        "uscc": code(1),
        "name": "硬塞的名字",
        "contact_name": "陈海燕",
        "contact_phone": "13800138000",
        "settled_on": "2024-05-01",
        "status": "在园",
        "company_type": "股份有限公司",
        "version": re.search(r'name="version"[^>]*value="(\d+)"', page)[1],
    }
    assert browser.post(f"/desk/enterprises/edit/{pk}", data=form).status_code == 303
    with app.app_context(), scope.unscoped():
        item = db.session.get(Enterprise, pk)
        assert (item.name, item.company_type) == (SAID["name"], "股份有限公司")
        assert item.legal_representative == SAID["representative"]


def test_certified_between_opening_and_saving_the_rest_is_kept(app, as_):
    with app.app_context(), scope.unscoped():
        pk = made.add("P01", 1, uscc=code(1)).id
    browser = as_("clerk1")
    page = browser.page(f"/desk/enterprises/edit/{pk}")
    fields = dict(re.findall(r'name="(version|opened)"[^>]*value="([^"]*)"', page))
    with app.app_context(), scope.unscoped():
        certify("user1")
    form = {
        "uscc": code(1),
        "name": "三亚测试1号有限公司",
        "roles": "卖家",
        "customs_modes": "9610",
        "contact_name": "陈海燕",
        "contact_phone": "138****8000",
        "settled_on": "2024-05-01",
        "status": "在园",
        "staff_count": "12",
        "remark": "我写的",
        **{name: unescape(text) for name, text in fields.items()},
    }
    assert browser.post(f"/desk/enterprises/edit/{pk}", data=form).status_code == 303
    with app.app_context(), scope.unscoped():
        item = db.session.get(Enterprise, pk)
        assert (item.name, item.remark) == (SAID["name"], "我写的")


def test_withdrawn_the_fields_open_again(app, as_, record):
    pk, _import = record
    with app.app_context(), scope.unscoped(), transaction():
        db.session.execute(sa.update(Organisation).values(certified_at=None, source=""))
    page = as_("clerk1").page(f"/desk/enterprises/edit/{pk}")
    assert 'class="hint lock"' not in page
    assert 'name="name"' in page


def test_adding_a_certified_company_says_that_what_was_typed_was_not_taken(app, as_):
    with app.app_context(), scope.unscoped():
        certify("user1")
    form = {
        "uscc": code(1),
        "name": "我以为的名字",
        "contact_name": "陈海燕",
        "contact_phone": "13800138000",
        "settled_on": "2024-05-01",
        "status": "在园",
    }
    browser = as_("clerk1")
    answer = browser.post("/desk/enterprises/add", data=form, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "以认证信息为准" in page
    assert SAID["name"] in page


def test_the_plan_says_it_in_the_cell(app, as_, tmp_path):
    with app.app_context(), scope.unscoped():
        certify("user1")
        rows = [made.row(1, uscc=code(1), name="文件<b>名称", registered_address="")]
        import_id = made.planned("clerk1", "P01", made.csv_bytes(rows), tmp_path)
    page = as_("clerk1").page(f"/desk/enterprises/imports/{import_id}")
    assert page.count('class="kept-out"') == 2
    assert "以海易办认证为准，未采用“文件&lt;b&gt;名称”" in page


def test_the_notice_leads_to_the_record_in_either_language(app, as_):
    with app.app_context(), scope.unscoped():
        pk = made.add("P01", 1, uscc=code(1)).id
        certify("user1")
    page = as_("park1").page("/me/messages/")
    assert f"“{SAID['name']}”的企业名称、法定代表人" in page
    assert pk
