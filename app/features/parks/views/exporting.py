"""导出 of the register of parks: what the list shows now, filtered and in its order."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, request
from flask_appbuilder import expose
from flask_babel import force_locale
from flask_babel import gettext as _

from app.core import clock
from app.core.clock import SHANGHAI
from app.engines import sheets
from app.extensions.phrases import clauses, labelled
from app.features.parks.services import exports
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.build import said

MOST = 10_000
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
TEXTS = frozenset({"code", "name", "kind", "level", "division", "status", "organisation"})


class ParkExport(RegisterView):
    """The file itself; some dozens of rows need no dialog. ``?format=csv`` asks for text."""

    @expose("/export", methods=["GET", "POST"])
    @guarded("export")
    def export(self) -> Any:
        """GET asks for the format; POST sends the file and notes it."""
        criteria = self.criteria(request.args)
        if request.method == "GET":
            count = self.source.count(criteria).number
            back = f"{self.route_base}/list/"
            return self.render("components/export_format.html", count=count, back=back)
        kind = "csv" if request.form.get("format") == "csv" else "xlsx"
        names = [one.name for one in self.fields]
        query = self.source.ordered(self.source.selected(criteria, names), criteria)
        found = exports.rows(query.limit(MOST))
        with force_locale("zh"):  # the file is a Chinese document, whoever makes it
            headings = [str(one.label) for one in self.fields]
            rows = [
                [self._exported(name, getattr(row, name), row) for name in names] for row in found
            ]
            facts = self._facts(criteria, len(rows))
            with transaction():
                exports.record(current_actor(), count=len(rows), kind=kind, facts=dict(facts))
            data = b"".join(_pieces(kind, names, headings, rows, facts))
        response = Response(data, mimetype=MEDIA[kind])
        name = quote(f"{_('园区/基地')}-{clock.today():%Y%m%d}.{kind}".replace("/", "-"), safe="")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return response

    def _exported(self, name: str, value: Any, row: Any) -> Any:
        """Numbers and days as such, words as the list says them."""
        if name in ("members", "area_leasable", "updated_at"):
            return value
        return str(self.cell(name, value, row).text) if value is not None else None

    def _facts(self, criteria: Any, count: int) -> tuple[tuple[str, str], ...]:
        actor = current_actor()
        filters = [labelled(label, value) if value else label for label, value in said(criteria)]
        return (
            (_("筛选条件"), clauses(filters) or _("无（全部）")),
            (_("行数"), str(count)),
            (_("导出时间"), f"{clock.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"),
            (_("导出人"), actor.name or actor.username),
        )


def _pieces(
    kind: str,
    names: list[str],
    headings: list[str],
    rows: list[list[Any]],
    facts: tuple[tuple[str, str], ...],
) -> Any:
    if kind == "csv":
        return sheets.stream_csv(headings, rows)
    columns = [
        sheets.ColumnOut(heading, text=name in TEXTS)
        for name, heading in zip(names, headings, strict=True)
    ]
    title = str(_("园区与基地"))
    return sheets.stream_xlsx([sheets.info_sheet(facts), sheets.SheetOut(title, columns, rows)])
