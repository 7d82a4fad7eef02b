"""The form half of ``RegisterView``: typed text is kept on every refusal, a stale save is a merge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, cast

from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app.core.errors import Refusal
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_merge import (
    Asks,
    Meeting,
    MergePart,
    asking,
    changed_again,
    settled,
    take,
    tell_kept,
)
from app.web.listing.page import FormPage, Link

Sections = tuple[tuple[Any, tuple[str, ...]], ...]


class FormPart(MergePart):
    """Add and edit. A subclass gives ``form_class``, ``form_sections`` and the two services.

    ``create(actor, values)`` and ``update(actor, pk, values, version)`` raise ``Refusal`` (its
    ``fields`` name the inputs) or ``Stale``; they flush, the page commits.
    """

    form_class: ClassVar[type[Any]]
    add_form_class: ClassVar[type[Any] | None] = None  # when adding asks for other fields
    form_sections: ClassVar[Sections]
    form_hints: ClassVar[Mapping[str, Any]] = {}
    form_units: ClassVar[Mapping[str, Any]] = {}
    form_wide: ClassVar[frozenset[str]] = frozenset()
    form_required: ClassVar[frozenset[str]] = frozenset()
    add_heading: ClassVar[Any] = _l("新增")
    edit_heading: ClassVar[Any] = _l("编辑")
    refusals: ClassVar[Mapping[str, Any]] = {}
    constraint_fields: ClassVar[Mapping[str, tuple[str, str]]] = {}  # constraint -> (field, code)
    create: ClassVar[Callable[..., Any]]
    update: ClassVar[Callable[..., Any]]

    route_base: Any
    class_permission_name: Any

    # -- what a subclass may say ---------------------------------------------------------------
    def form_values(self, item: Any) -> dict[str, Any]:
        """Values of the record for the form's fields (an editor that sees masked ones: masked)."""
        names = [name for _title, fields in self.form_sections for name in fields]
        return {name: getattr(item, name) for name in names}

    def make_form(self, values: Mapping[str, Any] | None = None) -> Any:
        """The form, filled from the request on POST, from ``values`` otherwise."""
        adding = request.path.endswith("/add")
        made = self.add_form_class if adding and self.add_form_class else self.form_class
        return made(data=values)

    def sections_of(self, _form: Any) -> Sections:
        """The sections shown for this form (one that has a field more says so here)."""
        return tuple(
            (self.section_title(title, names), names) for title, names in self.form_sections
        )

    def locked(self, _item: Any) -> dict[str, Any]:
        """Fields that the form only shows -> why: they keep the record's value, whatever is sent."""
        return {}

    def hints_of(self, _item: Any) -> Mapping[str, Any]:
        """What stands under the fields of a record's form."""
        return self.form_hints

    def record(self, pk: int) -> Any:
        raise NotImplementedError

    def record_name(self, item: Any) -> str:
        return str(item)

    def carried(self) -> str:
        """What goes along in the address from page to page of this register, e.g. ``year=2024``."""
        return ""

    def url(self, path: str, query: str = "") -> str:
        """The address of a page of this register, with what goes along."""
        pairs = "&".join(part for part in (query, self.carried()) if part)
        return f"{self.route_base}/{path}" + (f"?{pairs}" if pairs else "")

    def section_title(self, title: Any, _names: Sequence[str]) -> Any:
        return title

    def subtitle(self, _item: Any) -> str:
        """What stands under a record's name, on its page and on its form."""
        return ""

    def saved_address(self, pk: int) -> str:
        return self.url(f"show/{pk}")

    # -- routes --------------------------------------------------------------------------------
    @expose("/add", methods=["GET", "POST"])
    @guarded("add")
    def add(self) -> Any:
        """The empty form; POST makes the record."""
        form = self.make_form(self.initial_values() if request.method == "GET" else None)
        page = self._form_page(form, heading=self.add_heading, item=None)
        if request.method == "GET":
            return self._show_form(page, 200)
        return self._save(page, lambda values: self.create(current_actor(), values))

    def initial_values(self) -> dict[str, Any]:
        return {}

    @expose("/edit/<pk:pk>", methods=["GET", "POST"])
    @guarded("edit")
    def edit(self, pk: int) -> Any:
        """The filled form; POST saves it unless somebody was faster."""
        item = self.record(pk)
        before = self.shown_values(item)
        form = self.make_form(before if request.method == "GET" else None)
        page = self._form_page(form, heading=self.edit_heading, item=item)
        if request.method == "GET":
            self._open(form, item)
            return self._show_form(page, 200)
        version = request.form.get("version", "")
        self._choose(form, before)
        take(form, before, self.locked(item))
        if not (version.isascii() and version.isdigit() and len(version) < 10):
            abort(400)
        return self._save(
            page,
            lambda values: self.update(current_actor(), pk, values, int(form.version.data)),
            pk=pk,
        )

    # -- saving --------------------------------------------------------------------------------
    def ask_then(self, page: FormPage, act: Callable[[], object]) -> Any | None:
        """The page that asks for what an act needs, also where a rule says no; ``None`` once
        ``act`` is done, in a transaction of its own."""
        if request.method == "GET":
            return self._show_form(page, 200)
        if page.form.validate():
            try:
                with transaction():
                    act()
            except Refusal as refusal:
                self.put_errors(page.form, refusal)
            else:
                return None
        return self._show_form(page, 400)

    def _save(
        self, page: FormPage, act: Callable[[dict[str, Any]], Any], pk: int | None = None
    ) -> Any:
        form = page.form
        if not form.validate():
            return self._show_form(page, 400)
        try:
            saved, met = settled(
                lambda: act(self._values(form)), lambda: self._meet(form, cast("int", pk))
            )
        except Refusal as refusal:
            self.put_errors(form, refusal)
            return self._show_form(page, 400)
        except Asks as asks:
            return self._ask(form, asks.meeting, cast("int", pk))
        except IntegrityError as error:
            self._put_constraint(form, error)
            return self._show_form(page, 409)
        tell_kept(met)
        return self.after_save(saved)

    def _ask(self, form: Any, meeting: Meeting, pk: int) -> Any:
        """409: mine, theirs and the result; nothing typed is lost, nothing of theirs either."""
        if not meeting.lines and not form.errors:
            form.form_errors.append(changed_again())
        page = self._form_page(form, heading=self.edit_heading, item=self.record(pk))
        return self._show_form(asking(page, meeting), 409)

    def after_save(self, saved: Any) -> Any:
        """The answer to a good save."""
        flash(_("“%(name)s”已保存。", name=self.record_name(saved)), "success")
        return self.go(self.saved_address(saved.id))  # type: ignore[attr-defined]

    def _values(self, form: Any) -> dict[str, Any]:
        names = [name for _title, fields in self.form_sections for name in fields]
        return {name: form[name].data for name in names if name in form}

    def put_errors(self, form: Any, refusal: Refusal) -> None:
        """Words of a refusal beside the fields it names, else above the form."""
        for name, code in refusal.fields.items():
            if name in form:
                form[name].errors = [*form[name].errors, self.words_of(code, refusal.params)]
        if not refusal.fields:
            form.form_errors.append(self.words_of(refusal.code, refusal.params))

    def words_of(self, code: str, params: Mapping[str, Any]) -> str:
        text = self.refusals.get(code)
        if text is None:
            return str(_("未能保存，请检查后重试。"))
        return str(text) % params if params else str(text)

    def _put_constraint(self, form: Any, error: IntegrityError) -> None:
        said = str(error.orig)
        for constraint, (name, code) in self.constraint_fields.items():
            if constraint in said:
                form[name].errors = [*form[name].errors, self.words_of(code, {})]
                return
        form.form_errors.append(str(_("与已有数据冲突，没有保存。请检查后重试。")))

    # -- the page ------------------------------------------------------------------------------
    def _form_page(self, form: Any, *, heading: Any, item: Any) -> FormPage:
        name = self.record_name(item) if item is not None else ""
        list_url = self.url("list/")
        action = self.url(f"edit/{item.id}" if item is not None else "add")
        locked = self.locked(item) if item is not None else {}
        hints = self.hints_of(item) if item is not None else self.form_hints
        return FormPage(
            title=f"{heading}" + (f" {name}" if name else ""),
            subtitle=self.subtitle(item) if item is not None else "",
            form=form,
            sections=tuple(
                (title, tuple(one for one in names if one in form))
                for title, names in self.sections_of(form)
            ),
            action=action,
            cancel_url=self.saved_address(item.id) if item is not None else list_url,
            submit_label=_("保存"),
            hints={name: words for name, words in hints.items() if name not in locked},
            units=dict(self.form_units),
            required=self.form_required - locked.keys(),
            locked=locked,
            wide=self.form_wide,
            breadcrumbs=(Link(self.list_heading, list_url),),  # type: ignore[attr-defined]
            # What was typed for one park is not offered in another.
            draft_key=f"{action}@{current_actor().acting_park_id or ''}",
        )

    def _show_form(self, page: FormPage, status: int) -> Any:
        adding = page.action.split("?")[0].endswith("/add")
        kind = "add" if adding else "edit"
        return self.render(f"appbuilder/general/model/{kind}.html", page=page), status  # type: ignore[attr-defined]
