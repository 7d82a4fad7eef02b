"""考核方案: schemes, their versions, files in and out, differences, and what a draft would change."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Response, abort, flash, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import Refusal, Stale
from app.core.values import replace
from app.engines import scoring, sheets
from app.engines.scoring.labels import placed
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.phrases import clauses, items
from app.features.accounts.rules import Role
from app.features.assessments import policy
from app.features.assessments.forms import SchemeForm
from app.features.assessments.labels import REFUSALS
from app.features.assessments.labels import schemes as words
from app.features.assessments.models import AssessmentRound, AssessmentScheme, SchemeVersion
from app.features.assessments.queries import schemes as queries
from app.features.assessments.rules.scheme_compare import compare
from app.features.assessments.services import impact, scheme_files, schemes
from app.features.assessments.services.impact import Preview
from app.features.assessments.views import scheme_faults
from app.features.assessments.views.scheme_editing import SchemeEditing
from app.features.assessments.views.scheme_page import shown_line
from app.transaction import transaction
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.downloads import sent
from app.web.forms import key_of
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, Link

BASE = "/desk/assessment-schemes"
READERS = frozenset({Role.operator, Role.reviewer})
WRITERS = frozenset({Role.operator})
MEDIA = {
    "yaml": "application/yaml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NUMBER = (
    sa.select(sa.func.max(SchemeVersion.number))
    .where(SchemeVersion.scheme_id == AssessmentScheme.id)
    .correlate(AssessmentScheme)
    .scalar_subquery()
)


class SchemeView(SchemeEditing):
    """Schemes with their versions."""

    datamodel = SQLAInterface(AssessmentScheme)
    route_base = BASE
    class_permission_name = policy.SCHEME_VIEW
    tenant = Tenant.zone
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_list": READERS,
        "can_show": READERS,
        "can_add": WRITERS,
        "can_edit": WRITERS,
    }
    exclude_route_methods = frozenset({"edit"})
    veiled = False
    fields = (
        Field("name", words.SCHEME_HEADINGS["name"], frozen=True),
        Field("code", words.SCHEME_HEADINGS["code"]),
        Field("versions", words.SCHEME_HEADINGS["versions"], sortable=False, numeric=True),
        Field("updated_at", words.SCHEME_HEADINGS["updated_at"]),
    )
    source = ListSource(
        AssessmentScheme,
        {
            "name": AssessmentScheme.name,
            "code": AssessmentScheme.code,
            "versions": NUMBER,
            "updated_at": AssessmentScheme.updated_at,
        },
        search=(AssessmentScheme.name, AssessmentScheme.code),
    )
    sorted_by = ("updated_at", "desc")
    list_heading = _l("考核方案")
    section_label = _l("考核评估")
    unit_of = staticmethod(items)
    search_label = words.SCHEME_HEADINGS["name"]
    add_heading = _l("新建方案")
    refusals: ClassVar[Mapping[str, Any]] = {**REFUSALS, **words.REFUSALS}
    form_class = SchemeForm
    form_sections = (("", ("code", "name", "file")),)
    form_required = frozenset({"code", "name"})
    form_hints: ClassVar[Mapping[str, Any]] = {
        "file": _l("yaml 或 xlsx；不选择时从参考方案开始编辑。"),
    }

    def nothing_yet(self) -> Empty:
        acts = self.list_acts(self.criteria({}))
        return Empty(
            "nothing", _("还没有考核方案"), _("可以从参考方案开始，或导入已有的方案文件。"), acts
        )

    def row_acts(self, _row: Any) -> tuple[Link, ...]:
        return ()

    def list_acts(self, criteria: Criteria) -> tuple[Link, ...]:
        acts = super().list_acts(criteria)
        return tuple(replace(one, label=self.add_heading) for one in acts)

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        return Cell(f"v{value}") if name == "versions" else cells.cell(value)

    def record(self, pk: int) -> AssessmentScheme:
        return queries.get(pk)

    # -- a new scheme --------------------------------------------------------------------------
    def create(self, actor: Any, values: dict[str, Any]) -> AssessmentScheme:
        content = self._content(values["file"])
        name, code = values["name"] or "", values["code"] or ""
        made = schemes.create(actor, content, code=code, name=name)
        return queries.get(made.scheme_id)

    def _content(self, given: Any) -> dict[str, Any]:
        """Of the uploaded file, else the reference; refuses with the faults beside the field."""
        if given is None or not given.filename:
            return schemes.content_of(REFERENCE.read_bytes())
        with tempfile.TemporaryDirectory() as folder:
            data = given.stream.read(scheme_files.MAX_BYTES + 1)
            try:
                return scheme_files.read(data, given.filename, Path(folder))
            except scoring.Refused as refused:
                text = clauses(placed(one) for one in refused.faults)
            except sheets.FileRefused as refused:
                text = sheets.message(refused)
        raise Refusal("scheme_said", fields={"file": "scheme_said"}, said=text)

    def after_save(self, saved: Any) -> Any:
        newest = queries.versions(saved.id)[0]
        flash(_("“%(name)s”已保存。", name=saved.name), "success")
        return self.go(f"{BASE}/version/{newest.id}")

    @expose("/show/<pk:pk>")
    @guarded("show")
    def show(self, pk: int) -> str:
        """The versions of a scheme."""
        item = self.record(pk)
        known = queries.versions(pk)
        return self.render(
            "assessments/scheme.html",
            item=item,
            versions=known,
            used={one.id: queries.used(one.id) for one in known},
            states=words.VERSION_STATES,
            dots=words.VERSION_DOTS,
            may=self.may("edit"),
            drafting=any(one.state == "draft" for one in known),
        )

    @expose("/draft/<pk:pk>", methods=["POST"])
    @guarded("edit")
    def draft(self, pk: int) -> Any:
        """复制为新版本: the next year's draft."""
        self.record(pk)
        try:
            with transaction():
                based = key_of(request.args.get("from"))
                made = schemes.draft(current_actor(), pk, based_on=based)
        except Refusal as against:
            flash(self.words_of(against.code, against.params), "danger")
            return self.go(f"{BASE}/show/{pk}")
        flash(_("已建立草稿 v%(n)s，可以开始修改。", n=made.number), "success")
        return self.go(f"{BASE}/version/{made.id}")

    # -- files ---------------------------------------------------------------------------------
    @expose("/version/<pk:pk>/export/<string:kind>")
    @guarded("show")
    def export(self, pk: int, kind: str) -> Response:
        """The version as ``yaml`` or ``xlsx``."""
        version = queries.version(pk)
        if kind not in MEDIA:
            abort(404)
        data = scheme_files.as_file(version.content, kind)
        scheme = queries.get(version.scheme_id)
        size = len(data.getvalue())
        name = f"{scheme.code}-v{version.number}.{kind}"
        return sent(data, name=name, size=size, media_type=MEDIA[kind])

    @expose("/version/<pk:pk>/import", methods=["POST"])
    @guarded("edit")
    def take_in(self, pk: int) -> Any:
        """A file in place of the draft's content."""
        queries.version(pk)
        back = f"{BASE}/version/{pk}"
        given, seen = request.files.get("file"), key_of(request.form.get("seen"))
        if seen is None:
            abort(400)
        if given is None or not given.filename:
            flash(self.words_of("scheme_file", {}), "warning")
            return self.go(back)
        try:
            content = self._content(given)
            with transaction():
                schemes.change(current_actor(), pk, content, seen=seen)
        except Refusal as against:
            flash(self.words_of(against.code, against.params), "danger")
        except Stale:
            flash(_("您打开后，草稿已有变化，没有导入。"), "warning")
        else:
            flash(_("已导入“%(name)s”。", name=given.filename), "success")
        return self.go(back)

    # -- what differs --------------------------------------------------------------------------
    @expose("/version/<pk:pk>/compare")
    @guarded("show")
    def compare(self, pk: int) -> str:
        """Against another version of the same scheme."""
        version = queries.version(pk)
        known = [one for one in queries.versions(version.scheme_id) if one.id != pk]
        wanted = key_of(request.args.get("with")) or version.based_on_id
        other = next((one for one in known if one.id == wanted), known[0] if known else None)
        lines = compare(other.content, version.content) if other is not None else []
        return self.render(
            "assessments/scheme_compare.html",
            version=version,
            scheme=queries.get(version.scheme_id),
            other=other,
            known=known,
            lines=[shown_line(one) for one in lines],
        )

    @expose("/version/<pk:pk>/impact")
    @guarded("show")
    def impact(self, pk: int) -> Any:
        """影响预览; ``?round=``: with the values of which round."""
        version = queries.version(pk)
        rounds = impact.choices(version)
        wanted = key_of(request.args.get("round"))
        chosen = next((one for one, _done in rounds if one.id == wanted), None)
        if chosen is None and rounds:
            chosen = rounds[0][0]
        found, names, faults = self._previewed(version, chosen)
        return self.render(
            "assessments/scheme_impact.html",
            version=version,
            scheme=queries.get(version.scheme_id),
            preview=found,
            rounds=rounds,
            faults=faults,
            grades=names,
            today=clock.today(),
        )

    def _previewed(
        self, version: SchemeVersion, chosen: AssessmentRound | None
    ) -> tuple[Preview | None, dict[str, str], list[str]]:
        """The preview, names of grades under both versions, and what is wrong with the draft."""
        try:
            new = queries.loaded(version)
            found = impact.preview(version, chosen) if chosen is not None else None
        except scoring.Refused as refused:
            content = version.content
            return None, {}, [scheme_faults.told(content, one) for one in refused.faults]
        versions = [new]
        if found is not None:
            versions.insert(0, queries.loaded(queries.version(found.round.scheme_version_id)))
        names = {one.code: one.name for scheme in versions for one in scheme.grading.grades}
        return found, names, []


REFERENCE = Path(scoring.__file__).with_name("schemes") / "reference.yaml"
