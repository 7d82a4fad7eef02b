"""Every write on people and roles."""

from __future__ import annotations

from app.features.accounts.services.passwords import (
    Issued,
    change_own_password,
    reset_password,
)
from app.features.accounts.services.people import add_staff, change, create_user, set_active
from app.features.accounts.services.roles import add_role, change_role, delete_role, set_roles
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

__all__ = [
    "Caller",
    "Issued",
    "SignIn",
    "add_role",
    "add_staff",
    "change",
    "change_own_password",
    "change_role",
    "create_user",
    "delete_role",
    "end_own_others",
    "end_own_session",
    "force_out",
    "name_hash",
    "reset_password",
    "sessions_ended_by",
    "set_active",
    "set_roles",
    "sign_in_by_password",
    "sign_out",
]
