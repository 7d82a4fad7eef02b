"""导出 of a small register: what its list shows now, filtered and in its order, every row of it.

GET asks for the format, POST sends the file and notes it. Registers of a hundred thousand rows have
their own way out (jobs, streams); this one holds the file in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from flask import Response, request
from flask_appbuilder import expose
from flask_babel import force_locale
from flask_babel import gettext as _

from app.core import clock
from app.core.clock import SHANGHAI
from app.extensions.lists.criteria import Criteria
from app.extensions.phrases import clauses, labelled
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_arrange import chosen_fields
from app.web.base_views import RegisterView
from app.web.listing.build import Field, said
from app.web.listing.workbook import Workbook

EVERY = 100_000_000  # no cap: what is told is what leaves
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


class SmallExport(RegisterView):
    """The route; a register says its title, reads its rows and notes what left."""

    export_title: Any = ""
    #: Fields that leave as numbers, days and times; the others as the words of the list.
    export_plain: ClassVar[frozenset[str]] = frozenset()
    #: ``sheets.small_file``; the heading of a column, and whether it is text: ``sheets.ColumnOut``.
    export_writer: ClassVar[Callable[..., Iterable[bytes]]]
    export_column: ClassVar[Callable[..., Any]]
    #: Columns that words of others need, and that do not leave.
    export_more: ClassVar[tuple[str, ...]] = ()

    def export_rows(self, query: Any) -> Sequence[Any]:
        """The rows of the list's statement."""
        raise NotImplementedError

    def note_export(self, *, count: int, kind: str, facts: Mapping[str, str]) -> None:
        """What left the house is recorded."""
        raise NotImplementedError

    @expose("/export", methods=["GET", "POST"])
    @guarded("export")
    def export(self) -> Any:
        """GET asks for the format; POST sends the file and notes it."""
        criteria = self.criteria(request.args)
        if request.method == "GET":
            count = self.source.count(criteria, cap=EVERY).number
            back = f"{self.route_base}/list/"
            return self.render("components/export_format.html", count=count, back=back)
        kind = "csv" if request.form.get("format") == "csv" else "xlsx"
        with force_locale("zh"):  # the file is a Chinese document, whoever makes it
            made = self._file(criteria, kind, self.fields)
            with transaction():
                made.note()
        response = Response(b"".join(made.pieces), mimetype=MEDIA[kind])
        name = quote(made.name, safe="")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return response

    def workbook(self, criteria: Criteria, names: Sequence[str]) -> Workbook:
        return self._file(
            criteria, "xlsx", chosen_fields(self.fields, names) if names else self.fields
        )

    def _file(self, criteria: Criteria, kind: str, fields: Sequence[Field]) -> Workbook:
        """Every row that the criteria find, as the writer takes them."""
        names = [one.name for one in self.fields]
        query = self.source.selected(criteria, [*names, *self.export_more])
        found = self.export_rows(self.source.ordered(query, criteria))
        rows = [[self._exported(one.name, row) for one in fields] for row in found]
        facts = self._export_facts(criteria, len(rows))
        title = str(self.export_title)
        pieces = list(self.export_writer(kind, title, self._export_columns(fields), rows, facts))
        return Workbook(
            name=f"{title}-{clock.today():%Y%m%d}.{kind}",
            pieces=pieces,
            count=len(rows),
            note=lambda: self.note_export(count=len(rows), kind=kind, facts=dict(facts)),
        )

    def _exported(self, name: str, row: Any) -> Any:
        value = getattr(row, name)
        if name in self.export_plain or value is None:
            return value
        return str(self.cell(name, value, row).text)

    def _export_columns(self, fields: Sequence[Field]) -> list[Any]:
        return [
            self.export_column(str(one.label), text=one.name not in self.export_plain)
            for one in fields
        ]

    @staticmethod
    def _export_facts(criteria: Criteria, count: int) -> tuple[tuple[str, str], ...]:
        actor = current_actor()
        filters = [labelled(label, value) if value else label for label, value in said(criteria)]
        return (
            (_("筛选条件"), clauses(filters) or _("无（全部）")),
            (_("行数"), str(count)),
            (_("导出时间"), f"{clock.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"),
            (_("导出人"), actor.name or actor.username),
        )
