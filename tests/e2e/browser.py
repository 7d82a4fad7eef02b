"""Chromium for the tests: pages that fail the test on anything wrong, and the accessibility scan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import BrowserContext, Page, Route

TIMEOUT = 30_000
WIDE = {"width": 1440, "height": 1000}
PHONE = {"width": 390, "height": 844}
#: Journeys are made wide in Chinese and on a phone in English, whose words are longer.
BOTH = (("zh", False), ("en", True))
BOTH_NAMES = ("zh-wide", "en-phone")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--metrics-recording-only",
    "--font-render-hinting=none",
)
REPORT_CSP = (
    "document.addEventListener('securitypolicyviolation',"
    " (e) => console.error('CSP', e.violatedDirective, e.blockedURI));"
)
AT_REST = """async () => {
  do await new Promise((go) => setTimeout(go, 120));
  while (document.querySelector("[data-resting]"));
  await Promise.allSettled(document.getAnimations()
    .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime))
    .map((one) => one.finished));
}"""
#: Buttons whose words are wider than they are; what only readers of the screen hear is a pixel wide.
CUT = """() => [...document.querySelectorAll("button, .btn")]
  .filter((one) => one.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }))
  .filter((one) => one.clientWidth > 1 && one.scrollWidth > one.clientWidth)
  .map((one) => `${one.textContent.trim()} (${one.scrollWidth} > ${one.clientWidth})`)"""
AXE = """async (options) => (await axe.run(document, options)).violations.map((one) => ({
  id: one.id, impact: one.impact, help: one.help,
  nodes: one.nodes.slice(0, 4).map((node) => node.html.slice(0, 240) + ' :: ' +
    (node.failureSummary || '').slice(0, 200)),
}))"""


class Watch:
    """Everything that went wrong in the pages of one test."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.found: list[str] = []
        self.expected: set[int] = set()

    def expect(self, *statuses: int) -> None:
        """Answers that the test provokes on purpose."""
        self.expected.update(statuses)

    def follow(self, context: BrowserContext) -> None:
        context.add_init_script(REPORT_CSP)
        context.on("page", self._page)
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def _page(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"page error: {error}"))

    def _console(self, message: Any) -> None:
        if message.type != "error":
            return
        if any(f"status of {status} " in message.text for status in self.expected):
            return
        self.found.append(f"console: {message.text} ({message.page.url})")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.found.append(f"not local: {request.url}")

    def _failed(self, request: Any) -> None:
        # A page that is left, and a navigation that becomes a download, give up what they asked for.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.found.append(f"failed: {request.url} {request.failure}")

    def _response(self, response: Any) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.found.append(f"{response.status}: {response.request.method} {response.url}")


@lru_cache(maxsize=1)
def _axe() -> str:
    folder = Path(axe_playwright_python.__file__).parent
    return (folder / "axe.min.js").read_text(encoding="utf-8")


def scan(page: Page, where: str = "") -> None:
    """No serious or critical finding of axe-core on what the page shows now."""
    page.evaluate(AT_REST)  # half faded in, every text is too pale; toasts come after 60 ms
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_axe())
    found = page.evaluate(AXE, {"resultTypes": ["violations"]})
    bad = [one for one in found if one["impact"] in ("serious", "critical")]
    assert not bad, f"{where or page.url}\n{json.dumps(bad, ensure_ascii=False, indent=1)}"


def fits(page: Page) -> None:
    """Nothing makes the page itself scroll sideways, and no button's words leave it."""
    too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert too_wide <= 0, f"{page.url} is {too_wide}px too wide"
    cut = page.evaluate(CUT)
    assert not cut, f"{page.url}: the words of {cut} leave their buttons"


#: A page whose scripts do not listen yet: a click or a look would come too early for them.
COMING = "html:not([data-ready]):has(script[src*='/js/main.js'])"


def listening(page: Page) -> Page:
    """Whatever is done on the page waits until its scripts are there (keys do not)."""
    page.add_locator_handler(
        page.locator(COMING),
        lambda: page.locator("html[data-ready]").wait_for(state="attached"),
    )
    return page


@contextmanager
def late(page: Page, *names: str) -> Iterator[None]:
    """A slow network: the page opened inside has these script modules only at the end."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    places = [f"**/static/js/{name}.js*" for name in names]
    page.remove_locator_handler(page.locator(COMING))
    for place in places:
        page.route(place, hold)
    yield
    while len(held) < len(names):  # pytest-timeout ends it
        page.wait_for_timeout(20)
    for route in held:
        route.continue_()
    for place in places:
        page.unroute(place)
    listening(page)
