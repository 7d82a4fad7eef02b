"""Forms of the zone: a round's plan, and the acts on one of its parks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from app.features.assessments.labels.zone import DOCUMENT_HEADINGS, ROUND_HEADINGS

ACCEPT = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"
NOTICE_MAX = 5_000


class _Whole(IntegerField):
    """A whole number; white space around it is nobody's mistake."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([text.strip() for text in valuelist])


def _day(name: str) -> DateField:
    return DateField(ROUND_HEADINGS[name], validators=[Optional()])


def _whole(name: str) -> _Whole:
    return _Whole(ROUND_HEADINGS[name], validators=[Optional()])


class RoundForm(FlaskForm):
    """考核: what the zone decides before it opens."""

    version = HiddenField()
    opened = HiddenField()
    name = StringField(ROUND_HEADINGS["name"], validators=[Length(max=120)])
    scheme_version_id = SelectField(ROUND_HEADINGS["scheme_version_id"], validate_choice=False)
    previous_id = SelectField(ROUND_HEADINGS["previous_id"], validate_choice=False)
    lead_id = SelectField(ROUND_HEADINGS["lead_id"], validate_choice=False)
    period_from = _day("period_from")
    period_to = _day("period_to")
    cut_off_on = _day("cut_off_on")
    opens_on = _day("opens_on")
    fill_until = _day("fill_until")
    late_until = _day("late_until")
    review_until = _day("review_until")
    correction_days = _whole("correction_days")
    corrections_max = _whole("corrections_max")
    publicity_days = _whole("publicity_days")
    objection_reply_days = _whole("objection_reply_days")
    notice = TextAreaField(
        ROUND_HEADINGS["notice"],
        validators=[Length(max=NOTICE_MAX)],
        render_kw={"maxlength": NOTICE_MAX, "rows": 6},
    )


class ExtensionForm(FlaskForm):
    """延期 of one park."""

    until = DateField(_l("填报截止日改为"), validators=[Optional()])
    reason = TextAreaField(_l("原因"), render_kw={"maxlength": 500, "rows": 3})


class DocumentForm(FlaskForm):
    """依据文件."""

    title = StringField(DOCUMENT_HEADINGS["title"], validators=[Length(max=200)])
    number = StringField(DOCUMENT_HEADINGS["number"], validators=[Length(max=80)])
    issued_by = StringField(DOCUMENT_HEADINGS["issued_by"], validators=[Length(max=120)])
    issued_on = DateField(DOCUMENT_HEADINGS["issued_on"], validators=[Optional()])
    file = FileField(DOCUMENT_HEADINGS["file"], render_kw={"accept": ACCEPT})


class SchemeForm(FlaskForm):
    """A new scheme: from a file, or as a copy of the reference."""

    code = StringField(_l("方案编码"), validators=[Length(max=40)])
    name = StringField(_l("方案名称"), validators=[Length(max=120)])
    file = FileField(_l("方案文件"), render_kw={"accept": ".yaml,.yml,.xlsx"})
