"""Words of the zone's side: rounds, values that the zone enters, schemes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.engines import notices

PURGE_REFUSALS = {
    "purge_counted": _l("考核“%(name)s”计入了该记录，考核结果确认后才能彻底删除"),
}
ROUND_HEADINGS: Mapping[str, Any] = {
    "name": _l("考核名称"),
    "state": _l("状态"),
    "scheme": _l("考核方案"),
    "scheme_version_id": _l("方案版本"),
    "previous_id": _l("上一轮考核"),
    "lead_id": _l("负责人（审核员）"),
    "period": _l("考核期"),
    "period_from": _l("考核期起"),
    "period_to": _l("考核期止"),
    "cut_off_on": _l("数据截止日"),
    "opens_on": _l("填报开始日"),
    "fill_until": _l("填报截止日"),
    "late_until": _l("补填截止日"),
    "review_until": _l("审核截止日"),
    "correction_days": _l("补正期限"),
    "corrections_max": _l("最多退回次数"),
    "publicity_days": _l("公示期"),
    "objection_reply_days": _l("异议答复期限"),
    "notice": _l("考核通知"),
    "progress": _l("已提交"),
    "snapshot_at": _l("平台数据取数时间"),
    "opened_at": _l("开始填报时间"),
    "closed_at": _l("截止时间"),
    "rehearsal": _l("演练"),
    "sources": _l("数据来源"),
}
ROUND_DOTS: Mapping[str, str] = {
    "draft": "muted",
    "planned": "info",
    "open": "success",
    "closed": "warning",
    "provisional": "warning",
    "publicized": "info",
    "confirmed": "success",
    "archived": "muted",
    "cancelled": "muted",
}
PARK_TYPES: Mapping[str, Any] = {"park": _l("园区"), "base": _l("基地")}
REFUSALS: Mapping[str, Any] = {
    "round_known": _l("已有同名的考核，请换一个名称。"),
    "round_previous": _l("上一轮的考核期不能晚于本轮，请另选一轮。"),
    "round_name": _l("请填写考核名称，最多 120 个字。"),
    "round_number": _l("请填写合理的天数或次数。"),
    "round_changed": _l("您打开后，考核已有变化，没有保存。请核对现在的内容。"),
    "source_item": _l("方案没有这一项，不能作为来源。"),
    "source_unknown": _l("没有这个数据来源。"),
    "source_needs_number": _l("这一项不是数字，不能由平台取数。"),
    "rehearsal_of_rehearsal": _l("演练不能再复制为演练。"),
    "rehearsal_only": _l("只有演练可以删除；正式考核请用“取消考核”。"),
    "value_sourced": _l("这一项由平台自动取数，不能录入。"),
    "document_required": _l("请选择依据文件，或先新增一份。"),
    "document_title": _l("请填写文件名称，最多 200 个字。"),
    "value_moved": _l("您打开后，这一项已有变化。请核对现在的值；再次保存会以您填写的为准。"),
    "table_not_ours": _l("这不是本系统下载的数据表，或隐藏的校验页已被改动。请重新下载后填写。"),
    "workbook_other_round": _l("这份数据表属于另一轮考核，请下载本轮的数据表。"),
    "workbook_other_version": _l("下载后方案版本或数据来源已有变化，请重新下载数据表。"),
    "workbook_columns": _l("数据表缺少列，请重新下载后填写。"),
    "filing_absent": _l("该园区/基地本轮不参评。"),
    "filing_present": _l("该园区/基地本轮已在参评。"),
    "extension_filed": _l("该园区/基地已提交填报，不需要延期。"),
    "extension_day": _l("请选择 %(first)s 至 %(last)s 之间的一天。"),
    "extension_over": _l("本轮的审核期限已到，不能再延期。"),
    "reason_long": _l("最多 %(most)s 个字。"),
}
ACTS: Mapping[str, Any] = {
    "assessment.round_cancel": _l("取消考核"),
    "assessment.sources_chosen": _l("设定考核数据来源"),
    "assessment.values_taken": _l("平台取数"),
    "assessment.filing_extended": _l("调整填报截止日"),
    "assessment.filing_left_out": _l("设为不参评"),
    "assessment.rehearsal_made": _l("建立考核演练"),
    "assessment.rehearsal_deleted": _l("删除考核演练"),
    "assessment.document_added": _l("新增依据文件"),
    "assessment.values_entered": _l("录入考核数据"),
    "assessment.filing_taken_in": _l("恢复参评"),
}
DOCUMENT_HEADINGS: Mapping[str, Any] = {
    "title": _l("文件名称"),
    "number": _l("文号"),
    "issued_by": _l("发文单位"),
    "issued_on": _l("文件日期"),
    "file": _l("文件"),
}
OBJECTS: Mapping[str, Any] = {
    "assessment_scheme": _l("考核方案"),
    "assessment_scheme_version": _l("方案版本"),
    "assessment_round": _l("考核"),
    "assessment_filing": _l("考核填报"),
    "assessment_document": _l("依据文件"),
}
_RIGHT = "can_fill on FilingView"
notices.kinds(
    notices.NoticeKind(
        "round.opened",
        _l("考核开始填报"),
        _l("“%(round)s”已开始填报，请在 %(until)s 前提交。"),
        fixed=True,
        right=_RIGHT,
    ),
    notices.NoticeKind(
        "round.extended",
        _l("填报截止日调整"),
        _l("“%(round)s”的填报，您的截止日改为 %(until)s。原因：%(reason)s"),
        right=_RIGHT,
        later=frozenset({"reason"}),
    ),
    notices.NoticeKind(
        "round.ends",
        _l("填报即将截止"),
        _l("“%(round)s”将于 %(until)s 截止填报，您还没有提交。"),
        fixed=True,
        right=_RIGHT,
    ),
    notices.NoticeKind(
        "round.late",
        _l("填报已截止，可以补填"),
        _l("“%(round)s”的填报已于 %(until)s 截止，%(late)s 前还可以补填，逾期会扣分。"),
        fixed=True,
        right=_RIGHT,
    ),
    notices.NoticeKind(
        "round.over",
        _l("填报已截止"),
        _l("“%(round)s”的填报已截止，您没有提交。如有疑问请联系平台运营。"),
        fixed=True,
        right=_RIGHT,
    ),
)
