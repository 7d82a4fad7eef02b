"""The sandbox's faces in a real browser, wide and on a phone: registration, scanning, the inbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.seed import credit_code, id_number
from tests.e2e.browser import PHONE, TIMEOUT, WIDE, Watch, fits, scan
from tests.e2e.server import Server

COMPANY = {
    "企业名称": "三亚新航贸易有限公司",
    "统一社会信用代码": credit_code("91460200MA5TWK77"),
    "法定代表人": "王小海",
    "证件号码": id_number("46020019910203101"),
}


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def page(request: Any, server: Server, chrome: Browser) -> Iterator[Page]:
    """A page of the sandbox that the demo has started beside itself."""
    address = f"http://127.0.0.1:{server.sandbox_port}"
    watch = Watch("http://127.0.0.1:")  # a sign-in leads back to the platform's own port
    watch.expect(404, 422)  # a browser asks a bare answer for its icon
    context = chrome.new_context(viewport=request.param, base_url=address, locale="zh-CN")
    context.set_default_timeout(TIMEOUT)
    watch.follow(context)
    yield context.new_page()
    context.close()
    assert not watch.found, "\n".join(watch.found)


def sound(page: Page) -> None:
    """Nothing for axe to say, nothing wider than the screen."""
    expect(page.get_by_text("仅供演示与测试")).to_be_visible()
    scan(page)
    fits(page)


def test_a_company_registers_as_in_the_manual_and_opens_its_licence(page: Page) -> None:
    username = f"xinhang{page.viewport_size['width']}"
    page.goto("/haiyiban/home")
    page.get_by_role("link", name="登录/注册").click()
    page.get_by_role("link", name="去注册").click()
    page.get_by_role("link", name="法人注册").click()
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("alert")).to_contain_text("有 4 处需要修改")
    sound(page)
    for label, text in COMPANY.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="下一步").click()
    for label, text in {"用户名": username, "密码": "Sun-2026!", "确认密码": "Sun-2026!",
                        "联系人": "王小海", "联系地址": "三亚市迎宾路1号", "联系手机": "13900139000"}.items():  # fmt: skip
        page.get_by_label(label, exact=True).fill(text)
    drawn = page.request.get("/haiyiban/picture.svg").text()  # the newest one counts
    page.get_by_label("图形验证码", exact=True).fill("".join(re.findall(r">(.)</text>", drawn)))
    page.get_by_role("button", name="获取手机验证码").click()
    expect(page.get_by_role("status")).to_have_text("验证码已发送")
    sound(page)
    texts = page.request.get("/api/messages?phone=13900139000").json()["messages"]
    page.get_by_label("手机验证码").fill(re.search(r"验证码(\d{6})", texts[0]["text"])[1])
    page.get_by_role("button", name="注册", exact=True).click()
    expect(page.get_by_text("注册成功")).to_be_visible()
    page.get_by_role("link", name="去登录").click()
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill("Sun-2026!")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="企业中心")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="证照预览").click()
    expect(page.get_by_role("img", name="营业执照")).to_be_visible()


def test_a_scan_is_allowed_and_leads_back_with_a_code(page: Page, server: Server) -> None:
    back = f"{server.address}/health/live"
    asked = {"appid": "wxsandbox", "redirect_uri": back, "response_type": "code",
             "scope": "snsapi_login", "state": "s1"}  # fmt: skip
    page.goto(f"/wechat/connect/qrconnect?{urlencode(asked)}")
    sound(page)
    page.get_by_role("button", name="扫一扫").click()
    sound(page)
    page.get_by_role("button", name="允许").click()
    expect(page).to_have_url(re.compile(rf"^{re.escape(back)}\?code=[\w-]+&state=s1$"))


def test_the_inbox_fills_by_itself_and_keeps_what_is_typed(page: Page, server: Server) -> None:
    page.goto("/phone")
    sound(page)
    field = page.get_by_label("手机号")
    field.press_sequentially("138001")
    drawn = page.request.get("/haiyiban/picture.svg").text()
    form = {"mobile": "13700137000", "picture": "".join(re.findall(r">(.)</text>", drawn))}
    assert page.request.post("/haiyiban/register/code", form=form).ok
    expect(page.get_by_text("13700137000").first).to_be_visible()
    expect(field).to_have_value("138001")
