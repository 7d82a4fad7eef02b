"""模板下载, and the way back: upload, the difference item by item, 确定."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, abort, current_app, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import NotFound, Refusal, Stale
from app.engines import files
from app.engines import sheets as engine
from app.extensions.phrases import clauses, listed
from app.features.assessments import sheets
from app.features.assessments.labels import rule_words
from app.features.assessments.labels.refusals import refusal_words, words_of_refusal
from app.features.assessments.labels.values import typed_words, words_of, wrong_words
from app.features.assessments.rules import form
from app.features.assessments.rules.filing import Act
from app.features.assessments.rules.form import Ask
from app.features.assessments.rules.workbook import NO, YES
from app.features.assessments.services import workbook
from app.features.assessments.services.workbook import Difference, Whose
from app.features.assessments.views.evidence import brought
from app.features.assessments.views.filling_items import Item, control_of
from app.features.assessments.views.filling_page import Filing, name_of
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.pages import Page
from app.web.viewing import not_while_looking

BASE = "/desk/filings"
MIB = 1024 * 1024
KIND = "assessment_workbook"
LASTS = timedelta(days=1)
MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A filing has some hundred rows; what is larger is something else.
LIMITS = engine.Limits(max_bytes=10 * MIB, max_rows=5000, max_columns=60,
                       max_unpacked_bytes=80 * MIB, seconds=20)  # fmt: skip


class WorkbookPart(Page):
    """Routes of the workbook."""

    @expose("/<pk:pk>/template")
    @guarded("template")
    def template(self, pk: int) -> Response:
        """模板下载: this round, this park, with what is there already."""
        from app.features.assessments.sheets import writing  # noqa: PLC0415 - see sheets

        page = Filing(pk)
        whose = _whose(page)
        asks = form.asks(page.scheme)
        out = io.BytesIO()
        parts = [
            (f"{part.code.strip('_')} {name_of(part)}", _lines(page, part.asks))
            for part in page.parts
        ]
        writing.write(out, parts, _notes(page), workbook.meta_of(whose, asks, page.values))
        name = f"{page.round.name}-{whose.park_code}.xlsx"
        response = Response(out.getvalue(), mimetype=MEDIA)
        response.headers["Content-Disposition"] = (
            f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        )
        return response

    @expose("/<pk:pk>/workbook", methods=["GET", "POST"])
    @guarded("fill")
    @not_while_looking
    def workbook(self, pk: int) -> Any:
        """Upload the filled workbook; GET with ``file`` shows what it would change."""
        page = Filing(pk)
        if request.method == "POST":
            return self._upload(page)
        key = request.args.get("file", "")
        if not key:
            return self._workbook_page(page)
        try:
            found = _read(page, key)
        except (Refusal, engine.FileRefused) as error:
            return self._workbook_page(page, error=_refused(error)), 400
        return self._workbook_page(page, key=key, found=found)

    @expose("/<pk:pk>/workbook/merge", methods=["POST"])
    @guarded("fill")
    def merge(self, pk: int) -> Any:
        """确定: the ticked differences into the draft."""
        page, key = Filing(pk), request.form.get("file", "")
        try:
            found = _read(page, key)
        except (Refusal, engine.FileRefused) as error:
            return self._workbook_page(page, error=_refused(error)), 400
        ticked = set(request.form.getlist("codes"))
        chosen = [(one, _seen(one.ask.code)) for one in found if one.ask.code in ticked and one.can]
        if not chosen:
            said = _("请至少勾选一项。")
            return self._workbook_page(page, key=key, found=found, error=said), 400
        try:
            with transaction():
                number = workbook.merge(current_actor(), page.filing, chosen, now=clock.now())
        except Stale:
            fresh = Filing(pk)
            said = _("您核对后，草稿又有变化。请按现在的内容重新核对。")
            return self._workbook_page(fresh, key=key, found=_read(fresh, key), error=said), 409
        except Refusal as refusal:
            return self._workbook_page(
                page, key=key, found=found, error=words_of_refusal(refusal)
            ), 400
        flash(_("已导入 %(n)s 项。", n=number), "success")
        return self.go(f"{BASE}/{pk}")

    def _upload(self, page: Filing) -> Any:
        if Act.save not in page.may:
            refused = refusal_words("filing_window_over", {})
            return self._workbook_page(page, error=refused), 400
        try:
            given = brought("file")
            with transaction():
                stored = files.store(
                    current_actor(),
                    given.stream,
                    given.name,
                    kind=KIND,
                    allowed=frozenset({"xlsx", "ods"}),
                    max_bytes=LIMITS.max_bytes,
                    park_id=page.filing.park_id,
                    expires_at=clock.now() + LASTS,
                )
                key = stored.key
        except Refusal as refusal:
            return self._workbook_page(page, error=words_of_refusal(refusal)), 400
        return self.go(f"{BASE}/{page.filing.id}/workbook?file={key}")

    def _workbook_page(
        self,
        page: Filing,
        *,
        key: str = "",
        found: list[Difference] | None = None,
        error: str = "",
    ) -> str:
        rows = [
            {
                "code": one.ask.code,
                "name": one.ask.name,
                "unit": one.ask.unit,
                "old": words_of(one.ask, one.old),
                "new": words_of(one.ask, one.new)
                if one.wrong is None
                else typed_words(one.ask, one.typed),
                "reason": one.new_reason if one.new_reason != one.old_reason else "",
                "wrong": wrong_words(one.wrong) if one.wrong is not None else "",
                "locked": one.locked,
                "moved": one.moved,
                "can": one.can,
                "version": one.version,
            }
            for one in found or ()
        ]
        return self.render(
            "assessments/filling_workbook.html",
            base=BASE,
            page=page,
            key=key,
            rows=rows,
            error=error,
            changes=sum(bool(one["can"]) for one in rows),
            wrong=sum(bool(one["wrong"]) for one in rows),
        )


def _whose(page: Filing) -> Whose:
    secret = str(current_app.config["SECRET_KEY"]).encode() + b":filing"
    return Whose(page.round, page.filing, parks.by_id(page.filing.park_id).code, secret)


def _read(page: Filing, key: str) -> list[Difference]:
    """What the uploaded file would change now; refuses a file that is not for this filing."""
    try:
        stored = files.by_key(key)
    except NotFound as error:
        raise Refusal("workbook_gone") from error
    if stored.kind != KIND or not files.may_read(current_actor(), stored):
        raise NotFound("workbook")
    with files.local_path(stored) as path:
        with engine.read(
            Path(path), stored.name, workbook.TABLE, LIMITS, today=clock.today()
        ) as reading:
            versions = workbook.checked(reading.meta, _whose(page))
        rows = list(sheets.found(engine.read_grid(Path(path), stored.name, LIMITS)))
    returned = workbook.is_returned(page.filing)
    asks = form.asks(page.scheme)
    return workbook.differences(rows, versions, asks, page.values, returned=returned)


def _refused(error: Refusal | engine.FileRefused) -> str:
    return words_of_refusal(error) if isinstance(error, Refusal) else str(engine.message(error))


def _seen(code: str) -> int:
    text = request.form.get(f"n.{code}", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        abort(400)
    return int(text)


def _lines(page: Filing, asks: tuple[Ask, ...]) -> list[sheets.Line]:
    return [line for ask in asks for line in _lines_of(page, ask)]


def _lines_of(page: Filing, ask: Ask) -> list[sheets.Line]:
    item = page.item(ask)
    value = page.values[ask.code]
    common: dict[str, Any] = {
        "name": ask.name,
        "unit": ask.unit,
        "open": item.open and item.own,
    }
    first = {
        "reason": value.explanation,
        "before": item.was,
        "source": item.origin or _("园区填报"),
        "rule": _rules(ask),
        "papers": listed(ask.evidence),
    }
    made = []
    for at, (key, part, kind, text) in enumerate(_cells(ask, item)):
        more: dict[str, Any] = first if at == 0 else {}
        limits: dict[str, Any] = (
            {"least": ask.item.minimum, "most": ask.item.maximum} if ask.item else {}
        )
        options = tuple(one.value for one in item.choices) if kind == "choice" else ()
        made.append(
            sheets.Line(
                key=key,
                part=part,
                kind=kind,
                value=text,
                first=at == 0,
                options=options,
                **common,
                **more,
                **limits,
            )
        )
    return made


def _cells(ask: Ask, item: Item) -> list[tuple[str, str, str, str]]:
    """``(key, option or level, kind, text)`` of each row of a value."""
    control, keys = control_of(ask), workbook.keys_of(ask)
    if not item.own:
        return [(ask.code, "", "text", item.shown)]
    if control == "multi_choice":
        given = any(one.on for one in item.choices)
        none_of_them = not given and item.shown != ""
        return [
            (key, one.label, "yes", YES if one.on else NO if none_of_them else "")
            for key, one in zip(keys, item.choices, strict=True)
        ]
    if control == "level_count":
        return [
            (key, one.label, "number", one.text)
            for key, one in zip(keys, item.choices, strict=True)
        ]
    if control == "choice":
        return [(ask.code, "", "choice", next((one.value for one in item.choices if one.on), ""))]
    kind = "number" if control == "number" else "text"
    text = item.text.replace(",", "") if kind == "number" else item.text
    return [(ask.code, "", kind, text)]


def _rules(ask: Ask) -> str:
    """How it scores, by each indicator that uses it."""
    one = ask.adjustment
    if one is not None:
        return rule_words.of_adjustment(one)
    return clauses(
        f"{used.code} {rule_words.of_indicator(used, ask.order)}" for used in ask.indicators
    )


def _notes(page: Filing) -> list[tuple[str, str]]:
    filled, asked = page.counts
    return [
        (_("考核"), page.round.name),
        (_("评价期"), f"{page.round.period_from} - {page.round.period_to}"),
        (_("填写"), _("只填浅黄色的单元格；灰色为平台或主管部门提供，不能修改。")),
        (_("多选"), _("每个选项一行，选“是”或“否”；整项留空表示未填写。")),
        (_("上传"), _("在填报页面选择“上传模板”，核对变化后确定，逐项并入草稿。")),
        (_("进度"), f"{filled} / {asked}"),
    ]
