"""Page objects: what a person does on each screen, in the words of their language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import fits, scan
from tests.e2e.words import words
from tests.support.people import PASSWORD

LIST = "/desk/enterprises/list/"


class Desk:
    """A signed-in person's frame: menus, language, messages."""

    def __init__(self, page: Page, *, language: str, phone: bool) -> None:
        self.page = page
        self.language = language
        self.phone = phone
        self.say = words("zh")  # until the language is switched through the menu
        self.words = words(language)

    # -- the frame -----------------------------------------------------------------------------
    def sign_in(self, username: str, *, go: bool = True) -> None:
        if go:
            self.page.goto("/login")
        if not self.page.locator("#username").count():
            self.link("账号登录").click()
        self.page.locator("#username").fill(username)
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator(".login-go").click()
        self.page.wait_for_url(lambda url: "/login" not in url)
        if self.page.locator("html").get_attribute("lang") != self.html_lang:
            self.switch_language()

    @property
    def html_lang(self) -> str:
        return "en" if self.language == "en" else "zh-CN"

    def switch_language(self) -> None:
        """Through the user menu."""
        menu = self.open_user_menu()
        menu.get_by_role("button", name="English" if self.language == "en" else "简体中文").click()
        expect(self.page.locator("html")).to_have_attribute("lang", self.html_lang)
        self.say = self.words

    def open_user_menu(self) -> Locator:
        menu = self.page.locator("details.user-menu")
        menu.locator("summary").click()
        return menu

    def theme(self, name: str) -> None:
        self.open_user_menu().get_by_role("button", name=self.say(name)).click()
        self.page.wait_for_load_state()

    def menu(self, name: str) -> None:
        """Go by the side menu; on a phone it is a drawer."""
        if self.phone:
            self.page.locator("[data-side-open]").click()
        link = self.page.locator("#side").get_by_role("link", name=self.say(name))
        link.first.click()
        expect(self.page.locator("h1")).to_have_text(self.say(name))

    def look(self, where: str = "") -> None:
        """Every screen: one h1, a title that starts with it, no side scroll, no finding of axe."""
        check_head(self.page, self.html_lang)
        fits(self.page)
        scan(self.page, where)

    # -- words ---------------------------------------------------------------------------------
    def button(self, name: str, **values: Any) -> Locator:
        return self.page.get_by_role("button", name=self.say(name, **values), exact=True)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=self.say(name), exact=True)

    def says(self, text: str, **values: Any) -> None:
        """The words stand somewhere on the page."""
        expect(self.page.get_by_text(self.say(text, **values)).first).to_be_visible()

    def agree(self, label: str, about: str) -> None:
        """The confirm dialog names the thing; its button says the act."""
        dialog = self.page.locator("dialog#confirm")
        expect(dialog).to_be_visible()
        expect(dialog).to_contain_text(about)
        expect(dialog.locator("[data-cancel]")).to_be_focused()
        dialog.get_by_role("button", name=self.say(label), exact=True).click()
        expect(dialog).to_be_hidden()

    def download(self, act: Locator, folder: Path) -> Path:
        with self.page.expect_download() as waiting:
            act.click()
        target = folder / waiting.value.suggested_filename
        waiting.value.save_as(target)
        return target


def check_head(page: Page, html_lang: str) -> None:
    expect(page.locator("html")).to_have_attribute("lang", html_lang)
    expect(page.locator("h1")).to_have_count(1)
    heading = page.locator("h1").inner_text().strip()
    title = re.sub(r"^(错误：|Error: ?)", "", page.title())
    assert title.startswith(heading), (page.url, title, heading)


class Register:
    """企业管理: the list."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.page = desk, desk.page
        self.table = self.page.locator("table.sheet")
        self.rows = self.table.locator("tbody tr")
        self.chips = self.page.locator(".chips .chip")

    def open(self, query: str = "") -> Register:
        self.page.goto(LIST + query)
        return self

    def import_entry(self, name: str) -> Locator:
        self.page.locator(".page-acts details.menu summary", has_text=self.desk.say("导入")).click()
        return self.page.locator(".page-acts .menu-list").get_by_text(
            self.desk.say(name), exact=True
        )

    def search(self, text: str) -> None:
        opener = self.page.locator("[data-filter-open]")
        if self.desk.phone:
            opener.click()
        self.page.locator("[data-search]").fill(text)
        self.page.locator("[data-search]").press("Enter")
        self.page.wait_for_url("**q=**")

    def row(self, name: str) -> Locator:
        return self.rows.filter(has_text=name)

    def _counts(self) -> list[int]:
        """The numbers of the line beside the heading: 共 128 家，已筛选 46 家."""
        numbers = re.findall(r"\d[\d,]*", self.page.locator(".page-head .count").inner_text())
        return [int(number.replace(",", "")) for number in numbers]

    def count(self) -> int:
        return self._counts()[0]

    def count_matching(self) -> int:
        return self._counts()[-1]


class Upload:
    """上传导入模板: choose a file."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.page = desk, desk.page

    def open(self) -> Upload:
        self.page.goto("/desk/enterprises/imports/new")
        return self

    def choose(self, file: Path) -> None:
        """Choosing is enough: the form goes by itself."""
        self.page.locator("input[type=file]").set_input_files(file)

    def choose_and_plan(self, file: Path) -> Plan:
        self.choose(file)
        self.page.wait_for_url(re.compile(r"/imports/\d+"))
        return Plan(self.desk)


class Plan:
    """核对数据 and, after 确定, the result."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.page = desk, desk.page
        self.sentence = self.page.locator("[data-plan-sentence]")

    def has(self, **expected: int) -> None:
        """The tabs' counts, and that they add up to the rows of the file."""
        labels = {"new": "新增", "changed": "变更", "unchanged": "无变化", "error": "错误"}
        tabs = self.page.locator("nav.tabs a")
        expect(tabs).to_have_count(5)
        for kind, number in expected.items():
            context = "plan" if kind == "new" else ""
            word = re.escape(self.desk.say(labels[kind], context=context))
            expect(tabs.filter(has_text=re.compile(rf"^{word}\s*{number:,}$"))).to_have_count(1)
        numbers = [int(re.sub(r"\D", "", text)) for text in tabs.all_inner_texts()]
        assert numbers[0] == sum(numbers[1:]), numbers

    def says(self, new: int, changed: int, skipped: int, *, errors: int = 0) -> None:
        """What 确定 would do; while rows are wrong, 全部成功才导入 says these instead."""
        words = "将新增 %(new)s 家、修改 %(changed)s 家、跳过 %(skipped)s 家"
        if errors:
            expect(self.page.locator(".said-all")).to_contain_text(
                self.desk.say("还有 %(n)s 行错误", n=errors)
            )
            expect(self.sentence).to_be_hidden()
        else:
            self.sentence.wait_for()
        expect(self.sentence).to_have_text(
            self.desk.say(words, new=new, changed=changed, skipped=skipped)
        )

    def row(self, number: int) -> Locator:
        return self.page.locator(f'tr[data-row="{number}"]')

    def error(self, number: int, column: str) -> Locator:
        return self.row(number).locator(f'td.cell-error[data-col="{column}"]')

    def open_fix(self, number: int, column: str) -> Locator:
        """The popover of a wrong cell."""
        cell = self.error(number, column)
        cell.locator("summary").click()
        popover = cell.locator(".fix-popover")
        expect(popover).to_be_visible()
        return popover

    def confirm(self) -> None:
        self.desk.button("确定").last.click()

    def undo(self, filename: str) -> None:
        self.desk.button("撤销本次导入").click()
        self.desk.agree("撤销本次导入", filename)


class Export:
    """导出."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.page = desk, desk.page

    def save(self, folder: Path, *, format: str = "xlsx", purpose: str = "月报") -> Path:  # noqa: A002
        self.page.locator("#format").select_option(format)
        self.page.locator("#purpose").fill(purpose)
        return self.desk.download(self.page.locator(".actionbar .btn-primary"), folder)


class Form:
    """新增企业, 编辑企业."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.page = desk, desk.page
        self.summary = self.page.locator("[data-error-summary]")

    def open(self, number: int) -> Form:
        self.page.goto(f"/desk/enterprises/edit/{number}")
        return self

    def field(self, name: str) -> Locator:
        return self.page.locator(f"#{name}")

    def save(self) -> None:
        self.page.locator(".actionbar .btn-primary").click()
