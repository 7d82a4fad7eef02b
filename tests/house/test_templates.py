"""Templates: each page has a frame and a title; no script, style or right is written into one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "app"
EXTENDS = re.compile(r"{%-?\s*extends\s+(.+?)\s*-?%}")
TITLE = re.compile(r"{%-?\s*block (page_)?title\b")
#: FAB asks for these names; they only say where the real thing is, or nothing.
STUBS = re.compile(
    r"appbuilder/(base|baselib|flash|footer|navbar\w*|general/(alert|confirm))\.html$"
)


def templates() -> dict[str, str]:
    """Name as the loader knows it -> text."""
    found = {}
    for folder in [ROOT / "web" / "templates", *sorted(ROOT.glob("*/*/templates"))]:
        for file in sorted(folder.rglob("*.html")):
            found[file.relative_to(folder).as_posix()] = file.read_text()
    return found


ALL = templates()
PAGES = sorted(
    name
    for name in ALL
    if not name.startswith("components/")
    and not Path(name).name.startswith("_")
    and not STUBS.search(name)
    and name != "layout/base.html"
)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_a_frame_and_a_title(name):
    chain = _chain(name)
    assert chain[-1] in ("layout/base.html", "layout/paper.html"), chain
    own = [one for one in chain if not one.startswith("layout/")]
    assert name.startswith("layout/") or any(TITLE.search(ALL[one]) for one in own), chain


def _chain(name: str) -> list[str]:
    chain = [name]
    while found := EXTENDS.search(ALL[chain[-1]]):
        said = found[1]
        if said.startswith("error_layout"):
            said = "'layout/public.html'"
        # Two frames by address: both end in the same base.
        chain.append(said.partition(" if ")[0].strip("'\""))
    return chain


@pytest.mark.parametrize("name", [one for one, text in ALL.items() if "data-draft=" in text])
def test_a_form_that_keeps_what_was_typed_has_the_words_to_offer_it(name):
    for form in ALL[name].split("<form")[1:]:
        tag = form.partition(">")[0]
        assert "data-draft=" not in tag or 'include "components/draft.html"' in tag, tag


@pytest.mark.parametrize("name", sorted(ALL))
def test_no_script_style_or_raw_text_in_a_template(name):
    text = ALL[name]
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "scripts are files (CSP)"
    assert not re.search(r"<style\b", text), "styles are files (CSP)"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "no inline handler (CSP)"
    spoken = re.sub(r"'[^']*'\s*\|\s*safe", "", text)  # a literal of the template itself
    assert "|safe" not in spoken.replace(" ", ""), "text is escaped"
    assert "autoescape false" not in text


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_posting_form_carries_a_token(name):
    for form in re.findall(r"<form[^>]*method=[\"']post[\"'].*?</form>", ALL[name], re.DOTALL):
        assert "csrf_token" in form or "hidden_tag" in form, form[:120]


@pytest.mark.parametrize("name", sorted(set(ALL) - {"accounts/login.html"}))  # names of the demo
def test_templates_know_no_roles(name):
    roles = r"(park_admin|park_clerk|sysadmin|secadmin|enterprise_user)"
    assert not re.search(rf"(==|!=|\bin\b)[^%}}]*['\"]{roles}['\"]", ALL[name])
    assert ".roles" not in ALL[name]


def test_what_destroys_is_outlined_never_filled():
    scripts = {one.name: one.read_text() for one in (ROOT / "web/static/js").glob("*.js")}
    for name, text in {**ALL, **scripts}.items():
        assert not re.search(r"\b(?<!outline-)btn-danger\b|\bbg-danger\b", text), name
