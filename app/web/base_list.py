"""The list half of ``RegisterView``: criteria, rows, columns, saved views, bulk acts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.core.errors import Forbidden, Refusal
from app.extensions.lists import prefs
from app.extensions.lists.criteria import Criteria, Rules, read
from app.extensions.lists.source import Counted, ListSource
from app.extensions.lists.spec import BadQuery, Filter
from app.extensions.phrases import entries
from app.transaction import transaction
from app.web import cells, viewing
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_bin import BinPart
from app.web.listing import build
from app.web.listing.build import Field
from app.web.listing.page import BulkAct, Cell, Empty, Link, ListPage, Row, SavedView
from app.web.redirects import safe_target

MAX_BULK = 10_000
#: Fields that say which record it is.
PLAIN = frozenset({"code", "uscc", "park", "created_at", "updated_at"})


class ListPart(BinPart):
    """What a register declares for its list, and the routes of the list."""

    fields: ClassVar[tuple[Field, ...]]
    filters: ClassVar[tuple[Filter, ...]] = ()
    source: ClassVar[ListSource]
    sorted_by: ClassVar[tuple[str, str]] = ("id", "desc")
    tab_filter: ClassVar[str] = ""
    list_heading: ClassVar[Any]
    search_label: ClassVar[Any] = ""
    name_field: ClassVar[str] = "name"
    status_field: ClassVar[str] = ""
    section_label: ClassVar[Any] = ""
    veiled: ClassVar[bool] = True  # values are of parks and people: hidden from who only looks
    bulk_permissions: ClassVar[dict[str, str]] = {}  # act -> permission
    found_by_palette: ClassVar[bool] = True

    route_base: Any
    class_permission_name: Any
    url: Callable[..., str]

    # -- what a subclass may say ---------------------------------------------------------------
    def list_rules(self) -> Rules:
        names = tuple(one.name for one in self.fields if one.sortable)
        return Rules(self.filters, names, self.sorted_by)

    def offered_fields(self) -> tuple[Field, ...]:
        """The columns that this person may choose from."""
        return self.fields

    @staticmethod
    def unit_of(number: int) -> str:
        """The word behind a number of records."""
        return entries(number)

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        if not self.may("add"):
            return self.bin_link()
        return (*self.bin_link(), Link(_("新增"), self.url("add"), icon="plus", kind="primary"))

    def list_menus(self, _criteria: Criteria) -> dict[str, tuple[Link, ...]]:
        return {}

    def bulk_acts(self) -> tuple[BulkAct, ...]:
        return ()

    def nothing_yet(self) -> Empty:
        return Empty("nothing", _("还没有记录"))

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        return cells.cell(value)

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        acts = []
        if self.may("edit"):
            acts.append(Link(_("编辑"), self.url(f"edit/{row.pk}"), kind="link"))
        if self.may("delete"):
            acts.append(self.delete_link(row.pk, str(getattr(row, self.name_field, row.pk))))
        return tuple(acts)

    def extra_columns(self) -> tuple[str, ...]:
        """Columns that cells need beyond the shown ones."""
        return ()

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        return ()

    def total(self, criteria: Criteria) -> Counted:
        return self.source.total(criteria)

    def matching(self, criteria: Criteria) -> Counted:
        """How many records a search or filter leaves."""
        return self.source.count(criteria)

    # -- helpers -------------------------------------------------------------------------------
    def may(self, what: str) -> bool:
        """Whether the current person may do ``what`` here (add, edit, delete, ...)."""
        return current_actor().can(f"can_{what}", self.class_permission_name)

    def criteria(self, args: Any) -> Criteria:
        try:
            found = read(args, self.list_rules())
        except BadQuery:
            abort(400)
        asked = {*found.values, found.sort} - {"", self.tab_filter, *self.plain_fields()}
        if asked and self.veiled and viewing.looking():
            raise Forbidden("only_looks")  # what is hidden is not found out by filters either
        return found

    def plain_fields(self) -> frozenset[str]:
        """What stays legible to who looks as somebody else: which record it is and where it stands."""
        return PLAIN | {self.name_field, self.status_field}

    # -- routes --------------------------------------------------------------------------------
    @expose("/list/")
    @guarded("list")
    def list(self) -> str:
        """The list page."""
        page = self.list_page(self.criteria(request.args))
        return self.render_page("appbuilder/general/model/list.html", page)

    def render_page(self, template: str, page: Any) -> str:
        return self.render(template, page=page)  # type: ignore[attr-defined]

    def list_page(self, criteria: Criteria) -> ListPage:
        """Everything the template prints; the number of statements does not grow with rows."""
        actor = current_actor()
        kept = prefs.preference(int(actor.user_id or 0), self.class_permission_name)
        fields = chosen_fields(self.offered_fields(), kept.columns if kept else None)
        total = self.total(criteria)
        matching = self.matching(criteria) if criteria.is_filtered else total
        pages = -(-matching.number // criteria.size)
        if criteria.page > max(1, pages) and not matching.capped:
            criteria = replace(criteria, page=max(1, pages))
        rows = self.rows(criteria, fields) if matching.number else ()
        page = self._found(criteria, fields, rows, matching, total)
        return self._arranged(page, criteria, fields, kept)

    def _found(
        self,
        criteria: Criteria,
        fields: Sequence[Field],
        rows: tuple[Row, ...],
        matching: Counted,
        total: Counted,
    ) -> ListPage:
        """What was asked for and what was found; how the person arranges it comes after."""
        base = self._base
        skip = frozenset({self.tab_filter} - {""})
        words = self.count_words(criteria, matching, total)
        return ListPage(
            title=self.list_heading,
            count_text=words,
            columns=build.columns(fields, base, criteria),
            rows=rows,
            base_url=base,
            query=criteria.q,
            search_label=self.search_label,
            tabs=build.tabs(base, criteria, self.tab_filter, self.tab_counts(criteria), str(total))
            if self.tab_filter
            else (),
            controls=build.controls(criteria, skip=skip),
            chips=build.chips(base, criteria, skip=skip),
            clear_url=build.address(base, build.kept(replace(criteria, values={}), tab="")),
            keep=build.kept(criteria, tab=self.tab_filter),
            acts=self.list_acts(criteria),
            menus=self.list_menus(criteria),
            pager=build.pager(base, criteria, matching, words, [row.pk for row in rows]),
            bulk=self.bulk_acts(),
            total_matching=matching.number + matching.capped,
            most_bulk=MAX_BULK,
            empty=None if rows else build.empty(criteria, base, self.nothing_yet),
            breadcrumbs=(Link(self.section_label, ""),) if self.section_label else (),
            first_number=(criteria.page - 1) * criteria.size + 1,
            year=str(criteria.year or ""),
            years=build.years(base, criteria),
        )

    def _arranged(
        self, page: ListPage, criteria: Criteria, fields: Sequence[Field], kept: Any
    ) -> ListPage:
        """With the person's own columns, density and saved views."""
        chosen = order_fields(self.offered_fields(), [one.name for one in fields])
        return replace(
            page,
            all_columns=build.chooser(chosen),
            chooser_url=f"{self.route_base}/columns",
            density=kept.density if kept else "comfortable",
            views=self._views(criteria, self._base),
            save_view_url=f"{self.route_base}/views",
        )

    @property
    def _base(self) -> str:
        return f"{self.route_base}/list/"

    def count_words(self, criteria: Criteria, matching: Counted, total: Counted) -> str:
        """共 128 家，已筛选 46 家."""
        unit = self.unit_of(total.number)
        if not criteria.is_filtered:
            return str(_("共 %(total)s %(unit)s", total=str(total), unit=unit))
        return str(
            _(
                "共 %(total)s %(unit)s，已筛选 %(some)s %(unit)s",
                total=str(total),
                some=str(matching),
                unit=unit,
            )
        )

    def rows(self, criteria: Criteria, fields: Sequence[Field]) -> tuple[Row, ...]:
        shown = [one.name for one in fields]
        names = list(dict.fromkeys([*shown, self.name_field, *self.extra_columns()]))
        if self.status_field:
            names = list(dict.fromkeys([*names, self.status_field]))
        return tuple(self.row(found, shown) for found in self.source.rows(criteria, names))

    def first_found(self, text: str, most: int) -> tuple[str, Sequence[tuple[Row, str]]]:
        """The list's address with this search, and the first rows with their own addresses."""
        criteria = replace(self.criteria(MultiDict()), q=text)
        more = f"{self._base}?{criteria.query_string()}"
        named = [one for one in self.fields if one.name == self.name_field]
        rows = self.rows(replace(criteria, size=most), named)
        return more, [(row, row.cells[0].url or more) for row in rows]

    def row(self, found: Any, shown: Sequence[str]) -> Row:
        made = [self.cell(name, getattr(found, name), found) for name in shown]
        if self.veiled and viewing.looking():
            plain = self.plain_fields()
            pairs = zip(shown, made, strict=True)
            made = [one if name in plain else viewing.veiled(one) for name, one in pairs]
        name = getattr(found, self.name_field)
        if self.may("show"):
            at = shown.index(self.name_field) if self.name_field in shown else 0
            made[at] = replace(made[at], url=self.url(f"show/{found.pk}"))
        status = self.status_field and self.cell(
            self.status_field, getattr(found, self.status_field), found
        )
        return Row(
            pk=str(found.pk),
            name=name,
            cells=tuple(made),
            acts=self.row_acts(found),
            status=status or None,
        )

    def _views(self, criteria: Criteria, base: str) -> tuple[SavedView, ...]:
        now = criteria.query_string(paging=False)
        return tuple(
            SavedView(
                row.name,
                f"{base}?{row.query}",
                active=row.query == now,
                delete_url=f"{self.route_base}/views/{row.id}/delete",
            )
            for row in prefs.saved_views(
                int(current_actor().user_id or 0), self.class_permission_name
            )
        )

    @expose("/columns", methods=["POST"])
    @guarded("list")
    def columns(self) -> Any:
        """Keep the chosen columns, their order and the density for this person."""
        offered = self.offered_fields()
        known = {one.name for one in offered}
        asked = ",".join(request.form.getlist("columns")).split(",")
        once = dict.fromkeys(asked)
        wanted = [name for name in once if name in known and not request.form.get("reset")]
        density = "compact" if request.form.get("density") == "compact" else "comfortable"
        with transaction():
            prefs.keep(
                int(current_actor().user_id or 0),
                self.class_permission_name,
                columns=wanted or [one.name for one in offered if one.shown],
                density=density,
            )
        return self._back()

    @expose("/views", methods=["POST"])
    @guarded("list")
    def save_view(self) -> Any:
        """Keep the current filters under a name."""
        base = self._base
        args = query_arguments(request.form.get("query", ""))
        query = self.criteria(args).query_string(paging=False)
        try:
            with transaction():
                prefs.save_view(
                    int(current_actor().user_id or 0),
                    self.class_permission_name,
                    name=request.form.get("name", ""),
                    query=query,
                )
        except Refusal:
            flash(_("请给视图起一个名字；每个列表最多保存 30 个视图。"), "danger")
        else:
            flash(_("视图已保存。"), "success")
        return self.go(f"{base}?{query}")  # type: ignore[attr-defined]

    @expose("/views/<pk:view_id>/delete", methods=["POST"])
    @guarded("list")
    def delete_view(self, view_id: int) -> Any:
        """Forget a saved view of one's own."""
        with transaction():
            prefs.delete_view(
                int(current_actor().user_id or 0), self.class_permission_name, view_id
            )
        flash(_("视图已删除。"), "success")
        return self._back()

    def _back(self) -> Any:
        return self.go(safe_target(request.form.get("next"), self._base))  # type: ignore[attr-defined]

    @expose("/bulk/<string:name>", methods=["POST"])
    @guarded("list")
    def bulk(self, name: str) -> Any:
        """A bulk act on the ticked rows or on all that match; a foreign row refuses the whole."""
        permission = self.bulk_permissions.get(name)
        if permission is None:
            abort(404)
        if not self.may(permission):
            abort(403)
        ids = self.bulk_ids()
        if ids is None:
            flash(_("符合条件的记录在您打开列表后有变化，没有处理。请核对后重新选择。"), "warning")
            return self._back()
        if not ids:
            flash(_("请先勾选记录。"), "warning")
            return self._back()
        return getattr(self, f"bulk_{name}")(ids) or self._back()

    def bulk_ids(self) -> Sequence[int] | None:
        """Keys that a bulk form names; 404 when one of them is not this actor's.

        ``all=1`` means every row that matches the list's address, which the form carries together
        with the number of rows that the person saw: any other number gives ``None``.
        """
        if request.form.get("all") == "1":
            _path, _mark, query = request.form.get("next", "").partition("?")
            found = self.source.ids(self.criteria(query_arguments(query)), MAX_BULK + 1)
            if len(found) > MAX_BULK or str(len(found)) != request.form.get("count"):
                return None
            return found
        texts = request.form.getlist("pk")
        if any(not (text.isascii() and text.isdigit() and len(text) < 19) for text in texts):
            abort(400)
        ids = list(dict.fromkeys(int(text) for text in texts))
        if len(ids) > MAX_BULK:
            abort(413)
        if self.source.visible_ids(ids) != set(ids):
            abort(404)
        return ids


def chosen_fields(fields: Sequence[Field], names: Sequence[str] | None) -> tuple[Field, ...]:
    """The fields a person chose, in that order; the name column always stays."""
    if names is None:
        return tuple(one for one in fields if one.shown)
    by_name = {one.name: one for one in fields}
    once = dict.fromkeys(names)
    picked = [replace(by_name[name], shown=True) for name in once if name in by_name]
    frozen = [one for one in fields if one.frozen and one not in picked]
    return (*frozen, *picked)


def order_fields(fields: Sequence[Field], first: Sequence[str]) -> tuple[Field, ...]:
    """All fields, the shown ones first and in their order (for the chooser)."""
    by_name = {one.name: one for one in fields}
    rest = (replace(one, shown=False) for one in fields if one.name not in first)
    return (*(replace(by_name[name], shown=True) for name in first), *rest)


def query_arguments(text: str) -> Any:
    """A query string that a form carries, as request arguments."""
    return MultiDict(parse_qsl(text.lstrip("?")[:4000], keep_blank_values=False))
