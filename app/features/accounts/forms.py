"""Forms of sign-in, accounts and roles."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length

from app.features.accounts.labels import HEADINGS, REFUSALS, ROLE_HEADINGS, TOKEN_HEADINGS
from app.features.accounts.rules import PASSWORD_MAX
from app.web.forms import RegisterForm


class PasswordSignInForm(FlaskForm):
    """账号登录."""

    username = StringField(
        _l("登录账号"), validators=[InputRequired(_l("请输入登录账号")), Length(max=128)]
    )
    password = PasswordField(
        _l("密码"), validators=[InputRequired(_l("请输入密码")), Length(max=PASSWORD_MAX)]
    )


class PhoneSignInForm(FlaskForm):
    """短信验证码登录. ``answer`` is asked for after the first code; ``proof`` comes from a scan;
    ``password`` proves the holder of an account without a number."""

    phone = StringField(_l("手机号"), validators=[Length(max=40)])
    answer = StringField(_l("图形验证码（图中字符或算式得数）"), validators=[Length(max=12)])
    code = StringField(_l("短信验证码"), validators=[Length(max=12)])
    password = PasswordField(_l("当前密码"), validators=[Length(max=PASSWORD_MAX)])
    agree = BooleanField(_l("我已阅读并同意"))
    document = HiddenField(validators=[Length(max=12)])
    proof = HiddenField(validators=[Length(max=4000)])


class BindPhoneForm(PhoneSignInForm):
    """绑定手机号: the code proves the number, the password that it is the account's own person."""

    password = PasswordField(_l("当前密码"), validators=[Length(max=PASSWORD_MAX)])


class TokenForm(RegisterForm):
    """新建接口令牌. Who has one park, or sees all, chooses none."""

    name = StringField(TOKEN_HEADINGS["name"], render_kw={"maxlength": 60, "autocomplete": "off"})
    scopes = SelectMultipleField(TOKEN_HEADINGS["scopes"], validate_choice=False)
    park_id = SelectField(TOKEN_HEADINGS["park_id"])
    days = SelectField(
        TOKEN_HEADINGS["days"], choices=[(str(n), _l("%(n)s 天", n=n)) for n in (30, 90, 180, 365)]
    )
    purpose = StringField(TOKEN_HEADINGS["purpose"], render_kw={"maxlength": 200})

    def __init__(
        self, *args: object, offered: object, parks: list[tuple[str, str]], **kw: object
    ) -> None:
        super().__init__(*args, **kw)
        self.scopes.choices = offered
        if len(parks) > 1:
            self.park_id.choices = parks
        else:
            del self.park_id


class SecondStepForm(FlaskForm):
    """两步验证: a code of the authenticator, or a recovery code. ``made``: the secret that is being
    enrolled, sealed."""

    code = StringField(_l("验证码"), validators=[InputRequired(_l("请输入验证码")), Length(max=32)])
    made = HiddenField(validators=[Length(max=400)])


class OwnSecondStepForm(SecondStepForm):
    """开启两步验证 while signed in: the password as well, where the account has one."""

    password = PasswordField(_l("当前密码"), validators=[Length(max=PASSWORD_MAX)])


class OwnProofForm(FlaskForm):
    """确认身份: the password, where the account has one."""

    password = PasswordField(_l("当前密码"), validators=[Length(max=PASSWORD_MAX)])


class AddUserForm(RegisterForm):
    """A new account of staff."""

    username = StringField(
        HEADINGS["username"],
        validators=[InputRequired(_l("请输入登录账号")), Length(max=32)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    name = StringField(
        HEADINGS["name"],
        validators=[InputRequired(_l("请输入姓名")), Length(max=40)],
        render_kw={"autocomplete": "off"},
    )


class EditUserForm(RegisterForm):
    """Name and state; the user name never changes, since the trail and people know it."""

    username = StringField(HEADINGS["username"])
    name = StringField(
        HEADINGS["name"], validators=[InputRequired(_l("请输入姓名")), Length(max=40)]
    )
    active = SelectField(HEADINGS["active"], choices=[("1", _l("正常")), ("0", _l("已停用"))])


class ViewAsForm(FlaskForm):
    """以他人身份查看: why."""

    reason = StringField(
        _l("查看原因"),
        validators=[InputRequired(_l("请写明查看原因")), Length(max=200)],
        render_kw={"autocomplete": "off"},
    )


class GrantForm(RegisterForm):
    """用户授权: which roles a person has."""

    username = StringField(HEADINGS["username"])
    roles = SelectMultipleField(HEADINGS["roles"], validate_choice=False)


class RoleForm(RegisterForm):
    """An added role."""

    name = StringField(
        ROLE_HEADINGS["name"], validators=[InputRequired(_l("请输入角色名称")), Length(max=30)]
    )
    permissions = SelectMultipleField(ROLE_HEADINGS["permissions"], validate_choice=False)


def _password(label: object, missing: object, fill: str) -> PasswordField:
    return PasswordField(
        label, validators=[InputRequired(missing)], render_kw={"autocomplete": fill}
    )


class OwnPasswordForm(FlaskForm):
    """修改密码."""

    current = _password(_l("当前密码"), _l("请输入当前密码"), "current-password")
    new = _password(_l("新密码"), _l("请输入新密码"), "new-password")
    repeat = _password(_l("再次输入新密码"), _l("请再次输入新密码"), "new-password")

    def validate(self, extra_validators: object = None) -> bool:
        """Both new ones must be the same."""
        good = bool(super().validate(extra_validators))
        if good and self.new.data != self.repeat.data:
            self.repeat.errors = [str(REFUSALS["password_repeat"])]
            return False
        return good
