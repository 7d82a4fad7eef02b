"""Words of settings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

REFUSALS = {
    "settings_wrong": _l("有的设置填写不对，请按提示修改"),
    "setting_choice": _l("请从列表中选择"),
    "setting_long": _l("内容过长，请精简"),
    "setting_colour": _l("请填写 #RRGGBB 形式的颜色"),
    "setting_contrast": _l("颜色太浅：与白色的对比度须不低于 4.5:1"),
    "setting_link": _l("请填写以 https:// 开头的网址"),
    "setting_links": _l("每行写“文字 | 网址”，网址以 / 或 https:// 开头，最多 12 行"),
    "setting_number": _l("请填写 1–60 的整数"),
    "setting_bin_days": _l("请填写 0，或 30–3650 的整数"),
}
