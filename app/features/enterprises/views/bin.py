"""回收站: deleted enterprises, what hangs on them, restore."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import flash, jsonify
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core.errors import NotFound, Refusal
from app.extensions.lists.criteria import Criteria, Rules
from app.extensions.phrases import clauses, firms, labelled
from app.features.accounts.queries import FULL_NAME
from app.features.enterprises import policy, queries, services
from app.features.enterprises.labels import (
    HEADINGS,
    REFUSALS,
    STATUS_DOTS,
    STATUS_WORDS,
    reason_words,
)
from app.features.enterprises.models import Enterprise, EnterpriseYear, ImportRow
from app.features.enterprises.views import access
from app.features.enterprises.views.source import EnterpriseSource
from app.transaction import transaction
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.build import Field
from app.web.listing.page import BulkAct, Cell, Empty, Link

BASE = "/desk/enterprises/bin"


DELETED_BY = (
    sa.select(FULL_NAME)
    .where(User.id == Enterprise.deleted_by)
    .correlate(Enterprise)
    .scalar_subquery()
)
YEARS = (
    sa.select(sa.func.count())
    .where(EnterpriseYear.enterprise_id == Enterprise.id)
    .correlate(Enterprise)
    .scalar_subquery()
)
IMPORTS = (
    sa.select(sa.func.count())
    .where(ImportRow.enterprise_id == Enterprise.id, ImportRow.outcome.is_not(None))
    .correlate(Enterprise)
    .scalar_subquery()
)


class BinSource(EnterpriseSource):
    """The deleted records, with who deleted them and what hangs on them."""

    def __init__(self) -> None:
        super().__init__(deleted=True)
        self.columns |= {"deleted_by": DELETED_BY, "hanging": YEARS, "imports": IMPORTS}


def hanging_words(years: int, imports: int) -> list[str]:
    """What goes into the recycle bin with a record and comes back with it."""
    told = []
    if years:
        words = ngettext("%(num)s 个年度", "%(num)s 个年度", years)
        told.append(labelled(_("年度数据"), words))
    if imports:
        words = ngettext("%(num)s 次", "%(num)s 次", imports)
        told.append(labelled(_("导入记录"), words))
    return told


class EnterpriseBinView(RegisterView):
    """Deleted enterprises."""

    datamodel = SQLAInterface(Enterprise)
    route_base = BASE
    class_permission_name = "EnterpriseBinView"
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_list": access.KEEPERS,
        "can_restore": access.KEEPERS,
    }
    fields = (
        Field("name", HEADINGS["name"], frozen=True),
        Field("uscc", HEADINGS["uscc"]),
        Field("status", HEADINGS["status"], choices=STATUS_WORDS),
        Field("deleted_at", _l("删除时间")),
        Field("deleted_by", _l("删除人"), sortable=False),
        Field("delete_reason", _l("删除原因"), sortable=False, asked=False),
        Field("hanging", _l("关联内容"), sortable=False, asked=False),
        Field("park", HEADINGS["park"], shown=False),
    )
    source = BinSource()
    sorted_by = ("deleted_at", "desc")
    list_heading = _l("回收站")
    section_label = _l("企业管理")
    unit_of = staticmethod(firms)
    search_label = _l("企业名称、拼音、信用代码或联系人")
    refusals = REFUSALS
    bulk_permissions: ClassVar[dict[str, str]] = {"restore": "restore"}

    def list_rules(self) -> Rules:
        names = tuple(one.name for one in self.fields if one.sortable)
        return Rules((), names, self.sorted_by)

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        return (Link(_("返回企业管理"), "/desk/enterprises/list/", icon="arrow-left"),)

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        if not self.may("restore"):
            return ()
        words = _("确定恢复“%(name)s”吗？恢复后回到企业管理。", name=row.name)
        url = f"{BASE}/restore/{row.pk}"
        more = f"{BASE}/hanging/{row.pk}"
        act = Link(_("恢复"), url, kind="link", post=True, confirm=words, more=more)
        return (replace(act, confirm_label=_("恢复")),)

    def extra_columns(self) -> tuple[str, ...]:
        return ("imports",)

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        if name == "status":
            return Cell(STATUS_WORDS[value], dot=STATUS_DOTS[value])
        if name == "uscc":
            return Cell(value, code=True)
        if name == "delete_reason":
            return Cell(reason_words(value))
        if name == "hanging":
            return Cell(clauses(hanging_words(value, row.imports)))
        return cells.cell(value)

    def bulk_acts(self) -> tuple[BulkAct, ...]:
        if not self.may("restore"):
            return ()
        return (BulkAct("restore", _("恢复"), f"{BASE}/bulk/restore", icon="restore"),)

    def nothing_yet(self) -> Empty:
        return Empty("nothing", _("回收站是空的"), _("删除的企业会放在这里，可以恢复。"))

    @expose("/hanging/<pk:pk>")
    @guarded("list")
    def hanging(self, pk: int) -> Any:
        """What hangs on a record, living or deleted: the dialog says it before the act."""
        item = queries.either(pk)
        lines = hanging_words(queries.years_of(pk), queries.imports_touching(pk))
        others = (found for tell in policy.DEPENDENTS if (found := tell(item)) is not None)
        return jsonify(
            lines=[*lines, *(labelled(label, f"{number:,}") for label, number in others)]
        )

    @expose("/restore/<pk:pk>", methods=["POST"])
    @guarded("restore")
    def restore(self, pk: int) -> Any:
        """Take one back."""
        queries.get(pk, deleted=True)
        self.bulk_restore([pk])
        return self.go(f"{BASE}/list/")

    def bulk_restore(self, ids: Sequence[int]) -> None:
        """Take several back; each refusal names its row."""
        back, kept = 0, []
        names = queries.names_of(ids)
        for enterprise_id in ids:
            try:
                with transaction():
                    services.restore(current_actor(), enterprise_id)
                back += 1
            except NotFound:  # somebody else was faster: it is where it should be
                continue
            except Refusal as refusal:
                words = self.words_of(refusal.code, refusal.params)
                kept.append(labelled(names[enterprise_id], words))
        if back:
            flash(ngettext("已恢复 %(num)s 家企业。", "已恢复 %(num)s 家企业。", back), "success")
        for words in kept[:10]:
            flash(words, "danger")
