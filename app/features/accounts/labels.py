"""Words for roles and refusals of sign-in and account administration."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.features.accounts.rules import Role

ROLE_TITLES = {
    Role.enterprise_user: _l("企业用户"),
    Role.park_admin: _l("园区/基地管理员"),
    Role.park_clerk: _l("园区数据专员"),
    Role.reviewer: _l("审核员"),
    Role.expert: _l("评审专家"),
    Role.operator: _l("平台运营"),
    Role.sysadmin: _l("系统管理员"),
    Role.secadmin: _l("安全管理员"),
    Role.auditor: _l("审计管理员"),
}

REFUSALS = {
    "wrong": _l("用户名或密码不正确"),
    "locked": _l("连续输错次数过多，请 15 分钟后再试"),
    "address_locked": _l("当前网络尝试次数过多，请 15 分钟后再试"),
    "username_taken": _l("该登录账号已被使用，请换一个"),
}
