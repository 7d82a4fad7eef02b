"""Forms of sign-in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.features.accounts.rules import PASSWORD_MAX


class PasswordSignInForm(FlaskForm):
    """账号登录."""

    username = StringField(
        _l("登录账号"), validators=[InputRequired(_l("请输入登录账号")), Length(max=128)]
    )
    password = PasswordField(
        _l("密码"), validators=[InputRequired(_l("请输入密码")), Length(max=PASSWORD_MAX)]
    )
