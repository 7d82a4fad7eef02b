"""Every page of the dress, with made-up data: valid, labelled, free of inline script, small."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import html5lib
import pytest
from jinja2 import nodes
from sqlalchemy.exc import OperationalError

from app.web import ui
from app.web.sessions import RowSessions
from tests.support import preview

pytestmark = pytest.mark.one_database("it reads HTML")

PAGES = sorted(preview.PAGES)
XHTML = "{http://www.w3.org/1999/xhtml}"
HANDLER = re.compile(r"^on[a-z]+$")


@pytest.fixture(autouse=True)
def _menu(app, monkeypatch):
    monkeypatch.setattr(ui, "_entries", lambda: preview.MENU)
    monkeypatch.setattr(app.jinja_env, "loader", preview.loader(app))


@pytest.fixture(params=PAGES)
def page(request, app):
    return preview.render(app, request.param)


def tree_of(text):
    parser = html5lib.HTMLParser(namespaceHTMLElements=True)
    tree = parser.parse(text)
    assert not parser.errors, [(place, code, data) for place, code, data in parser.errors][:5]
    return tree


def all_of(tree, *names):
    return [found for name in names for found in tree.iter(f"{XHTML}{name}")]


def text_of(element):
    return " ".join("".join(element.itertext()).split())


def test_a_page_is_valid_with_one_h1_that_begins_its_title(page):
    tree = tree_of(page)
    (h1,) = all_of(tree, "h1")
    (title,) = all_of(tree, "title")
    assert text_of(title).removeprefix("错误：").startswith(text_of(h1))
    assert all_of(tree, "html")[0].get("lang") == "zh-CN"
    assert len(all_of(tree, "main")) == 1
    assert page.index('class="skip"') < page.index("<main")


def test_ids_are_unique_and_references_lead_somewhere(page):
    tree = tree_of(page)
    counted = Counter(found.get("id") for found in tree.iter() if found.get("id"))
    assert not [name for name, times in counted.items() if times > 1]
    for element in tree.iter():
        for attribute in ("for", "form", "aria-labelledby", "aria-describedby", "aria-controls"):
            for target in (element.get(attribute) or "").split():
                assert target in counted, (attribute, target)


def test_every_control_has_a_name(page):
    tree = tree_of(page)
    labelled = {label.get("for") for label in all_of(tree, "label")}
    wrapped = {
        control
        for label in all_of(tree, "label")
        if text_of(label)
        for control in all_of(label, "input", "select", "textarea")
    }
    for control in all_of(tree, "input", "select", "textarea"):
        if control.get("type") == "hidden":
            continue
        named = control.get("aria-label") or control.get("id") in labelled or control in wrapped
        assert named, control.attrib
    for button in all_of(tree, "button", "a", "summary"):
        assert text_of(button) or button.get("aria-label"), button.attrib


def test_no_inline_script_style_or_handler_and_nothing_from_elsewhere(page):
    tree = tree_of(page)
    assert not all_of(tree, "style")
    assert all(script.get("src") and not text_of(script) for script in all_of(tree, "script"))
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert not HANDLER.match(str(name)), name
            if name in {"src", "href", "action", "formaction"}:
                assert not re.match(r"(?:https?:)?//|javascript:", value), value
    assert "fonts.g" not in page


def test_every_post_form_carries_a_token(page):
    for form in all_of(tree_of(page), "form"):
        if form.get("method", "").lower() != "post":
            continue
        names = {field.get("name") for field in all_of(form, "input")}
        assert "csrf_token" in names or form.get("data-form") is not None, form.attrib


def test_a_list_of_25_rows_is_small(app):
    text = preview.render(app, "list-compact")
    assert len(gzip.compress(text.encode(), 1)) <= 10 * 1024


def test_an_empty_row_status_and_every_state_of_a_list_render(app):
    assert "没有符合条件的企业" in preview.render(app, "empty")


def test_the_error_page_asks_the_database_nothing(app):
    with app.app_context(), app.test_request_context("/desk/"):
        assert ui.error_layout(500) == "layout/public.html"
        assert ui.error_layout(404) == "layout/public.html"


def test_without_a_database_the_answer_is_still_a_page(app, client, monkeypatch):
    def down(*_):
        raise OperationalError("select", {}, Exception("down"))

    monkeypatch.setattr(RowSessions, "_load", down)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], "x" * 43)
    answer = client.get("/desk/")
    assert answer.status_code in {500, 503}
    assert "<h1>系统" in answer.text


def test_the_theme_and_language_of_the_cookie_are_on_the_page(app):
    dark = preview.render(app, "list", "theme=dark; lang=en")
    assert 'data-bs-theme="dark"' in dark
    assert 'lang="en"' in dark


def test_every_icon_named_in_a_template_is_in_the_sprite(app):
    with app.app_context():
        known = ui.icon_names()
    for name in app.jinja_env.list_templates(extensions=["html"]):
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        for call in app.jinja_env.parse(source).find_all(nodes.Call):
            if getattr(call.node, "name", "") == "icon":
                words = {const.value for argument in call.args[:1] for const in _words(argument)}
                assert words <= known, (name, words - known)


def _words(node):
    """Text constants an ``icon(...)`` argument may come to (tests of conditions left out)."""
    if isinstance(node, nodes.Const):
        return [node]
    if isinstance(node, nodes.CondExpr):
        return _words(node.expr1) + _words(node.expr2)
    return []


def test_no_template_of_ours_reaches_a_stock_template_of_the_framework(app):
    own = {
        str(file.relative_to(folder))
        for folder in map(Path, app.jinja_loader.searchpath)
        for file in folder.rglob("*.html")
    }
    for name in own:
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        parsed = app.jinja_env.parse(source)
        for link in parsed.find_all((nodes.Extends, nodes.Include, nodes.Import)):
            if isinstance(link.template, nodes.Const):
                assert link.template.value in own, (name, link.template.value)


def test_views_use_only_templates_of_ours(app):
    own = Path(app.root_path) / "web" / "templates"
    for view in app.appbuilder.baseviews:
        for attribute in ("list_template", "show_template", "add_template", "edit_template"):
            if name := getattr(view, attribute, None):
                assert (own / name).is_file() or not name.startswith("appbuilder/"), name


def test_static_files_ask_for_nothing_from_elsewhere(app):
    for file in Path(app.static_folder).rglob("*"):
        if file.suffix in {".css", ".js"} and "vendor" not in file.parts:
            assert not re.search(r"https?://", file.read_text(encoding="utf-8")), file


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "1 KB"), (819_600, "820 KB"), (1_000_000, "1.0 MB"), (3_249_000, "3.2 MB")],
)
def test_sizes_are_read_by_people(size, words):
    assert ui.size_text(size) == words


def test_a_moment_is_told_in_the_time_of_shanghai(app):
    with app.test_request_context():
        assert ui.datetime_text(datetime(2026, 11, 20, 16, 30, tzinfo=UTC)) == "2026-11-21 00:30"
