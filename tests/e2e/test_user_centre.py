"""Manual 000 §2, §3 and 001 §1.1.2, §1.1.3 by their own labels: 用户中心 and 前往海易办认证."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.e2e.visitors import Company, Visitor, fresh_number

ACCOUNT = "6222 0216 0100 0123 459"
CARDS = {
    "账号信息": ("登录账号", "姓名", "联系电话", "邮箱"),
    "企业信息": ("企业名称", "统一社会信用代码", "注册地址", "联系人姓名", "联系电话", "信用等级"),
    "企业银行账户": ("户名", "账号", "开户行"),
}
CERTIFIED = ("企业名称", "统一社会信用代码", "注册地址")


def field(visitor: Visitor, card: str, label: str) -> Locator:
    """A field of one card: two of them are called 联系电话."""
    name = visitor.say(label, context="bank" if label == "账号" else "")
    return visitor.card(card).get_by_label(name, exact=True)


def act(visitor: Visitor, card: str, name: str) -> Locator:
    """取消 (a link) or 保存 of one card."""
    role = "link" if name == "取消" else "button"
    return visitor.card(card).get_by_role(role, name=visitor.say(name), exact=True)  # type: ignore[arg-type]


def certified(visitor: Visitor, company: Company) -> None:
    """What came from 海易办 stands there, cannot be typed over, and says whence and when."""
    card = visitor.card("企业信息")
    told = dict(zip(CERTIFIED, (company.name, company.uscc, company.address), strict=True))
    for label, text in told.items():
        one = field(visitor, "企业信息", label)
        expect(one).to_have_value(text)
        expect(one).not_to_be_editable()
        expect(one).to_have_accessible_description(
            re.compile(re.escape(visitor.say("海易办认证")) + r".*\d{4}-\d\d-\d\d \d\d:\d\d")
        )
    expect(card.get_by_role("button", name=visitor.say("保存"), exact=True)).to_be_enabled()


def complete(visitor: Visitor) -> None:
    """联系人, 联系电话, 信用等级: what 海易办 does not know."""
    field(visitor, "企业信息", "联系人姓名").fill("王小海")
    field(visitor, "企业信息", "联系电话").fill("13900139000")
    field(visitor, "企业信息", "信用等级").select_option(index=1)
    act(visitor, "企业信息", "保存").click()
    visitor.reads("“%(name)s”已保存。", name=visitor.say("企业信息"))
    expect(field(visitor, "企业信息", "联系人姓名")).to_have_value("王小海")
    expect(field(visitor, "企业信息", "联系电话")).to_have_value("139****9000")


def test_a_company_is_certified_and_completed_as_in_the_manual(visitor: Visitor) -> None:
    company = visitor.known_company()
    visitor.register()
    visitor.open_centre()
    for card, labels in CARDS.items():
        for label in labels:
            expect(field(visitor, card, label)).to_be_visible()
        expect(act(visitor, card, "取消")).to_be_visible()
        expect(act(visitor, card, "保存")).to_be_visible()
    for card in ("企业信息", "企业银行账户"):
        expect(act(visitor, card, "保存")).to_be_disabled()
    visitor.look()
    visitor.card("企业信息").get_by_role("link", name=visitor.say("前往海易办认证")).click()
    expect(visitor.page.get_by_role("link", name="法人登录")).to_have_attribute(
        "aria-current", "page"
    )
    visitor.look()
    visitor.haiyiban_account(company.username)
    expect(visitor.heading("用户中心")).to_be_visible()
    visitor.reads("已绑定，下次可以用它登录。")
    certified(visitor, company)
    visitor.look()
    complete(visitor)


def test_cancel_takes_back_and_save_keeps_on_each_card(visitor: Visitor) -> None:
    """Each card alone: what was typed into another one is not saved along."""
    company = visitor.known_company()
    visitor.open_dialog().by_haiyiban("法人")
    visitor.haiyiban_account(company.username)
    visitor.prove(fresh_number())
    visitor.open_centre()
    certified(visitor, company)
    field(visitor, "账号信息", "邮箱").fill("a@example.com")
    act(visitor, "账号信息", "取消").click()
    expect(field(visitor, "账号信息", "邮箱")).to_have_value("")
    field(visitor, "账号信息", "邮箱").fill("不是邮箱")
    act(visitor, "账号信息", "保存").click()
    expect(field(visitor, "账号信息", "邮箱")).to_have_attribute("aria-invalid", "true")
    expect(field(visitor, "账号信息", "邮箱")).to_have_value("不是邮箱")
    visitor.look()
    field(visitor, "账号信息", "邮箱").fill("wangxiaohai@example.com")
    act(visitor, "账号信息", "保存").click()
    visitor.reads("“%(name)s”已保存。", name=visitor.say("账号信息"))
    expect(field(visitor, "账号信息", "邮箱")).to_have_value(re.compile(r"\*.*@example\.com$"))
    bank(visitor, company)


def bank(visitor: Visitor, company: Company) -> None:
    """企业银行账户, the number pasted as a bank prints it."""
    field(visitor, "企业银行账户", "户名").fill(company.name)
    visitor.paste(field(visitor, "企业银行账户", "账号"), ACCOUNT)
    field(visitor, "企业银行账户", "开户行").fill("中国银行三亚分行")
    act(visitor, "企业银行账户", "取消").click()
    expect(field(visitor, "企业银行账户", "户名")).to_have_value("")
    field(visitor, "企业银行账户", "户名").fill(company.name)
    visitor.paste(field(visitor, "企业银行账户", "账号"), ACCOUNT)
    field(visitor, "企业银行账户", "开户行").fill("中国银行三亚分行")
    act(visitor, "企业银行账户", "保存").click()
    visitor.reads("“%(name)s”已保存。", name=visitor.say("企业银行账户"))
    expect(field(visitor, "企业银行账户", "账号")).to_have_value(re.compile(r"^[* ]+3459$"))
    assert ACCOUNT.replace(" ", "") not in visitor.page.content()
    visitor.look()


def test_who_has_no_account_there_registers_on_the_way(visit: Callable[..., Visitor]) -> None:
    """去注册 → 法人注册 in three steps → the fresh account certifies, and has its 企业中心."""
    for language, phone in (("zh", False), ("zh", True)):
        visitor, company = visit(language, phone=phone), Company()
        page = visitor.page
        visitor.register()
        visitor.open_centre()
        visitor.card("企业信息").get_by_role("link", name="前往海易办认证").click()
        page.get_by_role("link", name="去注册").click()
        page.get_by_role("link", name="法人注册").click()
        visitor.register_there(company)
        visitor.haiyiban_account(company.username)
        certified(visitor, company)
        expect(visitor.card("企业信息")).to_contain_text(visitor.say("主账号"))
        papers(visitor, company)


def papers(visitor: Visitor, company: Company) -> None:
    """企业中心 at the site: 电子证照 | 电子材料, 证照预览, 证照下载."""
    page = visitor.page
    page.goto(f"{visitor.sandbox}/haiyiban/home")
    page.get_by_role("link", name="用户中心").click()
    expect(page.get_by_role("heading", name="企业中心")).to_be_visible()
    expect(page.get_by_text("用户实名认证 (LV3)")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="营业执照")
    expect(row).to_contain_text(company.uscc)
    page.get_by_label("证照名称").fill("驾驶证")
    page.get_by_role("button", name="搜索").click()
    expect(page.get_by_text("没有符合的证照")).to_be_visible()
    page.get_by_role("link", name="电子材料").click()
    expect(page.get_by_role("link", name="电子材料")).to_have_attribute("aria-current", "page")
    visitor.look()
    page.get_by_role("link", name="电子证照").click()
    with page.expect_download() as kept:
        row.get_by_role("link", name="证照下载").click()
    text = kept.value.path().read_text(encoding="utf-8")
    assert company.name in text
    assert company.uscc in text
    row.get_by_role("link", name="证照预览").click()
    expect(page.get_by_role("img", name="营业执照")).to_be_visible()
    visitor.look()


def test_certified_by_scan(zh_wide: Visitor) -> None:
    company = zh_wide.known_company()
    zh_wide.register()
    zh_wide.open_centre()
    zh_wide.card("企业信息").get_by_role("link", name="前往海易办认证").click()
    zh_wide.haiyiban_scan(company.name)
    certified(zh_wide, company)
    expect(zh_wide.page).to_have_url(re.compile(r"/me/"))


def test_too_low_a_level_certifies_nothing_and_says_why(zh_wide: Visitor) -> None:
    zh_wide.register()
    zh_wide.open_centre()
    zh_wide.card("企业信息").get_by_role("link", name="前往海易办认证").click()
    zh_wide.haiyiban_account("chuxiao", "Demo-2026-Sanya")
    zh_wide.reads("您的海易办实名等级为 LV1，需要 LV2。请先在海易办完成实名认证。")
    expect(zh_wide.heading("用户中心")).to_be_visible()
    expect(field(zh_wide, "企业信息", "企业名称")).to_have_value("")
