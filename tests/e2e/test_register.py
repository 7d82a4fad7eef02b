"""Manual 000 §1 and 001 §1.1 by their own labels: three ways to register, against the sandbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import PHONE, TIMEOUT, WIDE, Watch, fits, scan
from tests.e2e.server import Server
from tests.support.people import PASSWORD


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def page(request: Any, server: Server, chrome: Browser) -> Iterator[Page]:
    watch = Watch("http://127.0.0.1:")  # the ways lead to the sandbox's port and back
    watch.expect(400, 429)
    context = chrome.new_context(viewport=request.param, base_url=server.address, locale="zh-CN")
    context.set_default_timeout(TIMEOUT)
    watch.follow(context)
    yield context.new_page()
    context.close()
    assert not watch.found, "\n".join(watch.found)


def number(page: Page, last: int) -> str:
    """A number of this width alone: budgets are per number."""
    return f"1390000{page.viewport_size['width'] % 100:02}{last:02}"


def code_of(page: Page, server: Server, phone: str) -> str:
    """What the sandbox's phone received."""
    address = f"http://127.0.0.1:{server.sandbox_port}/api/messages?phone={phone}"
    for _ in range(100):
        texts = page.request.get(address).json()["messages"]
        if texts:
            return re.search(r"验证码(\d{6})", texts[0]["text"])[1]
        page.wait_for_timeout(100)
    raise AssertionError(f"no message for {phone}")


def bind(page: Page, server: Server, phone: str) -> None:
    page.get_by_label("手机号").fill(phone)
    page.get_by_label("我已阅读并同意").check()
    page.get_by_role("button", name="获取").click()
    page.get_by_label("短信验证码").fill(code_of(page, server, phone))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/desk/**")


def open_dialog(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="登录/注册").first.click()
    expect(page.get_by_role("heading", name="登录/注册")).to_be_visible()


def test_by_phone_and_code(page: Page, server: Server) -> None:
    open_dialog(page)
    expect(page.get_by_text("短信验证码登录")).to_be_visible()
    scan(page)
    fits(page)
    phone = number(page, 1)
    page.get_by_label("手机号").fill("123")
    page.get_by_role("button", name="获取").click()
    expect(page.get_by_text("请输入 11 位手机号")).to_be_visible()
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="获取").click()
    expect(page.locator("[data-get-code]")).to_contain_text("秒后可重新获取")
    expect(page.get_by_label("短信验证码")).to_have_attribute("autocomplete", "one-time-code")
    page.get_by_label("短信验证码").fill(code_of(page, server, phone))
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("请阅读并勾选同意")).to_be_visible()
    page.get_by_label("我已阅读并同意").check()
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/desk/**")


def test_the_statement_can_be_read_before_it_is_agreed_to(page: Page) -> None:
    open_dialog(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="《平台法律声明》").click()
    expect(opened.value.get_by_role("heading", name="平台法律声明")).to_be_visible()
    scan(opened.value)
    fits(opened.value)


def test_by_wechat_then_a_number(page: Page, server: Server) -> None:
    open_dialog(page)
    page.get_by_role("link", name="微信扫码登录").click()
    page.get_by_label("新的微信用户").check()  # the other width must not have bound this one
    page.get_by_role("button", name="扫一扫").click()
    page.get_by_role("button", name="允许").click()
    expect(page.get_by_text("绑定手机号").first).to_be_visible()
    scan(page)
    fits(page)
    bind(page, server, number(page, 2))


def test_a_refusal_at_wechat_is_told_and_the_dialog_stays(page: Page) -> None:
    open_dialog(page)
    page.get_by_role("link", name="微信扫码登录").click()
    page.get_by_role("button", name="扫一扫").click()
    page.get_by_role("button", name="拒绝", exact=True).click()
    expect(page.get_by_text("您没有同意微信授权")).to_be_visible()
    expect(page.get_by_text("短信验证码登录")).to_be_visible()


@pytest.mark.parametrize(("kind", "account"), [("个人", "chenhaiming"), ("法人", "lanwan")])
def test_by_haiyiban_then_a_number(page: Page, server: Server, kind: str, account: str) -> None:
    open_dialog(page)
    page.get_by_role("link", name=f"海易办登录 {kind}").click()
    page.get_by_label("用户名").fill(account)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    if page.get_by_text("绑定手机号").count():  # the other width has bound it already
        bind(page, server, number(page, 3 if kind == "个人" else 4))
    expect(page).to_have_url(re.compile(r"/desk/"))


def test_the_services_down_leave_the_other_ways(page: Page, server: Server) -> None:
    address = f"http://127.0.0.1:{server.sandbox_port}/api/faults"
    page.request.post(address, data={"wechat": "down"})
    try:
        open_dialog(page)
        expect(page.get_by_role("link", name="账号登录")).to_be_visible()
        page.get_by_role("link", name="账号登录").click()
        page.get_by_label("登录账号").fill("park1")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url("**/desk/**")
    finally:
        page.request.post(f"http://127.0.0.1:{server.sandbox_port}/api/reset", data={})
