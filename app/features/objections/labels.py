"""Words of objections: states, acts, refusals, messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.engines import files, notices
from app.engines.notices import NoticeKind

STATE_WORDS: Mapping[str, Any] = {
    "filed": _l("待受理"),
    "accepted": _l("已受理"),
    "verifying": _l("核实中"),
    "decided": _l("待复核答复"),
    "answered": _l("已答复"),
    "refused": _l("不予受理"),
    "withdrawn": _l("已撤回"),
}
STATE_DOTS = {
    "filed": "warning",
    "accepted": "info",
    "verifying": "info",
    "decided": "info",
    "answered": "success",
    "refused": "muted",
    "withdrawn": "muted",
}
OUTCOME_WORDS: Mapping[str, Any] = {
    "upheld": _l("成立"),
    "partly": _l("部分成立"),
    "dismissed": _l("不成立"),
}
CORRECTION_WORDS: Mapping[str, Any] = {"pending": _l("待更正"), "done": _l("已更正")}
TARGET_WORDS: Mapping[str, Any] = {
    "indicator": _l("具体指标"),
    "total": _l("总分或排名"),
    "grade": _l("等级"),
    "other": _l("其他园区/基地的结果"),
}
ACT_WORDS: Mapping[str, Any] = {
    "file": _l("提出异议"),
    "again": _l("申请复核"),
    "withdraw": _l("撤回"),
    "accept": _l("受理"),
    "refuse": _l("不予受理"),
    "verify": _l("开始核实"),
    "write": _l("补充说明"),
    "decide": _l("作出结论"),
    "recall": _l("退回结论"),
    "answer": _l("答复"),
    "nudge": _l("催办"),
}
CONFIRM_WORDS: Mapping[str, Any] = {
    "withdraw": _l("确定撤回异议“%(number)s”吗？撤回后公示期内可以重新提出。"),
    "accept": _l("确定受理异议“%(number)s”吗？受理后由您办理，园区会收到通知。"),
    "verify": _l("确定开始核实异议“%(number)s”吗？状态变为“核实中”。"),
    "answer": _l("确定答复异议“%(number)s”吗？结论和理由随即发给园区，不能再修改。"),
}
#: What an act has done, told to whoever did it.
DONE_WORDS: Mapping[str, Any] = {
    "again": _l("复核申请已提出，编号 %(number)s，结果会在消息中通知。"),
    "withdraw": _l("异议 %(number)s 已撤回，公示期内可以重新提出。"),
    "accept": _l("异议 %(number)s 已受理，由您办理，园区会收到通知。"),
    "refuse": _l("异议 %(number)s 不予受理，原因会通知园区。"),
    "verify": _l("异议 %(number)s 已开始核实，双方可以补充说明。"),
    "write": _l("补充说明已记入异议 %(number)s，对方会收到通知。"),
    "decide": _l("异议 %(number)s 的结论已保存，由另一人复核后答复园区。"),
    "recall": _l("异议 %(number)s 的结论已退回，由办理人继续核实。"),
    "answer": _l("异议 %(number)s 已答复，结论和理由已发给园区。"),
}
HEADINGS: Mapping[str, Any] = {
    "number": _l("异议编号"),
    "park": _l("园区/基地"),
    "round": _l("考核"),
    "version": _l("版本"),
    "target": _l("异议范围"),
    "indicators": _l("涉及指标"),
    "other": _l("涉及的园区/基地"),
    "reason": _l("异议的原因"),
    "files": _l("证明材料"),
    "state": _l("状态"),
    "filed_at": _l("提出时间"),
    "filed_by": _l("提出人"),
    "due_on": _l("答复期限"),
    "handler": _l("办理人"),
    "outcome": _l("结论"),
    "answer": _l("答复内容"),
    "answered_at": _l("答复时间"),
    "review_of": _l("复核的异议"),
    "compare": _l("对照查看"),
    "corrected_in": _l("更正版本"),
    "correction": _l("更正"),
    "mine": _l("办理"),
}
REFUSALS: Mapping[str, Any] = {
    **files.LABELS,
    "objection_not_park": _l("只有园区/基地管理员可以为本园区提出异议。"),
    "objection_not_zone": _l("只有审核员和平台运营可以办理异议。"),
    "objection_not_handler": _l("只有办理人可以这样做。"),
    "objection_not_second": _l("只有平台工作人员可以复核结论。"),
    "objection_not_either": _l("只有提出异议的园区和平台工作人员可以补充说明。"),
    "objection_state": _l("异议的状态已有变化，请查看现在的状态。"),
    "objection_changed": _l("您打开后，它已有变化。请核对现在的内容再操作。"),
    "objection_second_person": _l("结论须由另一人复核后答复，不能由作出结论的人答复。"),
    "objection_own_review": _l("您审核过所涉及的内容，只能查看，由其他人办理和答复。"),
    "objection_own_answer": _l("您办理或复核过原来的异议，只能查看，由其他人办理和答复。"),
    "objection_handled": _l("这件异议由其他人办理。"),
    "objection_window_over": _l("异议期已过，不能再提出。您填写的内容仍在页面上。"),
    "objection_old_version": _l("排名已发布新版本，请对新版本提出异议。您填写的内容仍在页面上。"),
    "objection_not_in_it": _l("本园区没有参加这次考核。"),
    "objection_incomplete": _l("有内容需要先修改，已标在对应的项上。"),
    "objection_raised": _l("同一事项本园区已提出过异议，请在原来的异议中补充说明。"),
    "objection_reviewed": _l("已申请过复核，复核只有一次。"),
    "objection_target": _l("请选择异议范围。"),
    "objection_indicators": _l("请选择涉及的指标。"),
    "objection_too_many": _l("一次最多选择 5 项指标。"),
    "objection_indicator_unknown": _l("请从列出的指标中选择。"),
    "objection_other": _l("请选择涉及的园区/基地。"),
    "objection_reason": _l("请写明异议的原因。"),
    "objection_text": _l("请写明内容。"),
    "objection_long": _l("内容过长，请精简。"),
    "objection_file": _l(
        "“%(files)s”不能上传：只接受 PDF、图片、docx 或 xlsx，每个不超过 10 MB，不能为空。请重新选择文件。"
    ),
    "objection_choose_again": _l("浏览器不保留已选的文件，请重新选择。"),
    "objection_files": _l("一次最多上传 10 个文件。"),
    "objection_case_files": _l("一件异议中每一方最多上传 %(most)s 个文件。"),
    "objection_words": _l("一件异议中每一方最多补充说明 %(most)s 次，已达上限。"),
    "objection_outcome": _l("请选择结论。"),
    "objection_answer": _l("请写明理由。"),
    "objection_honest": _l("请确认所附材料真实有效。"),
}
ACTS: Mapping[str, Any] = {
    **{f"objection.{act}": words for act, words in ACT_WORDS.items()},
    "objection.corrected": _l("异议已更正"),
}

#: Each side is offered its own kinds: to take on a case, or to hear of one's own.
_SIDE: Mapping[str, Any] = {"right": "can_show on ObjectionView", "fixed": True}
_ZONE: Mapping[str, Any] = {**_SIDE, "right": "can_handle on ObjectionView"}
_PARK: Mapping[str, Any] = {**_SIDE, "right": "can_file on ObjectionView"}
notices.kinds(
    NoticeKind("objection.filed", _l("新的异议"), _l("收到异议 %(number)s，请受理。"), **_ZONE),
    NoticeKind(
        "objection.again", _l("申请复核"), _l("异议 %(number)s 申请复核，请受理。"), **_ZONE
    ),
    NoticeKind("objection.withdrawn", _l("异议撤回"), _l("异议 %(number)s 已撤回。"), **_ZONE),
    NoticeKind(
        "objection.accepted", _l("异议受理"), _l("您园区的异议 %(number)s 已受理。"), **_PARK
    ),
    NoticeKind(
        "objection.refused",
        _l("异议不予受理"),
        _l("您园区的异议 %(number)s 不予受理，请查看原因。"),
        **_PARK,
    ),
    NoticeKind("objection.word", _l("异议补充说明"), _l("异议 %(number)s 有新的说明。"), **_SIDE),
    NoticeKind(
        "objection.decided",
        _l("异议结论待复核"),
        _l("异议 %(number)s 已作出结论，请另一人复核后答复。"),
        **_ZONE,
    ),
    NoticeKind(
        "objection.answered", _l("异议答复"), _l("您园区的异议 %(number)s 已答复。"), **_PARK
    ),
    NoticeKind(
        "objection.corrected",
        _l("异议更正"),
        _l("您园区的异议 %(number)s 已更正，见第 %(version)s 版排名。"),
        **_PARK,
    ),
    NoticeKind(
        "objection.due",
        _l("异议答复期限"),
        _l("异议 %(number)s 须于 %(due)s 前答复。"),
        **_ZONE,
    ),
)
