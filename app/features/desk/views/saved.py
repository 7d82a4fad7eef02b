"""视图: a person's saved views of all lists and those shared with them, and what each is for them."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from msgspec import Struct

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal
from app.extensions.lists import prefs
from app.extensions.lists.models import SavedView
from app.extensions.phrases import clauses, labelled, listed
from app.features.accounts import queries as accounts
from app.features.accounts.labels import role_title
from app.features.accounts.rules import ALL_ROLES, Role
from app.features.desk import policy
from app.features.desk.labels import VIEW_REFUSALS
from app.features.desk.services import views
from app.features.desk.tasks import register_of
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_arrange import VIEWS
from app.web.listing.build import said
from app.web.listing.page import Link
from app.web.pages import Page
from app.web.redirects import query_arguments

SHARERS = frozenset({Role.park_admin, Role.operator, Role.sysadmin})


class Shown(Struct, frozen=True):
    """A view as the templates print it."""

    key: int
    name: str
    url: str
    list_url: str
    list_title: Any
    words: str
    columns: str
    shared: str
    owner: str
    own: bool
    changes: bool
    writes: bool
    default: bool
    weekly: bool
    may_weekly: bool


class SavedViewsView(Page):
    """Another's view that is not shared with one, and one that is not there, are the same 404."""

    route_base = VIEWS
    tenant = Tenant.own
    menu_label = _l("视图")
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_index": ALL_ROLES,
        "can_change": ALL_ROLES,
        "can_share": SHARERS,
    }

    @expose("/")
    @guarded("index")
    def index(self) -> str:
        """Every view, by its list."""
        actor = current_actor()
        found = [_shown(actor, one) for one in views.views_of(actor)]
        found.sort(key=lambda one: (str(one.list_title), not one.own, one.name))
        return self.render("desk/views.html", views=found)

    @expose("/<pk:view_id>")
    @guarded("index")
    def show(self, view_id: int) -> str:
        return self._page(view_id)

    def _page(self, view_id: int, refusal: Refusal | None = None) -> str:
        actor = current_actor()
        view = views.view_for(actor, view_id)
        typed = request.form.get("name", view.name) if refusal else view.name
        return self.render(
            "desk/view.html",
            one=_shown(actor, view),
            typed=typed,
            error=str(VIEW_REFUSALS[refusal.code]) if refusal else "",
            at_name=refusal is not None and refusal.code.startswith("view_name"),
            shares=_shares(actor, view),
            breadcrumbs=(Link(_("视图"), f"{VIEWS}/"),),
        )

    @expose("/<pk:view_id>", methods=["POST"])
    @guarded("change")
    def save(self, view_id: int) -> Any:
        """The name, and what the view is for this person."""
        actor, form, now = current_actor(), request.form, clock.now()
        try:
            with transaction():
                view = views.view_for(actor, view_id)
                views.make_default(actor, view_id, on="default" in form)
                if policy.may_write(actor, view):
                    views.rename(actor, view_id, name=form.get("name", ""))
                views.subscribe(actor, view_id, on="weekly" in form, now=now)
        except Refusal as refusal:
            return self._page(view_id, refusal), 400
        flash(_("设置已保存。"), "success")
        return self.go(f"{VIEWS}/{view_id}")

    @expose("/<pk:view_id>/share", methods=["POST"])
    @guarded("share")
    def share(self, view_id: int) -> Any:
        """With whom the view is shared; it grants nobody a row or a column."""
        wanted = request.form.get("with", "")
        try:
            with transaction():
                views.share(current_actor(), view_id, wanted=wanted)
        except Refusal as refusal:
            return self._page(view_id, refusal), 400
        flash(_("视图已共享。") if wanted else _("视图不再共享。"), "success")
        return self.go(f"{VIEWS}/{view_id}")

    @expose("/<pk:view_id>/update", methods=["POST"])
    @guarded("change")
    def update(self, view_id: int) -> Any:
        """保存更改: what the list shows now, as the form of the list's page carries it."""
        actor = current_actor()
        register = register_of(views.view_for(actor, view_id).view)
        criteria = register.criteria(query_arguments(request.form.get("query", "")))
        query = criteria.query_string(paging=False, viewing=False)
        arranged = register.sent_arrangement()
        personal = [one.name for one in register.fields if one.personal]
        try:
            with transaction():
                view = views.update(
                    actor, view_id, query=query, arranged=arranged, personal=personal
                )
        except Refusal as refusal:
            flash(VIEW_REFUSALS[refusal.code], "danger")
            abort(400)
        flash(_("视图“%(name)s”已更新。", name=view.name), "success")
        return self.go(register.view_url(view))

    @expose("/<pk:view_id>/delete", methods=["POST"])
    @guarded("change")
    def delete(self, view_id: int) -> Any:
        """Forget a view; the rows stay."""
        with transaction():
            view = views.delete(current_actor(), view_id)
        flash(_("视图已删除。"), "success")
        return self.go(f"{register_of(view.view).route_base}/list/")


def _shown(actor: Actor, view: SavedView) -> Shown:
    register = register_of(view.view)
    criteria = register.asked_by(view)
    base = f"{register.route_base}/list/"
    kept = prefs.preference(int(actor.user_id or 0), view.view)
    names = {one.name: one.label for one in register.offered_fields()}
    owner = accounts.by_id(view.user_id)
    own = view.user_id == actor.user_id
    return Shown(
        key=view.id,
        name=view.name,
        url=f"{base}?open={view.id}",
        list_url=base,
        list_title=register.list_heading,
        words=_words(criteria),
        columns=listed(names[name] for name in view.columns or () if name in names),
        shared=_shared_words(view),
        owner="" if own or owner is None else f"{owner.last_name}{owner.first_name}".strip(),
        own=own,
        changes=policy.may_change(actor, view),
        writes=policy.may_write(actor, view),
        default=kept is not None and kept.default_view_id == view.id,
        weekly=views.subscription(actor.user_id, view.id) is not None,
        may_weekly=policy.may_have_weekly(actor, view.view),
    )


def _words(criteria: Any) -> str:
    if criteria is None:
        return str(_("条件已失效，或您无权使用"))
    told = [labelled(label, value) if value else label for label, value in said(criteria)]
    return clauses(told) or str(_("全部记录"))


def _shared_words(view: SavedView) -> str:
    if view.park_id is not None:
        here = {park.id: park.name for park in parks.all_by_code()}
        name = here.get(view.park_id, _("其他园区/基地"))  # its owner has left it
        return str(_("园区/基地：%(name)s", name=name))
    return str(_("角色：%(name)s", name=role_title(view.role))) if view.role else ""


def _shares(actor: Actor, view: SavedView) -> list[tuple[str, str, bool]]:
    """What may be chosen: nobody, one's park, or a role; () for who may not share it."""
    if not (policy.may_share(actor) and policy.may_change(actor, view)):
        return []
    own = view.user_id == actor.user_id
    offered = [("", str(_("仅自己")), not view.shared)] if own else []
    if actor.acting_park_id is not None:
        name = parks.by_id(actor.acting_park_id).name
        return [*offered, (views.PARK, name, view.park_id == actor.acting_park_id)]
    roles = accounts.role_names() if policy.in_zone(actor) else ()
    return [*offered, *((role, role_title(role), view.role == role) for role in roles)]
