"""导出: the dialog's page and the file, streamed at once or made by a job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, flash, request, stream_with_context
from flask_appbuilder import expose
from flask_babel import force_locale
from flask_babel import gettext as _

from app.core import clock, scope
from app.core.errors import Refusal
from app.extensions.lists.criteria import Criteria
from app.features.enterprises.labels import HEADINGS
from app.features.enterprises.rules import BY_NAME, PERSONAL
from app.features.enterprises.services import exports
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.build import at, said
from app.web.listing.page import Link
from app.web.listing.workbook import Workbook

BASE = "/desk/enterprises"


class ExportPart(RegisterView):
    """The export of a register; the view made of it brings criteria and source."""

    @expose("/export", methods=["GET", "POST"])
    @guarded("export")
    def export(self) -> Any:
        """The dialog's page (columns, format, purpose); POST sends the file."""
        criteria = self.criteria(request.args)
        actor = current_actor()
        names = request.form.getlist("columns")
        # A browser sends nothing for boxes that are all empty: the page marks that it had boxes.
        columns = exports.chosen_columns(
            actor, names if names or "chosen" in request.form else None
        )
        count = self.source.count(criteria, cap=10_000_000)
        if request.method == "GET":
            return self._export_page(criteria, count.number, None)
        kind = request.form.get("format", "xlsx")
        if kind not in exports.FORMATS:
            kind = "xlsx"
        with force_locale("zh"):  # the file is a Chinese document, whoever makes it
            facts = self._facts(criteria, f"{count.number:,}")
        asked = exports.Export(columns, kind, facts, criteria.year or clock.last_full_year())
        try:
            if count.number > current_app.config["EXPORT_PAGE_ROWS"]:
                return self._export_job(criteria, asked, count.number)
            with transaction():
                exports.record(
                    actor, asked, count=count.number, purpose=request.form.get("purpose", "")
                )
        except Refusal as refusal:
            return self._export_page(criteria, count.number, refusal)
        names = [column.name for column in columns]
        query = self.source.ordered(self.source.selected(criteria, names), criteria)
        return send_stream(exports.stream(query, asked), kind)

    def workbook(self, criteria: Criteria, names: Sequence[str]) -> Workbook:
        """As by hand, without personal columns."""
        actor = current_actor()
        known = [name for name in names if name in BY_NAME and name not in PERSONAL]
        chosen = exports.chosen_columns(actor, known or None)
        columns = tuple(column for column in chosen if not column.personal)
        count = self.source.count(criteria, cap=10_000_000).number
        facts = self._facts(criteria, f"{count:,}")
        asked = exports.Export(columns, "xlsx", facts, criteria.year or clock.last_full_year())
        selected = self.source.selected(criteria, [column.name for column in columns])
        return Workbook(
            name=exports.filename("xlsx"),
            pieces=exports.stream(self.source.ordered(selected, criteria), asked),
            count=count,
            note=lambda: exports.record(actor, asked, count=count, purpose=""),
        )

    def _export_page(self, criteria: Criteria, count: int, refusal: Refusal | None) -> Any:
        page = self.render(
            "enterprises/export.html",
            columns=exports.chosen_columns(current_actor()),
            headings=HEADINGS,
            ticked=set(request.form.getlist("columns")) if request.method == "POST" else None,
            count=count,
            facts=self._facts(criteria, f"{count:,}"),
            action=at(f"{BASE}/export", criteria, paging=False),
            back=at(f"{BASE}/list/", criteria),
            job_rows=current_app.config["EXPORT_PAGE_ROWS"],
            errors=self._errors(refusal) if refusal else (),
            breadcrumbs=(Link(self.list_heading, f"{BASE}/list/"),),
        )
        return page, 400 if refusal else 200

    def _errors(self, refusal: Refusal) -> list[tuple[str, Any, str]]:
        """For the summary: field, its name, words; what is about no field has none."""
        words = self.words_of(refusal.code, refusal.params)
        named = {"purpose": _("用途"), "columns": _("显示列")}
        return [(name, named[name], words) for name in refusal.fields] or [("", "", words)]

    def _facts(self, criteria: Criteria, count: str) -> tuple[tuple[str, str], ...]:
        actor = current_actor()
        park = parks.by_id(actor.acting_park_id).name if actor.acting_park_id else ""
        return exports.facts(
            filters=said(criteria),
            year=criteria.year or clock.last_full_year(),
            count=count,
            actor=actor,
            at=clock.now(),
            park=park,
        )

    def _export_job(self, criteria: Criteria, asked: exports.Export, count: int) -> Any:
        from app.features.enterprises import tasks  # noqa: PLC0415 - tasks and views share a layer

        with transaction():
            job = tasks.enqueue_export(
                current_actor(), criteria.arguments(paging=False), asked, count
            )
            # Last: who waits for the trail's head must hold nothing that its holder may want.
            exports.record(
                current_actor(), asked, count=count, purpose=request.form.get("purpose", "")
            )
        flash(_("共 %(count)s 行，已转为后台任务，完成后可在此下载。", count=f"{count:,}"), "info")
        return self.go(f"/desk/jobs/{job.id}")


def _scoped(pieces: Any) -> Iterator[bytes]:
    """The request's scope has ended when the body is made: carry the actor's into it."""
    with scope.acting_as(current_actor()):
        yield from pieces


def send_stream(pieces: Any, kind: str) -> Response:
    """A download that leaves while it is made."""
    media = {
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "csv": "text/csv",
    }[kind]
    response = Response(stream_with_context(_scoped(pieces)), mimetype=media)
    name = quote(exports.filename(kind), safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response
