"""Words of parks, organisations and memberships."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.engines import notices, recycling

KIND_WORDS = {"park": _l("园区"), "base": _l("基地")}
STATUS_WORDS = {"active": _l("运行中"), "suspended": _l("已暂停")}
STATUS_DOTS = {"active": "success", "suspended": "warning"}
MEMBER_WORDS = {
    "owner": _l("所有者"),
    "admin": _l("园区/基地管理员"),
    "clerk": _l("园区数据专员"),
}

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
    "phone": _l("手机号"),
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
    "cancel_owner": _l("您是“%(parks)s”的所有者，请先转让所有权并退出，再注销账号"),
    "cancel_member": _l("您还属于“%(parks)s”，请先退出，再注销账号"),
    "park_suspended": _l("该园区/基地已暂停，不能加入新的人员"),
    "owner_stays": _l("所有者只能通过转让所有权更换"),
    "owner_leaves": _l("您是所有者，请先把所有权转让给其他人，再退出"),
    "leave_yourself": _l("不能移出自己，请使用“退出”"),
    "last_manager": _l("须至少保留一名所有者或管理员，请先指定另一名管理员"),
    "removal_reason_missing": _l("请写明移出的原因"),
    "phone_wrong": _l("请填写 11 位手机号"),
    "invitation_open": _l("已邀请该手机号，正在等待答复；可以重新发送或撤回"),
    "invitation_closed": _l("该邀请已答复或已撤回，请刷新页面"),
    "invitation_expired": _l("该邀请已过期，请联系邀请人重新发送"),
    "invitations_park": _l("今天发出的邀请已达上限，请明天再试"),
    "invitations_number": _l("发给该手机号的邀请过多，请过些日子再试"),
    "resend_most": _l("每份邀请最多发送 %(number)s 次；可以撤回后重新邀请"),
    "resend_soon": _l("刚刚发送过，请 %(minutes)s 分钟后再试"),
    "in_park_already": _l("您已属于这个园区/基地"),
    "transfer_self": _l("不能转让给自己"),
    "transfer_open": _l("已有一份转让正在等待答复，请先撤回"),
    "transfer_closed": _l("该转让已答复、已撤回或已过期"),
    "transfer_not_yours": _l("这一步须由另一方办理"),
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
    "park.restored": _l("恢复园区/基地"),
    **recycling.ACTS,
    "parks.exported": _l("导出园区/基地"),
    "organisation.added": _l("新增主体"),
    "organisation.changed": _l("修改主体"),
    "organisation.deleted": _l("删除主体"),
    "organisation.restored": _l("恢复主体"),
    "membership.added": _l("加入园区/基地"),
    "membership.changed": _l("调整担任"),
    "membership.removed": _l("移出园区/基地"),
    "membership.left": _l("退出园区/基地"),
    "invitation.sent": _l("邀请加入园区/基地"),
    "invitation.resent": _l("重新发送邀请"),
    "invitation.withdrawn": _l("撤回邀请"),
    "invitation.accepted": _l("接受邀请"),
    "invitation.refused": _l("不接受邀请"),
    "park.ownership_offered": _l("提出转让所有权"),
    "park.ownership_withdrawn": _l("撤回转让所有权"),
    "park.ownership_refused": _l("不接受所有权"),
    "park.ownership_taken": _l("接受所有权"),
    "organisation.certified": _l("认证企业信息"),
    "organisation.joined": _l("账号加入企业"),
    "organisation.left": _l("账号离开企业"),
    "organisation.owner_changed": _l("更换企业主账号"),
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

ROLE = {"role": MEMBER_WORDS}
notices.kinds(
    notices.NoticeKind(
        "park.invited",
        _l("收到邀请"),
        _l("“%(park)s”邀请您加入，担任%(role)s。"),
        words=ROLE,
        fixed=True,
    ),
    notices.NoticeKind(
        "park.invitation_withdrawn",
        _l("邀请被撤回"),
        _l("“%(park)s”撤回了请您担任%(role)s的邀请。"),
        words=ROLE,
    ),
    notices.NoticeKind(
        "park.invitation_accepted", _l("邀请被接受"), _l("%(person)s已加入“%(park)s”。")
    ),
    notices.NoticeKind(
        "park.invitation_refused", _l("邀请未被接受"), _l("%(person)s没有接受“%(park)s”的邀请。")
    ),
    notices.NoticeKind(
        "park.joined",
        lazy_pgettext("notice", "加入园区/基地"),
        _l("平台已将您加入“%(park)s”，担任%(role)s。"),
        words=ROLE,
        fixed=True,
    ),
    notices.NoticeKind(
        "park.removed",
        lazy_pgettext("notice", "移出园区/基地"),
        _l("您已被移出“%(park)s”。"),
        fixed=True,
    ),
    notices.NoticeKind(
        "park.removed_reason",
        _l("平台移出园区/基地"),
        _l("平台运营已将您移出“%(park)s”。原因：%(reason)s"),
        fixed=True,
    ),
    notices.NoticeKind(
        "park.role_changed",
        lazy_pgettext("notice", "调整担任"),
        _l("您在“%(park)s”现在担任%(role)s。"),
        words=ROLE,
        fixed=True,
    ),
    notices.NoticeKind(
        "park.suspended",
        _l("园区/基地暂停"),
        _l("“%(park)s”已被暂停，恢复运行前只能查看，不对外显示。原因：%(reason)s"),
        fixed=True,
    ),
    notices.NoticeKind(
        "park.resumed",
        _l("园区/基地恢复运行"),
        _l("“%(park)s”已恢复运行。原因：%(reason)s"),
        fixed=True,
    ),
    notices.NoticeKind(
        "park.ownership_offered",
        _l("所有权转让"),
        _l("%(person)s请您接受“%(park)s”的所有权。"),
        fixed=True,
    ),
    notices.NoticeKind(
        "park.ownership_taken",
        _l("所有权已转让"),
        _l("%(person)s已接受“%(park)s”的所有权，您现在是园区/基地管理员。"),
        fixed=True,
    ),
    notices.NoticeKind(
        "park.ownership_refused",
        _l("所有权未被接受"),
        _l("%(person)s没有接受“%(park)s”的所有权。"),
        fixed=True,
    ),
    notices.NoticeKind("licence.passed", _l("认证通过"), _l("“%(name)s”的营业执照认证已通过。")),
    notices.NoticeKind(
        "licence.refused",
        _l("认证未通过"),
        _l("“%(name)s”的营业执照认证不予通过。原因：%(reason)s"),
    ),
    notices.NoticeKind(
        "organisation.changed",
        _l("认证信息变更"),
        _l("“%(name)s”的认证信息已更新：%(fields)s。"),
        words={"fields": CERTIFIED_WORDS},
    ),
)
