"""新闻资讯发布: the list, an article's page with where it stands, preview, withdrawal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import flash, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import Refusal
from app.core.values import replace
from app.engines import calendar, review, trail
from app.engines.review import State as RevisionState
from app.engines.review.labels import ACT_WORDS
from app.extensions.lists.criteria import Criteria, Rules
from app.extensions.phrases import entries, labelled, listed
from app.extensions.why import Why
from app.features.accounts.rules import PARK_ROLES, Role
from app.features.news import policy, queries, rules, services
from app.features.news.labels import (
    ACTS,
    HEADINGS,
    NAMELESS,
    REFUSALS,
    SHOWN_DOTS,
    SHOWN_WORDS,
    STATE_DOTS,
    STATE_WORDS,
)
from app.features.news.models import Article
from app.features.news.rules import State
from app.features.news.views.kind import BASE
from app.features.news.views.source import (
    FIELDS,
    FILTERS,
    TABS,
    ZONE_FIELDS,
    ZONE_FILTERS,
    ArticleSource,
)
from app.features.news.views.writing import Writing, WritingPart, meet
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web import cells, viewing
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, Fact, HistoryItem, Link, ShowPage

READERS = frozenset({*PARK_ROLES, Role.reviewer, Role.operator})
WRITERS = frozenset({Role.park_admin, Role.operator})


class NewsView(WritingPart):
    """The register of articles."""

    datamodel = SQLAInterface(Article)
    route_base = BASE
    class_permission_name = policy.VIEW
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {
        **dict.fromkeys(("can_list", "can_show"), READERS),
        **dict.fromkeys(("can_add", "can_edit", "can_delete"), WRITERS),
    }
    fields = FIELDS
    filters = FILTERS
    source = ArticleSource()
    sorted_by = ("updated_at", "desc")
    tab_filter = "state"
    status_field = "state"
    name_field = "title"
    bin_kind = rules.KIND
    list_heading = _l("新闻资讯发布")
    section_label = _l("园区服务")
    unit_of = staticmethod(entries)
    search_label = _l("标题或拼音")
    refusals: ClassVar[Mapping[str, Any]] = REFUSALS

    # -- list ----------------------------------------------------------------------------------
    def list_rules(self) -> Rules:
        names = tuple(one.name for one in ZONE_FIELDS if one.sortable and one.name != "park")
        zone = current_actor().sees_all
        return Rules(ZONE_FILTERS if zone else FILTERS, names, self.sorted_by)

    def offered_fields(self) -> tuple[Field, ...]:
        return ZONE_FIELDS if current_actor().sees_all else FIELDS

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        kept = queries.state_counts(current_actor())
        return [(state, label, f"{kept.get(state, 0):,}") for state, label in TABS.items()]

    def extra_columns(self) -> tuple[str, ...]:
        return ("public", "published_at", "expires_at", "park_id", "state")

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        match name:
            case "title":
                return Cell(value or NAMELESS)
            case "state":
                return Cell(STATE_WORDS[value], dot=STATE_DOTS[value])
            case "public":
                return public_cell(row)
            case "top":
                return Cell(_("置顶"), tag="info") if value else Cell("")
            case "park":
                return Cell(value or _("综试区"))
        return cells.cell(value)

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        if not policy.writes(current_actor(), row.park_id):
            return ()
        acts = []
        if row.state != State.waiting:
            acts.append(Link(_("编辑"), self.url(f"edit/{row.pk}"), kind="link"))
        if self.may("delete"):
            acts.append(self.row_delete_link(row.pk, row.title or str(NAMELESS)))
        return tuple(acts)

    def list_acts(self, criteria: Criteria) -> tuple[Link, ...]:
        acts = list(super().list_acts(criteria))
        if current_actor().can("can_index", "NewsWordsView"):
            acts.insert(0, Link(_("敏感词库"), "/desk/news-words/", icon="list-check"))
        return tuple(acts)

    def nothing_yet(self) -> Empty:
        acts = super().list_acts(self.criteria({}))
        return Empty("nothing", _("还没有新闻资讯"), _("写好后点击确定，审核通过即公开。"), acts)

    # -- record --------------------------------------------------------------------------------
    def subtitle(self, item: Writing) -> str:
        if not current_actor().sees_all:
            return ""
        if item.article.park_id is None:
            return str(_("综试区"))
        return str(labelled(HEADINGS["park"], parks.by_id(item.article.park_id).name))

    def show_status(self, item: Writing) -> Cell:
        return Cell(STATE_WORDS[item.article.state], dot=STATE_DOTS[item.article.state])

    def show_page(self, item: Writing, tab: str) -> ShowPage:
        page = super().show_page(item, tab)
        return replace(page, sections=(("", facts(item)),), notice=banner(item))

    def render_page(self, template: str, page: Any) -> str:
        """An article's page shows its text below the facts, to who may read it."""
        if isinstance(page, ShowPage) and page.current_tab == "facts" and not viewing.looking():
            article = meet(current_actor(), queries.get((request.view_args or {})["pk"]))
            return self.render("news/show.html", page=page, content=article.content, files=BASE)
        return super().render_page(template, page)

    def show_acts(self, item: Writing) -> tuple[Link, ...]:
        acts = [Link(_("预览"), self.url(f"preview/{item.id}"), icon="eye")]
        actor, pending = current_actor(), item.pending
        if actor.can("can_revoke", review.DECIDE_VIEW) and item.article.public:
            in_force = review.in_force(rules.KIND, item.id)
            if in_force is not None:
                acts.append(Link(_("撤稿"), f"/desk/reviews/show/{in_force.id}", kind="danger"))
        if not item.own:
            return tuple(acts)
        if pending is not None and pending.state is RevisionState.submitted:
            acts.append(_asked(_("撤回"), self.url(f"withdraw/{item.id}"), _withdrawing(item)))
        if pending is not None and item.editable:
            acts.append(_asked(_("放弃"), self.url(f"discard/{item.id}"), _discarding(item)))
        held = pending is not None and pending.state is RevisionState.picked
        if self.may("delete") and not held:
            acts.append(self.delete_link(item.id, str(item)))
        if item.editable:
            edit = self.url(f"edit/{item.id}")
            acts.append(Link(_("编辑"), edit, icon="pencil", kind="primary"))
        return tuple(acts)

    def whys(self, item: Writing) -> tuple[Why, ...]:
        """Of one's own what the review stands against; a role that one lacks; another's is theirs."""
        if not item.own:
            missing = super().whys(item)
            theirs = Why(_("编辑"), _("只有发布方可以修改，其他人只查看。"))
            return missing or (theirs,)
        if item.pending is None:
            return ()
        standing = review.standing(current_actor(), item.pending)
        found = review.whys(standing, (review.Side.author,))
        if item.editable:
            return found
        waits = Why(_("编辑"), _("正在审核，不能修改；需要修改请先撤回。"))
        return (waits, *found)

    def past(self, item: Writing) -> tuple[HistoryItem, ...]:
        words = {**{f"review.{act}": label for act, label in ACT_WORDS.items()}, **ACTS}
        return tuple(
            HistoryItem(
                one.at,
                one.actor_name,
                words.get(one.action, one.action),
                note=str(one.details.get("reason") or ""),
            )
            for one in trail.history(rules.KIND, item.id)
        )

    @expose("/preview/<pk:pk>")
    @guarded("show")
    def preview(self, pk: int) -> str:
        """The article as its readers will see it."""
        item = self.record(pk)
        veiled: Mapping[str, Any] = {**rules.BLANK, "title": str(item)}
        content = veiled if viewing.looking() else item.content
        at = rules.moment(content["publish_at"]) or item.article.published_at or clock.now()
        owner = parks.by_id(item.article.park_id).name if item.article.park_id else ""
        shown = {"content": content, "at": at, "owner": owner, "files": "/files"}
        return self.render("news/preview.html", writing=item, back=self.url(f"show/{pk}"), **shown)

    # -- acts ----------------------------------------------------------------------------------
    @expose("/withdraw/<pk:pk>", methods=["POST"])
    @guarded("edit")
    def withdraw(self, pk: int) -> Any:
        """撤回 before a reviewer has picked it up."""
        return self._done(pk, services.withdraw, _("已撤回，可以继续编辑。"))

    @expose("/discard/<pk:pk>", methods=["POST"])
    @guarded("edit")
    def discard(self, pk: int) -> Any:
        """放弃 a draft."""
        return self._done(pk, services.discard, _("草稿已放弃。"))

    def _done(self, pk: int, act: Any, words: str) -> Any:
        queries.get(pk)
        try:
            with transaction():
                left = act(current_actor(), pk)
        except Refusal as refusal:
            flash(self.words_of(refusal.code, refusal.params), "danger")
            return self.go(self.saved_address(pk))
        flash(words, "success")
        gone = left.deleted_at is not None
        return self.go(self.url("list/") if gone else self.saved_address(pk))

    @expose("/bin/list/")
    @guarded("delete")
    def old_bin(self) -> Any:
        """Where the bin of this register was before there was one for all."""
        return self.go(self.bin_link()[0].url if self.bin_link() else self.url("list/"))

    @staticmethod
    def remove(actor: Any, pk: int, *, reason: str) -> Any:
        return services.remove(actor, pk, reason=reason)


def public_cell(row: Any) -> Cell:
    """What readers see of it."""
    if not row.public:
        return Cell("")
    shown = rules.shown(row.published_at, row.expires_at, clock.now())
    return Cell(SHOWN_WORDS[shown], dot=SHOWN_DOTS[shown])


def facts(item: Writing) -> tuple[Fact, ...]:
    article, content = item.article, item.content
    shown = [
        ("category", Cell(content["category"])),
        ("public", public_cell(article)),
        ("published_at", cells.cell(article.published_at if article.public else None)),
        ("expires_at", Cell(content["expire_at"])),
        ("source", Cell(content["source"])),
        ("source_link", Cell(content["source_link"])),
        ("top", Cell(_("是") if content["top"] else _("否"))),
    ]
    return tuple(
        Fact(HEADINGS[name], viewing.veiled(value) if viewing.looking() else value, name=name)
        for name, value in shown
    )


def banner(item: Writing) -> str:
    """One sentence on where it stands."""
    pending, article = item.pending, item.article
    if pending is not None and pending.state is RevisionState.returned:
        asked = listed(HEADINGS[name] for name in pending.returned_fields or ())
        words = _("已退回修改。原因：%(reason)s", reason=pending.reason)
        return words if not asked else _("%(words)s 需修改：%(fields)s", words=words, fields=asked)
    if pending is not None and pending.submitted_at is not None:
        days = calendar.waited(pending.submitted_at)
        due = cells.cell(review.answer_by(pending.submitted_at)).text
        words = _("待审核，已等待 %(n)s 个工作日，承诺 %(day)s 前答复。", n=days, day=due)
        return _("%(words)s公开页面仍为上次通过的内容。", words=words) if article.public else words
    if pending is not None and article.public:
        return str(_("有未提交的修改；公开页面仍为上次通过的内容。"))
    last = review.last(rules.KIND, item.id)
    if last is not None and last.state in (RevisionState.refused, RevisionState.revoked):
        word = STATE_WORDS[State(rules.STATE_OF[str(last.state)])]
        return str(_("%(word)s。原因：%(reason)s", word=word, reason=last.reason))
    return ""


def _asked(label: str, url: str, confirm: str) -> Link:
    return Link(label, url, post=True, confirm=confirm, confirm_label=label)


def _withdrawing(item: Writing) -> str:
    return str(_("确定撤回“%(name)s”吗？撤回后可以修改，再重新提交。", name=str(item)))


def _discarding(item: Writing) -> str:
    return str(_("确定放弃“%(name)s”的草稿吗？已公开的内容不受影响。", name=str(item)))
