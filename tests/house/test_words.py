"""Signs between words are words: they are translated with the sentence, not written beside it."""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.pofile import read_po

from tests.house.test_code import ROOT, files, name_of, own

SIGNS = re.compile(r"[：；，。、（）“”？！]")
#: Chinese documents and data, whatever the language of the reader: file -> what it makes.
CHINESE = {
    "app/engines/sheets/guide.py": "the sheet that explains the template",
    "app/engines/sheets/template.py": "notes of the template",
    "app/features/enterprises/services/exports.py": "cells of the exported file",
    "app/features/enterprises/forms.py": "ticked options as a cell of a file has them",
    "app/cli/demo/enterprises.py": "rows of a made-up file",
    "app/cli/demo/news.py": "made-up articles",
    "sandbox/pictures.py": "the drawn business licence",
    "sandbox/sms.py": "text messages on the simulated phone",
}
COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
TRANSLATED = re.compile(
    r"""(?:\b_|gettext)\(\s*(?:'[^']*'|"[^"]*")(?:\s*,\s*(?:'[^']*'|"[^"]*"))?"""
)
SCRIPT_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*$", re.DOTALL | re.MULTILINE)


def glue(tree: ast.AST) -> Iterator[str]:
    """Text with such a sign that is put together with other text by the code."""
    for node in ast.walk(tree):
        parts: list[ast.expr] = []
        if isinstance(node, ast.JoinedStr):
            parts = list(node.values)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [node.left, node.right]
        elif isinstance(node, ast.Attribute) and node.attr == "join":
            parts = [node.value]
        for part in parts:
            if isinstance(part, ast.Constant) and SIGNS.search(str(part.value)):
                yield str(part.value)


def test_code_glues_no_words_with_chinese_signs():
    found = {name: list(glue(tree)) for name, _text, tree in own()}
    assert {name: said for name, said in found.items() if said and name not in CHINESE} == {}
    assert all(found[name] for name in CHINESE), "a file that no longer needs it leaves the list"


@pytest.mark.parametrize("source", ["f'{a}：{b}'", "'、'.join(a)", "a + '（空）'", "x = f'{a}，b'"])
def test_the_rule_sees_what_it_is_for(source):
    assert list(glue(ast.parse(source)))
    assert not list(glue(ast.parse("_('%(a)s：%(b)s', a=a, b=b)")))


def test_templates_hold_chinese_signs_only_inside_texts():
    for file in files(".html"):
        if name_of(file).startswith("app/"):
            rest = TRANSLATED.sub("", COMMENT.sub("", file.read_text()))
            assert not SIGNS.search(rest), (name_of(file), SIGNS.findall(rest))


def test_scripts_hold_no_chinese():
    for file in files(".js"):
        if name_of(file).startswith("app/web/static/js/"):
            rest = SCRIPT_COMMENT.sub("", file.read_text())
            assert not re.search(r"[\u2e80-\u9fff\uff00-\uffef]", rest), name_of(file)


# contexts: one Chinese word that needs several in English


@pytest.fixture(scope="module")
def check():
    found = runpy.run_path(str(ROOT / "deploy/check_translations.py"))
    return {**found, "texts": cache(found["texts"])}  # reads every file of the application


def test_the_check_of_translations_tells_contexts_apart(check):
    texts, entries = check["texts"](), check["entries"]()
    assert {("", "新增"), ("plan", "新增"), ("act", "新增")} <= set(texts)
    assert entries["plan", "新增"] != entries["", "新增"]
    del entries["plan", "新增"]
    assert list(check["faults"](texts, entries)) == [
        f"{texts['plan', '新增']}: not translated: '新增' as 'plan'"
    ]
    entries["", "无人说"] = ("Nobody says this", False)
    entries["plan", "新增"] = ("New", False)
    assert list(check["unsaid"](texts, entries)) == ["messages.po: said nowhere: '无人说'"]


def test_extraction_keeps_contexts(tmp_path):
    recipe = (ROOT / "Makefile").read_text()
    options = re.search(r"pybabel -q extract (.*?) -o", recipe)[1].split()
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", *options]
    subprocess.run([*command, "-o", str(tmp_path / "all.pot"), "."], cwd=ROOT, check=True)
    with (tmp_path / "all.pot").open("rb") as file:
        found = {(one.context, one.id) for one in read_po(file)}
    assert {("act", "新增"), ("result", "新增"), ("audit", "操作"), (None, "导入")} <= found


# one name for one thing


def test_a_dialog_asks_about_a_named_thing_and_says_what_happens(check):
    for _context, text in check["texts"]():
        if "？" in text:
            assert re.fullmatch(r"确定.*(%\(\w+\)s|\{\w+\}|全部).*吗？.+。", text), text


#: A word that means what another one says already -> the one in use.
OTHER_NAMES = {"还原": "撤销", "客服": "帮助与联系", "添加": "新增", "帐号": "账号", "登陆": "登录"}


@pytest.mark.parametrize("word", OTHER_NAMES)
def test_one_thing_has_one_name(check, word):
    assert [text for _context, text in check["texts"]() if word in text] == [], OTHER_NAMES[word]


#: Buttons as the manual of the platform prints them.
MANUAL = (
    "登录/注册",
    "获取",
    "登录",
    "微信扫码登录",
    "账号登录",
    "企业管理",
    "上传导入模板",
    "下载导入模板",
    "确定",
    "导出",
    "编辑",
    "删除",
)


def test_the_manuals_buttons_are_called_as_in_the_manual(check):
    assert {("", text) for text in MANUAL} <= set(check["texts"]())


# the README


def test_the_glossary_says_what_the_interface_says(check):
    known = {
        text: english
        for (context, text), (english, _fuzzy) in check["entries"]().items()
        if not context
    }
    rows = re.findall(
        r"^\| (.+?) \| (.+?) \|",
        (ROOT / "README.md").read_text().partition("### Glossary")[2],
        re.MULTILINE,
    )
    for chinese, english in rows[1:]:
        if english != "—":
            pairs = list(zip(chinese.split(" / "), english.split(" / "), strict=True))
            assert [(one, known.get(one)) for one, _said in pairs] == pairs


def test_every_heading_of_a_register_stands_in_the_glossary(app):
    glossary = (ROOT / "README.md").read_text().partition("### Glossary")[2]
    kinds = {view for view in app.appbuilder.baseviews if getattr(view, "list_heading", "")}
    with app.test_request_context():
        headings = {str(view.list_heading) for view in kinds}
    assert len(headings) > 8
    missing = {one for one in headings if all(part not in glossary for part in one.split("/"))}
    assert missing == set()


def test_the_commands_of_the_readme_exist(app):
    text = (ROOT / "README.md").read_text() + (ROOT / "docs/operation.md").read_text()
    for line in set(re.findall(r"flask --app app ([a-z-]+(?: [a-z-]+)?)", text)):
        group = app.cli
        for word in line.split():
            if word.startswith("-"):
                break
            group = (
                getattr(group, "commands", {}).get(word) if hasattr(group, "commands") else group
            )
            assert group is not None, line
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`(?:\w+=\S+ )?make ([a-z]+)", text)) <= targets
    for path in re.findall(r"\]\(([\w./-]+)\)", text):
        assert (ROOT / path).exists() or (ROOT / "docs" / path).exists(), path
