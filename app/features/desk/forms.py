"""Forms of the dictionary register and of the legal texts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.engines import dictionaries
from app.features.desk.labels import DOCUMENT_HEADINGS, ENTRY_HEADINGS
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


class DocumentForm(RegisterForm):
    """A draft of a legal text; which text it is stays as it was begun."""

    kind = HiddenField()
    title = StringField(
        DOCUMENT_HEADINGS["title"], validators=[InputRequired(MISSING), Length(max=80)]
    )
    effective_on = DateField(DOCUMENT_HEADINGS["effective_on"], validators=[InputRequired(MISSING)])
    body = TextAreaField(
        DOCUMENT_HEADINGS["body"], validators=[InputRequired(MISSING)], render_kw={"rows": 24}
    )
