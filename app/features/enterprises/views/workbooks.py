"""Workbooks of an import: the template, empty or prefilled, and the file with its errors marked."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, abort, request
from flask_appbuilder import expose

from app.core import clock
from app.core.errors import NotFound
from app.engines import files, sheets
from app.features.enterprises import policy, queries, tasks
from app.features.enterprises.rules import years
from app.features.enterprises.services import comparing, exports
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.pages import Page

BASE = "/desk/enterprises/imports"


class WorkbookPart(Page):
    """What the import's pages offer to save."""

    @expose("/template")
    @guarded("template")
    def template(self) -> Response:
        """下载导入模板: no records in it."""
        park_id = current_actor().acting_park_id
        code = parks.by_id(park_id).code if park_id else ""
        return _template(code, asked_year(request.args.get("year", "")), [], {})

    @expose("/template/prefilled", methods=["POST"])
    @guarded("template")
    def prefilled(self) -> Response:
        """The template with the park's present records: leaves the house, so it is recorded."""
        actor = current_actor()
        if actor.acting_park_id is None:
            raise NotFound("a prefilled template is one park's")
        park = parks.by_id(actor.acting_park_id)
        year = asked_year(request.form.get("year", "")) or clock.last_full_year()
        columns = exports.chosen_columns(actor)
        with transaction():
            found = queries.all_rows_of(park.id, year)
            exports.record_prefilled(actor, columns, count=len(found), year=year)
        rows = [{one.name: getattr(row, one.name) for one in columns} for row in found]
        return _template(park.code, year, rows, {row.uscc: row._version for row in found})

    @expose("/<pk:import_id>/errors")
    @guarded("show")
    def errors(self, import_id: int) -> Response:
        """下载错误清单: the file with its errors marked; it holds what the file held."""
        found = queries.get_import(import_id)
        if not policy.personal(current_actor()):
            abort(403)
        rows = [comparing.row_in(row) for row in queries.error_rows(import_id)]
        if not rows or not found.file_key:
            abort(404)
        buffer = io.BytesIO()
        with files.local_path(files.by_key(found.file_key)) as path:
            table = queries.table_for_reading()
            sheets.write_error_workbook(buffer, table, Path(path), found.filename, rows)
        return _workbook(buffer, f"错误清单-{Path(found.filename).stem}.xlsx")


def _template(code: str, year: int | None, rows: list[Any], keys: dict[str, int]) -> Response:
    buffer = io.BytesIO()
    sheets.write_template(
        buffer,
        queries.table_for_writing(clock.today()),
        year=year or clock.last_full_year(),
        rows=rows,
        scope=code,
        secret=tasks.secret(),
        row_keys=keys,
    )
    return _workbook(buffer, "企业导入模板.xlsx")


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
