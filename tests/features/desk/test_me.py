"""用户中心: the three cards, ways in, consents, one's data; other people's things are not there."""

from __future__ import annotations

import html
import json
import re

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Refusal
from app.engines import documents, trail
from app.engines.trail import AuditEntry
from app.extensions import db
from app.features.accounts import queries, services
from app.features.accounts.models import Identity
from app.transaction import transaction
from app.web.sessions import LoginSession
from tests.features.accounts.legal import back_with, legal
from tests.features.accounts.outside import PHONE, ask_code, enter, outside, visitor
from tests.features.parks.certified import ACCOUNT, DIGITS, bank, certify, code, company, user_id
from tests.support import people
from tests.support.forms import form_of

__all__ = ["outside", "visitor"]
CARDS = ("account", "company", "bank")


@pytest.fixture
def person(visitor, outside):
    """A browser in which somebody registered by phone."""
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    return visitor


def username_of(app) -> str:
    with app.app_context():
        identity = db.session.scalar(sa.select(Identity).where(Identity.provider == "phone"))
        return queries.by_id(identity.user_id).username


def card(page: str, name: str) -> str:
    return re.search(rf'<section class="panel" id="{name}".*?</section>', page, re.DOTALL)[0]


def version(page: str, name: str) -> str:
    return re.search(r'name="version" value="(\d*)"', card(page, name))[1]


def save(browser, which: str, /, **values: str):
    told = {"version": version(browser.page("/me/"), which), **values}
    return browser.post(f"/me/{which}", data=told)


def bound(app, username: str, provider="wechat", issuer="w", label="小海") -> int:
    with app.app_context(), transaction():
        made = Identity(
            provider=provider,
            issuer=issuer,
            subject=f"{username}-{provider}",
            label=label,
            user_id=user_id(username),
        )
        db.session.add(made)
        db.session.flush()
        return made.id


def test_the_cards_of_the_manual_with_cancel_and_save(as_):
    page = as_("user1").page("/me/")
    labels = {
        "account": ("账号信息", "登录账号", "姓名", "联系电话", "邮箱"),
        "company": (
            *("企业信息", "企业名称", "统一社会信用代码", "注册地址", "联系人姓名", "联系电话"),
            *("信用等级", "前往海易办认证"),
        ),
        "bank": ("企业银行账户", "户名", "账号", "开户行"),
    }
    for name, words in labels.items():
        for word in (*words, "取消", "保存"):
            assert word in card(page, name), (name, word)
    assert "/login/haiyiban/legal?errand=bind&amp;next=/me/" in card(page, "company").replace(
        "%2Fme%2F", "/me/"
    )


def test_no_id_stands_twice_on_the_page(as_):
    """A card and a field of one name: the field would lose its label."""
    found = re.findall(r'\bid="([^"]+)"', as_("user1").page("/me/"))
    assert len(found) == len(set(found))


def test_the_menu_of_the_account_leads_there(as_):
    browser = as_("user1")
    for address in ("/desk/", "/"):
        assert re.search(r'<a class="menu-item" href="/me/">.*?用户中心', browser.page(address))


def test_staff_have_no_company_and_their_name_is_kept(app, as_):
    browser = as_("operator")
    page = browser.page("/me/")
    assert "企业银行账户" not in page
    assert browser.post("/me/company", data={"version": "1"}).status_code == 403
    assert "由系统管理员维护" in card(page, "account")
    assert save(browser, "account", name="别名", email="").status_code == 303
    assert "别名" not in browser.page("/me/")
    with app.app_context():
        actor = people.actor("operator")
        number = queries.profile(actor.user_id).version
        with pytest.raises(Refusal) as refused, transaction():
            services.change_own_account(actor, name="别名", email="", version=number)
    assert refused.value.code == "name_kept"


def test_name_and_email_are_saved_and_shown_masked(app, person):
    assert save(person, "account", name="王小明", email="wang@example.com").status_code == 303
    page = person.page("/me/")
    assert 'value="王小明"' in page
    assert 'value="w***@example.com"' in page
    assert "139****5678" in page
    assert PHONE not in page
    assert "wang@example.com" not in page
    assert save(person, "account", name="王明", email="w***@example.com").status_code == 303
    with app.app_context():
        user = queries.by_username(username_of(app))
        assert queries.profile(user.id).email == "wang@example.com"
        entries = trail.history("user", user.id)
        assert [entry.action for entry in entries][:2] == ["user.own_changed"] * 2
        assert all("wang@" not in str(entry.changes) for entry in entries)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "", "email": ""}, "必填"),
        ({"name": "名" * 41, "email": ""}, "40"),
        ({"name": "王", "email": "a@b"}, "完整的邮箱地址"),
        ({"name": "王", "email": "x***@example.com"}, "完整的邮箱地址"),
    ],
)
def test_wrong_account_fields_keep_what_was_typed(person, values, words):
    refused = save(person, "account", **values)
    assert refused.status_code == 400
    if values["name"]:
        assert f'value="{values["name"]}"' in refused.text
    assert "请改正以下 1 处" in refused.text


def test_a_stale_save_is_told_and_overwrites_nothing(app, person):
    old = version(person.page("/me/"), "account")
    save(person, "account", name="第一", email="")
    stale = person.post("/me/account", data={"version": old, "name": "第二", "email": ""})
    assert stale.status_code == 409
    both = form_of(stale.text)
    assert (both["name"], both["merge.name"]) == ("第二", "mine")
    assert "用对方的 第一" in stale.text
    assert person.post("/me/account", data={**both, "merge.name": "theirs"}).status_code == 303
    assert 'value="第一"' in person.page("/me/")
    assert person.post("/me/account", data={"name": "x"}).status_code == 400


def test_two_cards_of_one_company_saved_in_two_tabs_are_both_kept(app, as_):
    """The company's bank account and its contact are one record: they do not clash."""
    with app.app_context():
        certify("user1")
    one, other = as_("user1"), as_("user1")
    late = html.unescape(card(other.page("/me/"), "company"))
    sent = dict(re.findall(r'name="(version|opened)" value="([^>]*)">', late))
    save(one, "bank", bank_holder="甲", bank_account=ACCOUNT, bank_name="乙")
    values = {"contact_name": "王联系", "contact_phone": "13800138000"}
    assert other.post("/me/company", data=sent | values).status_code == 303
    page = other.page("/me/")
    assert 'value="王联系"' in card(page, "company")
    assert 'value="**** 1234"' in card(page, "bank")


def test_without_certification_there_is_nothing_to_save(as_):
    browser = as_("user1")
    page = browser.page("/me/")
    assert "尚未认证" in card(page, "company")
    for name in ("company", "bank"):
        assert browser.post(f"/me/{name}", data={"version": "1"}).location == "/me/"
    assert "请先完成企业认证" in browser.page("/me/")
    assert browser.post("/me/bank/reveal", data={"purpose": "核对"}).status_code == 404


def test_certified_fields_are_read_only_with_source_and_time(app, as_):
    with app.app_context():
        certify("user1")
    browser = as_("user1")
    part = card(browser.page("/me/"), "company")
    assert company()["name"] in part
    assert code() in part
    assert f"海易办认证（{clock.today():%Y-%m-%d}" in part
    for name in ("company_name", "uscc", "address"):
        assert f'name="{name}"' not in part
    saved = save(
        browser,
        "company",
        contact_name="王联系",
        contact_phone="13912345678",
        credit_level="常规",
        uscc=code(9),
        company_name="改名",
    )
    assert saved.status_code == 303
    part = card(browser.page("/me/"), "company")
    assert company()["name"] in part
    assert "139****5678" in part
    assert "13912345678" not in part
    wrong = save(browser, "company", contact_phone="12", contact_name="", credit_level="")
    assert wrong.status_code == 400
    assert 'href="#contact_phone"' in wrong.text


def test_how_complete_the_details_are_is_counted_and_what_is_missing_is_named(app, as_):
    def told(page):
        words = re.search(r'class="me-complete">(.*?)</p>', page, re.DOTALL)[1]
        return int(re.search(r'value="(\d+)"', words)[1]), re.findall(
            r'href="#(\w+)">(.*?)<', words
        )

    with app.app_context():
        certify("user1")
    browser = as_("user1")
    share, missing = told(browser.page("/me/"))
    assert ("company", "联系人姓名") in missing
    assert share == 100 * (13 - len(missing)) // 13
    save(
        browser, "company", contact_name="王联系", contact_phone="13912345678", credit_level="常规"
    )
    after, left = told(browser.page("/me/"))
    assert after > share
    assert ("company", "联系人姓名") not in left
    assert len(missing) - len(left) == 3
    assert "me-complete" not in as_("operator").page("/me/")


def test_the_bank_account_is_masked_and_revealed_for_a_reason(app, as_):
    with app.app_context():
        certify("user1")
    browser = as_("user1")
    values = {"bank_holder": "三亚认证", "bank_account": ACCOUNT, "bank_name": "中国银行"}
    assert save(browser, "bank", **values).status_code == 303
    assert 'value="**** 1234"' in card(browser.page("/me/"), "bank")
    without = browser.post("/me/bank/reveal", data={"purpose": ""})
    assert without.status_code == 400
    assert "请写明用途" in without.text
    assert DIGITS not in without.text
    assert browser.get("/me/bank/reveal").status_code == 405
    assert DIGITS in browser.post("/me/bank/reveal", data={"purpose": "核对付款"}).text
    with app.app_context():
        entry = db.session.scalar(
            sa.select(AuditEntry).where(AuditEntry.action == "organisation.bank_revealed")
        )
        assert (entry.actor_id, entry.details["purpose"]) == (user_id("user1"), "核对付款")
    assert "核对付款" in as_("auditor").page("/desk/audit/personal/list/")
    assert DIGITS in browser.post("/me/bank/reveal").text  # it holds for the page and an hour
    clash = browser.post("/me/bank", data={"version": "1", **values, "bank_name": "海南银行"})
    assert clash.status_code == 409
    assert "用对方的 **** 1234" in clash.text


def test_another_person_sees_nothing_of_the_company(app, as_):
    with app.app_context():
        certify("user1")
        bank("user1", 2)
    page = as_("park2").page("/me/")
    for secret in (code(), company()["name"], "1234"):
        assert secret not in card(page, "company") + card(page, "bank")


def test_a_login_of_another_kind_is_unbound_by_its_owner_only(app, as_):
    mine = bound(app, "user1")
    bound(app, "user1", provider="haiyiban", issuer="h/person", label="王小海")
    address = f"/me/logins/{mine}/unbind"
    assert as_("park1").post(address).status_code == 404
    browser = as_("user1")
    page = card(browser.page("/me/"), "logins")
    assert "海易办（个人）" in page
    assert "王**" in page
    assert "王小海" not in page
    assert "data-confirm=" in page
    assert browser.get(address).status_code == 405
    assert browser.post(address).status_code == 303
    assert browser.post(address).status_code == 404  # it is gone
    with app.app_context():
        assert [one.provider for one in queries.identities_of(user_id("user1"))] == ["haiyiban"]


def test_the_last_way_in_and_the_phone_stay(app, as_, person):
    only = bound(app, "user1")
    browser = as_("user1")
    assert browser.post(f"/me/logins/{only}/unbind").status_code == 303
    assert "这是唯一的登录方式" in browser.page("/me/")
    with app.app_context():
        phone = db.session.scalar(sa.select(Identity.id).where(Identity.provider == "phone"))
    person.post(f"/me/logins/{phone}/unbind")
    assert "手机号不能解除绑定" in person.page("/me/")


def test_ways_that_are_not_bound_yet_are_offered(app, as_, outside):
    browser = as_("user1")
    part = card(browser.page("/me/"), "logins")
    for words in ("绑定微信", "绑定海易办个人账号", "绑定海易办法人账号"):
        assert words in part
    bound(app, "user1")
    assert "绑定微信" not in card(browser.page("/me/"), "logins")


def test_consents_are_shown_with_their_versions(app, person):
    part = card(person.page("/me/"), "consents")
    assert "第 1 版" in part
    assert "短信验证码登录" in part
    with app.app_context():
        document = documents.current("legal", clock.today())
    assert f"/documents/legal/{document.number}" in part


def test_the_export_holds_ones_own_data_and_nothing_of_others(app, person, as_):
    with app.app_context():
        certify("user1")
        certify(username_of(app), 2)
        bank(username_of(app), 2)
    assert person.get("/me/export").status_code == 405
    answer = person.post("/me/export")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert answer.headers["Cache-Control"] == "no-store"
    told = json.loads(answer.text)
    assert [one["label"] for one in told["ways_in"]] == [PHONE]
    assert told["company"]["uscc"] == code(2)
    assert told["company"]["bank_account"] == "**** 1234"
    assert told["consents"][0]["channel"] == "phone"
    assert "sign_in.done" in {one["action"] for one in told["acts"]}
    assert len(told["devices"]) == 1
    assert code() not in answer.text
    assert DIGITS not in answer.text
    with app.app_context():
        entries = trail.history("user", user_id(told["account"]["username"]))
        assert entries[0].action == "user.exported"


def test_a_first_legal_sign_in_says_which_company_is_certified(app, outside, client):
    with app.app_context():
        bound(app, "user1", provider="haiyiban", issuer="haiyiban/legal", label="公司")
        with transaction():
            statement = documents.current("legal", clock.today())
            documents.agree(user_id("user1"), statement, address="", channel="phone")
    outside.haiyiban.codes["c1"] = legal("user1-haiyiban", company(1, name="三亚首次有限公司"))
    assert back_with(client, "c1").status_code == 303
    assert "企业已认证，认证企业为“三亚首次有限公司”。" in client.page("/me/")


def test_a_legal_sign_in_that_changed_the_company_says_so_on_the_next_page(app, outside, client):
    with app.app_context():
        bound(app, "user1", provider="haiyiban", issuer="haiyiban/legal", label="公司")
        certify("user1")
        with transaction():
            statement = documents.current("legal", clock.today())
            documents.agree(user_id("user1"), statement, address="", channel="phone")
    outside.haiyiban.codes["c1"] = legal("user1-haiyiban", company(1, name="三亚改名有限公司"))
    assert back_with(client, "c1").status_code == 303
    page = client.page("/me/")
    assert "企业认证信息已更新，请核对企业名称。" in page
    assert "企业认证信息已更新" not in client.page("/me/")
    assert "三亚改名有限公司" in card(page, "company")


def test_certification_from_the_user_centre_comes_back_to_it(app, outside, as_):
    outside.haiyiban.codes["c1"] = legal("new-company", company())
    browser = as_("user1")
    done = back_with(browser, "c1", errand="bind", next="/me/")
    assert done.location == "/me/"
    page = browser.page("/me/")
    assert company()["name"] in card(page, "company")
    assert "主账号" in card(page, "company")
    assert "海易办（法人）" in card(page, "logins")


def test_sessions_of_others_are_not_in_it(app, as_):
    as_("park1")
    told = json.loads(as_("user1").post("/me/export").text)
    with app.app_context(), scope.unscoped():
        everyone = db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession))
    assert len(told["devices"]) < everyone


@pytest.mark.parametrize("path", ["/me/", "/me/messages/", "/me/devices/list/", "/me/password/"])
def test_what_is_ones_own_stands_in_the_public_frame(as_, path):
    """Who has no park sees no back office around what is theirs; who has one is a click away."""
    for who in ("user1", "park1"):
        page = as_(who).page(path)
        assert 'class="public centre"' in page
        assert 'class="side-nav"' not in page
        assert page.count('aria-current="page"') >= 1
        assert ">进入工作台<" in page.replace("\n", "")
    assert 'class="desk"' in as_("park1").page("/desk/")
