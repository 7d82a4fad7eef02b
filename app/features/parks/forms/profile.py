"""The form of a park's profile: typed text only; tables, pictures and files stand beside it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import DateInput

from app.features.parks.labels.profile import FIGURE_HEADINGS, HEADINGS, WORDS
from app.features.parks.queries import divisions
from app.features.parks.rules import profile as rules
from app.web.forms import RegisterForm

PICTURES = ".png,.jpg,.jpeg,.webp"


class ProfileForm(RegisterForm):
    """``version``: of the draft it shows, 0 when it shows what is in force."""

    warehouses = HiddenField(HEADINGS["warehouses"])
    logo = FileField(HEADINGS["logo"], render_kw={"accept": PICTURES})
    photos = MultipleFileField(HEADINGS["photos"], render_kw={"accept": PICTURES})
    evidence = MultipleFileField(HEADINGS["evidence"], render_kw={"accept": ".pdf,.png,.jpg,.jpeg"})
    customs_area = BooleanField(HEADINGS["customs_area"])
    introduction = TextAreaField(HEADINGS["introduction"], render_kw={"rows": 10})
    division = SelectField(HEADINGS["division"], validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blank = ("", _("请选择"))
        self.division.choices = [blank, *divisions.tree().items()]
        for name in rules.CHOICES:
            self[name].choices = [blank, *WORDS[name].items()]
        for name in rules.MANY:
            self[name].choices = list(WORDS[name].items())


def _text(name: str, most: int) -> Any:
    if name in rules.LONG:
        return TextAreaField(HEADINGS[name], render_kw={"maxlength": most, "rows": 4})
    return StringField(HEADINGS[name], render_kw={"autocomplete": "off"})


for _name, _most in rules.TEXTS.items():
    setattr(ProfileForm, _name, _text(_name, _most))
for _name in rules.NUMBERS:
    setattr(
        ProfileForm,
        _name,
        StringField(HEADINGS[_name], render_kw={"inputmode": "decimal", "autocomplete": "off"}),
    )
for _name in rules.DATES:
    setattr(ProfileForm, _name, StringField(HEADINGS[_name], widget=DateInput()))
for _name in rules.CHOICES:
    setattr(ProfileForm, _name, SelectField(HEADINGS[_name], validate_choice=False))
for _name in rules.MANY:
    setattr(ProfileForm, _name, SelectMultipleField(HEADINGS[_name], validate_choice=False))


class FiguresForm(RegisterForm):
    """A year's figures."""

    year = SelectField(FIGURE_HEADINGS["year"], validate_choice=False)
    origin = StringField(FIGURE_HEADINGS["origin"], render_kw={"maxlength": 200})


for _name in rules.FIGURES:
    setattr(
        FiguresForm,
        _name,
        StringField(
            FIGURE_HEADINGS[_name], render_kw={"inputmode": "decimal", "autocomplete": "off"}
        ),
    )
