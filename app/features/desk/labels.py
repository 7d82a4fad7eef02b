"""Words of the audit trail and of the dictionary register."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.engines import dictionaries, notices, recycling, review, settings
from app.engines.calendar import labels as calendar_words
from app.engines.review import labels as review_words
from app.extensions.phrases import listed
from app.features.accounts import labels as accounts
from app.features.assessments import labels as assessments
from app.features.enterprises import labels as enterprises
from app.features.enterprises.labels import duplicates as duplicate_words
from app.features.enterprises.labels.moves import MOVE_ACTS, MOVE_HEADINGS
from app.features.news import labels as news
from app.features.objections import labels as objection_words
from app.features.parks import labels as parks
from app.features.rankings import labels as ranking_words
from app.features.settlements import labels as settlement_words

ENTRY_HEADINGS = {
    "dictionary": _l("字典"),
    "code": _l("代码"),
    "label": _l("名称"),
    "position": _l("顺序"),
    "valid_from": _l("生效日期"),
    "valid_to": _l("失效日期"),
    "state": _l("状态"),
    "uses": _l("已使用"),
    "updated_at": _l("更新时间"),
}
ENTRY_STATES = {"valid": _l("有效"), "coming": _l("未生效"), "retired": _l("已失效")}
ENTRY_DOTS = {"valid": "success", "coming": "info", "retired": "muted"}
ENTRY_REFUSALS = {
    "required": _l("必填，不能为空"),
    "code_taken": _l("该字典已有这个代码，请换一个"),
    "overlap": _l("同名的选项在这段时间内已经有效，请错开日期或换一个名称"),
    "ends_before": _l("失效日期不能早于生效日期"),
    "bad_position": _l("请填写 0–9999 的整数"),
    "bad_word": _l("名称过长，或含有顿号、竖线"),
    "entry_in_use": _l("已有 %(number)s 条记录使用该选项，不能删除；请设置失效日期"),
    "entry_shipped": _l("该选项随系统提供，不能删除；请设置失效日期"),
}
ENTRY_ACTS = {
    "dictionary.added": _l("新增选项"),
    "dictionary.changed": _l("修改选项"),
    "dictionary.deleted": _l("删除选项"),
    "dictionary.restored": _l("恢复选项"),
    **recycling.ACTS,
}

REVIEW_HEADINGS = {
    "title": _l("标题"),
    "kind": _l("事项"),
    "park": _l("园区/基地"),
    "person": _l("提交人"),
    "submitted_at": _l("提交时间"),
    "waited": _l("已等待"),
    "state": _l("状态"),
}
#: How long something has waited, in working days: up to so many.
AGES: dict[str, Any] = {
    "1": _l("1 个工作日以内"),
    "3": _l("2–3 个工作日"),
    "5": _l("4–5 个工作日"),
    "more": _l("超过 5 个工作日"),
}

DOCUMENT_KINDS = {"legal": _l("平台法律声明"), "privacy": _l("个人信息保护政策")}
DOCUMENT_HEADINGS = {
    "kind": _l("文本"),
    "title": _l("标题"),
    "number": _l("版本号"),
    "state": _l("状态"),
    "effective_on": _l("生效日期"),
    "published_at": _l("发布时间"),
    "updated_at": _l("更新时间"),
    "body": _l("正文"),
    "sha256": _l("文本摘要（SHA-256）"),
}
DOCUMENT_STATES = {
    "draft": _l("草稿"),
    "coming": _l("待生效"),
    "current": _l("现行"),
    "former": _l("历史版本"),
}
DOCUMENT_DOTS = {"draft": "warning", "coming": "info", "current": "success", "former": "muted"}
DOCUMENT_REFUSALS = {
    "required": _l("必填，不能为空"),
    "too_long": _l("内容过长，请精简"),
    "draft_exists": _l("这份文本已有一份草稿，请编辑或发布该草稿"),
    "document_published": _l("该版本已发布，不能修改；请起草新版"),
    "effective_in_past": _l("生效日期已过，请先把草稿的生效日期改为今天或以后"),
}
DOCUMENT_ACTS = {
    "document.drafted": _l("起草文本"),
    "document.changed": _l("修改草稿"),
    "document.published": _l("发布文本"),
}

CALENDAR_HEADINGS = {
    "day": _l("日期"),
    "working": _l("安排"),
    "name": _l("名称"),
    "source": _l("来源"),
    "year": _l("年份"),
}
CALENDAR_KINDS = {True: _l("上班"), False: _l("放假")}
CALENDAR_SOURCES = {"shipped": _l("随系统提供"), "zone": _l("平台登记")}

notices.kinds(
    notices.NoticeKind(
        "review.waiting",
        _l("审核催办"),
        _l("有 %(number)s 件待您审核的事项已等待超过 %(days)s 个工作日，请尽快处理。"),
        right=f"can_decide on {review.DECIDE_VIEW}",
    )
)
VIEW_ENDS = {
    "person": _l("您已不属于该园区/基地"),
    "view": _l("视图已不存在，或不再对您开放"),
    "export": _l("您已没有导出权限"),
    "conditions": _l("视图中的条件已失效，或您无权使用"),
}
notices.kinds(
    notices.NoticeKind(
        "view.weekly",
        _l("每周工作簿"),
        _l("视图“%(name)s”的本周工作簿已生成，共 %(count)s 行，14 天内可以下载。"),
    ),
    notices.NoticeKind(
        "view.weekly_ended",
        _l("每周工作簿停止"),
        _l("视图“%(name)s”的每周工作簿已停止发送：%(why)s。"),
        words={"why": VIEW_ENDS},
    ),
)
VIEW_ACTS = {
    "view.changed": _l("修改共享视图"),
    "view.shared": _l("修改视图的共享范围"),
    "view.deleted": _l("删除共享视图"),
    "view.weekly_on": _l("订阅每周工作簿"),
    "view.weekly_off": _l("取消每周工作簿"),
}
VIEW_HEADINGS = {
    "name": _l("名称"),
    "query": _l("筛选与排序"),
    "role": _l("角色"),
    "park_id": _l("园区/基地"),
}
VIEW_REFUSALS = {
    "view_name_missing": _l("请给视图起一个名字。"),
    "view_name_taken": _l("您已有同名的视图，请换一个名字。"),
    "view_too_long": _l("筛选条件太长，不能保存为视图。"),
    "view_not_shared": _l("您不能这样共享视图。"),
    "view_of_another": _l("这是他人的视图，只能改变共享范围或删除。"),
    "view_not_weekly": _l("这个列表不能导出，不能发送每周工作簿。"),
    "too_many_weekly": _l("每人最多订阅 10 个每周工作簿。"),
}

AUDIT_HEADINGS = {
    "id": _l("编号"),
    "at": _l("时间"),
    "actor_name": _l("操作人"),
    "actor_id": _l("操作人编号"),
    "action": lazy_pgettext("audit", "操作"),
    "object_type": _l("对象类型"),
    "object_id": _l("对象编号"),
    "object_label": _l("对象"),
    "park": _l("园区/基地"),
    "changes": lazy_pgettext("heading", "变更"),
    "details": _l("说明"),
    "address": _l("网络地址"),
    "request_id": _l("请求编号"),
    "prev_hash": _l("前一条校验值"),
    "hash": _l("本条校验值"),
}
ACTIONS: dict[str, Any] = {
    **accounts.ACTS,
    **parks.ACTS,
    **ENTRY_ACTS,
    **DOCUMENT_ACTS,
    **review_words.ACTS,
    **calendar_words.ACTS,
    **settlement_words.ACTS,
    **news.ACTS,
    **ranking_words.ACTS,
    **objection_words.ACTS,
    **assessments.ACTS,
    **VIEW_ACTS,
    "settings.changed": _l("修改平台设置"),
    "enterprise.added": _l("新增企业"),
    "enterprise.changed": _l("修改企业"),
    "enterprise.deleted": _l("删除企业"),
    "enterprise.restored": _l("恢复企业"),
    "enterprises.rows_redacted": _l("清除导入记录中的个人信息"),
    "enterprise.revealed": _l("查看完整个人信息"),
    **duplicate_words.ACTS,
    **duplicate_words.PAIR_ACTS,
    "enterprise.certified": _l("按认证更新企业"),
    **MOVE_ACTS,
    "enterprises.imported": _l("导入企业"),
    "enterprises.import_undone": _l("撤销导入"),
    "enterprises.import_discarded": _l("取消导入"),
    "enterprises.exported": _l("导出企业"),
    "enterprises.errors_saved": _l("下载错误清单"),
    "enterprises.prefilled": _l("下载含现有企业的模板"),
    "code.accepted": _l("人工核验通过代码"),
    "code.revoked": _l("撤销代码的人工核验"),
    "access.denied": _l("越权访问被拒"),
    "access.limit": _l("越权访问过多，其后不再逐条记录"),
    "audit.verified": _l("验证日志完整性"),
    "audit.exported": _l("导出审计日志"),
}
OBJECTS: dict[str, Any] = {
    "user": _l("账号"),
    "sign_in": _l("登录"),
    "role": _l("角色"),
    "park": _l("园区/基地"),
    "organisation": lazy_pgettext("one", "主体"),
    "park_membership": _l("园区人员"),
    "park_invitation": _l("园区邀请"),
    "licence_claim": _l("营业执照认证"),
    "dictionary_entry": _l("字典选项"),
    "document": _l("法律文本"),
    "enterprise": _l("企业"),
    "enterprise_import": _l("企业导入"),
    "enterprise_pair": _l("疑似重复企业"),
    "enterprise_scan": _l("查找重复企业"),
    "enterprise_move": _l("迁园"),
    "accepted_code": _l("核验通过的代码"),
    "stored_file": _l("文件"),
    "job": _l("任务"),
    "audit": _l("审计日志"),
    "page": _l("页面"),
    "setting": _l("平台设置"),
    "bin_item": _l("回收站"),
    "access_token": _l("接口令牌"),
    "calendar_day": _l("调休日"),
    "saved_view": _l("视图"),
    "settlement_application": _l("入驻申请"),
    **news.OBJECTS,
    "ranking_snapshot": _l("考核排名"),
    "ranking_consequence": _l("考核结果处理"),
    "objection": _l("异议"),
    **assessments.OBJECTS,
}
#: Rows of a table that the trail knows no name of.
OTHER_OBJECTS = _l("其他记录")
DETAILS: dict[str, Any] = {
    "reason": _l("原因"),
    "purpose": _l("用途"),
    "field": _l("字段"),
    "device": _l("设备"),
    "count": _l("行数"),
    "evidence": _l("依据"),
    "name": _l("企业名称"),
    "action": lazy_pgettext("audit", "操作"),
    "checked": _l("已核对"),
    "ok": _l("结果完整"),
    "filters": _l("筛选条件"),
    "added": lazy_pgettext("result", "新增"),
    "changed": _l("变更"),
    "skipped": _l("跳过"),
    "reversed": _l("已撤销"),
    "kept": _l("保留"),
    "could_not": _l("未能撤销"),
    "year": _l("数据年度"),
    "digest": _l("内容摘要"),
    "number": _l("编号"),
    "version": _l("版本"),
    "outcome": _l("结论"),
    "file": _l("文件摘要"),
    "columns": _l("列数"),
    "facts": _l("范围"),
    "personal": _l("含个人信息"),
    "keys": _l("提交的记录编号"),
    "limit": _l("每小时最多记录"),
    "stage": _l("审核环节"),
    "provider": _l("登录方式"),
    "way": _l("登录方式"),
    "label": _l("显示名称"),
    "phone": _l("手机号"),
    "user": _l("账号编号"),
    "effective_on": _l("生效日期"),
    "sha256": _l("内容摘要（SHA-256）"),
    "other": _l("另一家企业"),
    "pairs": _l("发现（对）"),
    "until": _l("最迟结束时间"),
    "why": _l("结束原因"),
    "from": MOVE_HEADINGS["from_park_id"],
    "to": MOVE_HEADINGS["to_park_id"],
    "stopped": _l("未能生效的原因"),
    "source": _l("数据来源"),
    "viewed_as": _l("当时以其身份查看"),
    "proposed_by": _l("提出人编号"),
    "token": _l("接口令牌"),
    "scopes": _l("接口范围"),
    "list": _l("列表"),
    "left_out": _l("此前未逐条记录（次，至少）"),
}
#: Why a request was refused.
DENIALS = {
    "no_right": _l("没有该权限"),
    "out_of_reach": _l("不存在，或不在其可见范围"),
    "only_looks": _l("以他人身份查看时只能看"),
}
FAULTS = {
    "no_head": _l("链头记录缺失"),
    "gap": _l("有记录缺失"),
    "link": _l("记录与前一条不衔接"),
    "changed": _l("记录被改动"),
    "cut": _l("最新的记录缺失"),
    "beyond_head": _l("链头之后还有记录"),
}

VALUE_WORDS: dict[tuple[str, str], dict[str, Any]] = {
    ("enterprise", "source"): enterprises.SOURCE_WORDS,
    ("enterprise", "status"): enterprises.STATUS_WORDS,
    ("enterprise", "roles"): enterprises.ROLE_WORDS,
}
PARK_OBJECTS = ("park", "park_membership", "park_invitation", "organisation")


def field_words(object_type: str, name: str) -> str:
    """What people call a field of an object."""
    if object_type == "enterprise":
        return enterprises.heading(name)
    if object_type == "setting":
        return next((str(one.title) for one in settings.specs() if one.key == name), name)
    words: dict[str, dict[str, Any]] = {
        "user": accounts.HEADINGS,
        "role": accounts.ROLE_HEADINGS,
        "dictionary_entry": ENTRY_HEADINGS,
        "document": DOCUMENT_HEADINGS,
        "calendar_day": CALENDAR_HEADINGS,
        "saved_view": VIEW_HEADINGS,
    }
    return str(words.get(object_type, parks.HEADINGS).get(name, name))


def value_words(object_type: str, name: str, value: Any) -> str:
    """A value of the trail as text: known codes in words, lists joined."""
    if value is None or value == "":
        return ""
    if object_type == "dictionary_entry" and name == "dictionary":
        return str(dictionaries.TITLES.get(value, value))
    if object_type == "setting" and isinstance(value, dict):
        return str(value.get("url", ""))  # a picture
    if object_type == "calendar_day" and name == "working":
        return str(CALENDAR_KINDS[bool(value)])
    if isinstance(value, bool):
        return str(_l("是") if value else _l("否"))
    if isinstance(value, list):
        return listed(value_words(object_type, name, one) for one in value)
    if (object_type, name) in (("user", "roles"), ("saved_view", "role")):
        return accounts.role_title(value)
    codes = VALUE_WORDS.get((object_type, name), {})
    if object_type in PARK_OBJECTS:
        codes = parks.VALUE_WORDS.get(name, {})
    return str(codes.get(value, value))
