"""回收站 of news: what was deleted, what hangs on it, restore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import flash
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import Refusal
from app.engines import review
from app.extensions.lists.criteria import Criteria, Rules
from app.extensions.phrases import entries, labelled
from app.features.accounts.queries import FULL_NAME
from app.features.accounts.rules import Role
from app.features.news import policy, queries, rules, services
from app.features.news.labels import HEADINGS, NAMELESS, REFUSALS
from app.features.news.models import Article
from app.features.news.views.kind import BASE
from app.features.news.views.source import ArticleSource
from app.features.news.views.writing import Writing, meet
from app.transaction import transaction
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, Link

KEEPERS = frozenset({Role.park_admin, Role.operator})
DELETED_BY = (
    sa.select(FULL_NAME).where(User.id == Article.deleted_by).correlate(Article).scalar_subquery()
)


class BinSource(ArticleSource):
    """Deleted articles that the person could restore."""

    def __init__(self) -> None:
        super().__init__(deleted=True)
        self.columns |= {"deleted_by": DELETED_BY}


def hanging_words(item: Writing) -> list[str]:
    """What goes into the recycle bin with an article and comes back with it."""
    told = []
    last = review.last(rules.KIND, item.id)
    if last is not None and last.number > 1:
        told.append(labelled(_("历次版本"), last.number))
    if item.content["attachments"]:
        told.append(labelled(HEADINGS["attachments"], len(item.content["attachments"])))
    if review.in_force(rules.KIND, item.id) is not None and _readers_see(item.article):
        words = (
            _("恢复后将重新公开。") if item.article.deleted_at else _("删除后公开页面立即撤下。")
        )
        told.append(str(words))
    return told


def _readers_see(article: Article) -> bool:
    """Its dates let readers see it now: it is not waiting for its hour, nor over."""
    now = clock.now()
    return rules.shown(article.published_at, article.expires_at, now) is rules.Shown.now


class NewsBinView(RegisterView):
    """Deleted articles."""

    datamodel = SQLAInterface(Article)
    route_base = f"{BASE}/bin"
    class_permission_name = "NewsBinView"
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_list": KEEPERS,
        "can_restore": KEEPERS,
    }
    fields = (
        Field("title", HEADINGS["title"], frozen=True),
        Field("category", HEADINGS["category"]),
        Field("deleted_at", _l("删除时间")),
        Field("deleted_by", _l("删除人"), sortable=False),
        Field("delete_reason", _l("删除原因"), sortable=False),
    )
    source = BinSource()
    sorted_by = ("deleted_at", "desc")
    name_field = "title"
    list_heading = _l("回收站")
    section_label = _l("新闻资讯发布")
    unit_of = staticmethod(entries)
    search_label = _l("标题或拼音")
    refusals: ClassVar[Mapping[str, Any]] = REFUSALS

    def list_rules(self) -> Rules:
        names = tuple(one.name for one in self.fields if one.sortable)
        return Rules((), names, self.sorted_by)

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        return (Link(_("返回新闻资讯发布"), f"{BASE}/list/", icon="arrow-left"),)

    def extra_columns(self) -> tuple[str, ...]:
        return ("park_id",)

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        if name == "title":
            return Cell(value or NAMELESS)
        return cells.cell(value)

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        if not policy.writes(current_actor(), row.park_id):
            return ()
        words = _("确定恢复“%(name)s”吗？恢复后回到新闻资讯发布。", name=row.title or NAMELESS)
        url = f"{BASE}/bin/restore/{row.pk}"
        more = f"{BASE}/bin/hanging/{row.pk}"
        return (
            Link(
                _("恢复"),
                url,
                kind="link",
                post=True,
                confirm=words,
                confirm_label=_("恢复"),
                more=more,
            ),
        )

    def nothing_yet(self) -> Empty:
        return Empty("nothing", _("回收站是空的"), _("删除的新闻资讯会放在这里，可以恢复。"))

    @expose("/hanging/<pk:pk>")
    @guarded("list")
    def hanging(self, pk: int) -> Any:
        """What comes back with it: the dialog says it before the act."""
        return {"lines": hanging_words(meet(current_actor(), queries.get(pk, deleted=True)))}

    @expose("/restore/<pk:pk>", methods=["POST"])
    @guarded("restore")
    def restore(self, pk: int) -> Any:
        """Take one back."""
        queries.get(pk, deleted=True)
        try:
            with transaction():
                back = services.restore(current_actor(), pk)
        except Refusal as refusal:
            flash(self.words_of(refusal.code, refusal.params), "danger")
        else:
            flash(_("“%(name)s”已恢复。", name=back.title or NAMELESS), "success")
        return self.go(f"{BASE}/bin/list/")
