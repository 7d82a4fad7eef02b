"""Words of the scheme language: parts, fields, rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

SCHEME_HEADINGS: Mapping[str, Any] = {
    "code": _l("方案编码"),
    "name": _l("方案名称"),
    "versions": _l("版本"),
    "state": _l("状态"),
    "updated_at": _l("更新时间"),
}
VERSION_STATES: Mapping[str, Any] = {"draft": _l("草稿"), "frozen": _l("已启用")}
VERSION_DOTS = {"draft": "muted", "frozen": "success"}
PARTS: Mapping[str, Any] = {
    "template": _l("基本信息"),
    "indicators": _l("一级指标"),
    "children": _l("二级指标"),
    "bonus": _l("加分项"),
    "deductions": _l("扣分项"),
    "data_items": _l("数据项"),
    "gates": _l("前提条件"),
    "vetoes": _l("一票否决"),
    "grades": _l("等级"),
    "scoring": _l("计分设置"),
    "ranking": _l("同分排序"),
    "cycle_defaults": _l("期限建议"),
}
FIELDS: Mapping[str, Any] = {
    "code": _l("代码"),
    "name": _l("名称"),
    "type": _l("类型"),
    "unit": _l("单位"),
    "digits": _l("小数位数"),
    "min": _l("最小值"),
    "max": _l("最大值"),
    "options": _l("选项"),
    "levels": _l("档次"),
    "source": _l("数据提供方"),
    "prefill": _l("预填来源"),
    "check": _l("校验"),
    "max_score": _l("分值"),
    "value": _l("计算公式"),
    "on_zero_denominator": _l("分母为 0 时"),
    "definition": _l("指标说明"),
    "evidence": _l("佐证材料"),
    "data_source": _l("数据来源"),
    "cap": _l("分数上限"),
    "test": _l("条件"),
    "set_by": _l("由谁设定"),
    "needs": _l("需要的材料"),
    "subject_types": _l("适用对象"),
    "period_type": _l("周期"),
    "item_round": _l("单项取舍"),
    "final_round": _l("总分取舍"),
    "formula": _l("总分公式"),
    "bonus_cap": _l("加分上限"),
    "deduction_cap": _l("扣分上限"),
    "bands": _l("分档"),
    "excellent_conditions": _l("优秀的条件"),
    "excellent_quota": _l("优秀的名额"),
    "gate_failure_caps_grade_at": _l("前提不满足时最高等级"),
    "tie_break": _l("排序依据"),
    "fill_window_days": _l("填报期（工作日）"),
    "late_fill_window_days": _l("补填期（工作日）"),
    "correction_window_days": _l("补正期限（工作日）"),
    "correction_rounds_max": _l("最多退回次数"),
    "first_review_days": _l("初审（工作日）"),
    "expert_review_days": _l("专家评议（工作日）"),
    "publicity_days": _l("公示期（工作日）"),
    "objection_reply_days": _l("异议答复（工作日）"),
    "bounds": _l("边界"),
    "zero_at": _l("得 0 分的值"),
    "full_at": _l("得满分的值"),
    "min_value": _l("起评值"),
    "points": _l("每单位分值"),
    "min_units": _l("起评数量"),
    "threshold": _l("起评线"),
    "base": _l("达线得分"),
    "step": _l("每级数量"),
    "map": _l("对应分值"),
    "above": _l("超出时得分"),
    "scale": _l("评分满分"),
    "panel_min": _l("最少专家数"),
    "drop_extremes_from": _l("去最高最低分的人数"),
    "blind": _l("评分互不公开"),
    "fallback": _l("家数不足时的后备规则"),
    "steps": _l("分位与得分"),
    "zero_value_score": _l("值为 0 时得分"),
    "min_cohort": _l("同组最少家数"),
    "cohort_value": _l("同组数值"),
    "cohort_filter": _l("同组筛选"),
    "base_zero": _l("基数为 0 时得分"),
    "rule": _l("计分规则"),
}
#: Settings within a field: how points are rounded, how many may be excellent.
WITHIN: Mapping[str, Any] = {
    "mode": _l("取舍方式"),
    "ratio": _l("比例"),
    "of": _l("基数"),
    "rounding": _l("取整"),
    "at_least": _l("至少"),
    "tie_at_edge": _l("边界上同分"),
    "current_positive": _l("本期大于 0 时得分"),
    "current_zero": _l("本期不大于 0 时得分"),
}
#: How a field of some shape is written, one line each.
SHAPE_HINTS: Mapping[str, Any] = {
    "lines": _l("每行一个。"),
    "pairs": _l("每行一个，写成“名称 = 值”。"),
    "corners": _l("每行一对，写成“值, 得分”，由小到大。"),
    "bands": _l("每行一档，写成“界限, 得分”，由小到大。"),
    "rows": _l("每行一个等级，写成“代码, 名称, 最低分”，由高到低。"),
}
FIELD_HINTS: Mapping[str, Any] = {
    "value": _l("数据项代码或算式，例如 area_leased_m2 / area_leasable_m2 * 100"),
    "check": _l("与其他数据项的比较，例如 stat_on_time <= stat_due"),
    "base_zero": _l(
        "只用于“本期 ÷ 上期”一类的公式：上期没有数据或为 0 时不能相除，按这里给固定分。"
        "写两行：current_positive = 本期大于 0 时的得分，current_zero = 本期不大于 0 时的得分。"
    ),
    "blind": _l("写明方案的规定。平台上专家始终看不到他人的评分，直到评审结束。"),
    "fallback": _l(
        "同组家数少于上面的最少家数时按它计分。先写规则，例如 type = bands 和 bounds = [)，"
        "再每行一档，写成“界限, 得分”。"
    ),
    "test": _l("写三行：item = 数据项，op = >=，value = 数值"),
    "tie_break": _l("每行一个：final_score、block_代码_score、value:指标、raw:数据项"),
}
RULES: Mapping[str, Any] = {
    "bands": _l("分档得分"),
    "linear": _l("按比例得分"),
    "piecewise": _l("折线得分"),
    "per_unit": _l("按数量得分"),
    "select_count": _l("按选项个数得分"),
    "threshold_step": _l("达线起评，逐级加分"),
    "count_map": _l("按个数对应得分"),
    "choice_map": _l("按选项对应得分"),
    "level_count": _l("按档次计数得分"),
    "highest_only": _l("取最高档次得分"),
    "expert": _l("专家评议"),
    "relative_to_best": _l("与同组最高值之比"),
    "percentile": _l("同组分位"),
    "above_cohort": _l("高于同组部分得分"),
    "rank_delta": _l("位次提升"),
}
VALUES: Mapping[str, Mapping[str, Any]] = {
    "type": {
        "number": _l("数字"),
        "integer": _l("整数"),
        "percentage": _l("百分数"),
        "multi_choice": _l("多选"),
        "level_count": _l("分档计数"),
        "choice": _l("单选"),
        "text_and_files": _l("文字与材料"),
    },
    "source": {"park": _l("园区申报"), "platform": _l("平台"), "authority": _l("主管部门")},
    "on_zero_denominator": {
        "": _l("得 0 分（未写明）"),
        "zero": _l("得 0 分"),
        "not_applicable": _l("不适用，分值摊到同组其他指标"),
    },
    "mode": {"HALF_UP": _l("四舍五入")},
    "of": {"ranked_subjects": _l("参加排名的家数")},
    "rounding": {"floor": _l("向下取整")},
    "tie_at_edge": {"all_or_none": _l("全取或全不取")},
    "needs": {"finding_document": _l("认定文件")},
    "excellent_conditions": {
        "every_level1_rate_at_least_60_percent": _l("各板块得分率都不低于 60%"),
        "all_gates_pass": _l("前提条件全部达到"),
        "no_major_notice": _l("没有较重的通报"),
    },
    "bounds": {"[)": _l("含下限 [)"), "(]": _l("含上限 (]")},
    "subject_types": {"park": _l("园区"), "base": _l("基地")},
    "period_type": {"annual": _l("年度")},
    "blind": {"": _l("未写明"), "true": _l("是"), "false": _l("否")},
    "set_by": {"operator": _l("平台运营"), "system": _l("系统")},
}
REFUSALS: Mapping[str, Any] = {
    "node_line": _l("“%(line)s”的写法不对，请按说明逐行填写。"),
    "node_pair": _l("“%(line)s”应写成“名称 = 值”，名称不能重复。"),
    "node_long": _l("文字太长。"),
    "scheme_file": _l("请选择 yaml 或 xlsx 格式的方案文件。"),
    "scheme_said": _l("方案文件有错误：%(said)s"),
}
