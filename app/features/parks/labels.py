"""Words of parks, organisations and memberships."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

KIND_WORDS = {"park": _l("园区"), "base": _l("基地")}
STATUS_WORDS = {"active": _l("运行中"), "suspended": _l("已暂停")}
STATUS_DOTS = {"active": "success", "suspended": "warning"}
MEMBER_WORDS = {"owner": _l("负责人"), "admin": _l("管理员"), "clerk": _l("数据专员")}

HEADINGS = {
    "code": _l("编码"),
    "name": _l("名称"),
    "kind": _l("类型"),
    "status": _l("状态"),
    "reason": _l("变更状态的原因"),
    "organisation": _l("运营主体"),
    "organisation_id": _l("运营主体"),
    "run_parks": _l("运营的园区/基地"),
    "members": _l("人员数"),
    "updated_at": _l("更新时间"),
    "uscc": _l("统一社会信用代码"),
    "parks": _l("运营的园区/基地数"),
    "username": _l("登录账号"),
    "person": _l("姓名"),
    "park": _l("园区/基地"),
    "park_id": _l("园区/基地"),
    "role": _l("担任"),
    "since": _l("加入时间"),
}

REFUSALS = {
    "required": _l("必填，不能为空"),
    "code_shape": _l("请用大写字母开头，共 2–16 位大写字母和数字，例如 P11"),
    "code_taken": _l("该编码已被其他园区/基地使用，请换一个"),
    "name_taken": _l("已有同名的园区/基地，请换一个名称"),
    "name_long": _l("不能超过 120 个字"),
    "reason_missing": _l("改变状态须写明原因"),
    "park_in_use": _l("该园区/基地已有人员或业务数据，不能删除；可以改为“已暂停”"),
    "organisation_in_use": _l("该主体正在使用，不能删除"),
    "unknown_organisation": _l("没有登记这个统一社会信用代码，请核对，或先在“主体”中新增"),
    "bad_code": _l("统一社会信用代码校验不符，请核对营业执照"),
    "organisation_taken": _l("该统一社会信用代码已登记，主体为“%(name)s”"),
    "unknown_person": _l("没有这个登录账号，请核对后重新输入"),
    "inactive_person": _l("该账号已停用，不能加入园区/基地"),
    "system_person": _l("系统、安全、审计管理员不能加入园区/基地"),
    "zone_and_park": _l(
        "平台运营、审核员、评审专家能看到全部园区，不能加入某个园区/基地；请另建账号"
    ),
    "member_already": _l("该账号已经属于这个园区/基地"),
    "unknown_park": _l("请选择园区/基地"),
}

ACTS = {
    "park.added": _l("新增园区/基地"),
    "park.changed": _l("修改园区/基地"),
    "park.deleted": _l("删除园区/基地"),
    "organisation.added": _l("新增主体"),
    "organisation.changed": _l("修改主体"),
    "organisation.deleted": _l("删除主体"),
    "membership.added": _l("加入园区/基地"),
    "membership.changed": _l("调整担任"),
    "membership.removed": _l("移出园区/基地"),
}

#: Field -> words of its stored values.
VALUE_WORDS = {"kind": KIND_WORDS, "status": STATUS_WORDS, "role": MEMBER_WORDS}
