"""Words that every page of assessment shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.features.assessments.rules import form

STATE_WORDS: Mapping[str, Any] = {
    "draft": _l("填报中"),
    "submitted": _l("已提交"),
    "taken": _l("审核中"),
    "returned": _l("待补正"),
    "reviewed": _l("审核完成"),
}
PHASE_WORDS: Mapping[str, Any] = {
    "before": _l("未开始"),
    "filling": _l("填报期"),
    "late": _l("补填期"),
    "correcting": _l("补正期"),
    "over": _l("已截止"),
}
VERDICT_WORDS: Mapping[str, Any] = {
    "open": _l("待审核"),
    "passed": _l("通过"),
    "corrected": _l("已核定"),
    "returned": _l("退回"),
}
#: What the register says of an enterprise that a round will count.
COUNTED_IN = _l("尚未取数、将计入该企业的考核轮次")
ROUND_WORDS: Mapping[str, Any] = {
    "draft": _l("草稿"),
    "planned": _l("待开始"),
    "open": _l("填报中"),
    "closed": _l("审核评分"),
    "provisional": _l("已计分"),
    "publicized": _l("公示中"),
    "confirmed": _l("已确认"),
    "archived": _l("已归档"),
    "cancelled": _l("已取消"),
}
SECTION_WORDS: Mapping[str, Any] = {
    form.BONUS: _l("加分项"),
    form.DEDUCTIONS: _l("扣分项"),
    form.OTHER: _l("其他数据"),
}
SOURCE_WORDS: Mapping[str, Any] = {
    "enterprise_register": _l("企业管理：期末在园且有跨境电商角色的企业"),
    "enterprises_filed": _l("企业管理：其中已在平台备案的企业"),
    "settlement_landed": _l("入驻申请：期内已落地且有合同或执照的"),
    "applications_closed": _l("入驻申请：期内已办结的"),
    "applications_landed": _l("入驻申请：其中已落地的"),
    "news_approved": _l("新闻资讯：期内审核通过的"),
    "months_operating": _l("园区信息：开园至期末的月数"),
    "mismatch_rate": _l("申报值与核定值不一致项占比"),
    "late_days": _l("逾期补填的工作日数"),
    "returns": _l("第 2 次起的退回次数"),
}
#: What is wrong with what somebody typed; ``%(…)s`` are the parameters of ``rules.typed.Wrong``.
TYPED_WORDS: Mapping[str, Any] = {
    "number_text": _l("请填写数字，例如 1234.56"),
    "mark_text": _l("请填写 0 至 %(most)s 的数字，例如 %(example)s"),
    "number_text_whole": _l("请填写整数，例如 1234"),
    "number_exponent": _l("请写出完整的数字，不要用科学计数法"),
    "number_percent": _l("这一项不是百分数，请去掉“%%”"),
    "number_digits": _l("数字最多 %(most)s 位"),
    "number_whole": _l("请填写整数"),
    "number_decimals": _l("最多 %(digits)s 位小数"),
    "number_minimum": _l("不能小于 %(minimum)s"),
    "number_maximum": _l("不能大于 %(maximum)s"),
    "count_whole": _l("次数或家数请填写不小于 0 的整数"),
    "option_unknown": _l("请从列出的选项中选择"),
    "text_long": _l("最多 %(most)s 个字"),
    "value_shape": _l("无法识别填写的内容，请刷新页面后重新填写"),
}
REFUSALS: Mapping[str, Any] = {
    "filing_not_park": _l("只有本园区的人员可以填报。"),
    "filing_not_reviewer": _l("只有审核员可以审核。"),
    "filing_not_lead": _l("只有本轮考核的负责人可以重新打开。"),
    "filing_state": _l("填报的状态已有变化，请查看现在的状态。"),
    "filing_changed": _l("您打开后，填报内容已有变化。请核对现在的内容再提交。"),
    "filing_was_returned": _l("已被退回过的填报不能撤回，请联系审核员。"),
    "filing_window_before": _l("填报还没有开始。"),
    "filing_window_over": _l("填报时间已过。您填写的内容都已保留；如需延期，请联系平台运营。"),
    "filing_own": _l("您填写过这份填报，不能由您审核。"),
    "filing_nothing_returned": _l("还没有退回任何一项，请先逐项选择退回并写明原因。"),
    "filing_corrections_over": _l("退回次数已达上限，请直接核定。"),
    "filing_items_open": _l("还有未审核的项。"),
    "filing_items_returned": _l("还有退回的项，请先退回补正。"),
    "filing_incomplete": _l("有内容需要先修改，已标在对应的项上。"),
    "filing_empty": _l("还没有填写任何一项，不能提交。"),
    "round_closed": _l("本轮考核已不再接受这一操作。"),
    "round_state": _l("考核的状态已有变化，请查看现在的状态。"),
    "round_not_operator": _l("只有平台运营可以管理考核。"),
    "round_without_parks": _l("请先选择参加考核的园区/基地。"),
    "park_not_there": _l("所选的园区/基地已不存在。"),
    "required": _l("请填写这一项。"),
    "period_backwards": _l("期末不能早于期初。"),
    "cut_off_before_period_ends": _l("数据截止日不能早于期末。"),
    "cut_off_after_fill": _l("数据截止日不能晚于填报截止日：园区提交时应能看到平台数据。"),
    "fill_before_opening": _l("填报截止日不能早于开始日。"),
    "late_before_fill": _l("补填截止日不能早于填报截止日。"),
    "review_before_late": _l("审核截止日不能早于补填截止日。"),
    "value_unknown": _l("本轮考核没有这一项。"),
    "value_locked": _l("这一项由平台或主管部门提供，不能修改；如有异议请填写说明。"),
    "value_not_returned": _l("只能修改被退回的项。"),
    "unread_long": _l("内容太长，没有保存。请改成所要求的内容，最多 %(most)s 个字。"),
    "value_unread": _l("请先改正这一项的内容。"),
    "check_fails": _l("与其他数据矛盾，请核对。"),
    "scheme_code": _l("请填写方案编码，最多 40 个字符。"),
    "scheme_name": _l("请填写方案名称，最多 120 个字。"),
    "scheme_code_taken": _l("方案编码已被使用。"),
    "scheme_draft_there": _l("这个方案已有一个草稿，请继续编辑它。"),
    "scheme_frozen": _l("已被考核使用的方案不能修改，请另建新版本。"),
    "scheme_faulty": _l("方案还有错误，改正后才能使用。"),
    "scheme_not_operator": _l("只有平台运营可以管理考核方案。"),
}
ACTS: Mapping[str, Any] = {
    "assessment.scheme_drafted": _l("新建方案草稿"),
    "assessment.scheme_changed": _l("修改方案草稿"),
    "assessment.scheme_frozen": _l("启用方案版本"),
    "assessment.round_created": _l("新建考核"),
    "assessment.round_changed": _l("修改考核"),
    "assessment.parks_chosen": _l("选择参加考核的园区/基地"),
    "assessment.round_plan": _l("发布考核"),
    "assessment.round_recall": _l("收回考核"),
    "assessment.round_open": _l("考核开始填报"),
    "assessment.round_close": _l("考核填报截止"),
    "assessment.filing_submit": _l("提交填报"),
    "assessment.filing_withdraw": _l("撤回填报"),
}
