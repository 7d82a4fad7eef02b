"""Forms of the dictionary register."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.engines import dictionaries
from app.features.desk.labels import ENTRY_HEADINGS
from app.web.forms import RegisterForm

MISSING = _l("必填，不能为空")


class EditEntryForm(RegisterForm):
    """Place and dates; the word itself stays, since records hold it."""

    dictionary = StringField(ENTRY_HEADINGS["dictionary"])
    code = StringField(ENTRY_HEADINGS["code"])
    label = StringField(ENTRY_HEADINGS["label"])
    position = IntegerField(ENTRY_HEADINGS["position"], validators=[InputRequired(MISSING)])
    valid_from = DateField(ENTRY_HEADINGS["valid_from"], validators=[Optional()])
    valid_to = DateField(ENTRY_HEADINGS["valid_to"], validators=[Optional()])


class AddEntryForm(RegisterForm):
    """A new word."""

    dictionary = SelectField(
        ENTRY_HEADINGS["dictionary"], choices=list(dictionaries.TITLES.items())
    )
    code = StringField(ENTRY_HEADINGS["code"], validators=[InputRequired(MISSING), Length(max=20)])
    label = StringField(
        ENTRY_HEADINGS["label"], validators=[InputRequired(MISSING), Length(max=60)]
    )
    position = IntegerField(ENTRY_HEADINGS["position"], validators=[InputRequired(MISSING)])
    valid_from = DateField(ENTRY_HEADINGS["valid_from"], validators=[Optional()])
    valid_to = DateField(ENTRY_HEADINGS["valid_to"], validators=[Optional()])
