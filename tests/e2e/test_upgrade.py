"""Manual 001 §1.2 and §1.3.3: a company becomes a park, and its public page follows the reviews."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.screens import Desk
from tests.e2e.test_news import picture
from tests.e2e.visitors import Company, Visitor

PDF = {"name": "证明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
BEFORE, AFTER = "工作日 9:00–17:00", "每日 8:00–20:00"


def option(page: Page, name: str, value: str) -> None:
    page.locator(f"#{name}").select_option(value)


def certified(visitor: Visitor) -> Company:
    """As in the journey of the user centre: the company comes from 海易办."""
    company = visitor.known_company()
    visitor.register()
    visitor.open_centre()
    visitor.card("企业信息").get_by_role("link", name=visitor.say("前往海易办认证")).click()
    visitor.haiyiban_account(company.username)
    expect(visitor.heading("用户中心")).to_be_visible()
    return company


def filled(visitor: Visitor, park: str) -> None:
    """完善服务商信息 with what it asks for; what is missing is named first, and nothing is lost."""
    page = visitor.page
    name = visitor.say("完善服务商信息")
    page.locator("#main").get_by_role("link", name=name, exact=True).click()
    expect(page.locator("h1")).to_have_text(visitor.say("完善服务商信息"))
    expect(page.locator("#uscc")).not_to_be_editable()
    page.get_by_role("radio", name=visitor.say("园区")).check()
    page.locator("#name").fill(park)
    page.locator("#hours").fill(BEFORE)
    page.locator(".ProseMirror").fill("以跨境直邮为主导业态的小型园区。")
    page.locator("#photos").set_input_files(
        {"name": "大门.png", "mimeType": "image/png", "buffer": picture()}
    )
    page.locator("input[name='photos.new']").fill("园区大门")
    visitor.look()
    visitor.button("保存").click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    summary.get_by_role("link").filter(has_text=visitor.say("级别")).click()
    expect(page.locator("#level")).to_be_focused()
    expect(page.locator(".profile-kept img")).to_be_visible()
    visitor.look()
    option(page, "level", "city")
    option(page, "division", "460204")
    page.locator("#address").fill("写错的地址")
    page.locator("#cbec_area").fill("8000")
    page.locator("#leasable_area").fill("5,200")
    page.locator("#contact_name").fill("王小海")
    page.locator("#contact_phone").fill("13900139000")
    page.locator("#opened_on").fill("2024-03-01")
    page.locator("#evidence").set_input_files(PDF)  # type: ignore[arg-type]
    visitor.button("保存").click()
    visitor.reads("待管理员审核")
    expect(page.locator("form.record-form input:not([type=hidden])")).to_have_count(0)
    visitor.look()


def opened(zone: Desk, park: str) -> None:
    zone.page.goto(f"/desk/reviews/list/?q={park}")
    zone.page.locator("tbody").get_by_role("link", name=park, exact=True).click()
    expect(zone.page.locator("h1")).to_contain_text(park)


def decided(zone: Desk, act: str) -> None:
    zone.page.get_by_role("button", name=act, exact=True).click()
    expect(zone.page.locator("#toasts")).to_contain_text("”已")  # done, and said


def returned(zone: Desk, park: str, fields: tuple[str, ...]) -> None:
    opened(zone, park)
    zone.look("the application under review")
    for name in fields:
        zone.page.locator(f"input[name=fields][value={name}]").check()
    zone.page.locator("#reason").fill("地址与证明不符，简介请写明业态")
    decided(zone, "退回修改")


def corrected(visitor: Visitor) -> None:
    """Two fields are open, the others are locked and said to be."""
    page = visitor.page
    page.goto("/me/provider/")
    expect(page.locator(".profile-banner")).to_contain_text("地址与证明不符，简介请写明业态")
    expect(page.locator(".profile-asked")).to_have_count(2)
    expect(page.locator("#name")).to_have_count(0)
    visitor.look()
    page.locator("#address").fill("三亚湾路 66 号")
    page.locator(".ProseMirror").fill("以跨境直邮和直播为主导业态的小型园区。")
    visitor.button("保存").click()
    visitor.reads("待管理员审核")


def through_the_door(visitor: Visitor) -> None:
    """立即前往后台 on the page, 服务商后台 in the user centre: both lead to the back office."""
    page = visitor.page
    page.goto("/me/provider/")
    visitor.look()
    visitor.link("立即前往后台").click()
    page.wait_for_url("**/desk/")
    page.goto("/me/")
    visitor.link("服务商后台").click()
    page.wait_for_url("**/desk/")


def test_a_company_becomes_a_park_and_its_page_follows_the_reviews(
    visitor: Visitor, open_desk
) -> None:
    page = visitor.page
    company = certified(visitor)
    park = company.name.removesuffix("贸易有限公司") + "产业园"
    filled(visitor, park)
    zone = open_desk("reviewer")
    returned(zone, park, ("address", "introduction"))
    corrected(visitor)
    opened(zone, park)
    decided(zone, "通过")
    through_the_door(visitor)

    page.goto("/desk/park-info/")
    address = page.get_by_role("link", name=visitor.say("查看公开页面")).get_attribute("href")
    assert address
    page.locator("#hours").fill(AFTER)
    visitor.look()
    visitor.button("确定").click()
    visitor.reads("待管理员审核")

    public = open_desk().page
    public.goto(address)
    expect(public.locator("h1")).to_have_text(park)
    expect(public.get_by_text(BEFORE)).to_be_visible()
    expect(public.locator(".park-banner img")).to_have_attribute("alt", "园区大门")
    opened(zone, park)
    expect(zone.page.locator("tr.is-changed")).to_have_count(1)
    expect(zone.page.locator("tr.is-changed")).to_contain_text(AFTER)
    zone.look("what changed")
    public.reload()
    expect(public.get_by_text(BEFORE)).to_be_visible()
    decided(zone, "通过")
    public.reload()
    expect(public.get_by_text(AFTER)).to_be_visible()
    expect(public.get_by_text(BEFORE)).to_have_count(0)
