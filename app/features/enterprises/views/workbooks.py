"""Workbooks of an import: the template, empty or prefilled, and the file with its errors marked."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, abort, current_app, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import NotFound
from app.engines import files, sheets
from app.features.enterprises import policy, queries, tasks
from app.features.enterprises.rules import years
from app.features.enterprises.services import exports
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.pages import Page

BASE = "/desk/enterprises/imports"
TEMPLATE_NAME = "企业导入模板.xlsx"


class WorkbookPart(Page):
    """What the import's pages offer to save."""

    @expose("/template")
    @guarded("template")
    def template(self) -> Response:
        """下载导入模板: no records in it."""
        park_id = current_actor().acting_park_id
        code = parks.by_id(park_id).code if park_id else ""
        buffer = io.BytesIO()
        sheets.write_template(
            buffer,
            queries.table_for_writing(clock.today()),
            year=asked_year(request.args.get("year", "")) or clock.last_full_year(),
            scope=code,
            secret=tasks.secret(),
        )
        return _workbook(buffer, TEMPLATE_NAME)

    @expose("/template/prefilled", methods=["POST"])
    @guarded("template")
    def prefilled(self) -> Any:
        """The template with the park's present records: leaves the house, so it is recorded."""
        actor = current_actor()
        if actor.acting_park_id is None:
            raise NotFound("a prefilled template is one park's")
        park = parks.by_id(actor.acting_park_id)
        year = asked_year(request.form.get("year", "")) or clock.last_full_year()
        count = sum(queries.status_counts().values())
        if count > current_app.config["EXPORT_PAGE_ROWS"]:
            with transaction():
                job = tasks.enqueue_prefilled(actor, park.id, year, count)
            return self._later(job.id, count)
        buffer = io.BytesIO()
        with transaction():
            exports.write_prefilled(
                actor, buffer, exports.Prefilled(park.id, park.code, year, tasks.secret())
            )
        return _workbook(buffer, exports.PREFILLED_NAME)

    @expose("/<pk:import_id>/errors", methods=["POST"])
    @guarded("show")
    def errors(self, import_id: int) -> Any:
        """下载错误清单: the file with its errors marked; it holds what the file held."""
        found = queries.get_import(import_id)
        actor = current_actor()
        if not policy.personal(actor):
            abort(403)
        count = queries.number_wrong(import_id)
        if not count or not found.file_key:
            abort(404)
        if count > current_app.config["IMPORT_PAGE_ROWS"]:
            with transaction():
                job = tasks.enqueue_errors(actor, found, count)
            return self._later(job.id, count)
        buffer = io.BytesIO()
        with files.local_path(files.by_key(found.file_key)) as path:
            exports.write_errors(buffer, found, Path(path))
        with transaction():
            exports.record_errors(actor, found, count=count)
        return _workbook(buffer, exports.errors_name(found))

    def _later(self, job_id: int, count: int) -> Any:
        """The job's page: it offers the file once it is made."""
        words = _("共 %(count)s 行，已转为后台任务，完成后可在此下载。", count=f"{count:,}")
        flash(words, "info")
        return self.go(f"/desk/jobs/{job_id}")


def asked_year(text: str) -> int | None:
    """A year of figures that a form or an address names; ``None`` when it names none."""
    if not text:
        return None
    digits = len(text) == 4 and text.isascii() and text.isdigit()
    if not digits or int(text) not in years(clock.last_full_year()):
        abort(400)
    return int(text)


def _workbook(buffer: io.BytesIO, name: str) -> Response:
    response = Response(
        buffer.getvalue(),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"download.xlsx\"; filename*=UTF-8''{quote(name)}"
    )
    return response
