"""The list half of ``RegisterView``: criteria, rows and the page; bulk acts and what a person
arranges are parts of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from flask import abort, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.core.errors import Forbidden
from app.core.values import replace
from app.extensions.lists.criteria import ALL, Criteria, Rules, read
from app.extensions.lists.source import Counted, ListSource
from app.extensions.lists.spec import BadQuery, Filter
from app.extensions.phrases import entries
from app.extensions.why import Why
from app.web import base_bulk, cells, viewing, why
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_arrange import ArrangePart, chosen_fields
from app.web.base_bin import BinPart
from app.web.base_bulk import BulkRows
from app.web.held import held
from app.web.listing import build
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, Link, ListPage, Row, Tab
from app.web.listing.workbook import Workbook
from app.web.redirects import safe_target

#: Acts that somebody looks for on a list and its rows -> words.
SOUGHT = {
    "can_add": _l("新增"),
    "can_edit": _l("编辑"),
    "can_delete": _l("删除"),
    "can_export": _l("导出"),
}
#: Fields that say which record it is.
PLAIN = frozenset({"code", "uscc", "park", "created_at", "updated_at"})


class ListPart(ArrangePart, BulkRows, BinPart):
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
    found_by_palette: ClassVar[bool] = True

    access: ClassVar[dict[str, frozenset[str]]]
    route_base: Any
    class_permission_name: Any
    add_heading: ClassVar[Any]
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
        words = self.add_heading
        return (*self.bin_link(), Link(words, self.url("add"), icon="plus", kind="primary"))

    def list_menus(self, _criteria: Criteria) -> dict[str, tuple[Link, ...]]:
        return {}

    def list_whys(self) -> tuple[Why, ...]:
        """What stands against acts that the person would look for on the list, its rows and the
        bulk bar: a role that others have. What the state of a row stands against, its page says."""
        return self.for_other_roles(tuple(SOUGHT))

    def for_other_roles(self, permissions: Sequence[str]) -> tuple[Why, ...]:
        """Of these rights, those that this register asks for and the person does not have."""
        acts = {name: SOUGHT[name] for name in permissions if name in self.access}
        return why.by_roles(acts, self.class_permission_name)

    def nothing_yet(self) -> Empty:
        return Empty("nothing", _("还没有记录"))

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        return cells.cell(value)

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        acts = []
        if self.may("edit"):
            acts.append(Link(_("编辑"), self.row_url("edit", row.pk), kind="link"))
        if self.may("delete"):
            name = str(getattr(row, self.name_field, row.pk))
            acts.append(self.row_delete_link(row.pk, name))
        return tuple(acts)

    def row_url(self, act: str, pk: Any) -> str:
        """``url`` of an act on one row; where it lies in the address is found once per page."""
        kept: dict[tuple[type, str], str] = held().setdefault("row_urls", {})
        if (type(self), act) not in kept:
            kept[type(self), act] = self.url(f"{act}/\0")
        return kept[type(self), act].replace("\0", str(pk))

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

    def workbook(self, criteria: Criteria, names: Sequence[str]) -> Workbook:
        """The rows as a file, for who may export them; ``names``: the columns of a view, if it has
        any. Without personal columns: nobody gives a purpose for a file that comes by itself."""
        raise NotImplementedError

    # -- helpers -------------------------------------------------------------------------------
    def may(self, what: str) -> bool:
        """Whether the current person may do ``what`` here (add, edit, delete, ...)."""
        return current_actor().can(f"can_{what}", self.class_permission_name)

    def understood(self, args: Any) -> Criteria:
        """What is asked for; raises ``BadQuery``, or ``Forbidden`` for who only looks."""
        found = read(args, self.rules())
        asked = {*found.names(), found.sort} - {"", self.tab_filter, *self.plain_fields()}
        if asked and self.veiled and viewing.looking():
            raise Forbidden("only_looks")  # what is hidden is not found out by filters either
        return found

    def criteria(self, args: Any) -> Criteria:
        try:
            return self.understood(args)
        except BadQuery:
            abort(400)

    def plain_fields(self) -> frozenset[str]:
        """What stays legible to who looks as somebody else: which record it is and where it stands."""
        return PLAIN | {self.name_field, self.status_field}

    # -- routes --------------------------------------------------------------------------------
    @expose("/list/")
    @guarded("list")
    def list(self) -> Any:
        """The list page; without anything asked for, the person's default view of it."""
        if target := self.opening(request.args):
            return redirect(target)
        page = self.list_page(self.criteria(request.args))
        return self.render_page("appbuilder/general/model/list.html", page)

    def render_page(self, template: str, page: Any) -> str:
        return self.render(template, page=page)  # type: ignore[attr-defined]

    def list_page(self, criteria: Criteria) -> ListPage:
        """Everything the template prints; the number of statements does not grow with rows."""
        kept = self.kept(criteria.view)
        if kept.default is not None and not criteria.view:
            criteria = replace(criteria, view=ALL)  # so that no link of the page opens the default
        fields = chosen_fields(self.offered_fields(), self.arrangement(criteria, kept).columns)
        total = self.total(criteria)
        matching = self.matching(criteria) if criteria.is_filtered else total
        pages = -(-matching.number // criteria.size)
        if criteria.page > max(1, pages) and not matching.capped:
            criteria = replace(criteria, page=max(1, pages))
        rows = self.rows(criteria, fields) if matching.number else ()
        page = self._found(criteria, fields, rows, matching, total)
        if any(act.named for row in rows for act in row.acts):
            page = replace(page, row_ask=self.row_ask())
        return self.arranged(page, criteria, kept)

    def _tabs(self, criteria: Criteria, matching: Counted, total: Counted) -> tuple[Tab, ...]:
        if not self.tab_filter:
            return ()
        counts = self.tab_counts(criteria)
        name, numbers = self.tab_filter, (str(total), str(matching))
        return build.tabs(self._base, criteria, name, counts, *numbers)

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
            tabs=self._tabs(criteria, matching, total),
            controls=build.controls(criteria, skip=skip),
            chips=build.chips(base, criteria, skip=skip),
            clear_url=build.address(base, build.kept(replace(criteria, values={}), tab="")),
            keep=build.kept(criteria, tab=self.tab_filter),
            acts=self.list_acts(criteria),
            menus=self.list_menus(criteria),
            pager=build.pager(base, criteria, matching, words, [row.pk for row in rows]),
            bulk=self.bulk_acts(),
            total_matching=matching.number + matching.capped,
            most_bulk=base_bulk.MAX_BULK,
            empty=None if rows else build.empty(criteria, base, self.nothing_yet),
            whys=self.list_whys(),
            breadcrumbs=(Link(self.section_label, ""),) if self.section_label else (),
            first_number=(criteria.page - 1) * criteria.size + 1,
            year=str(criteria.year or ""),
            years=build.years(base, criteria),
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
            made[at] = replace(made[at], url=self.row_url("show", found.pk))
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

    def _back(self) -> Any:
        return self.go(safe_target(request.form.get("next"), self._base))
