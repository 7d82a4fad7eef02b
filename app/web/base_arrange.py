"""How a person arranges a list: columns, density, saved views, and the builder of conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from flask import Response, flash, g, jsonify, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from msgspec import Struct

from app.core.errors import Forbidden, NotFound, Refusal
from app.core.values import replace
from app.extensions.lists import asked, prefs, where
from app.extensions.lists.criteria import ALL, DENSITIES, Criteria, Rules
from app.extensions.lists.models import ListPreference, SavedView
from app.extensions.lists.source import Counted, ListSource
from app.extensions.lists.spec import BadQuery
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.listing import asking, build
from app.web.listing.build import Field
from app.web.listing.page import ListPage, ViewLink
from app.web.redirects import query_arguments, safe_target

#: Where a person looks after the saved views of all lists.
VIEWS = "/desk/views"
REFUSALS: Mapping[str, Any] = {
    "view_name_missing": _l("请给视图起一个名字。"),
    "view_name_taken": _l("您已有同名的视图，请换一个名字。"),
    "too_many_views": _l("每个列表最多保存 30 个视图，请先删除不用的。"),
    "view_too_long": _l("筛选条件太长，不能保存为视图。"),
}


class Kept(Struct, frozen=True):
    """What a person keeps of a list: read once per page."""

    preference: ListPreference | None
    views: Sequence[SavedView]
    opened: SavedView | None = None

    @property
    def default(self) -> SavedView | None:
        wanted = self.preference.default_view_id if self.preference else None
        return next((one for one in self.views if one.id == wanted), None)


class ArrangePart:
    """The arranging half of a list."""

    fields: ClassVar[tuple[Field, ...]]
    source: ClassVar[ListSource]
    tab_filter: ClassVar[str]
    route_base: Any
    class_permission_name: Any
    offered_fields: Callable[[], tuple[Field, ...]]
    list_rules: Callable[[], Rules]
    criteria: Callable[[Any], Criteria]
    understood: Callable[[Any], Criteria]
    matching: Callable[[Criteria], Counted]
    unit_of: Callable[[int], str]
    go: Callable[[str], Any]

    # -- conditions ----------------------------------------------------------------------------
    def sees_personal(self) -> bool:
        """Whether this person may see personal columns in full: conditions on others' masked
        values would find them out."""
        return False

    def asked_columns(self) -> tuple[asked.Column, ...]:
        """The columns that this person's conditions may name."""
        fields = [one for one in self.offered_fields() if not one.personal or self.sees_personal()]
        return asking.columns_of(fields, self.list_rules().filters, self.source)

    def rules(self) -> Rules:
        """What the list allows, with the conditions that this person may set."""
        plain = self.list_rules()
        conditions = where.WhereFilter(where.NAME, _l("高级筛选"), None, columns=self.asked_columns)
        return replace(plain, filters=(*plain.filters, conditions))

    @expose("/conditions")
    @guarded("list")
    def conditions(self) -> Response:
        """For the builder: what conditions say and find; with ``columns`` also what there is."""
        criteria = self.criteria(request.args)
        tree = criteria.values.get(where.NAME)
        counted = self.matching(criteria)
        found = {
            "words": tree.words() if tree is not None else "",
            "where": tree.text() if tree is not None else "",
            "count": str(_("符合条件 %(number)s %(unit)s", number=str(counted),
                           unit=self.unit_of(counted.number))),
        }  # fmt: skip
        if "builder" in request.args:
            found |= {
                "tree": tree.plain() if tree is not None else None,
                "dialog": render_template("components/conditions.html"),
                "columns": [one for one in map(build.asked, self.asked_columns()) if one],
            }
        return jsonify(found)

    # -- what the person keeps -----------------------------------------------------------------
    def kept(self, view: str = "") -> Kept:
        """``view``: the key of the one that is open."""
        actor, name = current_actor(), self.class_permission_name
        once = g.setdefault("list_kept", {})
        if name not in once:
            once[name] = (
                prefs.preference(int(actor.user_id or 0), name),
                prefs.saved_views(actor, name),
            )
        preference, views = once[name]
        return Kept(preference, views, next((one for one in views if str(one.id) == view), None))

    def opening(self, args: Any) -> str:
        """The address that the list's own address stands for: a view's, or the default one's."""
        if args and "open" not in args:
            return ""
        wanted = args.get("open", "")
        if wanted:
            key = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else 0
            view = prefs.view_for(current_actor(), key)
            if view.view != self.class_permission_name:
                raise NotFound("view of another list")
            return self.view_url(view)
        default = self.kept().default
        return self.view_url(default) if default is not None else ""

    def view_url(self, view: SavedView) -> str:
        """What the view asks for, if this person may ask for it all."""
        base = f"{self.route_base}/list/"
        if self.unfit(view):
            return f"{base}?view={view.id}"
        asked_for = [*query_arguments(view.query).items(multi=True), ("view", str(view.id))]
        return build.address(base, asked_for)

    def unfit(self, view: SavedView) -> bool:
        """A column that the person may not name, or that the list does not have any more."""
        return self.asked_by(view) is None

    def asked_by(self, view: SavedView) -> Criteria | None:
        """What a view asks for, with the rights of whoever reads it; ``None``: they may not."""
        try:
            return self.understood(query_arguments(view.query))
        except (BadQuery, Forbidden):
            return None

    def arrangement(self, criteria: Criteria, kept: Kept) -> prefs.Arrangement:
        """The address goes before the view that is open, that before what the person chose."""
        chosen, density = criteria.shown, criteria.density
        if kept.opened is not None:
            chosen = chosen or tuple(kept.opened.columns or ())
            density = density or kept.opened.density
        if kept.preference is not None:
            chosen = chosen or tuple(kept.preference.columns or ())
            density = density or kept.preference.density
        return prefs.Arrangement(chosen or None, density or DENSITIES[0])

    def arranged(self, page: ListPage, criteria: Criteria, kept: Kept) -> ListPage:
        """With the person's columns, density and saved views."""
        fields, base = self.offered_fields(), f"{self.route_base}/list/"
        now = self.arrangement(criteria, kept)
        chosen = order_fields(fields, [one.name for one in page.columns])
        query = criteria.query_string(paging=False, viewing=False)
        opened = kept.opened
        mine = opened is not None and opened.user_id == current_actor().user_id
        return replace(
            page,
            all_columns=build.chooser(chosen),
            chooser_url=f"{self.route_base}/columns",
            density=now.density,
            views=tuple(self._link(one, kept) for one in kept.views),
            save_view_url=f"{self.route_base}/views",
            all_url=f"{base}?view={ALL}" if kept.default is not None else base,
            view_name=opened.name if opened is not None else "",
            view_changed=opened is not None and self._changed(opened, query, criteria),
            view_update_url=f"{VIEWS}/{opened.id}/update" if mine and opened is not None else "",
            view_data=(
                ("query", query),
                ("columns", ",".join(one.name for one in page.columns)),
                ("density", now.density),
            ),
            conditions_url=f"{self.route_base}/conditions",
            notice=page.notice or self._why_not(criteria, kept),
        )

    def _why_not(self, criteria: Criteria, kept: Kept) -> str:
        """Why a view that was asked for does not show what it did."""
        if kept.opened is None:
            asked_for = criteria.view not in ("", ALL)
            return str(_("这个视图已被删除，或不再与您共享。")) if asked_for else ""
        if self.unfit(kept.opened):
            return str(_("视图中的条件已失效，或您无权使用，没有套用。"))
        return ""

    @staticmethod
    def _changed(view: SavedView, query: str, criteria: Criteria) -> bool:
        other_columns = bool(criteria.shown) and list(criteria.shown) != (view.columns or [])
        other_density = bool(criteria.density) and criteria.density != view.density
        return query != view.query or other_columns or other_density

    def _link(self, view: SavedView, kept: Kept) -> ViewLink:
        opened = kept.opened is not None and kept.opened.id == view.id
        return ViewLink(
            key=view.id,
            label=view.name,
            url=f"{self.route_base}/list/?open={view.id}",
            active=opened,
            own=view.user_id == current_actor().user_id,
            shared=view.shared,
            default=kept.default is not None and kept.default.id == view.id,
            settings_url=f"{VIEWS}/{view.id}",
        )

    # -- routes --------------------------------------------------------------------------------
    @expose("/columns", methods=["POST"])
    @guarded("list")
    def columns(self) -> Any:
        """Keep the chosen columns, their order and the density: for this person, or, while a view is
        open, in the address until the view is saved."""
        offered = self.offered_fields()
        known = {one.name for one in offered}
        names = ",".join(request.form.getlist("columns")).split(",")
        wanted = [name for name in dict.fromkeys(names) if name in known]
        if request.form.get("reset") or not wanted:
            wanted = [one.name for one in offered if one.shown]
        density = "compact" if request.form.get("density") == "compact" else "comfortable"
        target = safe_target(request.form.get("next"), f"{self.route_base}/list/")
        path, _mark, query = target.partition("?")
        criteria = self.criteria(query_arguments(query))
        if self.kept(criteria.view).opened is not None:
            changed = replace(criteria, shown=tuple(wanted), density=density)
            return self.go(build.at(path, changed))
        with transaction():
            prefs.keep(
                int(current_actor().user_id or 0),
                self.class_permission_name,
                columns=wanted,
                density=density,
            )
        return self.go(target)

    @expose("/views", methods=["POST"])
    @guarded("list")
    def save_view(self) -> Any:
        """Keep what the list shows now under a name: filters, order, columns and density."""
        base = f"{self.route_base}/list/"
        criteria = self.criteria(query_arguments(request.form.get("query", "")))
        query = criteria.query_string(paging=False, viewing=False)
        try:
            with transaction():
                view = prefs.save_view(
                    int(current_actor().user_id or 0),
                    self.class_permission_name,
                    name=request.form.get("name", ""),
                    query=query,
                    arranged=self.sent_arrangement(),
                )
        except Refusal as refusal:
            flash(REFUSALS[refusal.code], "danger")
            return self.go(f"{base}?{query}" if query else base)
        flash(_("视图已保存。"), "success")
        return self.go(self.view_url(view))

    def sent_arrangement(self) -> prefs.Arrangement:
        """Columns and density as the form carries them."""
        known = {one.name for one in self.offered_fields()}
        names = [name for name in request.form.get("columns", "").split(",") if name in known]
        density = request.form.get("density", "")
        return prefs.Arrangement(
            tuple(dict.fromkeys(names)) or None, density if density in DENSITIES else ""
        )


def chosen_fields(fields: Sequence[Field], names: Sequence[str] | None) -> tuple[Field, ...]:
    """The fields a person chose, in that order; the name column always stays."""
    if names is None:
        return tuple(one for one in fields if one.shown)
    by_name = {one.name: one for one in fields}
    once = dict.fromkeys(names)
    picked = [replace(by_name[name], shown=True) for name in once if name in by_name]
    frozen = [one for one in fields if one.frozen and one.name not in once]
    return (*frozen, *picked)


def order_fields(fields: Sequence[Field], first: Sequence[str]) -> tuple[Field, ...]:
    """All fields, the shown ones first and in their order (for the chooser)."""
    by_name = {one.name: one for one in fields}
    rest = (replace(one, shown=False) for one in fields if one.name not in first)
    return (*(replace(by_name[name], shown=True) for name in first), *rest)
