"""Words of settings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

REFUSALS = {
    "settings_wrong": _l("有的设置填写不对，请按提示修改"),
    "setting_choice": _l("请从列表中选择"),
}
