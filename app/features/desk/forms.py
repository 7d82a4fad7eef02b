"""Forms of the dictionary register, of the user centre and of the legal texts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.engines import dictionaries
from app.features.desk.labels import (
    CALENDAR_HEADINGS,
    CALENDAR_KINDS,
    DOCUMENT_HEADINGS,
    ENTRY_HEADINGS,
)
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


class EditCalendarDayForm(RegisterForm):
    """A day that differs from its weekday; which day it is stays."""

    day = StringField(CALENDAR_HEADINGS["day"])
    working = SelectField(
        CALENDAR_HEADINGS["working"],
        choices=[(str(int(known)), words) for known, words in CALENDAR_KINDS.items()],
    )
    name = StringField(CALENDAR_HEADINGS["name"], validators=[Length(max=40)])


class CalendarDayForm(EditCalendarDayForm):
    """A new day."""

    day = DateField(CALENDAR_HEADINGS["day"], validators=[InputRequired(MISSING)])


def _plain(label: object, most: int, **look: str) -> StringField:
    return StringField(label, validators=[Length(max=most)], render_kw=look)


class OwnAccountForm(FlaskForm):
    """账号信息. User name and phone are shown, not typed."""

    username = StringField(_l("登录账号"))
    name = _plain(_l("姓名"), 40, autocomplete="name")
    phone = StringField(_l("联系电话"))
    email = _plain(_l("邮箱"), 254, autocomplete="email", inputmode="email")
    version = HiddenField()
    opened = HiddenField()


class CompanyForm(FlaskForm):
    """企业信息. What is certified is shown, not typed."""

    company_name = StringField(_l("企业名称"))
    uscc = StringField(_l("统一社会信用代码"))
    address = StringField(_l("注册地址"))
    contact_name = _plain(_l("联系人姓名"), 40, autocomplete="off")
    contact_phone = _plain(_l("联系电话"), 30, autocomplete="off", inputmode="tel")
    credit_level = SelectField(_l("信用等级"), validate_choice=False)
    version = HiddenField()
    opened = HiddenField()


class BankForm(FlaskForm):
    """企业银行账户."""

    bank_holder = _plain(_l("户名"), 120, autocomplete="off")
    bank_account = _plain(
        lazy_pgettext("bank", "账号"), 60, autocomplete="off", inputmode="numeric"
    )
    bank_name = _plain(_l("开户行"), 120, autocomplete="off")
    version = HiddenField()
    opened = HiddenField()


class LicenceForm(FlaskForm):
    """上传营业执照认证."""

    name = StringField(_l("企业名称"), validators=[InputRequired(MISSING), Length(max=120)])
    uscc = StringField(
        _l("统一社会信用代码"),
        validators=[InputRequired(MISSING), Length(max=40)],
        render_kw={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"},
    )
    legal_representative = StringField(
        _l("法定代表人"), validators=[InputRequired(MISSING), Length(max=60)]
    )
    registered_address = StringField(
        _l("注册地址"), validators=[InputRequired(MISSING), Length(max=300)]
    )
    file = FileField(
        _l("营业执照"),
        validators=[FileRequired(_l("请选择营业执照的扫描件"))],
        render_kw={"accept": ".pdf,.png,.jpg,.jpeg"},
    )


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
