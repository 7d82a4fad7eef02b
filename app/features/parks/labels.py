"""Words of parks, organisations and memberships."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

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
    "legal_representative": _l("法定代表人"),
    "registered_address": _l("注册地址"),
    "source": _l("认证来源"),
    "certified_at": _l("认证时间"),
    "credit_level": _l("信用等级"),
    "contact_name": _l("联系人姓名"),
    "contact_phone": _l("联系电话"),
    "bank_holder": _l("户名"),
    "bank_account": lazy_pgettext("bank", "账号"),
    "bank_name": _l("开户行"),
}
CLAIM_HEADINGS = {
    **{
        name: HEADINGS[name]
        for name in ("uscc", "legal_representative", "registered_address", "person", "username")
    },
    "name": _l("企业名称"),
    "state": _l("状态"),
    "file": _l("营业执照"),
    "reason": _l("不予通过的原因"),
    "created_at": _l("提交时间"),
    "decided_at": _l("审核时间"),
    "decider": _l("审核人"),
    "known": _l("已有认证"),
}
CERTIFIED_WORDS = {**HEADINGS, "name": CLAIM_HEADINGS["name"]}
SOURCE_WORDS = {"haiyiban": _l("海易办认证"), "licence": _l("人工核验")}
CLAIM_WORDS = {
    "pending": lazy_pgettext("claim", "待审核"),
    "passed": lazy_pgettext("claim", "已通过"),
    "refused": lazy_pgettext("claim", "不予通过"),
    "withdrawn": lazy_pgettext("claim", "已撤回"),
}
CLAIM_DOTS = {"pending": "warning", "passed": "success", "refused": "danger", "withdrawn": "muted"}

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
    "organisation_certified": _l("该主体已认证，名称和代码以认证为准，不能修改"),
    "cancel_owner": _l(
        "您是“%(parks)s”的负责人，请先由平台运营改由他人担任负责人并将您移出，再注销账号"
    ),
    "cancel_member": _l("您还属于“%(parks)s”，请先由平台运营移出，再注销账号"),
    "not_certified": _l("请先完成企业认证"),
    "person_long": _l("不能超过 40 个字"),
    "contact_phone_wrong": _l(
        "请填写 11 位手机号或带区号的固定电话，例如 0898-88812345；不修改请保留原样"
    ),
    "unknown_level": _l("请从列表中选择信用等级"),
    "bank_account_wrong": _l("账号为 8–30 位数字；不修改请保留原样"),
    "reveal_reason_missing": _l("请写明用途"),
    "claim_pending": _l("您已提交营业执照，正在审核，请等待结果"),
    "claim_decided": _l("该申请已审核过，请刷新页面"),
    "claim_withdrawn": _l("申请人已撤回该申请，请刷新页面"),
    "claim_none": _l("没有待审核的申请，可能已经审核，请刷新页面"),
    "claim_own": _l("不能审核自己提交的申请，请由其他人审核"),
    "file_missing": _l("请选择营业执照的扫描件"),
    "refuse_reason_missing": _l("请写明不予通过的原因"),
    "too_long": _l("内容过长，请缩短"),
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
    "organisation.certified": _l("认证企业信息"),
    "organisation.joined": _l("账号加入企业"),
    "organisation.left": _l("账号离开企业"),
    "organisation.owner_changed": _l("更换企业主账号"),
    "organisation.news_seen": _l("查看企业认证信息变更"),
    "organisation.contact_changed": _l("修改企业联系信息"),
    "organisation.bank_changed": _l("修改企业银行账户"),
    "organisation.bank_revealed": _l("查看完整银行账号"),
    "park.company_changed": _l("企业认证信息变更"),
    "licence.claimed": _l("提交营业执照认证"),
    "licence.passed": lazy_pgettext("act", "营业执照认证通过"),
    "licence.withdrawn": _l("撤回营业执照认证申请"),
    "licence.refused": lazy_pgettext("act", "营业执照认证不予通过"),
}

LINK_WORDS = {"owner": _l("主账号"), "member": _l("成员账号")}
ROLE_WORDS = {**LINK_WORDS, **MEMBER_WORDS}
#: Field -> words of its stored values.
VALUE_WORDS = {
    "kind": KIND_WORDS,
    "status": STATUS_WORDS,
    "role": ROLE_WORDS,
    "source": SOURCE_WORDS,
}
