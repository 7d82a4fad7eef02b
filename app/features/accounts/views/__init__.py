"""Pages of sign-in, one's own account, accounts and roles."""

from __future__ import annotations

from app.features.accounts.views.browser import FIRST, hold_until_proven
from app.features.accounts.views.card import (
    locked_card,
    roles_held_chart,
    ungranted_card,
    users_card,
    users_chart,
)
from app.features.accounts.views.grants import GrantView
from app.features.accounts.views.own import DevicesView, OwnPasswordView, hold_until_changed
from app.features.accounts.views.own_proof import OwnProofView
from app.features.accounts.views.own_second import OwnSecondStepView
from app.features.accounts.views.roles import RoleView
from app.features.accounts.views.second_step import SecondStepView
from app.features.accounts.views.sign_in import AuthView
from app.features.accounts.views.tokens import OwnTokensView, TokenView
from app.features.accounts.views.users import UserView
from app.features.accounts.views.view_as import ViewAsView
from app.features.accounts.views.ways_in import WaysInView
from app.features.accounts.views.wechat_events import WechatEventView

__all__ = [
    "FIRST",
    "AuthView",
    "DevicesView",
    "GrantView",
    "OwnPasswordView",
    "OwnProofView",
    "OwnSecondStepView",
    "OwnTokensView",
    "RoleView",
    "SecondStepView",
    "TokenView",
    "UserView",
    "ViewAsView",
    "WaysInView",
    "WechatEventView",
    "hold_until_changed",
    "hold_until_proven",
    "locked_card",
    "roles_held_chart",
    "ungranted_card",
    "users_card",
    "users_chart",
]
