"""What somebody from outside does: the dialog, the sandbox's phone, WeChat and 海易办, 用户中心.

Every test brings a fresh person and a fresh company: numbers are used once in a process, and each
process has a server of its own.
"""

from __future__ import annotations

import itertools
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from sandbox.seed import credit_code, id_number
from tests.e2e.browser import fits, scan
from tests.e2e.server import Server
from tests.e2e.words import words

PASSWORD = "Sun-2026!"
#: ``navigator.clipboard`` wants a secure place and a permission; a real paste event does not.
PASTE = """([field, text]) => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
  if (!field.dispatchEvent(event)) return false;
  field.focus();
  return document.execCommand('insertText', false, text);
}"""
INSIDE = re.compile(r"^[^?]*/desk/")  # not the dialog's ?next=/desk/
_numbers = itertools.count(1)


def fresh_number() -> str:
    """A mobile number that nobody has used at this server."""
    return f"1390100{next(_numbers):04}"


class Company:
    """What a licence says, and who signs in for it."""

    def __init__(self) -> None:
        number = next(_numbers)
        self.name = f"三亚新航{number}号贸易有限公司"
        self.uscc = credit_code(f"91460200MA5T{number:04}")
        self.representative = "王小海"
        self.id_number = id_number("46020019910203101")
        self.address = f"三亚市迎宾路{number}号"
        self.username = f"xinhang{number}"
        self.mobile = fresh_number()

    @property
    def facts(self) -> dict[str, str]:
        """Step 1 of 法人注册, by label."""
        return {
            "企业名称": self.name,
            "统一社会信用代码": self.uscc,
            "法定代表人": self.representative,
            "证件号码": self.id_number,
        }


class Human:
    """A natural person with an account at 海易办."""

    def __init__(self) -> None:
        number = next(_numbers)
        self.name = "周海燕"
        self.id_number = id_number("46020019930405102")
        self.address = f"三亚市解放路{number}号"
        self.representative = self.name
        self.username = f"zhou{number}"
        self.mobile = fresh_number()

    @property
    def facts(self) -> dict[str, str]:
        """Step 1 of 自然人注册, by label."""
        return {"姓名": self.name, "证件号码": self.id_number}


class Visitor:
    """A page of somebody who is not signed in yet, in one language."""

    def __init__(self, page: Page, server: Server, language: str = "zh") -> None:
        self.page, self.server, self.language = page, server, language
        self.say = words(language)
        self.sandbox = f"http://127.0.0.1:{server.sandbox_port}"
        if language != "zh":
            cookie = {"name": "lang", "value": language, "url": server.address}
            page.context.add_cookies([cookie])  # type: ignore[list-item]

    # -- words ---------------------------------------------------------------------------------
    def field(self, label: str, *, context: str = "") -> Locator:
        return self.page.get_by_label(self.say(label, context=context), exact=True)

    def button(self, label: str, *, context: str = "") -> Locator:
        name = self.say(label, context=context)
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, label: str) -> Locator:
        return self.page.get_by_role("link", name=self.say(label), exact=True)

    def heading(self, label: str) -> Locator:
        return self.page.get_by_role("heading", name=self.say(label), exact=True)

    def reads(self, text: str, **values: Any) -> None:
        expect(self.page.get_by_text(self.say(text, **values)).first).to_be_visible()

    def look(self) -> None:
        """Nothing for axe to say, nothing wider than the screen."""
        scan(self.page)
        fits(self.page)

    def paste(self, field: Locator, text: str) -> None:
        """Ctrl+V: the page may not forbid it, nor change what comes."""
        field.fill("")
        assert self.page.evaluate(PASTE, [field.element_handle(), text]), "the paste is refused"
        expect(field).to_have_value(text)

    # -- the dialog ----------------------------------------------------------------------------
    def open_dialog(self) -> Visitor:
        self.page.goto("/")
        self.link("登录/注册").first.click()
        expect(self.heading("登录/注册")).to_be_visible()
        return self

    def code(self, phone: str) -> str:
        """What the sandbox's phone received."""
        address = f"{self.sandbox}/api/messages?phone={phone}"
        for _ in range(200):
            texts = self.page.request.get(address).json()["messages"]
            if texts:
                return str(re.search(r"验证码(\d{6})", texts[0]["text"])[1])  # type: ignore[index]
            self.page.wait_for_timeout(50)
        raise AssertionError(f"no message for {phone}")

    def agree(self) -> None:
        self.page.get_by_label(self.say("我已阅读并同意")).check()

    def prove(self, phone: str) -> None:
        """手机号, 获取, 短信验证码, the tick, 登录: alone, or as 绑定手机号."""
        self.field("手机号").fill(phone)
        self.agree()
        self.button("获取").click()
        self.field("短信验证码").fill(self.code(phone))
        self.button("登录").click()
        self.page.wait_for_url(INSIDE)

    def register(self) -> str:
        """A fresh person by phone and code; their number."""
        phone = fresh_number()
        self.open_dialog().prove(phone)
        return phone

    def sign_in_by_account(self, username: str, password: str) -> None:
        """The way that needs no service outside."""
        self.link("账号登录").click()
        self.field("登录账号").fill(username)
        self.field("密码").fill(password)
        self.button("登录").click()
        self.page.wait_for_url(INSIDE)

    def by_haiyiban(self, kind: str) -> None:
        """海易办登录 个人 or 法人."""
        name = f"{self.say('海易办登录')} {self.say(kind)}"
        self.page.get_by_role("link", name=name, exact=True).click()

    # -- the account menu ----------------------------------------------------------------------
    def open_centre(self) -> None:
        """首页, the account's drop-down at the top right, 用户中心."""
        self.page.goto("/")
        menu = self.page.locator("details.user-menu")
        menu.locator("summary").click()
        menu.get_by_role("link", name=self.say("用户中心"), exact=True).click()
        expect(self.heading("用户中心")).to_be_visible()

    def card(self, title: str) -> Locator:
        """One of the three cards, by its heading."""
        return self.page.get_by_role("region", name=self.say(title), exact=True)

    # -- the sandbox (Chinese always) ------------------------------------------------------------
    def switch(self, **faults: str) -> None:
        assert self.page.request.post(f"{self.sandbox}/api/faults", data=faults).ok

    def scan_by_wechat(self, answer: str = "允许") -> None:
        """扫一扫 with the phone of somebody new, then what they answer."""
        self.page.get_by_label("新的微信用户").check()
        self.page.get_by_role("button", name="扫一扫").click()
        self.page.get_by_role("button", name=answer, exact=True).click()

    def haiyiban_account(self, username: str, password: str = PASSWORD) -> None:
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录", exact=True).click()

    def haiyiban_scan(self, name: str) -> None:
        """扫码登录 with the phone of that company or person."""
        self.page.get_by_role("link", name="扫码登录").click()
        self.look()
        self.page.get_by_label(name).check()
        self.page.get_by_role("button", name="扫一扫").click()

    def register_there(self, who: Company | Human) -> None:
        """法人注册 or 自然人注册 in three steps, from its first page to 去登录."""
        for label, text in who.facts.items():
            self.page.get_by_label(label, exact=True).fill(text)
        self.look()
        self.page.get_by_role("button", name="下一步").click()
        self._create_user(who)
        self.look()
        self.page.get_by_role("button", name="注册", exact=True).click()
        expect(self.page.get_by_text("注册成功")).to_be_visible()
        self.look()
        self.page.get_by_role("link", name="去登录").click()

    def _create_user(self, who: Company | Human) -> None:
        """创建用户 with what manual 000 shows there."""
        told = {"用户名": who.username, "密码": PASSWORD, "确认密码": PASSWORD,
                "联系人": who.representative, "联系地址": who.address,
                "联系手机": who.mobile}  # fmt: skip
        for label, text in told.items():
            self.page.get_by_label(label, exact=True).fill(text)
        self.page.get_by_label("图形验证码", exact=True).fill(self.picture())
        self.page.get_by_role("button", name="获取手机验证码").click()
        expect(self.page.get_by_role("status")).to_have_text("验证码已发送")
        code = self.page.get_by_label("手机验证码", exact=True)
        expect(code).to_have_attribute("autocomplete", "one-time-code")
        self.paste(code, self.code(who.mobile))

    def picture(self) -> str:
        """What the newest picture says: it is drawn anew, and the newest one counts."""
        drawn = self.page.request.get(f"{self.sandbox}/haiyiban/picture.svg").text()
        return "".join(re.findall(r">(.)</text>", drawn))

    def known_company(self) -> Company:
        """A company that has its account already, made without showing the pages."""
        made, site = Company(), f"{self.sandbox}/haiyiban/register"
        asked = self.page.request
        first = {"kind": "legal", "company": made.name, "uscc": made.uscc,
                 "representative": made.representative, "id_number": made.id_number}  # fmt: skip
        assert asked.post(site, form=first).ok
        picture = {"mobile": made.mobile, "picture": self.picture()}
        assert asked.post(f"{site}/code", form=picture).ok
        user = {"username": made.username, "password": PASSWORD, "again": PASSWORD,
                "contact": made.representative, "address": made.address,
                **picture, "code": self.code(made.mobile)}  # fmt: skip
        done = asked.post(f"{site}/user", form=user)
        assert "/register/done" in done.url, done.text()
        return made
