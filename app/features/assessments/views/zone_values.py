"""平台与主管部门数据: what the zone enters of a round, by table or by workbook."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from flask import Response, abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal
from app.engines import files, scoring, sheets
from app.extensions.phrases import listed
from app.features.accounts.rules import Role
from app.features.assessments import policy
from app.features.assessments.forms import DocumentForm
from app.features.assessments.labels import REFUSALS
from app.features.assessments.labels.refusals import words_of_refusal
from app.features.assessments.labels.rule_words import code_word, sheet_word
from app.features.assessments.labels.values import typed_words, words_of, wrong_words
from app.features.assessments.models import AssessmentRound
from app.features.assessments.queries import round_board, zone_values
from app.features.assessments.queries import rounds as queries
from app.features.assessments.rules.form import Ask
from app.features.assessments.rules.rounds import RUNNING, RoundState
from app.features.assessments.rules.typed import Wrong
from app.features.assessments.services import documents, zone_workbook
from app.features.assessments.services import zone_values as services
from app.features.assessments.services.zone_values import Entry
from app.features.enterprises.tasks import secret
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.downloads import sent
from app.web.forms import key_of
from app.web.listing.page import FormPage
from app.web.pages import Page
from app.web.viewing import not_while_looking

BASE = "/desk/assessment-rounds/values"
#: Before the filings are open there is nothing to write a value into.
NOT_YET = (RoundState.draft, RoundState.planned)
READERS = frozenset({Role.operator, Role.reviewer})
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def may_read_document(actor: Actor, _file: files.StoredFile) -> bool:
    """Papers of the zone are for its operators and reviewers."""
    return actor.sees_all and actor.can("can_index", "RoundValuesView")


files.kind(policy.DOCUMENT, may_read_document)


class RoundValuesView(Page):
    """Values of the zone's side, round by round."""

    route_base = BASE
    class_permission_name = "RoundValuesView"
    tenant = Tenant.zone
    menu_label = _l("平台与主管部门数据")
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_index": READERS,
        "can_edit": frozenset({Role.operator}),
    }

    @expose("/<pk:pk>")
    @guarded("index")
    @not_while_looking
    def index(self, pk: int) -> str:
        """Parks by values; each column leads to where it is entered."""
        return self._overview(queries.get(pk))

    def _overview(self, found: AssessmentRound, form: Any = None) -> str:
        told, values = self._asked(found)
        papers = zone_values.documents(found.id)
        return self.render(
            "assessments/zone_values.html",
            page=self._round_page(found),
            item=found,
            asks=list(told.values()),
            parks=[one for one in round_board.parks_of(found.id) if one.filing.takes_part],
            values=values,
            words=words_of,
            papers=papers,
            paper_names={one.id: one.title for one in papers},
            files=zone_values.files_of(papers),
            form_page=_document_page(found, form),
            opened=form is not None,
            may=self._may(found),
            begun=RoundState(found.state) not in NOT_YET,
        )

    @expose("/<pk:pk>/enter/<string:code>", methods=["GET", "POST"])
    @guarded("edit")
    @not_while_looking
    def enter(self, pk: int, code: str) -> Any:
        """One value of all parks, with the document that says it."""
        found = queries.get(pk)
        told, values = self._asked(found)
        if code not in told or not self._may(found):
            raise NotFound(f"value {code} of round {pk}")
        if request.method == "GET":
            return self._entry_page(found, told[code], values, {}, "")
        ask = told[code]
        entries = [
            Entry(one.filing.id, code, typed_of(ask, f"v{one.filing.id}", request.form), _seen(one))
            for one in round_board.parks_of(pk)
            if one.filing.takes_part and f"seen{one.filing.id}" in request.form
        ]
        document = key_of(request.form.get("document"))
        try:
            with transaction():
                outcome = services.enter(current_actor(), pk, entries, document, now=clock.now())
        except Refusal as against:
            fault = words_of_refusal(against)
            return self._entry_page(found, ask, values, {}, fault), 400
        if outcome.wrong:
            errors = {key[0]: one for key, one in outcome.wrong.items()}
            _told, now = self._asked(found)
            return self._entry_page(found, ask, now, errors, ""), 400
        flash(_("“%(name)s”已保存 %(n)s 家。", name=ask.name, n=outcome.saved), "success")
        return self.go(f"{BASE}/{pk}")

    def _entry_page(
        self,
        found: AssessmentRound,
        ask: Ask,
        values: Mapping[tuple[int, str], Any],
        errors: Mapping[int, Wrong],
        fault: str,
    ) -> str:
        """``errors`` beside their parks; what was typed stays in its field."""
        posted = request.form if request.method == "POST" else MultiDict()
        lines = [
            (one, values[one.filing.id, ask.code], f"v{one.filing.id}")
            for one in round_board.parks_of(found.id)
            if one.filing.takes_part and (one.filing.id, ask.code) in values
        ]
        return self.render(
            "assessments/zone_enter.html",
            item=found,
            ask=ask,
            lines=lines,
            errors=errors,
            wrong_words=wrong_words,
            code_word=code_word,
            fault=fault,
            posted=posted,
            papers=zone_values.documents(found.id),
            document=posted.get("document", ""),
            options=ask.item.options if ask.item is not None else (),
        )

    # -- documents -----------------------------------------------------------------------------
    @expose("/<pk:pk>/documents", methods=["POST"])
    @guarded("edit")
    def documents(self, pk: int) -> Any:
        """新增依据文件."""
        found, form = queries.get(pk), DocumentForm()
        if not form.validate():
            return self._overview(found, form), 400
        given = form.file.data
        named = given is not None and bool(given.filename)
        paper = documents.Paper(
            title=form.title.data or "",
            number=form.number.data or "",
            issued_by=form.issued_by.data or "",
            issued_on=form.issued_on.data,
            stream=given.stream if named else None,
            name=given.filename if named else "",
        )
        try:
            with transaction():
                documents.add_document(current_actor(), pk, paper, now=clock.now())
        except Refusal as against:
            text = words_of_refusal(against)
            field = form.title if "title" in against.fields else form.file
            field.errors = [*field.errors, text]
            return self._overview(found, form), 400
        flash(_("依据文件“%(name)s”已保存。", name=paper.title), "success")
        back = request.form.get("back", "")
        return self.go(f"{BASE}/{pk}/enter/{back}" if back.isidentifier() else f"{BASE}/{pk}")

    # -- workbook ------------------------------------------------------------------------------
    @expose("/<pk:pk>/workbook")
    @guarded("edit")
    def workbook(self, pk: int) -> Response:
        """下载数据表."""
        found = queries.get(pk)
        self._asked(found)
        if not self._may(found):
            raise NotFound(f"round {pk} has no values yet")
        buffer = io.BytesIO()
        zone_workbook.write(found, buffer, secret=secret(), word=sheet_word)
        size = buffer.tell()
        buffer.seek(0)
        return sent(buffer, name=f"{found.name}-数据表.xlsx", size=size, media_type=WORKBOOK)

    @expose("/<pk:pk>/upload", methods=["POST"])
    @guarded("edit")
    def upload(self, pk: int) -> Any:
        """The difference that an uploaded workbook would make, to be confirmed."""
        found = queries.get(pk)
        given = request.files.get("file")
        if not self._may(found) or given is None or not given.filename:
            flash(_("请选择数据表。"), "warning")
            return self.go(f"{BASE}/{pk}")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "book"
            given.save(path)
            try:
                outcome = zone_workbook.read(
                    found, path, given.filename, secret=secret(), word=sheet_word
                )
            except sheets.FileRefused as refused:
                text = REFUSALS.get(refused.code) or sheets.message(refused)
                flash(str(text), "danger")
                return self.go(f"{BASE}/{pk}")
        return self._plan_page(found, outcome)

    def _plan_page(
        self, found: AssessmentRound, outcome: zone_workbook.Difference, fault: str = ""
    ) -> str:
        return self.render(
            "assessments/zone_plan.html",
            item=found,
            plan=outcome,
            words=words_of,
            typed_words=typed_words,
            wrong_words=wrong_words,
            papers=zone_values.documents(found.id),
            fault=fault,
            document=request.form.get("document", ""),
            refused=_refused_rows(outcome),
        )

    @expose("/<pk:pk>/apply", methods=["POST"])
    @guarded("edit")
    def apply(self, pk: int) -> Any:
        """确定: the ticked lines, read again like what is typed. Refused, the page stands as it was."""
        found = queries.get(pk)
        told, _values = self._asked(found)
        lines = _shown(told)
        entries = [
            Entry(one.filing_id, one.code, one.typed, one.seen) for one in lines if one.chosen
        ]
        same = key_of(request.form.get("same")) or 0
        if not entries:
            flash(_("请至少勾选一项。"), "warning")
            return self._plan_page(found, zone_workbook.again(found, lines, same=same)), 400
        document = key_of(request.form.get("document"))
        try:
            with transaction():
                outcome = services.enter(current_actor(), pk, entries, document, now=clock.now())
        except Refusal as against:
            words, missing = words_of_refusal(against), "document" in against.fields
            if not missing:
                flash(words, "danger")
            plan = zone_workbook.again(found, lines, same=same)
            return self._plan_page(found, plan, words if missing else ""), 400
        if outcome.wrong:
            flash(_("有 %(n)s 项此间已有变化，没有保存，请核对。", n=len(outcome.wrong)), "warning")
        if outcome.same:
            flash(_("有 %(n)s 项与现有的值相同，没有变化。", n=outcome.same), "info")
        flash(_("已保存 %(n)s 项。", n=outcome.saved), "success")
        return self.go(f"{BASE}/{pk}")

    # -- helpers -------------------------------------------------------------------------------
    def _may(self, found: AssessmentRound) -> bool:
        mine = current_actor().can("can_edit", self.class_permission_name)
        return mine and RoundState(found.state) in RUNNING

    def _asked(self, found: AssessmentRound) -> tuple[Mapping[str, Ask], Mapping[Any, Any]]:
        try:
            told = services.asked(found)
        except scoring.Refused:
            return {}, {}
        return told, zone_values.of_round(found.id, told)

    def _round_page(self, found: AssessmentRound) -> Any:
        view = next(one for one in self.appbuilder.baseviews if type(one).__name__ == "RoundView")
        return view.show_page(found, "values")


def _document_page(found: AssessmentRound, form: Any) -> FormPage:
    names = ("title", "number", "issued_by", "issued_on", "file")
    return FormPage(
        title=_("新增依据文件"),
        form=form if form is not None else DocumentForm(formdata=None),
        sections=(("", names),),
        action=f"{BASE}/{found.id}/documents",
        cancel_url=f"{BASE}/{found.id}",
        submit_label=_("保存"),
        required=frozenset({"title"}),
        hints={"file": _("pdf、png、jpg、docx 或 xlsx，不超过 20 MB。")},
    )


def _refused_rows(outcome: zone_workbook.Difference) -> list[str]:
    """Rows of the workbook that are not taken, and why."""
    told = [
        _("园区/基地代码 %(code)s 重复（第 %(rows)s 行），这些行都没有采用。", code=code,
          rows=listed(map(str, rows)))
        for code, rows in outcome.twice.items()
    ]  # fmt: skip
    told += [
        _("第 %(row)s 行：%(code)s 本轮不参评，没有采用。", row=row, code=code)
        for code, row in outcome.absent
    ]
    told += [
        _("第 %(row)s 行：%(code)s 不在本轮考核中，没有采用。", row=row, code=code)
        if code
        else _("第 %(row)s 行没有园区/基地代码，没有采用。", row=row)
        for code, row in outcome.unknown
    ]
    return told


def _seen(one: round_board.Taking) -> int:
    text = request.form.get(f"seen{one.filing.id}", "")
    if key_of(text) is None:
        abort(400)
    return int(text)


def _shown(told: Mapping[str, Ask]) -> list[zone_workbook.Shown]:
    """The lines of the page that was confirmed, ticked or not."""
    form = request.form
    ticked = dict.fromkeys(form.getlist("take"))
    marks = [name.removeprefix("seen.") for name in form if name.startswith("seen.")]
    lines = []
    for mark in dict.fromkeys((*marks, *ticked)):
        filing, _dot, code = mark.partition(".")
        key, seen = key_of(filing), key_of(form.get(f"seen.{mark}", ""))
        if key is None or seen is None or code not in told:
            abort(400)
        typed = typed_of(told[code], f"v.{mark}", form)
        moved = form.get(f"moved.{mark}") == "1"
        lines.append(zone_workbook.Shown(key, code, typed, seen, moved, mark in ticked))
    return lines


def typed_of(ask: Ask, name: str, posted: Any) -> Any:
    """What the fields of a value hold, as ``Ask.read`` takes it."""
    if ask.kind == "level_count":
        return {level: posted.get(f"{name}.{level}", "") for level in ask.levels}
    if ask.kind == "multi_choice" and ask.item is not None and ask.item.options:
        return [one for one in posted.getlist(name) if one] or None
    return posted.get(name, "")
