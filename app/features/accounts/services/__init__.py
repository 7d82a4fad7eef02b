"""Every write on people and roles."""

from __future__ import annotations

from app.features.accounts.services.codes import Asked, forget_old, mobile
from app.features.accounts.services.codes import send as send_code
from app.features.accounts.services.codes import spend as spend_code
from app.features.accounts.services.own import (
    cancel_account,
    change_own_account,
    change_phone,
    note_export,
    own_facts,
    phone_number,
)
from app.features.accounts.services.passwords import (
    Issued,
    change_own_password,
    own_password_fault,
    reset_password,
)
from app.features.accounts.services.people import add_staff, change, create_user, set_active
from app.features.accounts.services.roles import (
    add_role,
    change_role,
    delete_role,
    follow_parks,
    set_roles,
)
from app.features.accounts.services.second_factor import reset_second_factor
from app.features.accounts.services.sessions import (
    end_own_others,
    end_own_session,
    force_out,
    sessions_ended_by,
)
from app.features.accounts.services.sign_in import (
    Caller,
    SignIn,
    name_hash,
    sign_in_by_password,
    sign_out,
)
from app.features.accounts.services.tokens import (
    MadeToken,
    Wanted,
    end_own_token,
    end_token,
    make_token,
)
from app.features.accounts.services.view_as import begin_view, end_view, view_over
from app.features.accounts.services.ways_in import back as trip_back
from app.features.accounts.services.ways_in import (
    bind,
    bind_phone,
    enter,
    enter_by_phone,
    unbind,
)
from app.features.accounts.services.withdrawal import authorisation_changed

__all__ = [
    "Asked",
    "Caller",
    "Issued",
    "MadeToken",
    "SignIn",
    "Wanted",
    "add_role",
    "add_staff",
    "authorisation_changed",
    "begin_view",
    "bind",
    "bind_phone",
    "cancel_account",
    "change",
    "change_own_account",
    "change_own_password",
    "change_phone",
    "change_role",
    "create_user",
    "delete_role",
    "end_own_others",
    "end_own_session",
    "end_own_token",
    "end_token",
    "end_view",
    "enter",
    "enter_by_phone",
    "follow_parks",
    "force_out",
    "forget_old",
    "make_token",
    "mobile",
    "name_hash",
    "note_export",
    "own_facts",
    "own_password_fault",
    "phone_number",
    "reset_password",
    "reset_second_factor",
    "send_code",
    "sessions_ended_by",
    "set_active",
    "set_roles",
    "sign_in_by_password",
    "sign_out",
    "spend_code",
    "trip_back",
    "unbind",
    "view_over",
    "withdraw",
]
