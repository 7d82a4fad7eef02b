"""微信扫码登录 and 海易办登录: bound by a proven number only, never merged, never replayed."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import clock, scope
from app.core.actor import SYSTEM
from app.core.errors import Refusal
from app.core.outside import Advice, Refused, Slow, Unreachable, WrongAnswer
from app.engines import documents
from app.extensions import db
from app.features.accounts import queries, services
from app.features.accounts.models import Identity, PhoneCode
from app.features.accounts.services import ways_in
from app.integrations.haiyiban import CertifiedCompany, HaiyibanIdentity, IdentityKind
from app.integrations.ports import Ports, use
from app.integrations.wechat import WechatPerson
from app.transaction import transaction
from app.web.acting import person
from tests.features.accounts.outside import PHONE, ask_code, enter, outside, visitor
from tests.support.outside import state_of

__all__ = ["outside", "visitor"]

COMPANY = CertifiedCompany("三亚蓝湾贸易有限公司", "91460200MA5TAAAA0X", "林晓宇", "三亚市天涯区")


def scan(browser, outside, code="c1", unionid="u-1", nickname="海风", target="/me/devices/list/"):
    """Out to WeChat and back with a code."""
    outside.wechat.codes[code] = WechatPerson(unionid, "o-1", nickname)
    out = browser.get("/login/wechat", query_string={"next": target})
    assert out.status_code == 302
    state = state_of(out.location)
    return browser.get("/login/wechat/back", query_string={"code": code, "state": state})


def haiyiban(browser, outside, kind="legal", level=3, subject="h-1", mobile=""):
    outside.haiyiban.codes["h"] = HaiyibanIdentity(
        "haiyiban",
        subject,
        IdentityKind(kind),
        level,
        "林晓宇",
        mobile=mobile,
        company=COMPANY if kind == "legal" else None,
    )
    state = state_of(browser.get(f"/login/haiyiban/{kind}").location)
    return browser.get("/login/haiyiban/back", query_string={"code": "h", "state": state})


def proof_of(page: str) -> str:
    return html.unescape(re.search(r'name="proof"[^>]*value="([^"]+)"', page)[1])


def bound(browser, outside, page: str, phone: str = PHONE):
    """The number that the page asks for, proven and bound."""
    assert ask_code(browser, phone).status_code == 200
    return enter(browser, outside.sms.code, phone, proof=proof_of(page))


def identities(app) -> list[tuple[str, str, str, int]]:
    with app.app_context():
        query = sa.select(Identity.provider, Identity.issuer, Identity.subject, Identity.user_id)
        found = [tuple(row) for row in db.session.execute(query.order_by(Identity.id))]
    return [(a, b, "" if a == "phone" else c, user) for a, b, c, user in found]


def users(app) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(User))


def test_a_scan_asks_for_a_number_and_the_code_registers(app, visitor, outside):
    before = users(app)
    page = scan(visitor, outside)
    assert page.status_code == 200
    assert "绑定手机号" in page.text
    assert "海风" in page.text
    done = bound(visitor, outside, page.text)
    assert done.status_code == 303
    found = identities(app)
    assert [row[:3] for row in found] == [
        ("phone", "", ""),
        ("wechat", "open.weixin.qq.com", "u-1"),
    ]
    assert found[0][3] == found[1][3]
    assert users(app) == before + 1


def test_the_next_scan_comes_straight_in(app, visitor, outside):
    bound(visitor, outside, scan(visitor, outside).text)
    visitor.post("/logout")
    again = scan(visitor, outside, code="c2")
    assert (again.status_code, again.location) == (303, "/me/devices/list/")
    assert visitor.get("/desk/").status_code == 200


def test_a_known_number_gets_the_scan_bound_and_no_second_account(app, visitor, outside):
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    visitor.post("/logout")
    before = users(app)
    other = app.test_client()
    other.page("/login")
    page = scan(other, outside)
    forget(app)
    assert bound(other, outside, page.text).status_code == 303
    assert users(app) == before
    assert len({row[3] for row in identities(app)}) == 1


def forget(app) -> None:
    with app.app_context(), transaction():
        db.session.execute(sa.update(PhoneCode).values(created_at=clock.now() - timedelta(days=3)))


def test_a_scan_of_somebody_else_is_never_bound_silently(app, visitor, outside):
    bound(visitor, outside, scan(visitor, outside).text)
    visitor.post("/logout")
    second = app.test_client()
    second.page("/login")
    ask_code(second, "13812345678")
    enter(second, outside.sms.code, "13812345678")
    with app.app_context(), scope.unscoped():
        theirs = db.session.scalars(
            sa.select(Identity.user_id).order_by(Identity.id.desc())
        ).first()
    outside.wechat.codes["c9"] = WechatPerson("u-1", "o-1", "海风")
    out = second.get("/login/wechat", query_string={"errand": "bind"})
    back = second.get(
        "/login/wechat/back", query_string={"code": "c9", "state": state_of(out.location)}
    )
    assert back.location == "/me/"
    with app.app_context():
        assert [one.provider for one in queries.identities_of(theirs)] == ["phone"]


def test_a_number_with_another_wechat_is_told_so_and_nothing_is_kept(app, visitor, outside):
    bound(visitor, outside, scan(visitor, outside).text)
    visitor.post("/logout")
    forget(app)
    before = identities(app)
    page = scan(visitor, outside, code="c3", unionid="u-2")
    refused = bound(visitor, outside, page.text)
    assert refused.status_code == 400
    assert "已绑定另一个同类账号" in refused.text
    assert identities(app) == before


def test_a_claimed_number_links_nobody(app, visitor, outside):
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    visitor.post("/logout")
    other = app.test_client()
    other.page("/login")
    page = haiyiban(other, outside, mobile=PHONE)
    assert "绑定手机号" in page.text
    assert other.get("/desk/").status_code in (302, 303)


def test_a_legal_identity_brings_the_company_and_is_apart_from_the_person(
    app, visitor, outside, monkeypatch
):
    told = []
    keep = lambda actor, user_id, company: told.append((actor.user_id, user_id, company))  # noqa: E731
    monkeypatch.setattr(ways_in, "CERTIFIED", [keep])
    page = haiyiban(visitor, outside)
    assert COMPANY.name in page.text
    assert bound(visitor, outside, page.text).status_code == 303
    ((actor, user, company),) = told
    assert actor == user
    assert company == {
        "name": COMPANY.name,
        "uscc": COMPANY.uscc,
        "representative": COMPANY.representative,
        "address": COMPANY.address,
    }
    outside.haiyiban.codes["h"] = HaiyibanIdentity("haiyiban", "h-9", IdentityKind.person, 3, "林")
    out = visitor.get("/login/haiyiban/person", query_string={"errand": "bind"})
    visitor.get("/login/haiyiban/back", query_string={"code": "h", "state": state_of(out.location)})
    assert [row[1] for row in identities(app) if row[0] == "haiyiban"] == [
        "haiyiban/legal",
        "haiyiban/person",
    ]


def test_too_low_a_level_is_told_and_does_not_come_in(visitor, outside):
    back = haiyiban(visitor, outside, level=1)
    assert back.status_code == 303
    assert "LV1" in visitor.page(back.location)


def test_a_refusal_with_and_without_callback_leaves_the_other_ways(visitor, outside):
    out = visitor.get("/login/wechat")
    refused = visitor.get("/login/wechat/back", query_string={"state": state_of(out.location)})
    assert refused.location.startswith("/login")
    page = visitor.page(refused.location)
    assert "您没有同意微信授权" in page
    assert "短信验证码登录" in page


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Slow("wechat", "5 s"), "暂时无法连接"),
        (Unreachable("wechat", "no answer"), "暂时无法连接"),
        (WrongAnswer("wechat", "html"), "暂时无法连接"),
        (Refused("wechat", "40029", advice=Advice.AGAIN), "请重新开始"),
        (Refused("wechat", "40013", advice=Advice.OPERATOR), "请致电平台"),
    ],
)
def test_a_service_in_trouble_is_told_and_the_other_ways_stay(visitor, outside, trouble, words):
    outside.wechat.trouble = outside.haiyiban.trouble = trouble
    for way in (scan, haiyiban):
        back = way(visitor, outside)
        assert back.status_code == 303
        assert words in visitor.page(back.location)
    assert ask_code(visitor).status_code == 200


def test_a_state_is_good_once(visitor, outside):
    outside.wechat.codes |= {"a": WechatPerson("u-1", "o"), "b": WechatPerson("u-1", "o")}
    state = state_of(visitor.get("/login/wechat").location)
    assert "绑定手机号" in visitor.page(f"/login/wechat/back?code=a&state={state}")
    replay = visitor.get("/login/wechat/back", query_string={"code": "b", "state": state})
    assert replay.status_code == 303
    assert "b" in outside.wechat.codes  # it was not even asked for


def test_a_state_of_another_browser_service_or_time_is_worth_nothing(
    app, visitor, outside, monkeypatch
):
    outside.wechat.codes["a"] = WechatPerson("u-1", "o")
    outside.haiyiban.codes["a"] = HaiyibanIdentity("haiyiban", "h", IdentityKind.person, 3, "林")
    state = state_of(visitor.get("/login/wechat").location)
    other = app.test_client()
    other.page("/login")
    old = state_of(visitor.get("/login/wechat").location)
    for browser, way in ((other, "wechat"), (visitor, "haiyiban")):
        back = browser.get(f"/login/{way}/back", query_string={"code": "a", "state": state})
        assert back.status_code == 303
    for bad in ("", "x", "k1.AAAA", state[:-4]):
        back = visitor.get("/login/wechat/back", query_string={"code": "a", "state": bad})
        assert back.status_code == 303
    moment = clock.now() + timedelta(minutes=10, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: moment)
    assert visitor.get("/login/wechat/back?code=a", query_string=None).status_code == 303
    late = visitor.get("/login/wechat/back", query_string={"code": "a", "state": old})
    assert late.status_code == 303
    assert outside.wechat.codes
    assert outside.haiyiban.codes


def test_a_proof_of_another_browser_or_an_old_one_binds_nothing(app, visitor, outside, monkeypatch):
    page = scan(visitor, outside)
    stolen = proof_of(page.text)
    thief = app.test_client()
    thief.page("/login")
    ask_code(thief, "13812345678")
    refused = enter(thief, outside.sms.code, "13812345678", proof=stolen)
    assert refused.status_code == 400
    assert "等待时间过长" in refused.text
    moment = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: moment)
    ask_code(visitor)
    assert enter(visitor, outside.sms.code, proof=stolen).status_code == 400
    assert identities(app) == []


def test_what_a_binding_form_lacks_is_said_at_once_and_the_account_stays_named(visitor, outside):
    page = scan(visitor, outside)
    said = visitor.post("/login/phone", data={"phone": "1", "proof": proof_of(page.text)})
    assert said.status_code == 400
    for words in ("请输入 11 位手机号", "验证码不正确或已失效", "请阅读并勾选同意《平台法律声明》"):
        assert words in said.text
    assert "已确认您的微信账号“海风”" in said.text


def test_coming_in_makes_a_new_session(app, visitor, outside):
    name = app.config["SESSION_COOKIE_NAME"]
    ask_code(visitor)
    planted = visitor.get_cookie(name).value
    enter(visitor, outside.sms.code)
    assert visitor.get_cookie(name).value != planted


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_elsewhere(visitor, outside, target):
    ask_code(visitor)
    page = visitor.page("/login")
    document = re.search(r'name="document"[^>]*value="(\d+)"', page)[1]
    done = visitor.post(
        "/login/phone",
        query_string={"next": target},
        data={"phone": PHONE, "code": outside.sms.code, "agree": "y", "document": document},
    )
    assert done.location == "/desk/"


def test_what_is_not_offered_is_not_shown_and_not_found(app):
    before = use(Ports())
    try:
        browser = app.test_client()
        page = browser.page("/login")
        assert "微信扫码登录" not in page
        assert "海易办" not in page
        for address in ("wechat", "wechat/back", "haiyiban/legal", "haiyiban/back"):
            assert browser.get(f"/login/{address}").status_code == 404
    finally:
        use(before)


def test_the_last_way_in_and_the_number_stay(app, visitor, outside):
    bound(visitor, outside, scan(visitor, outside).text)
    with app.app_context(), scope.unscoped():
        user = db.session.scalar(sa.select(Identity.user_id))
        actor = person(queries.by_id(user))
        phone, wechat = queries.identities_of(user)
        with pytest.raises(Refusal, match="phone_stays"), transaction():
            services.unbind(actor, phone.id)
        with transaction():
            assert services.unbind(actor, wechat.id) == "wechat"
        with pytest.raises(Refusal, match="identity_gone"), transaction():
            services.unbind(actor, 987654)


def test_a_changed_statement_is_agreed_to_before_the_scan_comes_in(app, visitor, outside):
    bound(visitor, outside, scan(visitor, outside).text)
    visitor.post("/logout")
    with app.app_context(), scope.unscoped(), transaction():
        made = documents.draft(
            SYSTEM, "legal", title="平台法律声明", body="新的", effective_on=clock.today()
        )
        documents.publish(SYSTEM, made.id, version=made.version)
        number = made.id
    page = scan(visitor, outside, code="c2")
    assert "《平台法律声明》已更新" in page.text
    assert visitor.get("/desk/").status_code in (302, 303)
    form = {"proof": proof_of(page.text), "document": str(number)}
    refused = visitor.post("/login/agree", data=form)
    assert refused.status_code == 400
    assert "请阅读并勾选同意" in refused.text
    other = app.test_client()
    other.page("/login")
    assert other.post("/login/agree", data={**form, "agree": "y"}).status_code == 400
    assert visitor.post("/login/agree", data={**form, "agree": "y"}).status_code == 303
    assert visitor.get("/desk/").status_code == 200
    with app.app_context(), scope.unscoped():
        user = db.session.scalar(sa.select(Identity.user_id))
        assert [(c.channel, d.number) for c, d in documents.consents_of(user)] == [
            ("wechat", 2),
            ("wechat", 1),
        ]
