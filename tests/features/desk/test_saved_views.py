"""Saved views: what they carry, and who else sees them."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role, User

from app.core import scope
from app.engines.trail import AuditEntry
from app.extensions import db
from app.extensions.lists import prefs
from app.extensions.lists.models import ListPreference, SavedView, ViewSubscription
from app.features.parks.models import ParkMembership
from app.transaction import transaction
from tests.features.accounts.test_view_as import looking
from tests.support import enterprises as made
from tests.support import people
from tests.support.forms import user_id
from tests.support.views import LIST, QUERY, SAVE, rows_of, save, settings, share


@pytest.fixture
def firms(app):
    """Of P01 a large one and a small one; a large one of P02."""
    with app.app_context(), scope.unscoped():
        made.add("P01", 11, name="三亚大型有限公司", staff_count=300)
        made.add("P01", 12, name="三亚小型有限公司", staff_count=3)
        made.add("P02", 13, name="凤凰大型有限公司", staff_count=400)


def opened(browser, key):
    """The list as the view shows it."""
    answer = browser.get(f"{LIST}?open={key}")
    assert answer.status_code == 302
    return browser.page(answer.location)


def heads(page):
    return re.findall(r'<th scope="col"[^>]*data-name="(\w+)"', page) or re.sub(
        r"<[^>]*>|\s", "", " ".join(re.findall(r"<thead>(.*?)</thead>", page, re.DOTALL))
    )


# -- what a view carries -----------------------------------------------------------------------
def test_a_view_carries_filter_order_columns_and_density(as_, firms):
    browser = as_("park1")
    key = save(browser, density="compact")
    page = opened(browser, key)
    assert "三亚大型有限公司" in page
    assert "三亚小型有限公司" not in page
    assert heads(page).index("员工人数") < heads(page).index("统一社会信用代码")
    assert "联系人" not in heads(page)
    assert 'aria-sort="descending"' in page
    assert "sheet compact" in page
    assert "已更改" not in page
    assert "联系人" in heads(browser.page(LIST))  # the list itself stays as it was


def test_what_is_changed_since_is_kept_in_the_address_until_it_is_saved(app, as_, firms):
    browser = as_("park1")
    key = save(browser)
    address = browser.get(f"{LIST}?open={key}").location
    answer = browser.post(
        "/desk/enterprises/columns",
        data={"columns": "name,remark", "density": "compact", "next": address},
    )
    page = browser.page(answer.location)
    assert "已更改" in page
    assert "保存更改" in page
    assert heads(page).startswith("序号企业名称备注")
    assert rows_of(app, ListPreference) == []
    fields = dict(re.findall(r'<input type="hidden" name="(query|columns|density)" value="([^"]*)"',
                             page.split("保存更改")[0].rpartition("/update")[2]))  # fmt: skip
    fields = {name: value.replace("&amp;", "&") for name, value in fields.items()}
    assert browser.post(f"/desk/views/{key}/update", data=fields).status_code == 303
    page = opened(browser, key)
    assert "已更改" not in page
    assert heads(page).startswith("序号企业名称备注")
    assert "三亚小型有限公司" not in page


def test_the_default_view_opens_the_list_and_everything_stays_one_click_away(as_, firms):
    browser = as_("park1")
    key = save(browser)
    settings(browser, key, name="大企业", default="1")
    assert f"view={key}" in browser.get(LIST).location
    page = browser.page(browser.get(LIST).location)
    assert f'href="{LIST}?view=all"' in page
    everything = browser.page(f"{LIST}?view=all")
    assert "三亚小型有限公司" in everything
    assert "view=all" in re.search(r'class="sort" href="([^"]*)"', everything)[1]
    filtered = browser.page(f"{LIST}?roles=卖家")  # from elsewhere: clearing must not open the view
    assert "view=all" in re.search(r'class="chips-clear" href="([^"]*)"', filtered)[1]
    assert as_("clerk1").get(LIST).status_code == 200
    settings(browser, key, name="大企业")
    assert browser.get(LIST).status_code == 200


def test_names_are_ones_own_and_not_given_twice(app, as_, firms):
    browser = as_("park1")
    key = save(browser)
    answer = browser.post(SAVE, data={"name": " 大企业 ", "query": ""}, follow_redirects=True)
    assert "您已有同名的视图" in answer.text
    other = save(browser, name="别的")
    answer = settings(browser, other, name="大企业")
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    for unseen in ("  ", "\u200b", "大\u202e企业", "大企业\u2060"):
        assert settings(browser, other, name=unseen).status_code == 400
    assert settings(browser, other, name="x" * 300).status_code == 303
    save(as_("clerk1"))
    browser.post(f"/desk/views/{key}/delete")
    assert browser.get(f"/desk/views/{key}").status_code == 404
    assert len(rows_of(app, SavedView)) == 2


# -- who else sees it --------------------------------------------------------------------------
def test_a_view_of_the_park_is_seen_there_and_nowhere_else(app, as_, firms):
    admin, clerk, other = as_("park1"), as_("clerk1"), as_("park2")
    key = save(admin)
    for browser in (clerk, other):
        assert browser.get(f"{LIST}?open={key}").status_code == 404
        assert browser.get(f"/desk/views/{key}").status_code == 404
    assert share(admin, key, "park").status_code == 303
    assert "三亚大型有限公司" in opened(clerk, key)
    assert "大企业" in clerk.page(LIST)
    assert "大企业" in clerk.page("/desk/views/")
    for address in (f"{LIST}?open={key}", f"/desk/views/{key}"):
        assert other.get(address).status_code == 404
    assert "大企业" not in other.page("/desk/views/")
    assert (
        as_("operator").get(f"/desk/views/{key}").status_code == 404
    )  # sees all parks, is of none
    [noted] = rows_of(app, AuditEntry, AuditEntry.action == "view.shared")
    assert noted.park_id is not None
    assert share(admin, key, "").status_code == 303
    assert clerk.get(f"{LIST}?open={key}").status_code == 404


def test_who_leaves_the_park_or_the_role_loses_the_view(app, as_, firms):
    admin, clerk = as_("park1"), as_("clerk1")
    key = save(admin)
    share(admin, key, "park")
    settings(clerk, key, default="1")
    assert f"view={key}" in clerk.get(LIST).location
    with app.app_context(), scope.unscoped(), transaction():
        user = db.session.scalar(sa.select(User).where(User.username == "clerk1"))
        old = db.session.scalar(sa.select(ParkMembership).where(ParkMembership.user_id == user.id))
        old.park_id = people.park("P02").id
    assert clerk.get(f"{LIST}?open={key}").status_code == 404
    assert clerk.get(LIST).status_code == 200  # a default view that is gone is no default
    page = clerk.page(f"{LIST}?{QUERY}&view={key}")  # an address kept from before
    assert "大企业" not in page
    assert "不再与您共享" in page
    assert "三亚大型有限公司" not in page


def test_a_view_of_a_role_grants_neither_rows_nor_columns(app, as_, firms):
    """A reviewer may not name contacts in conditions: the view shows nothing by them."""
    operator, reviewer, admin = as_("operator"), as_("reviewer"), as_("park1")
    key = save(
        operator, query="where=" + quote("contact_name.has(陈)"), columns="name,contact_name"
    )
    assert share(operator, key, "reviewer").status_code == 303
    page = opened(reviewer, key)
    assert "没有套用" in page
    assert "陈海燕" not in page
    settings_page = reviewer.page(f"/desk/views/{key}")
    assert "陈" not in settings_page.split("显示内容")[1]
    assert admin.get(f"{LIST}?open={key}").status_code == 404
    assert share(operator, key, "park_admin").status_code == 303
    page = opened(admin, key)
    assert "三亚小型有限公司" in page
    assert "凤凰大型有限公司" not in page  # run with the reader's own rights
    assert reviewer.get(f"{LIST}?open={key}").status_code == 404
    with app.app_context(), scope.unscoped(), transaction():
        user = db.session.scalar(sa.select(User).where(User.username == "park1"))
        user.roles = [db.session.scalar(sa.select(Role).where(Role.name == "park_clerk"))]
    assert admin.get(f"{LIST}?open={key}").status_code == 404


def test_a_view_of_a_list_that_one_may_not_open_is_not_there(as_, firms):
    operator, auditor = as_("operator"), as_("auditor")
    key = save(operator)
    share(operator, key, "auditor")
    assert auditor.get(f"/desk/views/{key}").status_code == 404
    assert "大企业" not in auditor.page("/desk/views/")
    assert auditor.post(f"/desk/views/{key}", data={"default": "1"}).status_code == 404


def test_only_who_may_shares_and_only_so(as_, firms):
    clerk, admin, operator = as_("clerk1"), as_("park1"), as_("operator")
    assert share(clerk, save(clerk), "park").status_code == 403
    mine = save(admin)
    for wanted in ("reviewer", "nonsense", "park\x00", "x" * 5_000):
        assert share(admin, mine, wanted).status_code == 400
    assert share(operator, save(operator), "park").status_code == 400
    assert share(admin, save(operator, name="二"), "park").status_code == 404


def test_readers_change_nothing_of_anothers_view(app, as_, firms):
    admin, clerk = as_("park1"), as_("clerk1")
    key = save(admin)
    share(admin, key, "park")
    assert clerk.post(f"/desk/views/{key}/update", data={"query": ""}).status_code == 403
    assert clerk.post(f"/desk/views/{key}/delete").status_code == 403
    assert settings(clerk, key, name="我的了").status_code == 303  # their own settings are kept
    [view] = rows_of(app, SavedView)
    assert (view.name, view.query) == ("大企业", QUERY.replace("%28", "(").replace("%29", ")"))
    page = clerk.page(f"/desk/views/{key}")
    assert "/delete" not in page
    assert 'name="name"' not in page


def test_a_shared_view_is_looked_after_when_its_owner_has_left(app, as_, firms):
    operator, other = as_("operator"), as_("operator2")
    key = save(operator)
    share(operator, key, "reviewer")
    share(operator, save(operator, name="我们的"), "operator")
    ours = next(one.id for one in rows_of(app, SavedView) if one.name == "我们的")
    assert other.get(f"/desk/views/{key}").status_code == 404  # shared with reviewers alone
    assert share(other, ours, "").status_code == 400  # it would be nobody's to find
    assert other.post(f"/desk/views/{ours}/delete").status_code == 303


def test_who_only_looks_sees_no_conditions_and_saves_nothing(as_, firms):
    key = save(as_("clerk1"))
    browser = looking(as_)
    page = browser.page(f"/desk/views/{key}")
    assert "不少于" not in page
    assert "您无权使用" in page
    assert settings(browser, key, default="1").status_code == 403


def test_an_owner_who_left_still_finds_the_view(app, as_, firms):
    admin = as_("park1")
    key = save(admin)
    share(admin, key, "park")
    with app.app_context(), scope.unscoped(), transaction():
        user = db.session.scalar(sa.select(User).where(User.username == "park1"))
        row = db.session.scalar(sa.select(ParkMembership).where(ParkMembership.user_id == user.id))
        row.park_id = people.park("P02").id
    assert "其他园区/基地" in admin.page(f"/desk/views/{key}")
    assert "鹿回头测试园区" not in admin.page("/desk/views/")
    assert share(admin, key, "park").status_code == 303  # with the park they are of now
    assert as_("clerk1").get(f"/desk/views/{key}").status_code == 404
    assert as_("clerk2").get(f"/desk/views/{key}").status_code == 200


def test_the_trail_of_a_shared_view_tells_no_contact(app, as_, firms):
    admin, told = as_("park1"), quote("张三丰")
    key = save(admin, query="where=" + quote("contact_name.has(张三丰)"))
    share(admin, key, "park")
    for query in ("where=" + quote("name.has(海风)"), "where=" + quote("name.has(南湾)")):
        admin.post(f"/desk/views/{key}/update", data={"query": query})
    later, first = sorted(
        rows_of(app, AuditEntry, AuditEntry.action == "view.changed"), key=lambda one: -one.id
    )
    auditor = as_("auditor")
    assert told not in auditor.page(f"/desk/audit/show/{first.id}")
    assert quote("南湾") in auditor.page(f"/desk/audit/show/{later.id}")


def test_who_left_tells_nobody_anything_by_a_view(app, as_, firms):
    """Neither the park that was left, by a name it still reads, nor the zone, by a role."""
    admin, clerk = as_("park1"), as_("clerk1")
    key, own = save(admin), save(admin, name="自用")
    share(admin, key, "park")
    with app.app_context(), scope.unscoped(), transaction():
        user = db.session.scalar(sa.select(User).where(User.username == "park1"))
        db.session.execute(sa.delete(ParkMembership).where(ParkMembership.user_id == user.id))
    settings(admin, key, name="请拨打")
    assert "请拨打" not in clerk.page("/desk/views/")
    assert admin.post(f"/desk/views/{key}/update", data={"query": ""}).status_code == 403
    assert 'name="name"' not in admin.page(f"/desk/views/{key}")
    assert share(admin, own, "operator").status_code == 400
    assert "自用" not in as_("operator").page("/desk/views/")
    assert 'value="operator"' not in admin.page(f"/desk/views/{own}")
    assert admin.post(f"/desk/views/{key}/delete").status_code == 303  # taken back, that is theirs


def test_a_view_opens_its_own_list_alone(as_, firms):
    browser = as_("park1")
    key = save(browser, query="")
    assert browser.get(f"/desk/settlements/list/?open={key}").status_code == 404
    assert f"view={key}" not in browser.page("/desk/settlements/list/")


def test_two_tabs_meet(app, as_, firms):
    """One deletes what the other still shows: its act is told that there is nothing."""
    one, other = as_("park1"), as_("park1")
    key = save(one)
    one.post(f"/desk/views/{key}/delete")
    assert other.post(f"/desk/views/{key}/update", data={"query": QUERY}).status_code == 404
    assert settings(other, key, name="x", weekly="1").status_code == 404
    assert share(other, key, "park").status_code == 404
    assert other.get(f"{LIST}?view={key}").status_code == 200


def test_odd_changes_of_a_view_are_refused(as_, firms):
    browser = as_("park1")
    key = save(browser)
    for query in ("where=x", "where=" + "a" * 9_000, "sort=nonsense", "size=x"):
        answer = browser.post(f"/desk/views/{key}/update", data={"query": query})
        assert answer.status_code == 400
    data = {"query": "", "columns": "nonsense,name,name", "density": "huge"}
    assert browser.post(f"/desk/views/{key}/update", data=data).status_code == 303
    assert browser.get(f"{LIST}?view={key}").status_code == 200


def test_a_closed_account_keeps_nothing_but_what_it_shared(app, as_, firms):
    browser = as_("park1")
    key = save(browser)
    share(browser, save(browser, name="园区的"), "park")
    settings(browser, key, name="大企业", default="1", weekly="1")
    with app.app_context(), scope.unscoped(), transaction():
        prefs.forget_person(user_id("park1"))
    assert [one.name for one in rows_of(app, SavedView)] == ["园区的"]
    assert (rows_of(app, ListPreference), rows_of(app, ViewSubscription)) == ([], [])


@pytest.mark.parametrize("key", ["0", "999999999", "9" * 30, "-1", "1%00", "x"])
def test_odd_keys_are_a_404_or_nothing(as_, firms, key):
    browser = as_("park1")
    assert browser.get(f"{LIST}?open={key}").status_code in (400, 404)
    assert browser.get(f"/desk/views/{key}").status_code in (400, 404)
    assert browser.get(f"{LIST}?view={key}&columns={'x,' * 900}&density=y").status_code in (
        200,
        400,
    )
