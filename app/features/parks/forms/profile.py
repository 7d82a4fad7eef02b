"""The form of a park's profile: typed text only; tables, pictures and files stand beside it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    MultipleFileField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import DateInput

from app.features.parks.labels.profile import FIGURE_HEADINGS, HEADINGS, SECTIONS, WORDS
from app.features.parks.queries import divisions
from app.features.parks.rules import profile as rules
from app.web.forms import RegisterForm
from app.web.writing import RichText

PICTURES = ".png,.jpg,.jpeg,.webp"


class ProfileForm(RegisterForm):
    """``version``: of the draft it shows, 0 when it shows what is in force."""

    warehouses = StringField(HEADINGS["warehouses"])  # rows of inputs stand in its place
    logo = FileField(HEADINGS["logo"], render_kw={"accept": PICTURES})
    photos = MultipleFileField(HEADINGS["photos"], render_kw={"accept": PICTURES})
    evidence = MultipleFileField(HEADINGS["evidence"], render_kw={"accept": ".pdf,.png,.jpg,.jpeg"})
    customs_area = BooleanField(HEADINGS["customs_area"])
    introduction = RichText(HEADINGS["introduction"])
    division = SelectField(HEADINGS["division"], validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blank = ("", _("请选择"))
        # By city; the code stands first, so that typing its digits finds it.
        self.division.choices = {"": [blank], **divisions.by_city()}
        for name in rules.CHOICES:
            self[name].choices = [blank, *WORDS[name].items()]
        for name in rules.MANY:
            self[name].choices = list(WORDS[name].items())
        shown = [name for _title, names in SECTIONS for name in names]
        fields: dict[str, Any] = self._fields  # type: ignore[has-type]
        rest = [name for name in fields if name not in shown]
        # In the order of the page: so are the errors listed.
        self._fields = {name: fields[name] for name in (*shown, *rest)}


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
