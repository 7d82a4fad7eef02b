"""Words of 迁园: states, refusals, notices, acts of the trail."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.engines import notices

MOVE_WORDS = {
    "asked": _l("待同意"),
    "agreed": _l("已同意，待生效"),
    "done": _l("已迁园"),
    "declined": _l("未获同意"),
    "taken_back": _l("已撤回"),
    "expired": _l("逾期未答复"),
    "stopped": _l("未能生效"),
    "undone": _l("已撤销"),
}
MOVE_DOTS = {
    "asked": "warning",
    "agreed": "info",
    "done": "success",
    "declined": "danger",
    "taken_back": "muted",
    "expired": "muted",
    "stopped": "danger",
    "undone": "muted",
}
MOVE_HEADINGS: dict[str, Any] = {
    "name": _l("企业名称"),
    "uscc": _l("统一社会信用代码"),
    "from_park_id": _l("迁出园区/基地"),
    "to_park_id": _l("迁入园区/基地"),
    "effective_on": _l("迁园生效日期"),
    "reason": _l("迁园原因"),
    "asked_by": _l("申请方"),
    "asked_at": _l("申请时间"),
    "state": _l("状态"),
    "from_ok_at": _l("迁出方同意时间"),
    "to_ok_at": _l("迁入方同意时间"),
    "answer": _l("答复说明"),
    "done_at": _l("完成时间"),
    "record": _l("企业档案"),
}
MOVE_REFUSALS: dict[str, Any] = {
    "required": _l("必填，不能为空"),
    "bad_code": _l("统一社会信用代码校验不符，请核对营业执照；确属特例的由平台运营人工核验"),
    "move_not_ours": _l("迁出方和迁入方中须有一方是本园区/基地"),
    "move_no_park": _l("没有这个园区/基地，或已暂停"),
    "move_same_park": _l("迁出和迁入不能是同一个园区/基地"),
    "move_long": _l("内容过长，请精简"),
    "move_day": _l("生效日期须在今天起 180 天内"),
    "move_not_held": _l("迁出园区/基地没有该代码的在册企业，请核对"),
    "move_taken": _l("迁入园区/基地已有该代码的企业（含已迁出的档案），不能迁入"),
    "move_open": _l("该企业已有进行中的迁园申请"),
    "move_too_many": _l("进行中或今天提出的迁园申请过多，请待答复后再提"),
    "move_over": _l("这项迁园申请已有结果，请刷新页面"),
    "move_not_yours": _l("这一步由对方园区/基地操作"),
    "move_gone": _l("该企业的档案已有变化（已删除、已迁出或代码已改），不能迁园"),
    "move_not_now": _l("对方园区/基地目前不能办理该企业的迁园，请与平台运营联系"),
    "move_counted": _l("有考核轮次将统计该企业，取数后才能迁园"),
    "move_objected": _l("本园区有办理中的异议，办结后才能迁园"),
    "move_reason": _l("请写明原因"),
    "move_undo_late": _l("迁园已超过 30 天，不能撤销"),
    "move_undo_changed": _l("迁园后两边的档案已有变化，不能撤销；可以另行申请迁回"),
}
MOVE_ACTS = {
    "enterprise_move.asked": _l("申请迁园"),
    "enterprise_move.consented": _l("同意迁园"),
    "enterprise_move.declined": _l("不同意迁园"),
    "enterprise_move.taken_back": _l("撤回迁园申请"),
    "enterprise_move.expired": _l("迁园申请逾期"),
    "enterprise_move.stopped": _l("迁园未能生效"),
    "enterprise_move.undone": _l("撤销迁园"),
    "enterprise_move.forgotten": _l("清除迁园留存的原值"),
    "enterprise.moved_out": _l("企业迁出"),
    "enterprise.moved_in": _l("企业迁入"),
    "enterprise.move_undone": _l("撤销企业迁园"),
}

RIGHT = "can_list on EnterpriseMoveView"
notices.kinds(
    notices.NoticeKind(
        "enterprise_move.asked",
        _l("收到迁园申请"),
        _l("申请将“%(name)s”由“%(from)s”迁入“%(to)s”，请答复是否同意。"),
        fixed=True,
        right=RIGHT,
    ),
    notices.NoticeKind(
        "enterprise_move.agreed",
        _l("迁园已同意"),
        _l("“%(name)s”由“%(from)s”迁入“%(to)s”已获同意，到期自动生效。"),
        right=RIGHT,
    ),
    notices.NoticeKind(
        "enterprise_move.declined",
        _l("迁园未获同意"),
        _l("“%(name)s”由“%(from)s”迁入“%(to)s”未获同意。原因：%(reason)s"),
        right=RIGHT,
    ),
    notices.NoticeKind(
        "enterprise_move.done",
        _l("迁园完成"),
        _l("“%(name)s”已由“%(from)s”迁入“%(to)s”。"),
        right=RIGHT,
    ),
    notices.NoticeKind(
        "enterprise_move.stopped",
        _l("迁园未能生效"),
        _l("“%(name)s”由“%(from)s”迁入“%(to)s”未能生效，请与平台运营联系。"),
        right=RIGHT,
    ),
    notices.NoticeKind(
        "enterprise_move.undone",
        _l("迁园已撤销"),
        _l("平台运营已撤销“%(name)s”由“%(from)s”迁入“%(to)s”。原因：%(reason)s"),
        right=RIGHT,
    ),
)
