"""An article from the first word to its readers: written, returned, corrected, approved."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import expect

TITLE, BETTER = "椰风产业园开放日（试稿）", "椰风产业园开放日公告"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 320), "steelblue").save(out, "PNG")
    return out.getvalue()


def write(desk):
    """The form filled: it saves itself, the preview shows it; returns the article's address."""
    page = desk.page
    desk.menu("新闻资讯发布")
    desk.look("list")
    desk.link("新增新闻资讯").click()
    page.locator("#title").fill(TITLE)
    page.locator("#category").select_option("活动预告")
    page.locator("#summary").fill("欢迎企业走进园区。")
    page.locator(".ProseMirror").fill("本周六上午九点，园区公共区域对外开放。")
    file = {"name": "开放日.png", "mimeType": "image/png", "buffer": picture()}
    page.locator("#cover_file").set_input_files(file)
    expect(page.locator("[data-form-state]")).to_contain_text("已自动保存")
    expect(page.locator("[data-part=cover] img")).to_be_visible()
    assert "/desk/news/edit/" in page.url
    page.locator("#cover_alt").fill("园区大门")
    desk.look("form")
    desk.button("预览").click()
    page.wait_for_url("**/preview/*")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    page.get_by_role("link", name="继续编辑").click()
    page.locator(".ProseMirror").wait_for()
    desk.button("确定").click()
    page.wait_for_url("**/show/*")
    expect(page.get_by_text("已提交，待管理员审核。")).to_be_visible()
    return page.url


def test_written_returned_corrected_approved(open_desk):
    desk = open_desk("park1")
    page, address = desk.page, write(desk)
    zone = open_desk("reviewer")
    decide(zone, TITLE, "退回修改", "标题请去掉“试稿”")
    page.goto(address)
    expect(page.get_by_text("需修改：标题")).to_be_visible()
    page.locator(".page-acts").get_by_role("link", name="编辑").click()
    expect(page.locator(".ProseMirror")).to_have_count(0)  # the text was not asked for
    page.locator("#title").fill(BETTER)
    desk.button("确定").click()
    page.wait_for_url("**/show/*")
    decide(zone, BETTER, "通过")
    page.goto(address)
    expect(page.locator(".facts").get_by_text("已发布")).to_be_visible()
    desk.look("record")

    phone = open_desk("park1", phone=True)
    phone.page.goto(address.replace("/show/", "/edit/"))
    phone.page.locator(".ProseMirror").wait_for()
    phone.look("form on a phone")


def test_deleted_it_leaves_the_public_site_and_comes_back_as_it_was(open_desk, server, watch):
    watch.expect(404)
    number, title = server.rows(
        "SELECT a.id, a.title FROM article a JOIN park p ON p.id = a.park_id "
        "WHERE a.public AND a.deleted_at IS NULL AND p.code = 'P01' ORDER BY a.id LIMIT 1"
    )[0]
    desk, reader = open_desk("park1"), open_desk().page
    public = f"/news/{number}"
    assert reader.goto(public).status == 200
    desk.page.goto(f"/desk/news/list/?q={title}")
    row = desk.page.locator("tbody tr", has=desk.page.locator(f'a[href$="/show/{number}"]'))
    row.get_by_role("button", name="删除").click()
    dialog = desk.page.locator("dialog#confirm")
    expect(dialog).to_contain_text(title)
    desk.look("delete dialog")
    dialog.locator("[data-yes]").click()
    desk.says("“%(name)s”已删除，可在回收站恢复。", name=title)
    assert reader.goto(public).status == 404
    desk.page.goto("/desk/bin/list/?kind=news")
    desk.look("bin of news")
    gone = desk.page.locator("tbody tr", has_text=title).first
    gone.get_by_role("button", name="恢复").click()
    desk.agree("恢复", title)
    expect(desk.page.locator("tbody tr", has_text=title)).to_have_count(0)
    assert reader.goto(public).status == 200
    expect(reader.get_by_role("heading", level=1)).to_have_text(title)


def decide(zone, title, act, reason=""):
    page = zone.page
    page.goto(f"/desk/reviews/list/?q={title[:8]}")
    page.get_by_role("link", name=title).click()
    if reason:
        page.locator("input[name=fields][value=title]").check()
        page.locator("#reason").fill(reason)
    page.get_by_role("button", name=act, exact=True).click()
    # The page before is loaded, too, so that a load state would not wait; the message is the act's.
    expect(page.locator("#toasts")).to_contain_text(f"“{title}”")
