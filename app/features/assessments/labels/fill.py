"""Words of filling in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

#: States of a section and their dots.
PART_WORDS: Mapping[str, Any] = {
    "untouched": _l("未开始"),
    "begun": _l("进行中"),
    "done": _l("已完成"),
    "mend": _l("需修改"),
    "nothing": _l("无需填写"),
}
PART_DOTS = {
    "untouched": "muted",
    "begun": "info",
    "done": "success",
    "mend": "warning",
    "nothing": "muted",
}
#: Why an indicator has no estimate.
WHY_WORDS: Mapping[str, Any] = {
    "cohort": _l("同组比较，提交后计算"),
    "expert": _l("专家评议"),
    "later": _l("待提供数据"),
    "blank": _l("填写后估算"),
    "na": _l("不适用"),
}
FILING_DOTS = {
    "draft": "info",
    "submitted": "info",
    "taken": "info",
    "returned": "warning",
    "reviewed": "success",
}
OWNER_WORDS: Mapping[str, Any] = {
    "platform": _l("平台提供"),
    "authority": _l("主管部门提供"),
}
FILL_REFUSALS: Mapping[str, Any] = {
    "value_unexplained": _l("与上期相差超过 50%%，请填写变动原因。"),
    "remark_long": _l("说明最多 %(most)s 个字。"),
    "commitment_missing": _l("请先上传签字盖章的承诺书。"),
    "evidence_many": _l("每一项最多 %(most)s 个文件，请先删除不需要的。"),
    "workbook_not_ours": _l("这不是本系统的填报模板，或隐藏的校验页已被改动。请重新下载模板填写。"),
    "workbook_round": _l("这是另一轮考核的模板，请使用本轮考核的模板。"),
    "workbook_park": _l("这是另一个园区/基地的模板，请使用本园区的模板。"),
    "workbook_version": _l("这份模板的方案版本已变化，请重新下载模板。"),
    "workbook_key": _l("第 %(row)s 行（%(sheet)s）的编码“%(key)s”已被改动，请重新下载模板填写。"),
    "workbook_twice": _l("编码“%(key)s”在文件中出现两次，请重新下载模板填写。"),
    "workbook_gone": _l("上传的文件已过期，请重新上传。"),
}
FILL_ACTS: Mapping[str, Any] = {
    "assessment.evidence_added": _l("上传佐证材料"),
    "assessment.evidence_removed": _l("删除佐证材料"),
    "assessment.commitment_added": _l("上传承诺书"),
    "assessment.workbook_merged": _l("导入填报模板"),
}
