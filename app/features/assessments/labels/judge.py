"""Words of review, panel, findings and scoring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.engines import notices

JUDGE_REFUSALS: Mapping[str, Any] = {
    "filing_being_corrected": _l("园区正在补正，补正期满后才能直接审核。"),
    "review_changed": _l("您打开后，这份填报已有变化。请核对现在的内容再操作。"),
    "review_not_assigned": _l("这一部分已分配给其他审核员。"),
    "review_taken_by_other": _l("这份填报由其他审核员领取，由其本人或负责人结束审核。"),
    "verdict_stale": _l("您打开后，这一项已由他人处理。下面是现在的结果。"),
    "verdict_reason": _l("请写明原因。"),
    "verdict_reason_long": _l("原因最多 500 个字。"),
    "verdict_not_parks": _l("这一项不是园区填报的，不能退回；请直接核定。"),
    "verdict_nothing_taken": _l("这一项还没有数据，请直接核定。"),
    "verdict_same_value": _l("核定值与填报值相同，请选择通过。"),
    "value_not_judged": _l("这一项由系统计算，不需要审核。"),
    "document_missing": _l("请选择依据文件。"),
    "document_title": _l("请填写文件名称，最多 200 个字。"),
    "assign_reviewer": _l("请选择一位审核员。"),
    "assign_what": _l("请选择园区/基地或板块。"),
    "round_not_lead": _l("只有本轮考核的负责人或平台运营可以这样做。"),
    "run_not_allowed": _l("您没有计分的权限。"),
    "run_unjudged": _l("还有 %(number)s 份填报没有审核完，只能预计分。"),
    "run_panel_open": _l("专家评审还没有结束，只能预计分。"),
    "run_not_judged_again": _l("成立的异议涉及的数据还没有重新核定，核定后才能重新计分。"),
    "run_nothing_upheld": _l("排名已公示，只有异议成立并待更正时才能重新计分。"),
    "correction_not_objected": _l("排名已公示，只能重新审核异议成立所涉及的项。"),
    "correction_no_return": _l("排名已公示，不能再退回园区补正，请直接核定。"),
    "correction_own_verdict": _l("您审核过这一项，异议成立后须由另一人重新审核。"),
    "run_missing": _l("还没有正式计分，不能调整等级。"),
    "panel_not_expert": _l("只有评审专家可以评分。"),
    "panel_closed": _l("专家评审已结束。"),
    "panel_still_open": _l("专家评审还没有结束。"),
    "panel_scored": _l("已有计分用到这些评分。请先把考核退回审核，再重新开放评审。"),
    "panel_handed_in": _l("您已提交评分。如需修改，请先收回。"),
    "panel_incomplete": _l("还有 %(number)s 项没有评分，也没有选择回避。"),
    "panel_too_few": _l("有 %(number)s 项的评分不足最少人数，还不能结束。"),
    "panel_unscored": _l("因有专家回避，%(number)s 项结束后没有得分，请核对后再次确认结束。"),
    "panel_expert": _l("请选择评审专家。"),
    "panel_has_marked": _l("这位专家已经评过分，不能移出。"),
    "panel_no_experts": _l("本轮方案没有需要专家评分的指标。"),
    "mark_moved": _l("这一项已另有评分；如要改为您刚填的，请再保存一次。"),
    "marks_wrong": _l("有 %(number)s 项没有保存，也没有提交；填写的内容都在，请改正。"),
    "mark_indicator": _l("这一项不需要专家评分。"),
    "mark_filing": _l("这个园区/基地不在评分范围内。"),
    "abstain_reason": _l("回避请写明原因。"),
    "finding_not_operator": _l("只有平台运营可以设定否决和调整等级。"),
    "park_unchosen": _l("请选择园区/基地。"),
    "veto_unchosen": _l("请选择否决情形。"),
    "grade_unchosen": _l("请选择等级。"),
    "veto_unknown": _l("方案中没有这一否决项，或由系统设定。"),
    "veto_there": _l("这个园区/基地已有否决。"),
    "veto_lifted": _l("这一否决已经解除。"),
    "grade_unknown": _l("方案中没有这一等级。"),
    "grade_same": _l("与计算的等级相同，不需要调整。"),
    "override_open": _l("这个园区/基地已有待复核的等级调整。"),
    "override_decided": _l("这一调整已有结论。"),
    "override_own": _l("须由另一位平台运营复核。"),
    "override_not_own": _l("只有提出的人可以撤回。"),
}
JUDGE_ACTS: Mapping[str, Any] = {
    "assessment.filing_take": _l("领取填报审核"),
    "assessment.value_judged": _l("审核填报项"),
    "assessment.filing_give_back": _l("退回填报补正"),
    "assessment.filing_finish": _l("完成填报审核"),
    "assessment.filing_reopen": _l("重新打开填报审核"),
    "assessment.task_given": _l("分配审核任务"),
    "assessment.task_taken_away": _l("取消审核任务"),
    "assessment.round_score": _l("正式计分"),
    "assessment.round_previewed": _l("预计分"),
    "assessment.round_reopen": _l("考核退回审核"),
    "assessment.panel_named": _l("调整评审专家"),
    "assessment.marked": _l("专家评分"),
    "assessment.marks_handed_in": _l("提交专家评分"),
    "assessment.marks_taken_back": _l("收回专家评分"),
    "assessment.panel_closed": _l("结束专家评审"),
    "assessment.panel_reopened": _l("重新开放专家评审"),
    "assessment.veto_set": _l("设定一票否决"),
    "assessment.veto_lifted": _l("解除一票否决"),
    "assessment.grade_proposed": _l("提出等级调整"),
    "assessment.grade_approved": _l("同意等级调整"),
    "assessment.grade_refused": _l("不同意等级调整"),
    "assessment.grade_withdrawn": _l("撤回等级调整"),
}
JUDGE_OBJECTS: Mapping[str, Any] = {
    "assessment_round": _l("考核"),
    "assessment_filing": _l("考核填报"),
    "assessment_scheme_version": _l("考核方案"),
    "assessment_document": _l("依据文件"),
}
JOB_WORDS: dict[str, Any] = {
    "run_done": _l("第 %(number)s 次计分已完成。"),
    **{
        code: JUDGE_REFUSALS[code]
        for code in ("run_unjudged", "run_not_judged_again", "run_panel_open", "run_nothing_upheld")
    },
}
OVERRIDE_WORDS: Mapping[str, Any] = {
    "proposed": _l("待复核"),
    "approved": _l("已同意"),
    "refused": _l("不同意"),
    "withdrawn": _l("已撤回"),
}
notices.kinds(
    notices.NoticeKind(
        "assessment.returned",
        _l("考核填报需要补正"),
        _l("“%(round)s”的填报有 %(items)s 项被退回，请在 %(until)s 前补正并重新提交。"),
        right="can_fill on FilingView",
    ),
    notices.NoticeKind(
        "assessment.panel",
        _l("请您评分"),
        _l("您已被列入“%(round)s”的评审专家，请登录平台评分。"),
        right="can_mark on PanelView",
    ),
    notices.NoticeKind(
        "assessment.grade_proposed",
        _l("等级调整待复核"),
        _l("“%(round)s”中“%(park)s”的等级调整已提出，须由另一位平台运营复核。"),
        right="can_decide on ScoringView",
    ),
    notices.NoticeKind(
        "assessment.panel_reopened",
        _l("专家评审重新开放"),
        _l("“%(round)s”的专家评审重新开放，原因：%(reason)s。您的评分仍然保留，可以收回修改。"),
        right="can_mark on PanelView",
    ),
)
STATE_DOTS: Mapping[str, str] = {
    "draft": "muted",
    "submitted": "warning",
    "taken": "info",
    "returned": "danger",
    "reviewed": "success",
}
OWNER_WORDS: Mapping[str, Any] = {"platform": _l("平台数据"), "authority": _l("主管部门数据")}
CHANGE_WORDS: Mapping[str, Any] = {
    "declared": _l("填报"),
    "restored": _l("恢复原值"),
    "taken": _l("平台取数"),
    "disputed": _l("提出异议说明"),
    "explained": _l("填写说明"),
    "verified": _l("录入"),
    "passed": _l("通过"),
    "corrected": _l("核定"),
    "returned": _l("退回"),
    "opened": _l("重新待审"),
}
QUEUE_HEADINGS: Mapping[str, Any] = {
    "park": _l("园区/基地"),
    "round": _l("考核"),
    "submitted_at": _l("提交时间"),
    "waited": _l("已等待"),
    "times": _l("提交次数"),
    "late_days": _l("逾期工作日"),
    "taken": _l("审核员"),
    "state": _l("状态"),
    "mine": _l("分配"),
}
MINE_WORDS: Mapping[str, Any] = {"mine": _l("由我审核"), "nobody": _l("无人领取")}
GRADE_STEP_WORDS: Mapping[str, Any] = {
    "gate": _l("基准前提未达到，等级受限"),
    "rate": _l("有板块的得分率不够"),
    "gates": _l("基准前提未全部达到"),
    "major": _l("有情节严重的通报"),
    "quota": _l("优秀名额已满"),
}
