"""Words of applications: states, reasons, headings, refusals, acts."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.engines import files, notices
from app.features.enterprises.labels import REFUSALS as REGISTER_REFUSALS
from app.features.enterprises.labels import ROLE_WORDS
from app.features.parks.labels.profile import MODE_WORDS
from app.features.settlements import policy

STATE_WORDS: dict[str, Any] = {
    "new": _l("待处理"),
    "following": _l("跟进中"),
    "landed": _l("已落地"),
    "declined": _l("未落地"),
    "withdrawn": _l("已撤回"),
    "moved": _l("已转其他园区"),
}
STATE_DOTS = {
    "new": "info",
    "following": "warning",
    "landed": "success",
    "declined": "danger",
    "withdrawn": "muted",
    "moved": "muted",
}
REASON_WORDS: dict[str, Any] = {
    "space": _l("场地面积或条件不符"),
    "cost": _l("租金或成本过高"),
    "policy": _l("政策不及预期"),
    "positioning": _l("产业定位不符"),
    "facilities": _l("配套不足（仓储、通关、物流、网络、人才）"),
    "papers": _l("资质或材料不全"),
    "not_admitted": _l("经评审不予准入"),
    "plans": _l("企业资金或计划调整"),
    "elsewhere": _l("选择其他园区或城市"),
    "no_contact": _l("联系不上"),
    "duplicate": _l("重复申请"),
    "other": _l("其他"),
}
NEED_WORDS: dict[str, Any] = {
    "注册": _l("注册"),
    "备案": _l("备案"),
    "通关": _l("通关"),
    "仓储": _l("仓储"),
    "融资": _l("融资"),
    "培训": _l("培训"),
    "人才": _l("人才"),
}
CHOICE_WORDS = {"roles": ROLE_WORDS, "modes": MODE_WORDS, "needs": NEED_WORDS}
PREPARING = _l("筹备中")
FOCUS_WORDS: dict[str, Any] = {
    "contacted": _l("已首次联系"),
    "overdue": _l("超过首次联系时限"),
    "due": _l("待首次联系"),
    "unproven": _l("待补合同"),
}

HEADINGS: dict[str, Any] = {
    "number": _l("受理编号"),
    "applicant": _l("申请人/联系人"),
    "company": _l("申请企业"),
    "preparing": _l("企业尚在筹备，还没有名称"),
    "uscc": _l("统一社会信用代码"),
    "contact_name": _l("申请人/联系人"),
    "contact_phone": _l("手机号"),
    "email": _l("电子邮箱"),
    "roles": _l("企业角色"),
    "modes": _l("监管方式"),
    "goods": _l("主营商品"),
    "markets": _l("主要市场"),
    "office_area": _l("办公面积"),
    "warehouse_area": _l("仓储面积"),
    "area": _l("需要面积(㎡)"),
    "budget": _l("预算"),
    "expected_on": _l("计划入驻日期"),
    "staff_count": _l("预计到岗人数"),
    "expected_value": _l("预计年贸易额"),
    "needs": _l("服务需求"),
    "message": _l("留言"),
    "state": _l("状态"),
    "submitted_at": _l("申请时间"),
    "waited": _l("已等待"),
    "due_on": _l("首次联系时限"),
    "contacted_at": _l("首次联系时间"),
    "handler": _l("处理人"),
    "decided_at": _l("办结时间"),
    "reason": _l("未落地原因"),
    "landed_on": _l("落地日期"),
    "enterprise": _l("对应企业"),
    "proven_at": _l("合同或执照"),
    "consent": _l("隐私政策"),
    "park": _l("园区/基地"),
    "focus": _l("关注"),
    "moved_to": _l("转往园区"),
}

#: Acts of the log.
ACT_WORDS: dict[str, Any] = {
    "submit": _l("提交申请"),
    "arrive": _l("由其他园区转来"),
    "follow": _l("跟进"),
    "land": _l("已落地"),
    "decline": _l("未落地"),
    "move": _l("转其他园区"),
    "prove": _l("补充合同或执照"),
    "reopen": _l("重新打开"),
    "withdraw": _l("申请人撤回"),
}
ACTS: dict[str, Any] = {
    **{f"settlement.{name}": words for name, words in ACT_WORDS.items()},
    "settlement.linked": _l("按已验证手机号关联账号"),
    "settlement.revealed": lazy_pgettext("act", "查看完整个人信息"),
}
#: What the recycle bin says of an enterprise that an application landed as.
HANGING = _l("入驻申请")
PURGE_REFUSALS = {
    "purge_settled": _l("有 %(number)s 份入驻申请落地为该企业，须一并保留，不能彻底删除")
}
FILE_WORDS = {"applicant": _l("申请材料"), "contract": _l("合同或执照")}

REFUSALS: dict[str, Any] = {
    **files.LABELS,
    "required": _l("必填，不能为空"),
    "too_long": _l("超过了最大长度"),
    "company_missing": _l("请填写企业名称；还没有名称的，请勾选“企业尚在筹备”"),
    "phone_wrong": _l("请输入正确的手机号"),
    "email_wrong": _l("邮箱格式不正确"),
    "number_wrong": _l("请填写不小于 0 的数字"),
    "day_wrong": _l("请选择今天起 10 年内的日期"),
    "choice_wrong": _l("没有这个选项，请重新选择"),
    "code_wrong_sign": _l("统一社会信用代码校验不符，请核对营业执照"),
    "consent_needed": _l("隐私政策已更新，请阅读后重新勾选"),
    "agree_needed": _l("请阅读并同意隐私政策"),
    "park_closed": _l("该园区暂不接受入驻申请"),
    "apply_often": _l("24 小时内提交的申请太多，请明天再试，或致电园区"),
    "too_many_files": _l("最多上传 %(most)s 个文件"),
    "file_missing": _l("请选择文件"),
    "settlement_not_park": _l("只有受理园区可以处理这份申请"),
    "settlement_not_applicant": _l("只有申请人可以撤回"),
    "settlement_state": _l("申请的状态已变化，不能再这样处理；请看最新的处理记录"),
    "settlement_changed": _l("您打开后，同事已处理过这份申请，本次没有保存。请看最新的处理记录"),
    "text_missing": _l("请填写说明"),
    "reason_missing": _l("请选择未落地原因"),
    "reason_text_missing": _l("选择“其他”时，请写明原因"),
    "landed_later": _l("落地日期不能晚于今天"),
    "code_merged": REGISTER_REFUSALS["code_merged"],
    "enterprise_in_bin": _l("该代码的企业在回收站中，请先到企业管理的回收站恢复"),
    "enterprise_not_in_park": _l("该代码的企业已在册，但状态不是“在园”，请先在企业管理中修改状态"),
    "enterprise_landed": _l("企业“%(name)s”已由申请 %(number)s 落地，不能重复计算"),
    "park_not_there": _l("请选择一个运行中的其他园区/基地"),
    # Of the enterprise that a landing makes.
    "code_taken": _l("本园区已有该统一社会信用代码的企业"),
    "bad_code": _l("统一社会信用代码校验不符，请核对营业执照"),
}

# -- messages: the park's people hear of what comes and goes, the applicant of what was decided --
_PARK = f"can_list on {policy.VIEW}"  # the park's people
_COMPANY = {"company": {"": _l("一家筹备中的企业")}}
notices.kinds(
    notices.NoticeKind(
        "settlement.submitted",
        _l("新的入驻申请"),
        _l("%(company)s提交了入驻申请 %(number)s，请在 %(due)s 前首次联系申请人。"),
        words=_COMPANY,
        right=_PARK,
    ),
    notices.NoticeKind(
        "settlement.arrived",
        _l("转来的入驻申请"),
        _l("“%(park)s”转来%(company)s的入驻申请 %(number)s，请在 %(due)s 前首次联系申请人。"),
        words=_COMPANY,
        right=_PARK,
    ),
    notices.NoticeKind(
        "settlement.due",
        _l("首次联系今天到期"),
        _l("%(company)s的入驻申请 %(number)s 今天是首次联系的最后一天，请尽快联系申请人。"),
        words=_COMPANY,
        right=_PARK,
    ),
    notices.NoticeKind(
        "settlement.late",
        _l("首次联系已超时"),
        _l(
            "%(company)s的入驻申请 %(number)s 已超过首次联系时限 %(days)s 个工作日，请立即联系申请人。"
        ),
        words=_COMPANY,
        right=_PARK,
    ),
    notices.NoticeKind(
        "settlement.withdrawn",
        _l("入驻申请被撤回"),
        _l("%(company)s撤回了入驻申请 %(number)s，不必再处理。"),
        words=_COMPANY,
        right=_PARK,
    ),
    notices.NoticeKind(
        "settlement.followed",
        _l("入驻申请已受理"),
        _l("“%(park)s”正在跟进您的入驻申请 %(number)s。"),
    ),
    notices.NoticeKind(
        "settlement.landed",
        lazy_pgettext("notice", "入驻申请已落地"),
        _l("您向“%(park)s”提交的入驻申请 %(number)s 已落地，欢迎入驻。"),
    ),
    notices.NoticeKind(
        "settlement.declined",
        lazy_pgettext("notice", "入驻申请未落地"),
        _l("您向“%(park)s”提交的入驻申请 %(number)s 未落地。原因：%(reason)s"),
        words={"reason": REASON_WORDS},
    ),
    notices.NoticeKind(
        "settlement.moved",
        _l("入驻申请转到其他园区"),
        _l("您的入驻申请已转给“%(park)s”，新的受理编号 %(number)s；园区会在 %(due)s 前联系您。"),
    ),
    notices.NoticeKind(
        "settlement.reopened",
        _l("入驻申请重新打开"),
        _l("“%(park)s”重新打开了您的入驻申请 %(number)s，会继续跟进。"),
    ),
)
