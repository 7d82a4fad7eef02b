"""Forms of parks, organisations and memberships."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.features.parks.labels import (
    CLAIM_HEADINGS,
    HEADINGS,
    KIND_WORDS,
    MEMBER_WORDS,
    STATUS_WORDS,
)
from app.features.parks.models import INVITED_ROLES
from app.features.parks.rules import NAME_MAX, PERSON_MAX, REASON_MAX
from app.web.forms import RegisterForm

MISSING = _l("必填，不能为空")


def _organisation() -> StringField:
    """Typed, not picked: every certified company is an organisation, thousands of them."""
    return StringField(
        HEADINGS["organisation"],
        validators=[Length(max=18)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class AddParkForm(RegisterForm):
    """A new park; it begins active."""

    code = StringField(HEADINGS["code"], validators=[InputRequired(MISSING), Length(max=16)])
    name = StringField(HEADINGS["name"], validators=[InputRequired(MISSING), Length(max=NAME_MAX)])
    kind = SelectField(HEADINGS["kind"], choices=list(KIND_WORDS.items()))
    organisation = _organisation()


class EditParkForm(RegisterForm):
    """The code stays: templates and files carry it."""

    code = StringField(HEADINGS["code"])
    name = StringField(HEADINGS["name"], validators=[InputRequired(MISSING), Length(max=NAME_MAX)])
    kind = SelectField(HEADINGS["kind"], choices=list(KIND_WORDS.items()))
    organisation = _organisation()
    status = SelectField(HEADINGS["status"], choices=list(STATUS_WORDS.items()))
    reason = StringField(HEADINGS["reason"], validators=[Length(max=REASON_MAX)])


class OrganisationForm(RegisterForm):
    uscc = StringField(HEADINGS["uscc"], validators=[InputRequired(MISSING), Length(max=18)])
    name = StringField(HEADINGS["name"], validators=[InputRequired(MISSING), Length(max=NAME_MAX)])


class AddMemberForm(RegisterForm):
    username = StringField(
        HEADINGS["username"],
        validators=[InputRequired(MISSING), Length(max=128)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    park_id = SelectField(HEADINGS["park_id"], validate_choice=False)
    role = SelectField(HEADINGS["role"], choices=list(MEMBER_WORDS.items()))


class EditMemberForm(RegisterForm):
    username = StringField(HEADINGS["username"])
    park = StringField(HEADINGS["park"])
    role = SelectField(HEADINGS["role"], choices=list(MEMBER_WORDS.items()))


class InviteForm(FlaskForm):
    """邀请: by mobile number; who holds it answers."""

    phone = StringField(
        HEADINGS["phone"],
        validators=[InputRequired(MISSING), Length(max=40)],
        render_kw={"autocomplete": "off", "inputmode": "tel"},
    )
    name = StringField(
        _l("称呼"), validators=[Length(max=PERSON_MAX)], render_kw={"autocomplete": "off"}
    )
    role = SelectField(
        HEADINGS["role"], choices=[(name, MEMBER_WORDS[name]) for name in INVITED_ROLES]
    )


class RefuseClaimForm(RegisterForm):
    """不予通过, with the reason."""

    reason = StringField(
        CLAIM_HEADINGS["reason"], validators=[InputRequired(MISSING), Length(max=REASON_MAX)]
    )
