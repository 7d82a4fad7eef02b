"""Words on their way into a page, at the speed of a look-up: a list asks for some five hundred.

flask_babel finds the request, the language and the catalogue anew for every word, which was a
quarter of a list page. Here the catalogue is found once per request and language. Escaping made
markup of each of sixteen hundred pieces, most of which were markup or needed nothing: a tenth.
"""

from __future__ import annotations

import re
from typing import Any

import flask_babel
from flask import Flask
from flask.globals import _cv_app
from flask_babel import Domain
from jinja2 import nodes, pass_eval_context
from jinja2.compiler import CodeGenerator
from jinja2.ext import Extension
from markupsafe import Markup, escape

_NEEDS_ESCAPING = re.compile("[&<>\"']").search
MOST_KEPT = 20_000  # texts, some three times what the templates say
_INDENT = re.compile(r"(?m)^[ \t]+")


class QuickDomain(Domain):
    """A message domain that remembers its catalogue in the request."""

    def get_translations(self) -> Any:
        context = _cv_app.get(None)
        if context is None:
            return super().get_translations()
        # flask_babel keeps the language of the request here; force_locale changes it in between
        names = vars(context.g).get("_flask_babel")
        kept = getattr(names, "parkdesk_words", None)
        if kept is not None and kept[0] is getattr(names, "babel_locale", None):
            return kept[1]
        found = super().get_translations()
        names = context.g._flask_babel
        names.parkdesk_words = (names.babel_locale, found)
        return found


class Unindented(Extension):
    """Templates with one blank where lines begin: a quarter of a page less.

    Not none: after a block tag, whose line end is dropped, it may part two attributes.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _INDENT.sub(" ", source)

    def parse(self, parser: Any) -> list[nodes.Node]:  # no tags of its own
        raise NotImplementedError


class QuickCode(CodeGenerator):
    """Compiles templates so that what they print goes through ``escaped``."""

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("environment.escaped(")
        if finalize.src is not None:
            self.write(finalize.src)


def escaped(value: Any) -> str:
    """What ``markupsafe.escape`` gives, as text: markup of plain text is made only where it differs."""
    kind = type(value)
    if kind is Markup or (kind is str and _NEEDS_ESCAPING(value) is None):
        text: str = value
        return text
    return escape(value)


def init(app: Flask) -> None:
    """After flask_babel: its own words are found through the quick domain from here on."""
    domain = QuickDomain(domain=flask_babel.get_babel(app).default_domain)
    flask_babel.get_babel(app).instance.__dict__["domain_instance"] = domain
    flask_babel.get_domain = _domain
    app.jinja_env.add_extension(Unindented)
    app.jinja_env.code_generator_class = QuickCode
    app.jinja_env.escaped = escaped  # type: ignore[attr-defined]
    app.jinja_env.globals.update(gettext=_gettext, _=_gettext)


def _domain() -> Domain:
    """What ``flask_babel.get_domain`` gives, without asking the context three times."""
    context = _cv_app.get(None)
    if context is None:
        return Domain()
    found: Domain = context.app.extensions["babel"].instance.domain_instance
    return found


@pass_eval_context
def _gettext(context: Any, text: str, **variables: Any) -> str:
    """``_()`` of templates: the text is markup of ours, what is filled in is escaped.

    Quotation marks as well: English ones would end the attribute that a text stands in.
    """
    catalogue = _domain().get_translations()
    found = _marked(catalogue, text) if context.autoescape else catalogue.ugettext(text)
    return found % variables if variables or "%" in found else found


def _marked(catalogue: Any, text: str) -> str:
    """A catalogue's text as markup, made once: what a page says is said on every page."""
    kept: dict[str, Markup] = vars(catalogue).setdefault("parkdesk_marked", {})
    found = kept.get(text)
    if found is None:
        found = Markup(catalogue.ugettext(text).replace('"', "&#34;"))  # noqa: S704 - ours
        if len(kept) < MOST_KEPT:
            kept[text] = found
    return found
