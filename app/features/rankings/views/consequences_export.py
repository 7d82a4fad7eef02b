"""导出 of 考核结果处理: what the list shows now, filtered and in its order."""

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
from app.features.rankings import queries, services
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
PLAIN = ("made_at", "due_on", "closed_at")


class ConsequenceExport(RegisterView):
    """GET asks for the format; POST sends the file and notes it."""

    @expose("/export", methods=["GET", "POST"])
    @guarded("export")
    def export(self) -> Any:
        criteria = self.criteria(request.args)
        if request.method == "GET":
            count = self.source.count(criteria).number
            back = f"{self.route_base}/list/"
            return self.render("components/export_format.html", count=count, back=back)
        kind = "csv" if request.form.get("format") == "csv" else "xlsx"
        names = [one.name for one in self.fields]
        chosen = self.source.selected(criteria, [*names, "round_id"])
        found = queries.listed(self.source.ordered(chosen, criteria).limit(MOST))
        with force_locale("zh"):  # the file is a Chinese document, whoever makes it
            rows = [[self._told(name, getattr(row, name), row) for name in names] for row in found]
            facts = self._facts(criteria, len(rows))
            with transaction():
                services.exported(current_actor(), count=len(rows), facts=dict(facts))
            data = b"".join(self._pieces(kind, rows, facts))
            title = _("考核结果处理")
        response = Response(data, mimetype=MEDIA[kind])
        name = quote(f"{title}-{clock.today():%Y%m%d}.{kind}", safe="")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return response

    def _told(self, name: str, value: Any, row: Any) -> Any:
        """Days and times as such, words as the list says them."""
        if name in PLAIN or value is None:
            return value
        return str(self.cell(name, value, row).text)

    def _pieces(self, kind: str, rows: list[list[Any]], facts: Any) -> Any:
        headings = [str(one.label) for one in self.fields]
        if kind == "csv":
            return sheets.stream_csv(headings, rows)
        columns = [
            sheets.ColumnOut(str(one.label), text=one.name not in PLAIN) for one in self.fields
        ]
        sheet = sheets.SheetOut(str(_("考核结果处理")), columns, rows)
        return sheets.stream_xlsx([sheets.info_sheet(facts), sheet])

    @staticmethod
    def _facts(criteria: Any, count: int) -> tuple[tuple[str, str], ...]:
        actor = current_actor()
        filters = [labelled(label, value) if value else label for label, value in said(criteria)]
        return (
            (_("筛选条件"), clauses(filters) or _("无（全部）")),
            (_("行数"), str(count)),
            (_("导出时间"), f"{clock.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"),
            (_("导出人"), actor.name or actor.username),
        )
