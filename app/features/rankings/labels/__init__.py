"""Words of publications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.engines import files, notices
from app.engines.notices import NoticeKind

STATE_WORDS: Mapping[str, Any] = {
    "current": _l("有效"),
    "superseded": _l("已被新版本替代"),
    "withdrawn": _l("已撤回"),
}
KIND_WORDS: Mapping[str, Any] = {"park": _l("园区"), "base": _l("基地")}
#: Why a grade is not that of the total alone (steps of the engine).
STEP_WORDS: Mapping[str, Any] = {
    "gate": _l("未满足基准前提，等级封顶"),
    "rate": _l("有板块得分率不足，不能评为最高等级"),
    "gates": _l("未满足全部基准前提，不能评为最高等级"),
    "major": _l("有情节严重的通报，不能评为最高等级"),
    "quota": _l("最高等级名额已满"),
}
FIELD_WORDS: Mapping[str, Any] = {
    "rank": _l("排名"),
    "final": _l("总分"),
    "grade": _l("等级"),
    "base": _l("基础分"),
    "bonus": _l("加分"),
    "deduction": _l("扣分"),
    "veto": _l("一票否决"),
}
GAP_WORDS: Mapping[str, Any] = {
    "bonus": _l("加分"),
    "deduction": _l("扣分"),
    "limit": _l("总分封顶或取整"),
    "tie": _l("总分相同，按并列规则先后排列"),
}
REFUSALS: Mapping[str, Any] = {
    **files.LABELS,
    "consequence_choose_again": _l("浏览器不保留已选的文件，请重新选择。"),
    "ranking_not_operator": _l("只有平台运营可以公示排名。"),
    "ranking_other_run": _l("计分结果已有变化，请核对最新一次计分后再公示。"),
    "ranking_reason": _l("请写明原因，最多 500 个字。"),
    "ranking_rehearsal": _l("演练的考核不能公示。"),
    "ranking_window_open": _l("公示期到 %(until)s 结束，之后才能确认。"),
    "consequence_changed": _l("这一项已办结或已有变化，请查看现在的内容。"),
    "consequence_incomplete": _l("有内容需要先修改，已标在对应的项上。"),
    "consequence_outcome": _l("请选择办理结果。"),
    "consequence_report": _l("请选择整改报告。"),
    "consequence_no_report": _l("这一项不需要提交整改报告。"),
    "consequence_note": _l("请写明办理说明，最多 500 个字。"),
    "round_state": _l("考核的状态已有变化，请查看现在的状态。"),
    "objections_open": _l("还有未答复的异议，答复后才能确认。"),
    "objections_uncorrected": _l("有异议成立而尚未更正，发布更正版本后才能确认。"),
    "ranking_grade_open": _l("还有等级调整待复核，请先同意、不同意或撤回，再公示。"),
    "ranking_being_corrected": _l("有填报正在重新审核，审核完成并重新计分后才能发布更正版本。"),
    "ranking_second_person": _l("更正版本须由重新计分的人以外的另一人发布。"),
    "verify_too_often": _l("查询过于频繁，请 %(minutes)s 分钟后再试。"),
}
CONSEQUENCE_WORDS: Mapping[str, Any] = {
    "rectify": _l("限期整改"),
    "title": _l("取消称号待核"),
    "other": _l("其他处理"),
}
OUTCOME_WORDS: Mapping[str, Any] = {
    "passed": _l("整改通过"),
    "failed": _l("整改未通过"),
    "kept": _l("保留称号"),
    "revoked": _l("取消称号"),
    "done": _l("已办结"),
}
CONSEQUENCE_HEADINGS: Mapping[str, Any] = {
    "park": _l("园区/基地"),
    "round": _l("考核"),
    "kind": _l("处理类别"),
    "words": _l("处理内容"),
    "grade": _l("等级"),
    "why": _l("依据"),
    "made_at": _l("生成时间"),
    "due_on": _l("办理期限"),
    "outcome": _l("办理结果"),
    "note": _l("办理说明"),
    "closed_at": _l("办结时间"),
    "reported_at": _l("整改报告提交时间"),
    "park_report": _l("园区提交的整改报告"),
    "park_note": _l("园区说明"),
    "report": _l("整改报告或决定文件"),
    "late": _l("期限"),
}
ACTS: Mapping[str, Any] = {
    "ranking.consequence": _l("考核结果处理"),
    "ranking.consequence_reported": _l("提交整改报告"),
    "ranking.consequence_closed": _l("考核结果处理办结"),
    "ranking.consequence_reopened": _l("考核结果重新办理"),
    "ranking.consequences_exported": _l("导出考核结果处理"),
    "ranking.published": _l("公示考核排名"),
    "ranking.withdrawn": _l("撤回考核排名"),
    "ranking.shown": _l("向公众公开排名"),
    "ranking.hidden": _l("停止向公众公开排名"),
    "ranking.confirmed": _l("确认考核结果"),
    "ranking.archived": _l("考核归档"),
}

notices.kinds(
    NoticeKind(
        "ranking.published",
        _l("考核排名公示"),
        _l("“%(round)s”的排名已公示，本园区第 %(rank)s 名，公示期到 %(until)s，期内可提出异议。"),
        right="can_index on RankingView",
        fixed=True,
    ),
    NoticeKind(
        "ranking.corrected",
        _l("考核排名更正"),
        _l("“%(round)s”的排名发布了第 %(number)s 版，本园区有变化，现为第 %(rank)s 名，请查看。"),
        right="can_index on RankingView",
        fixed=True,
    ),
    NoticeKind(
        "ranking.withdrawn",
        _l("考核排名撤回"),
        _l("“%(round)s”第 %(number)s 版排名的公示已撤回，不再有效。撤回的原因：%(reason)s"),
        right="can_index on RankingView",
        fixed=True,
    ),
    NoticeKind(
        "ranking.consequence",
        _l("考核结果处理"),
        _l("“%(round)s”结果已确认，本园区“%(what)s”，办理期限到 %(until)s。"),
        right="can_list on ConsequenceView",
        fixed=True,
    ),
    NoticeKind(
        "ranking.consequence_reported",
        _l("收到整改报告"),
        _l("“%(park)s”提交了“%(round)s”的“%(what)s”报告，请核实后办结。"),
        right="can_close on ConsequenceView",
    ),
    NoticeKind(
        "ranking.consequence_closed",
        _l("考核结果处理办结"),
        _l("“%(round)s”的“%(what)s”已办结，请查看结果。"),
        right="can_list on ConsequenceView",
        fixed=True,
    ),
    NoticeKind(
        "ranking.consequence_reopened",
        _l("考核结果重新办理"),
        _l("“%(round)s”的“%(what)s”重新办理，原因：%(reason)s"),
        right="can_list on ConsequenceView",
        fixed=True,
    ),
)
