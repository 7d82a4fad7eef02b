"""Words of the recycle bin."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.engines import notices

VIEW = "BinView"
ADDRESS = "/desk/bin"
#: Kind -> what it is called; filled as kinds are registered.
KIND_WORDS: dict[str, Any] = {}

HEADINGS = {
    "name": _l("名称"),
    "kind": _l("类别"),
    "facts": _l("主要信息"),
    "deleted_at": _l("删除时间"),
    "deleted_by": _l("删除人"),
    "reason": _l("删除原因"),
    "hanging": _l("关联内容"),
    "kept": _l("保留期"),
    "park": _l("园区/基地"),
    "stage": _l("处理阶段"),
}
STAGE_WORDS = {
    "kept": _l("保留中"),
    "due": _l("可彻底删除"),
    "waiting": _l("待我确认"),
    "asked": _l("我提出的"),
}
ACTS = {
    "bin.proposed": _l("提出彻底删除"),
    "bin.taken_back": _l("撤回彻底删除的提议"),
    "bin.rejected": _l("驳回彻底删除"),
    "bin.purged": _l("彻底删除"),
}
REFUSALS: dict[str, Any] = {
    "bin_reason_missing": _l("请填写原因"),
    "bin_kept": _l("保留期内不能彻底删除，%(until)s 起可以提出。"),
    "bin_kept_always": _l("平台设置为长期保留，不能彻底删除。"),
    "bin_proposed": _l("已有人提出彻底删除，请等待确认"),
    "bin_not_proposed": _l("彻底删除已被撤回或驳回，无需再处理"),
    "bin_second_person": _l("彻底删除须由提出人以外的另一人确认。"),
    "bin_no_place": _l("位置已被占用，或所属的记录已不存在，未能恢复"),
    "bin_taken": _l("“%(name)s”占用了同一编码、名称或日期"),
}

notices.kinds(
    notices.NoticeKind(
        "bin.proposed",
        _l("彻底删除待确认"),
        _l("%(kind)s“%(name)s”被提出彻底删除，原因：%(reason)s。请确认或驳回。"),
        words={"kind": KIND_WORDS},
        right=f"can_purge on {VIEW}",
    ),
    notices.NoticeKind(
        "bin.rejected",
        _l("彻底删除被驳回"),
        _l("您提出彻底删除的%(kind)s“%(name)s”被驳回，原因：%(reason)s。"),
        words={"kind": KIND_WORDS},
        right=f"can_purge on {VIEW}",
    ),
    notices.NoticeKind(
        "bin.purged",
        _l("已彻底删除"),
        _l("您提出彻底删除的%(kind)s“%(name)s”已由另一人确认，现已彻底删除。"),
        words={"kind": KIND_WORDS},
        right=f"can_purge on {VIEW}",
    ),
    notices.NoticeKind(
        "bin.restored",
        _l("提出彻底删除的记录已恢复"),
        _l("您提出彻底删除的%(kind)s“%(name)s”已被恢复，不再删除。"),
        words={"kind": KIND_WORDS},
        right=f"can_purge on {VIEW}",
    ),
)
