"""Words of the register: headings, statuses, refusals, warnings of an import, acts of the trail."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.engines import recycling, sheets
from app.engines.sheets.model import CellError
from app.features.enterprises import policy
from app.features.enterprises.rules import BY_NAME, KEPT

HEADINGS: dict[str, Any] = {
    "uscc": _l("统一社会信用代码"),
    "name": _l("企业名称"),
    "roles": _l("企业角色"),
    "legal_representative": _l("法定代表人"),
    "company_type": _l("企业类型"),
    "registered_capital": _l("注册资本(万元)"),
    "established_on": _l("成立日期"),
    "registered_address": _l("注册地址"),
    "business_address": _l("经营地址"),
    "industry": _l("行业"),
    "customs_modes": _l("监管方式"),
    "customs_code": _l("海关注册编码"),
    "customs_credit": _l("海关信用等级"),
    "filed_on_platform": _l("是否平台备案"),
    "contact_name": _l("联系人"),
    "contact_phone": _l("联系电话"),
    "email": _l("电子邮箱"),
    "settled_on": _l("入驻日期"),
    "status": _l("企业状态"),
    "staff_count": _l("员工人数"),
    "annual_sales": _l("年销售额(万元)"),
    "annual_import": _l("年进口额(万元)"),
    "annual_export": _l("年出口额(万元)"),
    "remark": _l("备注"),
    "park": _l("园区/基地"),
    "source": _l("数据来源"),
    "updated_at": _l("更新时间"),
}

STATUS_WORDS = {
    "在园": _l("在园"),
    "迁出": _l("迁出"),
    "暂停": _l("暂停"),
    "注销": _l("注销"),
}
STATUS_DOTS = {"在园": "success", "暂停": "warning", "迁出": "muted", "注销": "danger"}
ROLE_WORDS = {
    "平台": _l("平台"),
    "卖家": _l("卖家"),
    "服务商": _l("服务商"),
    "生产企业": _l("生产企业"),
}
SOURCE_WORDS = {
    "typed": _l("手工录入"),
    "import": _l("导入"),
    "settlement": _l("入驻申请"),
    "haiyiban": _l("海易办"),
    "moved": _l("迁入"),
}

REFUSALS: dict[str, Any] = {
    "required": _l("必填，不能为空"),
    "moved_away": _l("该企业已迁出本园区，档案只能查看"),
    "reveal_reason_missing": _l("请写明用途"),
    "code_taken": _l("本园区已有该统一社会信用代码的企业"),
    "bad_code": _l("统一社会信用代码校验不符，请核对营业执照；确属特例的由平台运营人工核验"),
    "masked_value": _l("带 * 的内容是脱敏显示，不能写回；请填写完整内容，或保持原样不改"),
    "purge_merged": _l("该企业有合并记录，须一并保留，不能彻底删除"),
    "purge_import": _l("导入“%(file)s”仍可撤销，撤销期过后才能彻底删除"),
    "restore_code_taken": _l("不能恢复：该代码已被在册企业“%(name)s”使用"),
    "code_merged": _l(
        "该代码的企业已并入“%(name)s”，请在那家企业中修改；确为另一家的，请平台运营先撤销合并"
    ),
    "unknown_status": _l("没有这个企业状态"),
    "evidence_missing": _l("请写明核验依据"),
    "code_needs_no_acceptance": _l("只有末位校验不符的 18 位代码需要人工核验"),
    "code_accepted_already": _l("该代码已人工核验通过"),
    "code_revoked_already": _l("该代码的核验已被撤销"),
    "revoke_reason_missing": _l("请写明撤销原因"),
    "rows_with_errors": _l("还有 %(number)s 行错误；请改正，或选择“仅导入正确行”"),
    "nothing_to_import": _l("没有勾选任何新增或变更的行"),
    "already_applied": _l("本次导入已经确定过，没有重复写入"),
    "plan_changed": _l(
        "勾选的行或错误行已有变化（另一个窗口或同事），没有导入；请按现在的情况核对后再点“确定”"
    ),
    "cell_not_wrong": _l("这一格没有错误，或已被同事改正；请按现在的内容核对"),
    "not_planned": _l("文件还没有核对完成"),
    "undo_not_applied": _l("本次导入没有可撤销的内容"),
    "undo_too_late": _l("导入已超过 30 天，不能撤销"),
    "purpose_missing": _l("导出个人信息需填写用途"),
    "columns_missing": _l("请至少选择一列"),
    "import_busy": _l("本次导入正在后台处理，请等待完成后再操作"),
}

#: What a job tells at its end.
JOB_WORDS: dict[str, Any] = {
    **REFUSALS,
    "import_conflicts": _l(
        "有 %(count)s 行在您核对后被他人修改，已重新核对，请确认后再次点击“确定”。"
    ),
    "import_mended": _l("已改正 %(count)s 行。"),
    "import_still_wrong": _l("仍有错误，请按提示继续修改。"),
}

ROW_WORDS: dict[str, Any] = {
    "retired": _l("“%(word)s”已停用，不能新填；请选择当前有效的选项"),
    "code_in_bin": _l("该代码的企业在回收站中，将作为新增导入"),
    "code_merged": _l("该代码的企业已并入“%(name)s”；确为另一家企业的，再勾选本行"),
    "moved_away": _l("该企业已迁出本园区，档案只能查看"),
    "haiyiban_wins": _l("以海易办认证为准，未采用“%(typed)s”"),
    "licence_wins": _l("以核验过的营业执照为准，未采用“%(typed)s”"),
    "other_park": _l("该代码的企业也在其他园区登记：%(parks)s"),
    "changed_meanwhile": _l("核对后该企业被他人修改过，已按最新内容重新核对"),
    "changed_since_template": _l(
        "该企业在模板下载后被他人修改过，导入会覆盖那些修改；请核对，确需导入再勾选本行"
    ),
    "gone_since_template": _l("该企业在模板下载后已被删除；确需重新新增再勾选本行"),
    "rows_since_template": _l(
        "有 %(count)s 行的企业在模板下载后被他人修改或删除，或已并入别的企业，没有勾选，不会导入。行号：%(rows)s"
    ),
    "template_of_other_park": _l("该模板是为园区 %(code)s 生成的，请确认没有选错文件"),
    "template_of_other_year": _l("模板数据年度为 %(theirs)s，本次按 %(ours)s 年度导入"),
    "same_file": _l("该文件已于 %(at)s 导入过（导入编号 %(number)s）"),
}

#: The first sheet of an export is Chinese, and so it stands in the trail; its readers may not be.
EXPORT_WORDS: dict[str, Any] = {
    "名称": _l("名称"),
    "园区/基地": _l("园区/基地"),
    "筛选条件": _l("筛选条件"),
    "数据年度": _l("数据年度"),
    "行数": _l("行数"),
    "导出时间": _l("导出时间"),
    "导出人": _l("导出人"),
    "企业管理": _l("企业管理"),
    "全部园区/基地": _l("全部园区/基地"),
    "无（全部）": _l("无（全部）"),
}

KIND_WORDS = {
    "new": lazy_pgettext("plan", "新增"),
    "changed": _l("变更"),
    "unchanged": _l("无变化"),
    "error": lazy_pgettext("row", "错误"),
}
OUTCOME_WORDS = {
    "added": _l("已新增"),
    "changed": _l("已变更"),
    "reversed": _l("已撤销"),
    "kept": _l("之后有修改，已保留"),
    "kept_moving": _l("有迁园，已保留"),
    "kept_merged": _l("有合并记录，已保留"),
    "kept_linked": _l("平台运营已确认与其他园区的档案是同一企业，已保留"),
    "could_not": _l("未能撤销"),
}
STATE_WORDS = {
    "reading": _l("核对中"),
    "planned": _l("待确定"),
    "applied": _l("已导入"),
    "undone": _l("已撤销"),
    "refused": _l("未导入"),
    "discarded": _l("已取消"),
}
#: Why a record lies in the recycle bin, when nobody typed a reason.
DELETED_ONE, DELETED_MANY = "@one", "@many"
DELETE_REASONS: dict[str, Any] = {
    DELETED_ONE: _l("未填写原因"),
    DELETED_MANY: _l("批量删除"),
}
#: What stood there before the reason was a code.
_EARLIER = {
    **dict.fromkeys(("从列表删除", "Deleted from the list"), DELETED_ONE),
    **dict.fromkeys(("批量删除", "Bulk delete"), DELETED_MANY),
}

OBJECT = _l("企业")
ACTS = {
    "enterprise.added": lazy_pgettext("act", "新增"),
    "enterprise.changed": lazy_pgettext("act", "修改"),
    "enterprise.deleted": lazy_pgettext("act", "删除"),
    "enterprise.restored": lazy_pgettext("act", "恢复"),
    **recycling.ACTS,
    "enterprise.revealed": lazy_pgettext("act", "查看完整个人信息"),
    "enterprise.certified": _l("按认证更新"),
    "enterprise.moved_out": _l("企业迁出"),
    "enterprise.moved_in": _l("企业迁入"),
    "enterprise.move_undone": _l("撤销企业迁园"),
}


def row_message(error: CellError) -> str:
    """What is wrong and what to write instead, in the reader's language."""
    words = ROW_WORDS.get(error.code)
    if words is None:
        return str(sheets.message(error))
    params = dict(error.params)
    if "at" in params:
        params["at"] = str(params["at"])[:16].replace("T", " ")
    return str(words % params if params else words)


def outcome_words(outcome: str | None) -> str:
    """What became of a row; what of another feature hangs on its enterprise is called as there."""
    if outcome in OUTCOME_WORDS:
        return str(OUTCOME_WORDS[outcome])
    what = next((one.label for one in policy.HANGING if outcome == f"{KEPT}_{one.kind}"), None)
    return str(_("有%(what)s，已保留", what=what)) if what else ""


def reason_words(reason: str | None) -> str:
    """Why something was deleted: a code of ours in words, a typed reason as it was typed."""
    text = reason or ""
    return str(DELETE_REASONS.get(_EARLIER.get(text, text), text))


def heading(name: str | None) -> str:
    """The heading of a column; yearly trail fields carry their year (annual_sales@2025)."""
    if not name:
        return ""
    plain, _at, year = name.partition("@")
    words = str(HEADINGS.get(plain, BY_NAME[plain].heading if plain in BY_NAME else plain))
    return f"{words} {year}" if year else words
