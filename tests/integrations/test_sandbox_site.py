"""The faces of the sandbox: inbox, switches, and registration with each of its limits."""

from __future__ import annotations

import re
from html import unescape

import pytest

import config
from sandbox import create_sandbox
from sandbox.registration import is_pinyin_of, strong
from sandbox.seed import PASSWORD, credit_code, id_number
from tests.integrations.conftest import settings

PHONE = "13900139000"
COMPANY = {
    "company": "三亚新航贸易有限公司",
    "uscc": credit_code("91460200MA5TWK77"),
    "representative": "王小海",
    "id_number": id_number("46020019910203101"),
}
HUMAN = {"name": "王小海", "id_number": id_number("46020019910203101")}
USER = {
    "username": "xinhang2026",
    "password": "Sun-2026!",
    "again": "Sun-2026!",
    "contact": "王小海",
    "address": "三亚市吉阳区迎宾路1号",
    "mobile": PHONE,
}


def texts(answer):
    return unescape(answer.text)


@pytest.fixture
def browser(sandbox):
    return sandbox.browser


@pytest.fixture
def at_step_two(browser):
    """Step 1 filled in for a company; a picture and a phone code are there."""
    assert browser.post("/haiyiban/register", data={"kind": "legal", **COMPANY}).location.endswith(
        "/register/user"
    )
    return {**USER, **codes(browser)}


def codes(browser, phone=PHONE):
    """Read the picture as a person does, then the text on the phone."""
    drawn = browser.get("/haiyiban/picture.svg").text
    word = "".join(re.findall(r"<text[^>]*>(.)</text>", drawn))
    asked = browser.post("/haiyiban/register/code", data={"mobile": phone, "picture": word})
    assert asked.json == {"words": "验证码已发送"}
    inbox = browser.get(f"/phone?number={phone}").text
    return {"picture": word.lower(), "code": re.search(r"验证码(\d{6})", inbox)[1]}


def test_production_never_has_a_sandbox():
    with pytest.raises(RuntimeError, match="APP_MODE must be demo"):
        create_sandbox(config.settings({}, APP_MODE="production"))


def test_another_host_name_is_not_answered(browser):
    assert browser.get("/", headers={"Host": "sandbox.example"}).status_code == 400


def test_another_sites_page_presses_no_button(browser):
    form = {"service": "aliyun", "fault": "down"}
    answer = browser.post("/faults", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert browser.post("/api/faults", data=form).status_code == 415


PAGES = ["/", "/phone", "/faults", "/haiyiban/home", "/haiyiban/login?kind=person",
         "/haiyiban/login?kind=legal&way=scan", "/haiyiban/register?kind=person",
         "/haiyiban/register?kind=legal", "/haiyiban/register/done"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_what_it_is(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200
    assert "模拟环境" in re.search("<title>(.*)</title>", answer.text)[1]
    assert "仅供演示与测试，与任何真实机构无关" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


# 手机 and 故障开关


def test_the_inbox_shows_one_number_newest_first_and_refreshes(sandbox, browser):
    for phone, text in (("13800138000", "甲"), ("13900139000", "乙"), ("13800138000", "丙")):
        sandbox.state.deliver(phone, "测试", f"<b>{text}</b>")
    page = browser.get("/phone?number=+86 138 0013 8000").text
    assert page.index("&lt;b&gt;丙") < page.index("&lt;b&gt;甲")
    assert "乙" not in page
    assert 'data-poll="3000"' in page
    assert "乙" in browser.get("/phone").text
    told = browser.get("/api/messages?phone=13900139000").json["messages"]
    assert [one["text"] for one in told] == ["<b>乙</b>"]


def test_a_switch_holds_until_it_is_set_back(sandbox, browser):
    assert browser.post("/faults", data={"service": "wechat", "fault": "html"}).status_code == 302
    assert "微信 · 错答：HTTP 200 网页" in browser.get("/").text
    assert browser.get("/wechat/sns/userinfo").mimetype == "text/html"
    assert browser.post("/api/faults", json={"wechat": ""}).json == {"faults": {"wechat": ""}}
    assert browser.get("/wechat/sns/userinfo").mimetype == "text/plain"


@pytest.mark.parametrize("wrong", [{"aliyun": "nonsense"}, {"nobody": "down"}])
def test_a_switch_that_is_not_there_is_refused(browser, wrong):
    assert browser.post("/api/faults", json=wrong).status_code == 400


def test_reset_ends_faults_and_empties_inboxes(sandbox, browser):
    sandbox.switch(aliyun="down")
    sandbox.state.deliver(PHONE, "测试", "x")
    assert browser.post("/api/reset", json={}).json == {"reset": True}
    assert (sandbox.state.faults, sandbox.state.messages) == ({}, [])


# 去注册, manual 000 part 3


def test_a_company_registers_in_three_steps_and_sees_its_licence(browser, at_step_two):
    done = browser.post("/haiyiban/register/user", data=at_step_two)
    assert done.location == "/haiyiban/register/done?kind=legal"
    assert "注册成功" in browser.get(done.location).text
    form = {"kind": "legal", "username": USER["username"], "password": USER["password"]}
    assert browser.post("/haiyiban/login", data=form).location == "/haiyiban/centre"
    centre = browser.get("/haiyiban/centre").text
    for words in ("企业中心", "用户实名认证 (LV3)", "账号设置", "退出登录", "电子证照", "电子材料",
                  "证照预览", "证照下载", COMPANY["uscc"], COMPANY["company"]):  # fmt: skip
        assert words in centre


def test_a_natural_person_registers_in_three_steps(browser):
    browser.post("/haiyiban/register", data={"kind": "person", **HUMAN})
    form = {**USER, **codes(browser)}
    assert browser.post("/haiyiban/register/user", data=form).location.endswith("kind=person")
    form = {"kind": "person", "username": USER["username"], "password": USER["password"]}
    browser.post("/haiyiban/login", data=form)
    assert "个人中心" in browser.get("/haiyiban/centre").text


def test_the_labels_are_those_of_the_manual(browser, at_step_two):
    page = browser.get("/haiyiban/register/user").text
    for words in ("自然人注册", "法人注册", "填写信息认证", "创建用户", "完成注册", "账户信息",
                  "用户名", "密码", "确认密码", "联系人", "联系地址", "联系手机", "86", "图形验证码",
                  "手机验证码", "获取手机验证码", "上一步", "注册", "已有账号，点击",
                  "请输入4到17位字母或数字组合，不建议使用统一社会信用代码作为用户名",
                  "密码为8至20位（数字+字母+特殊字符）组合，请勿将姓名拼音设为密码"):  # fmt: skip
        assert words in page, words


def test_back_keeps_the_first_step(browser, at_step_two):
    page = browser.get("/haiyiban/register?kind=legal").text
    assert all(value in page for value in COMPANY.values())


def test_the_second_step_needs_the_first(browser):
    for answer in (
        browser.get("/haiyiban/register/user"),
        browser.post("/haiyiban/register/user", data=USER),
    ):
        assert answer.location == "/haiyiban/register"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"company": ""}, "请输入企业名称"),
        ({"company": "长" * 101}, "请不要超过100个字"),
        ({"uscc": COMPANY["uscc"][:-1] + "0"}, "统一社会信用代码有误"),
        ({"representative": " "}, "请输入法定代表人"),
        ({"id_number": "460200199102031010"}, "证件号码有误"),
    ],
)
def test_the_first_step_is_checked(browser, wrong, words):
    answer = browser.post("/haiyiban/register", data={"kind": "legal", **COMPANY, **wrong})
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"username": "abc"}, "请输入4到17位"),
        ({"username": "a" * 18}, "请输入4到17位"),
        ({"username": "abc-1"}, "请输入4到17位"),
        ({"username": "新航2026"}, "请输入4到17位"),
        ({"username": "lanwan"}, "该用户名已被注册"),
        ({"password": "Ab-1234", "again": "Ab-1234"}, "密码为8至20位"),
        ({"password": "Ab-" + "1" * 18, "again": "Ab-" + "1" * 18}, "密码为8至20位"),
        ({"password": "abcd-efgh", "again": "abcd-efgh"}, "密码为8至20位"),
        ({"password": "1234-5678", "again": "1234-5678"}, "密码为8至20位"),
        ({"password": "abcd12345", "again": "abcd12345"}, "密码为8至20位"),
        ({"password": "wangxiaohai-1", "again": "wangxiaohai-1"}, "请勿将姓名拼音设为密码"),
        ({"again": "Sun-2026?"}, "两次输入的密码不一致"),
        ({"contact": ""}, "请输入联系人"),
        ({"address": " "}, "请输入联系地址"),
        ({"mobile": "0898-88812345"}, "请输入正确的联系手机"),
        ({"mobile": "13800138009"}, "短信验证码有误"),
        ({"picture": "AAAAA"}, "图形验证码有误"),
        ({"picture": ""}, "图形验证码有误"),
        ({"code": "12345"}, "短信验证码有误"),
        ({"code": ""}, "短信验证码有误"),
    ],
)
def test_the_second_step_is_checked(sandbox, browser, at_step_two, wrong, words):
    answer = browser.post("/haiyiban/register/user", data=at_step_two | wrong)
    assert answer.status_code == 422
    errors = re.findall(r'class="error"[^>]*>([^<]*)<', answer.text)
    assert any(words in error for error in errors), errors
    assert USER["username"] not in sandbox.state.accounts
    if "password" not in wrong:
        assert USER["password"] not in texts(answer)
    assert at_step_two["address"] in texts(answer) or "address" in wrong


def test_the_limits_themselves_are_good(browser, at_step_two):
    form = at_step_two | {"username": "a" * 17, "password": "Ab-1" + "x" * 16, "again": "Ab-1" + "x" * 16}  # fmt: skip
    assert browser.post("/haiyiban/register/user", data=form).status_code == 302
    assert strong("Ab-12345")
    assert strong("a1！aaaaa")
    assert not strong("Ab-1 2345")
    assert is_pinyin_of("王小海", "xWangXiaoHai1")
    assert not is_pinyin_of("李", "li-123456")


def test_a_phone_code_is_good_for_one_registration(browser, at_step_two):
    browser.post("/haiyiban/register/user", data=at_step_two)
    browser.post("/haiyiban/register", data={"kind": "legal", **COMPANY})
    again = at_step_two | {"username": "another1"}
    assert browser.post("/haiyiban/register/user", data=again).status_code == 422


def test_a_phone_code_needs_the_picture_and_a_mobile(sandbox, browser, at_step_two):
    before = len(sandbox.state.messages)
    asked = {"mobile": PHONE, "picture": "WRONG"}
    assert browser.post("/haiyiban/register/code", data=asked).status_code == 422
    asked = {"mobile": "123", "picture": at_step_two["picture"]}
    assert browser.post("/haiyiban/register/code", data=asked).status_code == 422
    assert len(sandbox.state.messages) == before


# sign-in and 企业中心


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "legal", "username": "yefeng", "password": "wrong"},
        {"kind": "legal", "username": "nobody", "password": PASSWORD},
        {"kind": "person", "username": "yefeng", "password": PASSWORD},
        {"kind": "person", "username": "yefeng", "way": "scan"},
    ],
)
def test_a_wrong_sign_in_stays_on_the_page(browser, form):
    answer = browser.post("/haiyiban/login", data=form)
    assert answer.status_code == 422
    assert "用户名或密码错误" in answer.text


def enter(browser, kind, username):
    form = {"kind": kind, "username": username, "password": PASSWORD}
    assert browser.post("/haiyiban/login", data=form).location == "/haiyiban/centre"


def test_licences_are_found_by_name_shown_and_downloaded(browser):
    enter(browser, "legal", "yefeng")
    assert "证照预览" in browser.get("/haiyiban/centre?name=营业").text
    assert "没有符合的证照" in browser.get("/haiyiban/centre?name=许可证").text
    assert "还没有电子材料" in browser.get("/haiyiban/centre?tab=materials").text
    assert "licence.svg" in browser.get("/haiyiban/licence").text
    shown = browser.get("/haiyiban/licence.svg")
    assert shown.mimetype == "image/svg+xml"
    assert "Content-Disposition" not in shown.headers
    for words in ("营业执照", "三亚椰风跨境电子商务有限公司", "陈海明", "模拟环境"):
        assert words in shown.text
    saved = browser.get("/haiyiban/licence.svg?download=1")
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_nobody_sees_a_licence_without_a_company(browser):
    assert browser.get("/haiyiban/centre").location == "/haiyiban/login"
    assert browser.get("/haiyiban/licence.svg").status_code == 404
    enter(browser, "person", "chenhaiming")
    assert browser.get("/haiyiban/licence").status_code == 404
    assert "没有符合的证照" in browser.get("/haiyiban/centre").text


def test_the_seeded_companies_have_good_numbers(sandbox):
    from stdnum.cn import ric

    from app.core import uscc

    for account in sandbox.state.accounts.values():
        assert ric.is_valid(account.id_number), account.username
        if account.company:
            assert uscc.fault(account.company.uscc) is None
            assert not uscc.organisation_fault(account.company.uscc)
    assert settings()["HAIYIBAN_URL"].endswith("/haiyiban")
