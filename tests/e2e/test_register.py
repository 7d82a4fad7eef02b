"""Manual 000 §1 and 001 §1.1 by their own labels: three ways to register, against the sandbox."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.e2e.visitors import INSIDE, Human, Visitor, fresh_number
from tests.support.people import PASSWORD

CLEAR_WITHIN = 5.0


def test_by_phone_and_code(visitor: Visitor) -> None:
    page, phone = visitor.open_dialog().page, fresh_number()
    visitor.reads("短信验证码登录")
    visitor.look()
    visitor.field("手机号").fill("123")
    visitor.button("获取").click()
    visitor.reads("请输入 11 位手机号")
    visitor.paste(visitor.field("手机号"), f"+86 {phone[:3]} {phone[3:7]} {phone[7:]}")
    visitor.button("获取").click()
    expect(page.locator("[data-get-code]")).to_contain_text(visitor.say("秒后可重新获取"))
    code = visitor.field("短信验证码")
    expect(code).to_have_attribute("autocomplete", "one-time-code")
    expect(code).to_have_attribute("inputmode", "numeric")
    visitor.paste(code, visitor.code(phone))
    visitor.button("登录").click()
    visitor.reads("请阅读并勾选同意《平台法律声明》")
    visitor.look()
    visitor.agree()
    visitor.button("登录").click()
    page.wait_for_url(INSIDE)
    visitor.look()


def test_the_statement_can_be_read_before_it_is_agreed_to(visitor: Visitor) -> None:
    page = visitor.open_dialog().page
    with page.context.expect_page() as opened:
        visitor.link("《平台法律声明》").click()
    expect(opened.value.get_by_role("heading", name="平台法律声明")).to_be_visible()
    read = Visitor(opened.value, visitor.server)
    read.look()


def test_by_wechat_then_a_number(visitor: Visitor) -> None:
    visitor.open_dialog().link("微信扫码登录").click()
    visitor.look()
    visitor.scan_by_wechat()
    visitor.reads("绑定手机号")
    visitor.look()
    visitor.prove(fresh_number())
    visitor.open_centre()
    expect(visitor.card("登录方式")).to_contain_text(visitor.say("微信"))


def test_a_refusal_at_wechat_is_told_and_the_dialog_stays(visitor: Visitor) -> None:
    visitor.open_dialog().link("微信扫码登录").click()
    visitor.scan_by_wechat("拒绝")
    visitor.reads("您没有同意微信授权，可以重新扫码或改用其他登录方式。")
    visitor.reads("短信验证码登录")
    visitor.look()
    visitor.prove(fresh_number())
    visitor.open_centre()
    expect(visitor.button("解除绑定", context="button")).to_have_count(0)


def test_a_refusal_that_wechat_keeps_to_itself_leaves_the_dialog(visitor: Visitor) -> None:
    """Nobody comes back: the person goes back alone, and every way is still there."""
    page = visitor.open_dialog().page
    visitor.link("微信扫码登录").click()
    visitor.scan_by_wechat("拒绝，且不通知网站")
    expect(page.get_by_role("heading", name="你已拒绝授权")).to_be_visible()
    visitor.look()
    page.evaluate("history.go(-3)")  # the refusal, the question, the code to scan
    visitor.reads("短信验证码登录")
    visitor.link("微信扫码登录").click()
    visitor.scan_by_wechat()
    visitor.reads("绑定手机号")


def test_by_haiyiban_as_a_new_person_then_a_number(visitor: Visitor) -> None:
    """去注册 → 自然人注册 on the way; the fresh account leads back to the platform."""
    page, human = visitor.open_dialog().page, Human()
    visitor.by_haiyiban("个人")
    visitor.look()
    page.get_by_role("link", name="去注册").click()
    expect(page.get_by_role("heading", name="自然人注册")).to_be_visible()
    visitor.register_there(human)
    visitor.haiyiban_account(human.username)
    visitor.reads("绑定手机号")
    visitor.look()
    visitor.prove(fresh_number())


def test_by_haiyiban_as_a_company_by_scan_then_a_number(visitor: Visitor) -> None:
    """And at the next sign-in nothing is asked any more."""
    company = visitor.known_company()
    page = visitor.open_dialog().page
    visitor.by_haiyiban("法人")
    visitor.haiyiban_scan(company.name)
    visitor.reads("绑定手机号")
    visitor.prove(fresh_number())
    page.context.clear_cookies(name="s")
    visitor.open_dialog().by_haiyiban("法人")
    expect(page).to_have_url(INSIDE)


@pytest.mark.parametrize(
    ("service", "fault"), [("wechat", "slow"), ("haiyiban", "down"), ("haiyiban", "html")]
)
def test_the_services_down_leave_the_other_ways(zh_wide: Visitor, service: str, fault: str) -> None:
    """The person has allowed it there; what the platform then asks for does not come."""
    visitor = zh_wide.open_dialog()
    visitor.switch(**{service: fault})
    if service == "wechat":
        visitor.link("微信扫码登录").click()
        visitor.page.get_by_role("button", name="扫一扫").click()
        began = time.monotonic()
        visitor.page.get_by_role("button", name="允许").click()
    else:
        visitor.by_haiyiban("法人")
        visitor.page.get_by_label("用户名").fill("yefeng")
        visitor.page.get_by_label("密码").fill(PASSWORD)
        began = time.monotonic()
        visitor.page.get_by_role("button", name="登录", exact=True).click()
    visitor.reads("对方服务暂时无法连接，请稍后再试，或改用其他登录方式。")
    assert time.monotonic() - began < CLEAR_WITHIN
    visitor.look()
    visitor.sign_in_by_account("park1", PASSWORD)


def test_no_message_gets_out_and_the_other_ways_stay(zh_wide: Visitor) -> None:
    """The answer to 获取 does not wait for the gateway; whoever waits for the code in vain goes on."""
    visitor = zh_wide.open_dialog()
    visitor.switch(aliyun="slow", tencent="slow")
    visitor.field("手机号").fill(fresh_number())
    began = time.monotonic()
    visitor.button("获取").click()
    expect(visitor.page.locator("[data-get-code]")).to_contain_text("秒后可重新获取")
    assert time.monotonic() - began < CLEAR_WITHIN
    visitor.sign_in_by_account("park1", PASSWORD)
