"""上传导入模板: upload, plan, mend, confirm, result, undo; templates and error workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from flask import abort, current_app, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core import clock
from app.core.errors import Refusal, refuse_if
from app.core.values import replace
from app.engines import files
from app.engines.sheets.model import TakesTooLongError
from app.extensions.lists.criteria import Rules, read, whole
from app.extensions.lists.source import Counted
from app.extensions.lists.spec import BadQuery
from app.extensions.why import Why
from app.features.enterprises import policy, queries, tasks
from app.features.enterprises.labels import REFUSALS, STATE_WORDS
from app.features.enterprises.models import EnterpriseImport
from app.features.enterprises.rules import years
from app.features.enterprises.services import apply as applying
from app.features.enterprises.services import fix, plan
from app.features.enterprises.views import access
from app.features.enterprises.views.plan_page import PAGE_ROWS, PlanPage, plan_page, sentence
from app.features.enterprises.views.workbooks import BASE, WorkbookPart, asked_year
from app.features.parks import queries as parks
from app.features.parks.models import Park
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.listing import build
from app.web.listing.page import Link

MIB = 1024 * 1024
SUFFIXES = frozenset({"xlsx", "xls", "csv", "ods"})
#: A file above this size is read by a job straight away: it surely has more rows than a page takes.
PAGE_BYTES = 2 * MIB
#: So long at most somebody waits for the plan; an honest file of that size takes one second.
PAGE_SECONDS = 20
MOST_TICKS = 1_000  # a script sends what one page shows
TAKE_OUT = "-"  # no dictionary has this word
TABS = (None, "new", "changed", "unchanged", "error")


class EnterpriseImportView(WorkbookPart):
    """Imports of the register."""

    route_base = BASE
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_list": access.EDITORS,
        "can_upload": access.EDITORS,
        "can_template": access.EDITORS,
        "can_show": access.EDITORS,
        "can_apply": access.EDITORS,
        "can_undo": access.EDITORS,
    }
    default_view = "index"

    @expose("/")
    @guarded("list")
    def index(self) -> str:
        """导入记录, page by page."""
        total = queries.number_of_imports()
        try:
            criteria = read(request.args, Rules((), ("id",), ("id", "desc")))
        except BadQuery:
            abort(400)
        words = ngettext("共 %(n)s 次", "共 %(n)s 次", total, n=f"{total:,}")
        pager = build.pager(f"{BASE}/", criteria, Counted(total), words)
        return self.render(
            "enterprises/imports.html",
            states=STATE_WORDS,
            imports=queries.imports_of_scope(
                limit=criteria.size, offset=(pager.page - 1) * criteria.size
            ),
            pager=pager,
            breadcrumbs=_crumbs(),
            base=BASE,
        )

    # -- upload --------------------------------------------------------------------------------
    @expose("/new", methods=["GET", "POST"])
    @guarded("upload")
    def upload(self) -> Any:
        """Choose a file; the plan appears by itself."""
        if request.method == "GET":
            return self._upload_page("", 200)
        given = request.files.get("file")
        if given is None or not given.filename:
            return self._upload_page(_("请选择要导入的文件。"), 400)
        year = asked_year(request.form.get("year", ""))
        try:
            park = self._park()
            found, file = self._keep(given, park, year)
        except Refusal as refusal:
            return self._upload_page(self._words(refusal), 400)
        self._read(found, file, park, year)
        return self.go(f"{BASE}/{found.id}")

    def _keep(self, given: Any, park: Park, year: int | None) -> tuple[EnterpriseImport, Any]:
        actor = current_actor()
        with transaction():
            file = files.store(
                actor,
                given.stream,
                given.filename,
                kind="import_source",
                allowed=SUFFIXES,
                max_bytes=current_app.config["IMPORT_MAX_MB"] * MIB,
                park_id=park.id,
                expires_at=clock.now() + policy.KEEP_PLAN,
            )
            found = plan.begin(
                actor,
                park.id,
                filename=file.name,
                file_key=file.key,
                sha256=file.sha256,
                year=year or clock.last_full_year(),
            )
        return found, file

    def _read(self, found: EnterpriseImport, file: Any, park: Park, year: int | None) -> None:
        """In the page when small, as a job when large (IMPORT_PAGE_ROWS)."""
        actor = current_actor()
        if file.size <= PAGE_BYTES:
            try:
                with files.local_path(file) as path:
                    plan.stage(
                        actor,
                        found.id,
                        plan.Source(
                            Path(path),
                            replace(tasks.limits(), patience=PAGE_SECONDS),
                            scope_code=park.code,
                            secret=tasks.secret(),
                            year=year,
                        ),
                        unit=transaction,
                        at_most=current_app.config["IMPORT_PAGE_ROWS"],
                    )
            except (plan.TooManyForThePage, TakesTooLongError):
                pass  # what was staged goes when the job begins
            else:
                return
        with transaction():
            found = queries.locked_import(found.id)
            found.job_id = tasks.enqueue_reading(actor, found, year).id

    def _park(self) -> Park:
        actor = current_actor()
        if actor.acting_park_id is not None:
            return parks.by_id(actor.acting_park_id)
        chosen = request.form.get("park_id", "")
        if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 10):
            raise Refusal("park_missing")
        return parks.by_id(int(chosen))

    def _upload_page(self, error: Any, status: int) -> Any:
        actor = current_actor()
        last = clock.last_full_year()
        page = self.render(
            "enterprises/import_upload.html",
            error=error,
            years=years(last),
            year=request.form.get("year", ""),
            last_year=last,
            parks=parks.all_by_code() if actor.sees_all else (),
            park_id=request.form.get("park_id", ""),
            limits=tasks.limits(),
            max_mb=current_app.config["IMPORT_MAX_MB"],
            max_rows=current_app.config["IMPORT_MAX_ROWS"],
            breadcrumbs=_crumbs(),
            base=BASE,
        )
        return page, status

    # -- plan ----------------------------------------------------------------------------------
    @expose("/<pk:import_id>")
    @guarded("show")
    def show(self, import_id: int) -> Any:
        """Where the import stands: being read, the plan, the result, or why it was refused."""
        found = queries.get_import(import_id)
        return self._plan(found)

    def _plan(self, found: EnterpriseImport, error: str = "", status: int = 200) -> Any:
        kind = request.args.get("kind") or None
        if kind not in TABS:
            abort(400)
        try:
            number = max(1, whole(request.args.get("page", ""), default=1))
        except BadQuery:
            abort(400)
        page: PlanPage = plan_page(found, kind, number, base=f"{BASE}/{found.id}")
        against = policy.undoing(found, clock.now()) if found.state == "applied" else None
        html = self.render(
            "enterprises/import_plan.html",
            page=page,
            item=found,
            error=error,
            can_undo=found.state == "applied" and against is None,
            whys=(Why(_("撤销本次导入"), str(REFUSALS[against.code])),) if against else (),
            rows_per_page=PAGE_ROWS,
            take_out=TAKE_OUT,
            breadcrumbs=_crumbs(),
            base=BASE,
        )
        return html, status

    @expose("/<pk:import_id>/tick", methods=["POST"])
    @guarded("upload")
    def tick(self, import_id: int) -> Any:
        """Tick or untick rows; answers JSON counts to a script, the page otherwise."""
        everything = request.form.get("all") == "1"
        texts = request.form.getlist("rows")
        if any(not row_number(text) for text in texts) or len(texts) > MOST_TICKS:
            abort(400)
        scripted = request.headers.get("Accept") == "application/json"
        try:
            with transaction():
                fix.tick(
                    import_id,
                    None if everything else [int(text) for text in texts],
                    on=request.form.get("on") == "1",
                )
        except Refusal as refusal:
            words = self._words(refusal)
            if scripted:
                return {"error": words}, 409
            return self._plan(queries.get_import(import_id), words, 409)
        if scripted:
            counts = queries.row_counts(import_id)
            return {"sentence": sentence(counts), "seen": queries.get_import(import_id).revision}
        return self._again(import_id)

    @expose("/<pk:import_id>/fix", methods=["POST"])
    @guarded("upload")
    def fix(self, import_id: int) -> Any:
        """Replace a wrong cell, here or everywhere the same text stands."""
        number, word = request.form.get("number", ""), request.form.get("word", "")[:1000]
        value = request.form.get("value", "")[:1000]
        if not row_number(number):
            abort(400)
        if word and not value:
            return self._plan(queries.get_import(import_id), str(_("请选择要改成的内容。")), 400)
        if word and value == TAKE_OUT:
            value = ""
        cell = fix.CellEdit(request.form.get("column", ""), value, word)
        same = request.form.get("same") == "1"
        actor, most = current_actor(), current_app.config["IMPORT_PAGE_ROWS"]
        try:
            if same and fix.rows_to_look_at(import_id, cell.column, more_than=most):
                with transaction():
                    found = fix.noted(import_id, int(number), cell)
                    found.job_id = tasks.enqueue_mending(actor, found).id
                return self.go(f"{BASE}/{import_id}")
            with transaction():
                mended = fix.fix(
                    actor, import_id, int(number), cell, same=same, today=clock.today()
                )
        except Refusal as refusal:
            return self._plan(queries.get_import(import_id), self._words(refusal), 400)
        if mended:
            flash(_("已改正 %(count)s 行。", count=mended), "success")
        else:
            flash(_("仍有错误，请按提示继续修改。"), "warning")
        return self._again(import_id)

    @expose("/<pk:import_id>/apply", methods=["POST"])
    @guarded("apply")
    def apply(self, import_id: int) -> Any:
        """确定."""
        mode = "good" if request.form.get("mode") == "good" else "all"
        text = request.form.get("seen", "")
        seen = int(text) if row_number(text) else -1  # a page always tells what it showed
        actor = current_actor()
        found = queries.get_import(import_id)
        planned = found.counts.get("ticked_new", 0) + found.counts.get("ticked_changed", 0)
        try:
            if planned > current_app.config["IMPORT_PAGE_ROWS"] and found.state == "planned":
                with transaction():
                    found = queries.locked_import(import_id)
                    applying.ready(found, mode, seen)
                    found.job_id = tasks.enqueue_applying(actor, found, mode, seen).id
                return self._to_job(found)
            with transaction():
                done = applying.apply(actor, import_id, mode=mode, now=clock.now(), seen=seen)
        except Refusal as refusal:
            if refusal.code == "already_applied":
                flash(self._words(refusal), "info")
                return self.go(f"{BASE}/{import_id}")
            status = 409 if refusal.code == "plan_changed" else 400
            return self._plan(queries.get_import(import_id), self._words(refusal), status)
        if done.conflicts:
            return self.go(f"{BASE}/{import_id}?kind=changed")  # the page says how many
        flash(
            _(
                "企业导入成功：新增 %(added)s 家，变更 %(changed)s 家。",
                added=done.added,
                changed=done.changed,
            ),
            "success",
        )
        return self.go(f"{BASE}/{import_id}")

    @expose("/<pk:import_id>/undo", methods=["POST"])
    @guarded("undo")
    def undo(self, import_id: int) -> Any:
        """撤销本次导入."""
        actor = current_actor()
        found = queries.get_import(import_id)
        done = found.counts.get("ticked_new", 0) + found.counts.get("ticked_changed", 0)
        try:
            if done > current_app.config["IMPORT_PAGE_ROWS"] and found.state == "applied":
                with transaction():
                    found = queries.locked_import(import_id)
                    refuse_if(policy.undoing(found, clock.now()))
                    found.job_id = tasks.enqueue_undoing(actor, found).id
                return self._to_job(found)
            with transaction():
                tally = applying.undo(actor, import_id, now=clock.now())
        except Refusal as refusal:
            flash(self._words(refusal), "danger")
            return self.go(f"{BASE}/{import_id}")
        flash(_("本次导入已撤销：已恢复 %(n)s 行。", n=tally["reversed"]), "success")
        if tally["kept"]:
            words = _("%(n)s 行之后有修改或有关联内容，已保留，原因见各行。", n=tally["kept"])
            flash(words, "warning")
        if tally["could_not"]:
            flash(_("%(n)s 行未能撤销。", n=tally["could_not"]), "warning")
        return self.go(f"{BASE}/{import_id}")

    @expose("/<pk:import_id>/discard", methods=["POST"])
    @guarded("upload")
    def discard(self, import_id: int) -> Any:
        """取消: forget a plan that was not confirmed."""
        try:
            with transaction():
                plan.discard(current_actor(), import_id)
        except Refusal as refusal:
            return self._plan(queries.get_import(import_id), self._words(refusal), 409)
        flash(_("已取消，本次没有导入任何数据。"), "info")
        return self.go("/desk/enterprises/list/")

    def _to_job(self, found: EnterpriseImport) -> Any:
        """The job's own page; to whom the job is not theirs, the import's page, which says so."""
        job = queries.unfinished_job(found)
        own = job is not None and job.created_by == current_actor().user_id
        return self.go(f"/desk/jobs/{found.job_id}" if own else f"{BASE}/{found.id}")

    def _again(self, import_id: int) -> Any:
        kind = request.form.get("kind", "")
        if kind == "error" and not queries.get_import(import_id).counts.get("error"):
            kind = ""  # the last one is mended: on to everything
        query = f"?kind={kind}" if kind in TABS else ""
        if kind in TABS and request.form.get("page", "").isdigit():
            query += f"&page={request.form['page'][:6]}"
        return self.go(f"{BASE}/{import_id}{query}")

    def _words(self, refusal: Refusal) -> str:
        text = REFUSALS.get(refusal.code) or UPLOAD_REFUSALS.get(refusal.code)
        if text is None:
            text = files.LABELS.get(refusal.code, _("文件未能上传，请重试。"))
        return str(text % refusal.params if refusal.params else text)


def row_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9


UPLOAD_REFUSALS = {"park_missing": _l("请选择园区/基地")}


def _crumbs() -> tuple[Link, ...]:
    return (Link(_("企业管理"), "/desk/enterprises/list/"),)
