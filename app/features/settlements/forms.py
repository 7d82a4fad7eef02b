"""The public form, and what the park writes."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional
from wtforms.widgets import DateInput

from app.features.settlements.labels import CHOICE_WORDS, HEADINGS, REASON_WORDS
from app.features.settlements.rules import CHOICES, NOTE_MAX, REASON_MAX, TEXTS

#: More digits than any amount has; with thousands of them a number is not even rounded.
DIGITS = 20
ACCEPT = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"
ACCEPT_PROOF = ".pdf,.png,.jpg,.jpeg"


class _Whole(IntegerField):
    """A whole number; white space around it and thousands signs are nobody's mistake."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([text.strip().replace(",", "") for text in valuelist])


class _Amount(DecimalField):
    """万元 with at most two decimals."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([text.strip().replace(",", "") for text in valuelist])
        number: Any = getattr(self, "data", None)
        if number is None:
            return
        if not (number.is_finite() and number.adjusted() < DIGITS and number == round(number, 2)):
            self.data = None
            raise ValueError(_("请填写数字，最多两位小数"))


def _text(name: str, **look: Any) -> StringField:
    most = TEXTS[name]
    return StringField(
        HEADINGS[name], validators=[Length(max=most)], render_kw={"maxlength": most, **look}
    )


def _whole(name: str) -> _Whole:
    return _Whole(HEADINGS[name], validators=[Optional()])


def _amount(name: str) -> _Amount:
    return _Amount(HEADINGS[name], places=2, validators=[Optional()])


def _choices(name: str) -> SelectMultipleField:
    return SelectMultipleField(
        HEADINGS[name],
        choices=[(one, CHOICE_WORDS[name][one]) for one in CHOICES[name]],
        validate_choice=False,  # the rules say it in our words
    )


class ApplyForm(FlaskForm):
    """申请入驻. ``key``: of this opened form, so that sent twice it is one application;
    ``document``: the version of the policy that was shown."""

    key = HiddenField(validators=[Length(max=64)])
    document = HiddenField(validators=[Length(max=12)])
    company = _text("company", autocomplete="organization")
    preparing = BooleanField(HEADINGS["preparing"])
    uscc = StringField(
        HEADINGS["uscc"],
        render_kw={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"},
    )
    contact_name = _text("contact_name", autocomplete="name")
    phone = StringField(_l("手机号"), validators=[Length(max=40)])
    answer = StringField(_l("图形验证码（图中字符或算式得数）"), validators=[Length(max=12)])
    code = StringField(_l("短信验证码"), validators=[Length(max=12)])
    email = _text("email", autocomplete="email", inputmode="email")
    roles = _choices("roles")
    modes = _choices("modes")
    goods = _text("goods")
    markets = _text("markets")
    office_area = _whole("office_area")
    warehouse_area = _whole("warehouse_area")
    budget = _amount("budget")
    expected_on = DateField(HEADINGS["expected_on"], validators=[Optional()])
    staff_count = _whole("staff_count")
    expected_value = _amount("expected_value")
    needs = _choices("needs")
    message = TextAreaField(
        HEADINGS["message"],
        validators=[Length(max=TEXTS["message"])],
        render_kw={"maxlength": TEXTS["message"], "rows": 4},
    )
    files = MultipleFileField(_l("附件"), render_kw={"accept": ACCEPT})
    agree = BooleanField(_l("我已阅读并同意"))


class FollowForm(FlaskForm):
    """跟进."""

    version = HiddenField()
    text = TextAreaField(
        _l("跟进情况"),
        validators=[Length(max=NOTE_MAX)],
        render_kw={"maxlength": NOTE_MAX, "rows": 3},
    )


class LandForm(FlaskForm):
    """已落地."""

    version = HiddenField()
    uscc = StringField(
        HEADINGS["uscc"],
        render_kw={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"},
    )
    name = StringField(_l("企业名称"), validators=[Length(max=120)], render_kw={"maxlength": 120})
    settled_on = DateField(HEADINGS["landed_on"], widget=DateInput(), validators=[Optional()])
    proof = FileField(HEADINGS["proven_at"], render_kw={"accept": ACCEPT_PROOF})


class DeclineForm(FlaskForm):
    """未落地 → 原因说明."""

    version = HiddenField()
    reason_code = SelectField(_l("原因"), validate_choice=False)
    reason = TextAreaField(
        _l("原因说明"),
        validators=[Length(max=REASON_MAX)],
        render_kw={"maxlength": REASON_MAX, "rows": 3},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason_code.choices = [("", _("请选择")), *REASON_WORDS.items()]


class MoveForm(FlaskForm):
    """转其他园区."""

    version = HiddenField()
    park_id = SelectField(_l("转往园区/基地"), validate_choice=False)
    text = TextAreaField(
        _l("转办说明"),
        validators=[Length(max=REASON_MAX)],
        render_kw={"maxlength": REASON_MAX, "rows": 3},
    )


class ReopenForm(FlaskForm):
    """重新打开."""

    version = HiddenField()
    text = TextAreaField(
        _l("重新打开的原因"),
        validators=[Length(max=REASON_MAX)],
        render_kw={"maxlength": REASON_MAX, "rows": 3},
    )


class ProofForm(FlaskForm):
    """补充合同或执照."""

    version = HiddenField()
    proof = FileField(HEADINGS["proven_at"], render_kw={"accept": ACCEPT_PROOF})
