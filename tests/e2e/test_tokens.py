"""接口令牌 in a browser: made, shown once, used without a cookie, revoked; the documentation."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.support.people import PASSWORD


def called(server, secret: str) -> int:
    request = urllib.request.Request(
        f"{server.address}/api/v1/parks", headers={"Authorization": f"Bearer {secret}"}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return len(json.load(answer)["items"])
    except urllib.error.HTTPError as refused:
        return -refused.code


def copied(desk, secret: str) -> None:
    """复制 needs no permission; where the browser lets nobody write, the token stands selected."""
    page = desk.page
    said = page.locator(".once-row [role=status]")
    desk.button("复制").click()
    expect(said).to_have_text(desk.say("已复制"))
    page.evaluate(
        "navigator.clipboard.writeText = () => Promise.reject();"
        "document.execCommand = () => false; getSelection().empty();"
    )
    desk.button("复制").click()
    expect(said).to_have_text(desk.say("已选中，请按 Ctrl+C 复制"))
    assert page.evaluate("String(getSelection())") == secret


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_a_token_is_made_used_and_revoked(open_desk, server, language, phone):
    desk = open_desk("park1", language=language, phone=phone)
    page = desk.page
    page.goto("/me/tokens/list/")
    desk.look()
    page.get_by_role("link", name=desk.say("新建接口令牌")).first.click()
    if "/me/proof" in page.url:  # the sign-in is of an earlier test
        page.locator("#password").fill(PASSWORD)
        desk.button("确认").click()
        desk.link("继续").click()
    page.get_by_label(desk.say("名称")).fill(f"ERP {language}")
    page.get_by_label(desk.say("读取园区信息"), exact=True).check()
    desk.look()
    page.get_by_role("button", name=desk.say("新建接口令牌")).click()
    secret = page.locator("code.once").inner_text()
    assert re.fullmatch(r"pdk_[a-z0-9]{8}_[\w-]{43}", secret)
    desk.look()
    copied(desk, secret)
    assert called(server, secret) == 1
    page.get_by_role("link", name=desk.say("已存好，返回")).click()
    row = page.locator("tbody tr").filter(has_text=f"ERP {language}")
    expect(row).to_contain_text(secret[:12])
    row.get_by_role("button", name=desk.say("吊销")).click()
    desk.agree("吊销", f"ERP {language}")
    expect(row).to_contain_text(desk.say("已失效"))
    assert called(server, secret) == -401
    page.goto("/api/v1/docs")
    page.locator("details").first.locator("summary").click()
    desk.look()
