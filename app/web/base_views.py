"""``RegisterView``: every generated register (list, show, add, edit, delete) over FAB's ModelView.

It keeps FAB's declarations, menus and permissions and replaces what FAB 5.3 does unsafely: shared
filters, unscoped actions and downloads, raw order keys, GET mutations, lost input, raw database
messages (security.md 2.2). Who may do what is declared in ``access``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import abort, flash, g, has_request_context, render_template, request
from flask_appbuilder import ModelView, expose
from flask_babel import gettext as _

from app.core.errors import NotFound, Refusal
from app.core.phones import redacted
from app.core.values import replace
from app.extensions import db
from app.extensions.why import Why
from app.transaction import transaction
from app.web import viewing
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_form import FormPart
from app.web.base_list import ListPart
from app.web.cells import cell
from app.web.listing.page import Cell, Fact, HistoryItem, Link, ShowPage, Tab
from app.web.pages import OwnHistory, see_other
from app.web.redirects import safe_target


class PerRequestFilters:
    """FAB shares one ``Filters`` object between threads (U21): hand out a copy per request."""

    def __set__(self, view: Any, value: Any) -> None:
        view.__dict__["_filters_of_class"] = value

    def __get__(self, view: Any, _owner: type[Any]) -> Any:
        if view is None:
            return None
        original = view.__dict__.get("_filters_of_class")
        if original is None or not has_request_context():
            return original
        mine: dict[int, Any] = g.setdefault("fab_filters", {})
        if id(view) not in mine:
            fresh = copy.copy(original)
            fresh.filters, fresh.values = [], []
            mine[id(view)] = fresh
        return mine[id(view)]


class RegisterView(ListPart, FormPart, OwnHistory, ModelView):
    """A register. Routes exist only for permissions in ``access``."""

    access: ClassVar[dict[str, frozenset[str]]] = {}
    public_methods: ClassVar[frozenset[str]] = frozenset()
    roleless: ClassVar[frozenset[str]] = frozenset()  # of access: also who has no role at all yet
    extra_permissions: ClassVar[frozenset[str]] = frozenset()  # rights without a route
    tenant: ClassVar[Tenant]
    menu_place: ClassVar[str] = ""  # of a list that is in no menu: the address it belongs under
    show_sections: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = ()
    show_labels: ClassVar[Mapping[str, Any]] = {}
    remove: ClassVar[Callable[..., Any]]
    _filters = PerRequestFilters()

    # FAB would otherwise build search and edit forms over every column and relation (U15, U17).
    base_permissions: Any = None
    exclude_route_methods: Any = frozenset()
    search_columns: Any = ()
    list_columns: Any = None
    show_columns: Any = None
    add_columns: Any = None
    edit_columns: Any = None

    def __init__(self) -> None:
        always = {
            "action",
            "action_post",
            "download",
            "columns",
            "save_view",
            "conditions",
            "bulk",
        }
        by_permission = {name: f"can_{name}" for name in ("list", "show", "add", "edit", "delete")}
        hidden = {name for name, needed in by_permission.items() if needed not in self.access}
        if "can_list" in self.access:
            always -= {"columns", "save_view", "conditions"}
        if self.bulk_permissions:
            always -= {"bulk"}
        self.exclude_route_methods = {*self.exclude_route_methods, *always, *hidden}
        names = [one.name for one in self.fields]
        self.list_columns = [name for name in names if name in self.datamodel.list_columns] or [
            "id"
        ]
        self.show_columns = self.show_columns or ["id"]
        self.add_columns = self.add_columns or ["id"]
        self.edit_columns = self.edit_columns or ["id"]
        self.order_columns = [one.name for one in self.fields if one.sortable] or ["id"]
        self.search_columns = ["id"]  # FAB takes an empty list for "all"
        super().__init__()
        self.base_permissions = [*self.base_permissions, *sorted(self.extra_permissions)]

    def _init_forms(self) -> None:
        """Forms are declared (``form_class``); FAB's generated ones take every column (U15)."""
        self.add_form = self.edit_form = self.search_form = object()

    def render(self, template: str, **context: Any) -> str:
        return render_template(template, appbuilder=self.appbuilder, view=self, **context)

    def go(self, target: str) -> Any:
        return see_other(target)

    # -- one record ----------------------------------------------------------------------------
    def record(self, pk: int) -> Any:
        """The record in this actor's scope; 404 otherwise, the same for foreign and missing."""
        model = self.datamodel.obj
        item = db.session.scalar(sa.select(model).where(model.id == pk))
        if item is None:
            raise NotFound(f"{model.__name__} {pk}")
        return item

    def fact(self, item: Any, name: str) -> Fact:
        return Fact(self.show_labels.get(name, name), self.show_cell(item, name))

    def show_cell(self, item: Any, name: str) -> Cell:
        return cell(getattr(item, name))

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        acts = []
        if self.may("edit"):
            acts.append(Link(_("编辑"), self.url(f"edit/{item.id}"), icon="pencil", kind="primary"))
        if self.may("delete"):
            acts.append(self.delete_link(item.id, self.record_name(item), kind="danger"))
        return tuple(acts)

    def whys(self, _item: Any) -> tuple[Why, ...]:
        """What stands against acts that the person would look for: a role that others have."""
        return self.for_other_roles(("can_edit", "can_delete"))

    def past(self, _item: Any) -> tuple[HistoryItem, ...]:
        """What happened to the record (the trail is an engine: each register asks it itself)."""
        return ()

    def looks(self, _item: Any) -> tuple[HistoryItem, ...]:
        """Who only looked at something guarded in it."""
        return ()

    def show_status(self, _item: Any) -> Cell | None:
        return None

    @expose("/show/<pk:pk>")
    @guarded("show")
    def show(self, pk: int) -> str:
        """The record and, on a second tab, everything that happened to it."""
        item = self.record(pk)
        tab = "history" if request.args.get("tab") == "history" else "facts"
        return self.render_page("appbuilder/general/model/show.html", self.show_page(item, tab))

    def show_page(self, item: Any, tab: str) -> ShowPage:
        here = f"show/{item.id}"
        return ShowPage(
            title=self.record_name(item),
            subtitle=self.subtitle(item),
            sections=tuple(
                (
                    self.section_title(title, names),
                    tuple(self._shown_fact(item, name) for name in names),
                )
                for title, names in self.show_sections
            ),
            status=self.show_status(item),
            acts=self.show_acts(item),
            whys=self.whys(item),
            tabs=(
                Tab(_("详情"), self.url(here), active=tab == "facts"),
                Tab(_("变更记录"), self.url(here, "tab=history"), active=tab == "history"),
            ),
            history=self._shown(self.past(item)) if tab == "history" else (),
            looks=self._shown(self.looks(item)) if tab == "history" else (),
            breadcrumbs=(Link(self.list_heading, self.url("list/")),),
            current_tab=tab,
        )

    def _shown_fact(self, item: Any, name: str) -> Fact:
        made = self.fact(item, name)
        plain = name in self.plain_fields() or not (self.veiled and viewing.looking())
        return made if plain else viewing.veiled_fact(made)

    def _shown(self, items: tuple[HistoryItem, ...]) -> tuple[HistoryItem, ...]:
        """A reason that somebody typed may hold a number: the note is not the place to read it."""
        if self.veiled and viewing.looking():
            return viewing.veiled_history(items)
        return tuple(replace(item, note=redacted(str(item.note))) for item in items)

    @expose("/delete/<pk:pk>", methods=["POST"])
    @guarded("delete")
    def delete(self, pk: int) -> Any:
        """Delete after the page's confirmation named the thing."""
        item = self.record(pk)
        name = self.record_name(item)
        try:
            with transaction():
                type(self).remove(current_actor(), pk, **self.why_deleted())
        except Refusal as refusal:
            flash(self.words_of(refusal.code, refusal.params), "danger")
            return self.go(self.saved_address(pk))
        self.say_deleted(name, pk)
        # From the list, back to it as it was filtered; the record's own page is gone.
        before = safe_target(request.form.get("next"), "")
        here = f"{self.route_base}/list/"
        return self.go(before if before.startswith(here) else self.url("list/"))


def refuse_prefill() -> None:
    """FAB sets form fields from ``?_flt_0_owner=1`` on add and edit (U16): such a request is bad."""
    if any(name.startswith(("_flt_", "_oc_", "_od_", "page_", "psize_")) for name in request.args):
        abort(400)


def refuse_nul() -> None:
    """PostgreSQL takes no NUL in a text and says so with an error; no person types one."""
    texts = (
        text for values in (request.args, request.form) for _, text in values.items(multi=True)
    )
    if any("\x00" in text for text in texts):
        abort(400)
