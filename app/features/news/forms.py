"""The form of an article. A draft may be incomplete; what is there must be readable."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Length
from wtforms.widgets import DateTimeLocalInput

from app.core import clock
from app.engines import dictionaries
from app.features.news.labels import HEADINGS, REFUSALS
from app.features.news.rules import ALT_MOST, BODY_MOST, CATEGORIES, LENGTHS, limits, moment
from app.web.forms import RegisterForm
from app.web.writing import RichText

SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_l("内容"), ("title", "category", "summary", "body")),
    (_l("封面与附件"), ("cover", "attachments")),
    (_l("来源"), ("source", "source_link")),
    (_l("发布"), ("publish_at", "expire_at", "top")),
)
#: Inputs that belong to one field of the article.
PARTS = {
    "cover": ("cover_key", "cover_alt", "cover_file"),
    "attachments": ("files", "files_new"),
}
LONG = _l("内容过长，请精简")


def _text(name: str) -> StringField:
    most = LENGTHS[name]
    return StringField(
        HEADINGS[name], [Length(max=most, message=LONG)], render_kw={"maxlength": most}
    )


class Minute(StringField):
    """A minute of the zone as ``2026-11-20 09:00``; browsers send a T between."""

    widget = DateTimeLocalInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = valuelist[0].strip().replace("T", " ")[:16]

    def pre_validate(self, form: Any) -> None:
        if self.data and moment(self.data) is None:
            raise ValidationError(str(REFUSALS["moment_wrong"]))

    def _value(self) -> str:
        return (self.data or "").replace(" ", "T")


class ArticleForm(RegisterForm):
    """``token`` tells one empty form from another; ``files`` names the attachments kept."""

    token = HiddenField()
    title = _text("title")
    category = SelectField(HEADINGS["category"], validate_choice=False)
    summary = TextAreaField(
        HEADINGS["summary"],
        [Length(max=LENGTHS["summary"], message=LONG)],
        render_kw={"maxlength": LENGTHS["summary"], "rows": 3},
    )
    body = RichText(HEADINGS["body"], most=BODY_MOST)
    cover_key = HiddenField()
    cover_alt = StringField(
        _l("封面替代文字"),
        [Length(max=ALT_MOST, message=LONG)],
        render_kw={"maxlength": ALT_MOST},
    )
    cover_file = FileField(HEADINGS["cover"])
    files = HiddenField()
    files_new = MultipleFileField(HEADINGS["attachments"])
    source = _text("source")
    source_link = _text("source_link")
    publish_at = Minute(HEADINGS["publish_at"])
    expire_at = Minute(HEADINGS["expire_at"])
    top = BooleanField(_l("在列表中置顶"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = list(dictionaries.options(CATEGORIES, clock.today()))
        if self.category.data and self.category.data not in words:
            if self.category.data in dictionaries.known(CATEGORIES):
                words.insert(0, self.category.data)
            else:
                self.category.data = ""
        self.category.choices = [("", _l("请选择")), *((word, word) for word in words)]

    def validate_source_link(self, field: Any) -> None:
        """A link that a reader may follow."""
        if "source_link" in limits({"source_link": (field.data or "").strip()}):
            raise ValidationError(str(REFUSALS["link_wrong"]))


class WordsForm(FlaskForm):
    """The upload of a word list."""

    file = FileField(_l("词库文件"), [FileRequired(_l("请选择文件"))])
