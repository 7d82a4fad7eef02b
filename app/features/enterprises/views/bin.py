"""回收站: deleted enterprises, what hangs on them, restore."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import NotFound, Refusal
from app.extensions.lists.criteria import Criteria, Rules
from app.extensions.phrases import labelled
from app.features.enterprises import queries, services
from app.features.enterprises.labels import HEADINGS, REFUSALS
from app.features.enterprises.models import Enterprise
from app.features.enterprises.views import access
from app.features.enterprises.views.source import EnterpriseSource
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.build import Field
from app.web.listing.page import BulkAct, Empty, Link

BASE = "/desk/enterprises/bin"


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
        Field("status", HEADINGS["status"]),
        Field("deleted_at", _l("删除时间")),
        Field("delete_reason", _l("删除原因"), sortable=False),
        Field("park", HEADINGS["park"], shown=False),
    )
    source = EnterpriseSource(deleted=True)
    sorted_by = ("deleted_at", "desc")
    list_heading = _l("回收站")
    section_label = _l("企业管理")
    unit_word = _l("家")
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
        return (
            Link(_("恢复"), url, kind="link", post=True, confirm=words, confirm_label=_("恢复")),
        )

    def bulk_acts(self) -> tuple[BulkAct, ...]:
        if not self.may("restore"):
            return ()
        return (BulkAct("restore", _("恢复"), f"{BASE}/bulk/restore", icon="restore"),)

    def nothing_yet(self) -> Empty:
        return Empty("nothing", _("回收站是空的"), _("删除的企业会放在这里，可以恢复。"))

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
            flash(_("已恢复 %(back)s 家企业。", back=back), "success")
        for words in kept[:10]:
            flash(words, "danger")
