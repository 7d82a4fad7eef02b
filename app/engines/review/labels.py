"""Words of the review loop."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.engines import notices
from app.engines.review.difference import Change
from app.engines.review.rules import Act, State

STATE_WORDS = {
    State.draft: lazy_pgettext("review", "草稿"),
    State.submitted: lazy_pgettext("review", "待审核"),
    State.picked: lazy_pgettext("review", "审核中"),
    State.returned: lazy_pgettext("review", "退回修改"),
    State.passed: lazy_pgettext("review", "已通过"),
    State.refused: lazy_pgettext("review", "不予通过"),
    State.discarded: lazy_pgettext("review", "已放弃"),
    State.revoked: lazy_pgettext("review", "已撤销"),
}
STATE_DOTS = {
    State.draft: "muted",
    State.submitted: "warning",
    State.picked: "primary",
    State.returned: "warning",
    State.passed: "success",
    State.refused: "danger",
    State.discarded: "muted",
    State.revoked: "danger",
}
ACT_WORDS = {
    "begin": lazy_pgettext("review act", "开始编辑"),
    Act.save: lazy_pgettext("review act", "保存"),
    Act.submit: lazy_pgettext("review act", "提交"),
    Act.withdraw: lazy_pgettext("review act", "撤回"),
    Act.discard: lazy_pgettext("review act", "放弃草稿"),
    Act.pick: lazy_pgettext("review act", "领取"),
    Act.release: lazy_pgettext("review act", "放回"),
    Act.approve: lazy_pgettext("review act", "通过"),
    Act.send_back: lazy_pgettext("review act", "退回修改"),
    Act.refuse: lazy_pgettext("review act", "不予通过"),
    Act.revoke: lazy_pgettext("review act", "撤销"),
}
CHANGE_WORDS = {
    Change.same: _l("无变化"),
    Change.changed: _l("变更"),
    Change.added: _l("新增"),
    Change.emptied: _l("清空"),
}
#: Words of refusals: why an act is not open.
REFUSALS = {
    "review_not_author": _l("您没有编辑它的权限"),
    "review_not_reviewer": _l("您没有审核权限"),
    "review_not_zone": _l("只有平台运营可以撤销"),
    "review_state": _l("它的状态已经改变，不能再这样操作，请刷新页面"),
    "review_not_in_force": _l("它已不是当前生效的版本"),
    "review_own": _l("不能审核自己编写或提交的内容，请由其他人审核"),
    "review_earlier_stage": _l("您已在前一环节审核过，本环节须由其他人审核"),
    "review_held": _l("另一位审核员正在审核，请稍候，或请其放回"),
    "review_not_yours": _l("它由另一位审核员领取，只有本人可以放回"),
    "review_draft_there": _l(
        "已有一份尚未提交的草稿（%(names)s）。连同草稿一起提交，请给出 submit: true；"
        "只存入草稿，请给出 submit: false。"
    ),
    "review_locked": _l("本次退回未要求修改此项，不能改动"),
    "review_not_mended": _l("退回时要求修改此项，内容还没有变化"),
    "review_unknown_field": _l("没有这个字段：%(name)s"),
    "review_reason_missing": _l("请写明原因"),
    "review_reason_long": _l("原因不能超过 500 个字"),
}
notices.kinds(
    notices.NoticeKind(
        "review.approved",
        lazy_pgettext("notice", "审核通过"),
        _l("“%(title)s”已通过审核，已生效。"),
    ),
    notices.NoticeKind(
        "review.returned",
        lazy_pgettext("notice", "退回修改"),
        _l("“%(title)s”被退回修改：%(reason)s"),
        fixed=True,
    ),
    notices.NoticeKind(
        "review.refused",
        lazy_pgettext("notice", "不予通过"),
        _l("“%(title)s”不予通过：%(reason)s"),
        fixed=True,
    ),
    notices.NoticeKind(
        "review.revoked",
        lazy_pgettext("notice", "撤销"),
        _l("“%(title)s”已被撤销：%(reason)s"),
        fixed=True,
    ),
)
#: Titles of trail entries.
ACTS = {f"review.{act}": ACT_WORDS[act] for act in Act}
