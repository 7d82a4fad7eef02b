"""The editor: by mouse and keyboard, what people paste, pictures, and what is saved in the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import BOTH, BOTH_NAMES, PHONE, TIMEOUT, WIDE, Watch, fits, scan
from tests.e2e.screens import Desk
from tests.engines.files import samples
from tests.support import writing
from tests.support.sites import empty_database, site

SAMPLES = Path(__file__).parents[1] / "engines" / "richtext" / "samples"
PASTE = """(element, [html, plain]) => {
  const data = new DataTransfer();
  data.setData('text/html', html);
  data.setData('text/plain', plain);
  element.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("writing")
    settings = {"RATELIMIT_ENABLED": False, "TRUSTED_HOSTS": "127.0.0.1"}
    with (
        site(folder, empty_database(folder, "writing"), APP_MODE="demo", **settings) as app,
        writing.served(app) as served,
    ):
        browser = app.test_client()
        browser.sign_in("park1")  # people of the tests have no password
        yield served, browser.get_cookie("s").value


@pytest.fixture
def open_editor(address, chrome):
    """``open_editor()``: a park's person on the page with the editor."""
    contexts: list[Any] = []
    url, session = address
    watch = Watch(url)

    def open_one(*, phone: bool = False, scripts: bool = True, language: str = "zh") -> Editor:
        context = chrome.new_context(
            viewport=PHONE if phone else WIDE, base_url=url, java_script_enabled=scripts
        )
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        watch.follow(context)
        desk = Desk(context.new_page(), language=language, phone=phone)
        context.add_cookies([{"name": "s", "value": session, "url": url}])
        if language == "en":
            desk.page.goto("/desk/")
            desk.switch_language()
        return Editor(desk, watch)

    yield open_one
    for context in contexts:
        context.close()
    assert not watch.found, "\n".join(watch.found)


class Editor:
    """What a writer does."""

    def __init__(self, desk: Desk, watch: Watch) -> None:
        self.page, self.watch = desk.page, watch
        self.page.goto(writing.ADDRESS)
        self.text = self.page.locator(".ProseMirror")
        self.source = self.page.locator("textarea[name=body]")
        self.said = self.page.locator("[data-said]")

    def act(self, name: str) -> None:
        self.page.get_by_role("toolbar").get_by_role("button", name=name, exact=True).click()

    def paste(self, html: str, plain: str = "") -> None:
        self.text.evaluate(PASTE, [html, plain])

    def clear(self) -> None:
        self.text.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.press("Delete")

    def saved(self) -> str:
        self.page.get_by_role("button", name="保存").click()
        return self.page.locator("#saved").get_attribute("data-html") or ""


def test_what_was_there_is_edited_with_buttons_and_saved(open_editor):
    editor = open_editor()
    expect(editor.text.locator("h2")).to_have_text("开头")
    editor.clear()
    editor.page.keyboard.type("标题行")
    editor.act("大标题")
    editor.page.keyboard.press("Enter")
    editor.act("粗体")
    editor.page.keyboard.type("粗的")
    editor.act("粗体")
    editor.page.keyboard.type("不粗")
    editor.page.keyboard.press("Enter")
    editor.act("项目列表")
    editor.page.keyboard.type("一项")
    expect(editor.page.get_by_role("button", name="项目列表")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert editor.saved() == "<h2>标题行</h2><p><strong>粗的</strong>不粗</p><ul><li>一项</li></ul>"


def test_a_table_and_a_link_are_made(open_editor):
    editor = open_editor()
    editor.clear()
    editor.act("表格")
    editor.page.keyboard.type("甲")
    editor.act("删除列")
    editor.act("删除行")
    editor.act("撤销")
    expect(editor.text.locator("tr")).to_have_count(3)
    editor.act("重做")
    expect(editor.text.locator("tr")).to_have_count(2)
    editor.clear()
    editor.page.keyboard.type("见官网")
    editor.page.keyboard.press("Shift+ArrowLeft")
    editor.page.keyboard.press("Shift+ArrowLeft")
    editor.act("链接")
    box = editor.page.get_by_label("链接地址")
    box.fill("javascript:alert(1)")
    box.press("Enter")
    expect(editor.page.get_by_text("请填写以 https:// 开头的网址")).to_be_visible()
    box.fill("https://example.org/")
    box.press("Enter")
    assert editor.saved() == '<p>见<a href="https://example.org/">官网</a></p>'


def test_the_toolbar_is_one_stop_of_the_keyboard(open_editor):
    editor = open_editor()
    editor.text.click()
    editor.page.keyboard.press("Alt+F10")
    expect(editor.page.get_by_role("button", name="粗体")).to_be_focused()
    editor.page.keyboard.press("ArrowRight")
    expect(editor.page.get_by_role("button", name="斜体")).to_be_focused()
    editor.page.keyboard.press("End")
    expect(editor.page.get_by_role("button", name="重做")).to_be_focused()
    editor.page.keyboard.press("Tab")
    expect(editor.text).to_be_focused()
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.press("Control+i")
    expect(editor.text.locator("p em").first).to_contain_text("已有的")
    editor.page.get_by_text("正文", exact=True).first.click()
    expect(editor.text).to_be_focused()


@pytest.mark.parametrize("name", ["02-word-lists", "08-wechat-table", "12-excel-table"])
def test_a_pasted_sample_is_saved_as_expected(open_editor, name):
    editor = open_editor()
    editor.clear()
    with editor.page.expect_response("**/desk/writing/pasted"):
        editor.paste((SAMPLES / f"{name}.html").read_text())
    expect(editor.text.locator("li, td").first).to_be_visible()
    expected = (SAMPLES / f"{name}.expected.html").read_text()
    assert editor.saved() == expected.replace(">\n", ">").strip()


def test_the_writer_is_told_what_was_lost_in_pasting(open_editor):
    editor = open_editor()
    editor.paste('<p>有图<img src="https://e.example/a.png" onerror="window.hit = 1"></p>')
    expect(editor.said).to_have_text("粘贴的内容中，以下部分没有保留：站外图片 1 张。")
    expect(editor.text).to_contain_text("有图")
    assert editor.page.evaluate("window.hit") is None


def test_a_paste_that_the_server_refuses_keeps_its_words(open_editor):
    editor = open_editor()
    editor.watch.expect(400)
    editor.clear()
    editor.paste("<p>" + "a" * 500_001, "第一行\n\n第二行")
    expect(editor.said).to_have_text("正文过长，请分成几篇。")
    assert editor.saved() == "<p>第一行</p><p>第二行</p>"


def test_a_picture_needs_words_and_is_shown_in_its_sizes(open_editor):
    editor = open_editor()
    editor.clear()
    editor.act("图片")
    dialog = editor.page.locator("[data-ask-image]")
    dialog.get_by_label("选择图片").set_input_files(
        {"name": "门.jpg", "mimeType": "image/jpeg", "buffer": samples.image("JPEG", (900, 300))}
    )
    dialog.get_by_role("button", name="确定").click()
    expect(dialog.get_by_role("alert")).to_have_text("请选择图片，并填写替代文字。")
    dialog.get_by_label("替代文字").fill("园区大门")
    dialog.get_by_label("替代文字").press("Enter")
    expect(editor.text.locator("img[src]")).to_have_attribute("alt", "园区大门")
    html = editor.saved()
    assert html.startswith('<p><img src="/pictures/')
    shown = editor.page.locator("#saved picture img")
    expect(shown).to_have_attribute("loading", "lazy")
    expect(shown).to_have_attribute("width", "800")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")


def test_a_picture_that_is_refused_says_why_in_the_dialog(open_editor):
    editor = open_editor()
    editor.watch.expect(400)
    editor.act("图片")
    dialog = editor.page.locator("[data-ask-image]")
    dialog.get_by_label("选择图片").set_input_files(
        {"name": "图.svg", "mimeType": "image/svg+xml", "buffer": samples.SVG}
    )
    dialog.get_by_label("替代文字").fill("图")
    dialog.get_by_role("button", name="确定").click()
    expect(dialog.get_by_role("alert")).to_contain_text("不接受 SVG 图片")


def test_too_much_text_is_counted_and_refused_beside_the_field(open_editor):
    editor = open_editor()
    editor.watch.expect(400)
    editor.clear()
    editor.page.keyboard.insert_text("字" * 501)
    expect(editor.page.locator("[data-count]")).to_have_text("501 / 500")
    editor.page.get_by_role("button", name="保存").click()
    expect(editor.page.locator("#body-error")).to_contain_text("正文最多 500 字，现有 501 字。")
    expect(editor.text).to_have_attribute("aria-invalid", "true")
    expect(editor.text).to_contain_text("字字字")


def test_a_draft_comes_back_into_the_editor(open_editor):
    editor = open_editor()
    editor.clear()
    editor.page.keyboard.type("没有保存的")
    expect(editor.source).to_have_value("<p>没有保存的</p>")
    editor.page.on("dialog", lambda dialog: dialog.accept())
    editor.page.goto(writing.ADDRESS)
    editor.page.get_by_role("button", name="恢复", exact=True).click()
    expect(editor.text).to_have_text("没有保存的")


def test_without_scripts_the_html_itself_is_edited(open_editor):
    editor = open_editor(scripts=False)
    expect(editor.page.get_by_role("toolbar")).to_be_hidden()
    editor.source.fill("<p>只有<b>HTML</b><script>alert(1)</script></p>")
    assert editor.saved() == "<p>只有<strong>HTML</strong></p>"


@pytest.mark.parametrize(("language", "phone"), BOTH, ids=BOTH_NAMES)
def test_the_editor_can_be_used_by_everybody(open_editor, phone, language):
    editor = open_editor(phone=phone, language=language)
    expect(editor.text).to_be_visible()
    bold = "Bold" if language == "en" else "粗体"
    expect(editor.page.get_by_role("button", name=bold, exact=True)).to_be_visible()
    scan(editor.page)
    fits(editor.page)
