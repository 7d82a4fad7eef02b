"""Words of a page: found once per request, in the language of the moment, escaped as before."""

from __future__ import annotations

import html
import re

import flask_babel
import pytest
from flask import render_template_string
from flask_babel import force_locale, lazy_gettext
from markupsafe import Markup, escape

from app.engines.sheets import CellError, message
from app.extensions import phrases
from app.web.listing.page import Cell
from app.web.words import QuickDomain

LAZY = lazy_gettext("删除")


def test_the_language_of_the_request_and_a_forced_one(app):
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert isinstance(flask_babel.get_domain(), QuickDomain)
        assert str(LAZY) == "Delete"
        with force_locale("zh"):
            assert str(LAZY) == "删除"
        assert str(LAZY) == "Delete"
    with app.test_request_context():
        assert str(LAZY) == "删除"


def test_without_an_application_a_word_stays_what_it_is():
    assert flask_babel.gettext("删除") == "删除"


def test_what_is_filled_in_is_escaped_and_a_percent_sign_alone_is_kept(app):
    with app.test_request_context():
        text = "{{ _('确定删除“%(name)s”吗？删除后不能恢复。', name='<b>') }}|{{ _('100%%') }}"
        assert render_template_string(text) == "确定删除“&lt;b&gt;”吗？删除后不能恢复。|100%"


def test_an_english_question_with_quotation_marks_fits_an_attribute(app):
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        text = (
            """<i data-confirm="{{ _('确定删除“%(name)s”吗？删除后不能恢复。', name='<b>') }}">"""
        )
        said = render_template_string(text)
    asked = re.fullmatch(r'<i data-confirm="([^"]*)">', said)[1]
    assert html.unescape(asked) == 'Delete "<b>"? This cannot be undone.'


PIECES = ("甲", "a&b", "<b>", '"', "'", Markup("<i>"), LAZY, 0, None, 1.5, ["<b>"])


def test_what_is_printed_is_escaped_as_ever(app):
    with app.test_request_context():
        for piece in PIECES:
            assert render_template_string("{{ piece }}", piece=piece) == str(escape(piece))
            inside = "{% macro put(x) %}<p>{{ x }}</p>{% endmacro %}{{ put(piece) }}"
            assert render_template_string(inside, piece=piece) == f"<p>{escape(piece)}</p>"
        plain = "{% autoescape false %}{{ piece }}{% endautoescape %}"
        assert render_template_string(plain, piece="<b>") == "<b>"


@pytest.mark.parametrize("text", ["<b>", LAZY, 0, ""])
@pytest.mark.parametrize("kind", ["", "dot", "url", "tag", "muted", "links"])
def test_a_cell_prints_its_text_once_and_nothing_unescaped(app, text, kind):
    evil = '"><script>'
    more = {kind: ((evil, evil),) if kind == "links" else evil} if kind else {}
    with app.test_request_context():
        said = render_template_string("{{ cell|drawn }}", cell=Cell(text, **more))
        inside = "{% set body -%}{{ cell|drawn }}{%- endset %}{{ body }}"
        assert render_template_string(inside, cell=Cell(text, **more)) == said
        shown = str(escape(str(text))) if text or text == 0 else "—"
    assert "<script" not in said
    assert kind == "links" or shown in said or text == ""
    assert said.count("&#34;&gt;&lt;script&gt;") == {"": 0, "links": 2}.get(kind, 1)


def test_templates_lose_their_indentation_and_no_value_does(app):
    with app.test_request_context():
        text = "<textarea>{{ value }}</textarea>\n    <p>\n\tx</p>"
        said = render_template_string(text, value="  a\n   b")
        assert said == "<textarea>  a\n   b</textarea>\n <p>\n x</p>"


def test_pieces_are_put_together_as_the_language_does_it(app):
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert phrases.listed(["a", "b"]) == "a, b"
        assert phrases.clauses(["a", "b"]) == "a; b"
        assert phrases.labelled("a%", "b") == "a%: b"
        assert phrases.remarked("a", "b") == "a (b)"
    with app.test_request_context():
        said = phrases.labelled("甲", phrases.listed([1, phrases.remarked("乙", "丙")]))
        assert said == "甲：1、乙（丙）"


def test_a_sentence_about_a_file_lists_its_words_as_the_reader_does(app):
    wrong = CellError("roles", "choice", {"part": "x", "options": "9610\n9710"})
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert message(wrong) == '"x" is not one of the options; enter one of: 9610, 9710'
    with app.test_request_context():
        assert message(wrong) == "“x”不在可选范围；请填写：9610、9710"


def test_one_word_of_ours_is_several_in_english(app):
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        said = render_template_string("{{ _('新增') }} {{ pgettext('plan', '新增') }}")
        assert said == "Add New"
        assert flask_babel.pgettext("result", "新增") == "Added"
        assert str(flask_babel.lazy_pgettext("act", "删除")) == "Deleted"
        assert flask_babel.gettext("删除") == "Delete"
    with app.test_request_context():
        assert render_template_string("{{ pgettext('plan', '新增') }}") == "新增"
