"""Words of the calendar of working days."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.engines import recycling

REFUSALS = {
    "calendar_day_taken": _l("这一天已登记，请修改原有的一条"),
    "calendar_day_range": _l("请填写 2000 年至 2099 年之间的日期"),
    "calendar_day_same": _l("这一天本来就是如此，无需登记"),
    "calendar_name_long": _l("不能超过 40 个字"),
}
ACTS = {
    "calendar.added": _l("登记调休日"),
    "calendar.changed": _l("修改调休日"),
    "calendar.deleted": _l("删除调休日"),
    "calendar.restored": _l("恢复调休日"),
    **recycling.ACTS,
}
