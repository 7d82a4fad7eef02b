"""Rich text in forms and on pages: the field, its limits, and what templates may call.

What is kept of a text and where pictures lie is an engine's business (injected by wiring).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from markupsafe import Markup
from wtforms import TextAreaField, ValidationError

from app.core.actor import Actor
from app.core.errors import Refusal
from app.core.pictures import IN_TEXT, Drawn, picture_html
from app.web.acting import current_actor

Drawer = Callable[[list[str]], Mapping[str, Drawn]]
_parts: dict[str, Any] = {}


def init(
    app: Flask,
    *,
    clean: Callable[..., Any],
    shown: Callable[[str], str],
    usable: Callable[[Actor, str], bool],
    drawn: Drawer,
    words: Mapping[str, Any],
) -> None:
    """``words``: code -> sentence; ``lost`` -> the function that words what was left out."""
    _parts.update(clean=clean, shown=shown, usable=usable, drawn=drawn, words=dict(words))
    app.jinja_env.filters["rich"] = rich
    app.jinja_env.globals["picture"] = picture


def rich(html: str | None) -> Markup:
    """``{{ article.body|rich }}``: a stored text, cleaned again, pictures in their sizes."""
    return Markup(_parts["shown"](html or ""))  # noqa: S704 - the engine lets through its list alone


def picture(key: str | None, alt: str, *, sizes: str = IN_TEXT, eager: bool = False) -> Markup:
    """``{{ picture(park.cover_key, park.cover_alt) }}``: nothing for a picture that is gone.

    ``eager`` for the one at the top of a page.
    """
    found = _parts["drawn"]([key]).get(key) if key else None
    if found is None:
        return Markup("")
    return Markup(picture_html(found, alt, sizes=sizes, eager=eager))  # noqa: S704 - escaped there


class RichText(TextAreaField):
    """A text with headings, lists, tables and pictures. Its data is clean HTML.

    ``lost`` is a sentence about what was left out of what was sent, for a message after saving;
    it is empty when nothing was.
    """

    def __init__(
        self, label: Any = None, validators: Any = None, *, most: int = 20_000, **kw: Any
    ) -> None:
        super().__init__(label, validators, **kw)
        self.most = most
        self.lost = ""
        self._cleaned: Any = None

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        sent = valuelist[0].replace("\r\n", "\n")
        actor = current_actor()
        try:
            self._cleaned = _parts["clean"](sent, known=lambda key: _parts["usable"](actor, key))
        except Refusal as refusal:
            self.data = sent
            raise ValueError(str(_parts["words"][refusal.code])) from refusal
        self.data = self._cleaned.html
        self.lost = _parts["words"]["lost"](self._cleaned.dropped)

    def pre_validate(self, form: Any) -> None:
        cleaned = self._cleaned
        if cleaned is None:
            return
        if cleaned.without_alt:
            self._refuse("richtext_no_alt", number=cleaned.without_alt)
        if cleaned.length > self.most:
            self._refuse("richtext_over", most=self.most, number=cleaned.length)

    def _refuse(self, code: str, **values: Any) -> None:
        raise ValidationError(str(_parts["words"][code]) % values)
