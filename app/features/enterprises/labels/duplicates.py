"""Words of 重复企业: reasons, states, refusals, acts."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

REASON_WORDS: dict[str, Any] = {
    "code": _l("信用代码相同"),
    "name": _l("名称相同"),
    "core": _l("名称相同而地名不同"),
    "sound": _l("名称同音"),
    "near": _l("名称相近"),
    "phone": _l("同电话"),
    "legal": _l("同法定代表人"),
    "address": _l("同地址"),
}
PAIR_WORDS: dict[str, Any] = {
    "open": _l("待处理"),
    "linked": _l("同一企业"),
    "apart": _l("不是重复"),
}
PAIR_DOTS = {"open": "warning", "linked": "success", "apart": "muted"}
PLACE_WORDS: dict[str, Any] = {"one": _l("同一园区"), "two": _l("不同园区")}
MERGE_WORDS: dict[str, Any] = {
    "merged": _l("已合并"),
    "undone": _l("已撤销"),
}
MERGE_DOTS = {"merged": "success", "undone": "muted"}

HEADINGS: dict[str, Any] = {
    "first": _l("企业一"),
    "second": _l("企业二"),
    "parks": _l("园区/基地"),
    "reasons": _l("疑似原因"),
    "state": _l("状态"),
    "place": _l("登记园区"),
    "found_at": _l("发现时间"),
    "reason": _l("处理理由"),
    "decided_at": _l("处理时间"),
    "kept": _l("保留的企业"),
    "gone": _l("并入的企业"),
    "kept_code": _l("保留企业的信用代码"),
    "gone_code": _l("并入企业的信用代码"),
    "park": _l("园区/基地"),
    "merged_at": _l("合并时间"),
    "person": _l("合并人"),
    "why": _l("合并理由"),
    "moved": _l("一并转移"),
    "undone_at": _l("撤销合并的时间"),
    "undone_by": _l("撤销人"),
    "undo_reason": _l("撤销合并的原因"),
    "restored": _l("已恢复的字段"),
    "stayed": _l("合并后又有修改，保留现值"),
    "returned": _l("已转回"),
    "remained": _l("合并后另有变动，未转回"),
}

REFUSALS: dict[str, Any] = {
    "reason_missing": _l("请写明理由（至少 2 个字）"),
    "reason_too_long": _l("理由不超过 200 字"),
    "pair_decided": _l("这一对企业已由他人处理，请核对最新情况"),
    "pair_merged": _l("两家企业已经合并；需要时请在合并记录中撤销"),
    "pair_gone": _l("其中一家企业已被删除或合并，这一对不再需要处理"),
    "pair_in_one_park": _l("两家企业在同一园区，请合并，或标为“不是重复”"),
    "merge_two_parks": _l("不同园区的企业不能合并；可标为“同一企业”，或办理迁园"),
    "merge_both_certified": _l("两个信用代码都经海易办认证，是两家企业，不能合并"),
    "merge_gone": _l("其中一家企业已被删除或合并，本次没有合并"),
    "merge_changed": _l("您核对期间企业信息有变化，本次没有合并；请按现在的内容重新选择"),
    "merge_certified_fixed": _l("经海易办认证的值不能改选"),
    "unmerge_done": _l("本次合并已经撤销"),
    "unmerge_too_late": _l("合并已超过 30 天，不能撤销"),
    "unmerge_merged_on": _l("保留的企业后来又并入“%(name)s”，请先撤销后一次合并"),
    "unmerge_kept_deleted": _l("保留的企业“%(name)s”在回收站中，请先恢复"),
    "unmerge_moved_away": _l("保留的企业“%(name)s”已迁出本园区，档案只能查看，不能撤销合并"),
    "unmerge_code_taken": _l("不能撤销：代码 %(uscc)s 已被在册企业“%(name)s”使用"),
    "scan_running": _l("正在查找，请等待完成"),
}

#: Of the record's own history; the audit trail's are among the desk's words.
ACTS: dict[str, Any] = {
    "enterprise.merged": _l("合并企业"),
    "enterprise.merged_away": _l("并入其他企业"),
    "enterprise.unmerged": _l("撤销合并"),
    "enterprise.merge_forgotten": _l("清除合并留存的原值"),
}
PAIR_ACTS: dict[str, Any] = {
    "enterprise_pair.apart": _l("标为不是重复"),
    "enterprise_pair.linked": _l("标为同一企业"),
    "enterprise_pair.taken_back": _l("重新列为待处理"),
    "enterprises.compared": _l("查找重复企业"),
}
