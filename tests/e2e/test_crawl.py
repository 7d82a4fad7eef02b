"""Every page that a role can reach by links: language, headings, titles, accessibility."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from lxml import html

from app.features import parks
from tests.e2e.browser import scan
from tests.e2e.screens import check_head

ROLES = (
    "park1",
    "clerk1",
    "operator",
    "reviewer",
    "expert1",
    "sysadmin",
    "secadmin",
    "auditor",
    "user1",
)
MOST_PAGES = 30
#: Parameters whose values make another page; of all others together one page is seen.
TABS = {"tab", "status", "kind"}
#: Names of formats and keys, product names and codes: the only Latin words of the Chinese pages.
LATIN = {
    "chrome",
    "linux",
    "windows",
    "xlsx",
    "xls",
    "csv",
    "ods",
    "pdf",
    "png",
    "jpg",
    "jpeg",
    "webp",
    "docx",
    "kb",
    "https",
    "mb",
    "b2b",
    "b2c",
    "en",
    "english",
    "ctrl",
    "enter",
    "j",
    "k",
    "x",
    "a",
    "demo-2026-sanya",
    "p",
    "erp",
}
#: What people or files brought in, not the interface.
CODES = re.compile(
    r"[\w.+-]+@[\w.-]+|\b[0-9A-Z]{18}\b|\b[PB]\d\d\b|\b(?=\w*\d)(?=\w*[A-Za-z])\w+\b|[\w-]+\.(?:xlsx|csv)\b"
)
CJK = re.compile(r"[\u3400-\u9fff\uff01-\uff5e\u3001\u3002]+")
#: Elements whose text is data whatever it says: what a file held, what a record was before.
DATA = "[data-raw], [lang]:not(html), kbd, code, .brand, .who b, .face, .top-title small, .park-name, .park-menu, .demo-accounts b, .plan tbody, .history, .rich, .review-grid td, textarea"
#: On Chinese pages cells are full of Latin data (codes, devices, systems); English ones are read whole.
CELLS = ", table tbody th, table tbody td:not(.state):not(.acts), dd"
VISIBLE = """(data) => {
  const out = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || parent.closest('script, style, noscript, template') || parent.closest(data)) continue;
    if (parent.checkVisibility({visibilityProperty: true, opacityProperty: true})) out.push(text);
  }
  for (const one of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
    if (one.closest(data)) continue;
    for (const name of ['aria-label', 'title', 'placeholder']) {
      const text = one.getAttribute(name);
      if (text) out.push(text);
    }
  }
  return out;
}"""


APPLIED = ("company", "contact_name", "goods", "markets", "message", "reason")
#: Data by its very value, wherever it stands: the words around it are the interface's.
NAMES = (
    ("last_name || first_name", "ab_user"),
    ("first_name", "ab_user"),
    ("last_name", "ab_user"),
    ("name", "park"),
    ("name", "organisation"),
    ("title", "document"),
    ("name", "park_invitation"),
    *((name, "access_token") for name in ("name", "mark", "park_name", "purpose")),
    ("json_extract(params, '$.person')", "inbox_message"),
    *((f"json_extract(details, '$.{name}')", "audit_entry") for name in ("purpose", "facts")),
    *((name, "bin_item") for name in ("name", "reason", "proposal")),
    ("name", "enterprise"),
    ("label", "dictionary_entry"),
    ("contact_name", "enterprise"),
    ("legal_representative", "enterprise"),
    ("company_type", "enterprise"),
    ("registered_address", "enterprise"),
    ("business_address", "enterprise"),
    ("remark", "enterprise"),
    ("name", "enterprise_move"),
    ("reason", "enterprise_move"),
    ("answer", "enterprise_move"),
    ("delete_reason", "enterprise"),
    *((name, "settlement_application") for name in APPLIED),
    ("text", "settlement_event"),
    *((name, "article") for name in ("title", "summary", "cover_alt", "delete_reason")),
    *((name, "revision") for name in ("title", "reason")),
    ("reason", "review_event"),
    ("origin", "park_figures"),
    ("name", "stored_file"),
    ("name", "calendar_day"),
    ("tree.atom", "revision, json_tree(revision.content) AS tree WHERE tree.type = 'text'"),
    ("object_label", "audit_entry"),
    ("filename", "enterprise_import"),
    ("actor_name", "enterprise_import"),
    ("username", "ab_user"),
    *(("name", table) for table in ("assessment_round", "assessment_scheme", "ranking_row")),
    ("name", "assessment_evidence"),
    *((name, "assessment_document") for name in ("title", "number", "issued_by")),
    *((f"{name}_reason", "assessment_filing") for name in ("absence", "extension", "return")),
    *((name, "assessment_value") for name in ("verdict_reason", "explanation", "dispute")),
    *((name, "objection") for name in ("reason", "answer")),
    ("text", "objection_event"),
    ("note", "ranking_consequence"),
    ("tree.atom", "setting, json_tree(setting.value) AS tree WHERE tree.type = 'text'"),
    *(
        ("tree.atom", f"{table}, json_tree({table}.{name}) AS tree WHERE tree.type = 'text'")
        for table, name in (
            ("assessment_scheme_version", "content"),
            ("assessment_value", "declared"),
            ("ranking_snapshot", "head"),
        )
    ),
)


def shape(url: str) -> str:
    """Pages of one kind look alike: numbers out, names of parameters in."""
    parts = urlsplit(url)
    path = re.sub(r"\d+", "N", parts.path)
    tabs = sorted({f"{key}={text}" for key, text in parse_qsl(parts.query) if key in TABS})
    other = any(key not in TABS for key, _ in parse_qsl(parts.query))
    return f"{path}?{','.join(tabs)}{'+' if other and not tabs else ''}"


#: Last parts of addresses that give a file.
FILES = {
    *("sitemap.xml", "template", "xlsx", "pdf", "zip", "paper", "workbook", "yaml"),
    *("evidence", "commitment-file", "file"),
}


def is_page(url: str, address: str) -> bool:
    downloads = (
        *("/files/", "/imports/template", "/errors", "/static/", "/health/", "/login/"),
        "/filing-reviews/evidence/",
    )
    path = urlsplit(url).path
    if not path.startswith(("/desk", "/me")):  # the public site is test_public_site's
        return False
    if path.rsplit("/", 1)[-1] in FILES:
        return False
    return url.startswith(address) and not any(part in url for part in downloads)


@pytest.fixture(scope="session")
def drawn():
    """Kinds of pages that were drawn and read already, per language, whoever opened them."""
    return set()


LONGEST_NAME = 120
DIVISIONS = Path(parks.__file__).parent / "divisions.json"


def names(server):
    """What people, parks and things are called by now: data, in whatever language the page is."""
    found = server.rows(" UNION ".join(f"SELECT {what} FROM {table}" for what, table in NAMES))
    divisions = json.loads(DIVISIONS.read_text(encoding="utf-8"))["divisions"].values()
    names = {" ".join(name.split()) for (name,) in found if name and len(name) <= LONGEST_NAME}
    return names | set(divisions)


def foreign_words(read, language, data):
    """Word of the other language -> pages, in what was read and is no data."""
    hidden = r"\w\*+"  # a hidden name is its first sign and stars
    known = re.compile("|".join([*map(re.escape, sorted(data, key=len, reverse=True)), hidden]))
    foreign: dict[str, set[str]] = {}
    for text, paths in read.items():
        if text in data or not strange(text, language):
            continue  # most texts end here: the long expression is slow
        for word in strange(known.sub("", text), language):
            foreign.setdefault(word, set()).update(paths)
    return foreign


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_link_leads_to_a_finished_page(open_desk, server, drawn, role, language):
    desk = open_desk(role, language=language)
    start = f"{server.address}/desk/"
    waiting, seen = [start], {"/desk/?"}
    read: dict[str, set[str]] = {}
    visited = 0
    while waiting and visited < MOST_PAGES:
        url = waiting.pop(0)
        visited += 1
        kind = language, shape(url).split("?")[0]
        if url == start or kind not in drawn:
            for text in texts_of(desk, url, language):
                read.setdefault(" ".join(text.split()), set()).add(urlsplit(url).path)
            if kind not in drawn and language == "zh":
                scan(desk.page)
            drawn.add(kind)
            links = desk.page.evaluate("[...document.links].map((one) => one.getAttribute('href'))")
        else:
            links = links_of(desk, url)
        for link in links:
            target = urljoin(url, link or "").split("#")[0]
            if is_page(target, server.address) and shape(target) not in seen:
                seen.add(shape(target))
                waiting.append(target)
    assert visited > 1
    foreign = foreign_words(read, language, names(server))
    assert not foreign, foreign


def texts_of(desk, url, language):
    """What a person reads on the page, drawn by the browser."""
    answer = desk.page.goto(url)
    assert answer is not None
    assert answer.status == 200, url
    check_head(desk.page, desk.html_lang)
    return desk.page.evaluate(VISIBLE, DATA + (CELLS if language == "zh" else ""))


def links_of(desk, url):
    """Where a page leads whose kind was drawn before: fetched in the same session, not drawn."""
    answer = desk.page.request.get(url)
    assert answer.status == 200, url
    page = html.fromstring(answer.text())
    assert page.get("lang") == desk.html_lang, url
    assert len(page.findall(".//h1")) == 1, url
    return page.xpath("//a/@href")


def strange(text: str, language: str) -> list[str]:
    """Words of the other language in a text of the interface."""
    if language == "en":
        return CJK.findall(text)
    words = re.findall(r"[A-Za-z][A-Za-z-]*", CODES.sub(" ", text))
    return [word for word in words if word.lower() not in LATIN]
