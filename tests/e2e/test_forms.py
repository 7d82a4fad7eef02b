"""The form: errors, unsaved text, an expired sign-in, two people at once, deletion and the bin."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import late
from tests.e2e.screens import Desk, Form, Register
from tests.e2e.test_pictures import keep


@pytest.fixture
def enterprise(server, request):
    """An enterprise of P02 that no other test touches."""
    order = sorted(test for test in OWN_ROWS)
    offset = order.index(request.node.originalname)
    return server.rows(
        "SELECT e.id, e.name FROM enterprise e JOIN park p ON p.id = e.park_id "
        "WHERE p.code = 'P02' ORDER BY e.id LIMIT 1 OFFSET ?",
        offset,
    )[0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_errors_are_summed_up_linked_and_nothing_typed_is_lost(
    open_desk, watch, enterprise, language
):
    watch.expect(400, 422)
    desk = open_desk("park2", language=language)
    form = Form(desk).open(enterprise[0])
    form.field("contact_phone").fill("12ab")
    form.field("uscc").fill("91460200MA0000000X")
    form.field("remark").fill("留着的备注")
    form.save()
    expect(form.summary).to_be_focused()
    expect(form.summary.locator("li")).to_have_count(2)
    assert desk.page.title().startswith(desk.say("错误："))
    desk.look("form with errors")
    form.summary.get_by_role("link").last.click()
    expect(form.field("contact_phone")).to_be_focused()
    expect(form.field("contact_phone")).to_have_value("12ab")
    expect(form.field("contact_phone")).to_have_attribute("aria-invalid", "true")
    expect(form.field("remark")).to_have_value("留着的备注")


def test_leaving_warns_only_when_something_is_unsaved(open_desk, enterprise):
    desk = open_desk("park2")
    form = Form(desk).open(enterprise[0])
    asked = []
    desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.link("取消").click()
    desk.page.wait_for_url("**/show/**")
    assert asked == []
    form.open(enterprise[0])
    form.field("remark").press_sequentially("改")
    desk.says("有未保存的修改")
    desk.link("取消").click()
    desk.page.wait_for_url("**/show/**")
    assert asked == ["beforeunload"]


def test_typed_text_survives_an_expired_sign_in(open_desk, server, watch, enterprise):
    watch.expect(400, 401, 403)
    desk = open_desk("park2")
    form = Form(desk).open(enterprise[0])
    form.field("remark").fill("会话过期前写的")
    server.write("DELETE FROM login_session")
    form.save()
    desk.page.locator("body.login").wait_for()
    desk.sign_in("park2", go=False)
    if "/edit/" not in desk.page.url:
        form.open(enterprise[0])
    desk.says("找到上次未保存的内容。")
    desk.look("offer to restore")
    desk.button("恢复").click()
    expect(form.field("remark")).to_have_value("会话过期前写的")
    form.save()
    desk.page.wait_for_url("**/show/**")
    desk.says("会话过期前写的")
    form.open(enterprise[0])
    expect(desk.page.get_by_text("找到上次未保存的内容。")).to_have_count(0)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_a_stale_save_becomes_a_merge(open_desk, watch, enterprise, phone):
    watch.expect(409)
    where = "（手机）" if phone else ""
    said, heard = f"核实：已迁至 3 号楼{where}", f"来电：下月起增加 9710 业务{where}"
    mine, theirs = open_desk("park2", phone=phone), open_desk("operator")
    my_form = Form(mine).open(enterprise[0])
    their_form = Form(theirs).open(enterprise[0])
    their_form.field("remark").fill(said)
    their_form.field("legal_representative").fill(f"李海{where}")
    their_form.save()
    theirs.page.wait_for_url("**/show/**")
    my_form.field("remark").fill(heard)
    my_form.field("company_type").fill(f"有限公司{where}")
    my_form.save()
    table = mine.page.locator("table.merge")
    expect(table).to_be_visible()
    mine.look("merge")
    if not phone:
        keep(mine.page, "merge.png")
    expect(mine.page.locator("main")).to_contain_text("还修改了法定代表人，与您的修改不冲突")
    expect(table.locator("tbody tr")).to_have_count(1)
    row = table.get_by_role("row").filter(has_text="备注").first
    expect(row.locator("input[value=mine]")).to_be_checked()
    row.locator("input[value=theirs]").check()
    expect(row.locator(".result")).to_have_text(re.compile(re.escape(said)), use_inner_text=True)
    my_form.save()
    mine.page.wait_for_url("**/show/**")
    for text in (said, f"有限公司{where}", f"李海{where}"):
        expect(mine.page.locator("main")).to_contain_text(text)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_delete_asks_by_name_and_the_bin_gives_back(open_desk, enterprise, phone):
    number, name = enterprise
    desk = open_desk("park2", phone=phone)
    register = Register(desk).open(f"?q={name}")
    row = desk.page.locator("tbody tr", has=desk.page.locator(f'a[href*="/show/{number}"]'))
    delete = row.get_by_role("button", name="删除")
    delete.focus()
    desk.page.keyboard.press("Enter")
    dialog = desk.page.locator("dialog#confirm")
    expect(dialog).to_contain_text(name)
    desk.look("confirm")
    desk.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(delete).to_be_focused()

    desk.page.keyboard.press("Enter")
    expect(dialog.locator("[data-hanging]")).to_contain_text("年度数据")
    desk.page.keyboard.press("Shift+Tab")
    desk.page.keyboard.type("重复登记")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Tab")
    expect(dialog.locator("[data-yes]")).to_be_focused()
    desk.page.keyboard.press("Enter")
    desk.says("“%(name)s”已删除，可在回收站恢复。", name=name)
    register.open(f"?q={name}")
    expect(desk.page.locator(f'tbody a[href*="/show/{number}"]')).to_have_count(0)
    restore(desk, name)
    register.open(f"?q={name}")
    expect(desk.page.locator(f'tbody a[href*="/show/{number}"]').first).to_be_visible()


def restore(desk: Desk, name: str) -> None:
    desk.page.goto("/desk/bin/list/?kind=enterprise")
    desk.look("bin")
    row = desk.page.locator("tbody tr", has_text=name).first
    expect(row).to_contain_text("重复登记")
    row.get_by_role("button", name="恢复").click()
    desk.agree("恢复", name)
    expect(desk.page.locator("tbody tr", has_text=name)).to_have_count(0)


def test_a_restored_draft_is_merged_with_what_a_colleague_saved(open_desk, enterprise):
    mine, theirs = open_desk("park2"), open_desk("operator")
    form = Form(mine).open(enterprise[0])
    form.field("company_type").fill("草稿里的类型")
    mine.page.on("dialog", lambda dialog: dialog.accept())
    Register(mine).open()
    other = Form(theirs).open(enterprise[0])
    other.field("legal_representative").fill("同事改的代表")
    other.save()
    theirs.page.wait_for_url("**/show/**")
    form.open(enterprise[0])
    mine.button("恢复").click()
    form.save()
    mine.page.wait_for_url("**/show/**")
    mine.says("修改了法定代表人，已一并保留")
    for text in ("草稿里的类型", "同事改的代表"):
        expect(mine.page.locator("main")).to_contain_text(text)


def test_what_is_typed_before_the_scripts_came_is_warned_of_and_kept(open_desk, enterprise):
    desk = open_desk("park2")
    form = Form(desk)
    with late(desk.page, "form", "draft"):
        form.open(enterprise[0])
        form.field("remark").fill("早早填写")
    desk.says("有未保存的修改")
    asked = []
    desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    Register(desk).open()
    assert asked == ["beforeunload"]
    form.open(enterprise[0])
    desk.button("恢复").click()
    expect(form.field("remark")).to_have_value("早早填写")


OWN_ROWS = [name for name in globals() if name.startswith("test_")]
