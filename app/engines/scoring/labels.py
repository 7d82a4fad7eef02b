"""What is wrong with a scheme or a cohort, in words. Codes come from the reading; a test requires a
sentence for each. Not imported by the engine's face: scoring needs no Flask."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.engines.scoring.faults import Fault
from app.extensions.phrases import labelled, remarked

FAULTS: Final = {
    "duplicate_key": _l("“%(key)s”写了两次；请合并或删去一个"),
    "not_utf8": _l("文件不是 UTF-8 编码；请另存为 UTF-8"),
    "scheme_size": _l("方案文件超过 %(most)s MB"),
    "cohort_size": _l("数据文件超过 %(most)s MB"),
    "yaml_syntax": _l("不是正确的 YAML：%(problem)s"),
    "yaml_tag": _l("不支持标签 %(tag)s；请直接写文字、数字、列表或键值"),
    "yaml_depth": _l("嵌套超过 %(most)s 层"),
    "yaml_alias": _l("别名 *%(name)s 指向它自身或不存在"),
    "yaml_documents": _l("一个文件只能有一份内容（多了一个 ---）"),
    "yaml_key": _l("键必须是文字或数字"),
    "yaml_size": _l("内容太多，无法读取"),
    "missing_key": _l("缺少 %(name)s"),
    "unknown_key": _l("不认识的项 %(name)s；请检查拼写"),
    "not_a_mapping": _l("此处应为键值（键: 值）"),
    "not_a_list": _l("此处应为列表"),
    "not_a_text": _l("此处应为文字"),
    "not_a_pair": _l("“%(value)s”应为两个数字，例如 [0, 4]"),
    "not_a_number": _l("“%(value)s”不是数字；请只写数字，不写千分位、百分号、单位和全角数字"),
    "not_finite": _l("“%(value)s”不是有限的数字"),
    "number_too_long": _l("数字“%(value)s”太长；小数点前后各最多 60 位"),
    "not_whole": _l("“%(value)s”应为整数"),
    "too_small": _l("%(value)s 不能小于 %(limit)s"),
    "too_large": _l("%(value)s 不能大于 %(limit)s"),
    "not_above": _l("%(value)s 应大于 %(limit)s"),
    "too_many_digits": _l("%(value)s 最多 %(digits)s 位小数"),
    "not_one_of": _l("“%(value)s”不在可选范围；可以写：%(allowed)s"),
    "fixed_setting": _l("“%(value)s”不受支持；只能写：%(allowed)s"),
    "empty_list": _l("此处不能为空"),
    "bad_code": _l("代码“%(value)s”只能由字母、数字和下划线组成"),
    "code_digits": _l("数据项代码“%(value)s”不能全是数字，公式会把它当作数字"),
    "code_twice": _l("代码“%(value)s”已被使用"),
    "unknown_item": _l("没有数据项“%(name)s”"),
    "item_not_number": _l("数据项“%(name)s”的类型是 %(type)s，不能参与计算"),
    "unknown_level": _l("数据项 %(item)s 没有档次“%(name)s”"),
    "unknown_option": _l("数据项 %(item)s 没有选项“%(name)s”"),
    "option_without_points": _l("数据项 %(item)s 的选项“%(name)s”没有分值"),
    "unknown_rule": _l("没有规则“%(value)s”；可以写：%(allowed)s"),
    "rule_not_here": _l("规则 %(rule)s 不能用在此处"),
    "rule_needs_type": _l("规则 %(rule)s 需要一个类型为 %(type)s 的数据项"),
    "weights": _l("分值合计为 %(sum)s，应为 %(total)s"),
    "bands_overlap": _l("档次重叠：%(value)s 与 %(before)s 的顺序不对或相交"),
    "bands_gap": _l("档次之间有空档：%(value)s 与 %(before)s 不相接"),
    "points_order": _l("折点应由小到大：%(value)s 在 %(before)s 之后"),
    "steps_twice": _l("同一个分位写了两次"),
    "circular": _l("公式循环引用：%(circle)s"),
    "constant_zero": _l("公式“%(formula)s”除以恒为 0 的数"),
    "base_zero_division": _l("base_zero 只能用于恰有一个除号的公式，此处为“%(formula)s”"),
    "formula_sign": _l("公式“%(formula)s”中的“%(sign)s”不能出现在那里"),
    "formula_end": _l("公式“%(formula)s”没有写完"),
    "formula_open": _l("公式“%(formula)s”缺少右括号"),
    "formula_long": _l("公式超过 %(most)s 个字符"),
    "formula_operations": _l("公式的运算超过 %(most)s 次"),
    "formula_deep": _l("公式的括号超过 %(most)s 层"),
    "formula_function": _l("没有函数 %(name)s；只有 sum(数据项)"),
    "formula_sum": _l("sum 的括号内应是一个数据项，此处为“%(formula)s”"),
    "formula_no_sum": _l("指标的公式“%(formula)s”不能用 sum；同组合计只能写在 cohort_value 中"),
    "formula_only_sums": _l("同组数值中的“%(name)s”必须写在 sum( ) 中"),
    "formula_comparison": _l("“%(formula)s”应是一个比较，例如 a <= b"),
    "total_formula": _l(
        "“%(formula)s”不受支持；请写 clamp(base + min(bonus, bonus_cap) - min(deduction, deduction_cap), 下限, 上限)"
    ),
    "system_veto": _l("必须恰有一项否决由系统设定（set_by: system），此处有 %(number)s 项"),
    "rank_delta_twice": _l("最多一个加分项可以用位次提升规则"),
    "tie_break": _l(
        "同分排序项“%(value)s”不认识；可以写 final_score、block_代码_score、value:指标、raw:数据项"
    ),
    "value_not_number": _l("指标“%(name)s”的值不是数字，不能用于同分排序"),
    "grades_order": _l("等级应按分数线由高到低排列"),
    "unknown_grade": _l("没有等级“%(value)s”"),
    "unknown_condition": _l("没有条件“%(value)s”"),
    "subject_twice": _l("编号“%(value)s”写了两次"),
    "unknown_veto": _l("方案没有否决项“%(value)s”"),
    "thousands_sign": _l("“%(value)s”像是千分位逗号之后的部分；数字请不写千分位"),
    "marks_by_indicator": _l("有多个专家评议指标，expert_scores 应按指标写：%(codes)s"),
    "check_fails": _l("不满足 %(check)s"),
}


def message(fault: Fault) -> str:
    """The reason, in the reader's language."""
    words = str(FAULTS[fault.code])
    return words % fault.params if fault.params else words


def placed(fault: Fault) -> str:
    """Place and reason on one line."""
    place = fault.path or _("文件")
    if fault.line is not None:
        place = remarked(place, _("第 %(line)s 行", line=fault.line))
    return labelled(place, message(fault))
