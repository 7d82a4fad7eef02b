"""数据字典: words with validity dates, one tab per dictionary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core import clock
from app.engines import dictionaries, trail
from app.engines.dictionaries import DictionaryEntry as Entry
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter
from app.extensions.phrases import options
from app.features.accounts.rules import Role
from app.features.desk.forms import AddEntryForm, EditEntryForm
from app.features.desk.labels import (
    ENTRY_ACTS,
    ENTRY_DOTS,
    ENTRY_HEADINGS,
    ENTRY_REFUSALS,
    ENTRY_STATES,
    value_words,
)
from app.web import cells
from app.web.access import Tenant
from app.web.base_views import RegisterView
from app.web.listing.build import Field
from app.web.listing.page import Cell, FormPage, HistoryItem, Link

BASE = "/desk/dictionaries"
OPERATOR = frozenset({Role.operator})
DATED = ("position", "valid_from", "valid_to")


class ValidityFilter(ChoiceFilter, frozen=True):
    def where(self, value: Any) -> Any:
        return dictionaries.validity(clock.today()) == value


class EntrySource(ListSource):
    """Entries with what they are worth today."""

    def __init__(self) -> None:
        names = ("dictionary", "code", "label", "position", "valid_from", "valid_to", "updated_at")
        columns = {name: getattr(Entry, name) for name in names}
        super().__init__(Entry, columns, search=(Entry.label, Entry.code))

    def expression(self, name: str, criteria: Criteria) -> Any:
        if name == "state":
            return dictionaries.validity(clock.today())
        return super().expression(name, criteria)


class DictionaryView(RegisterView):
    """The register of dictionary entries."""

    datamodel = SQLAInterface(Entry)
    bin_kind = Entry.__tablename__
    route_base = BASE
    class_permission_name = "DictionaryView"
    tenant = Tenant.zone
    veiled = False  # words of the platform, nobody's data
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": OPERATOR for name in ("list", "show", "add", "edit", "delete")
    }
    fields = (
        Field("label", ENTRY_HEADINGS["label"], frozen=True),
        Field("code", ENTRY_HEADINGS["code"]),
        Field("dictionary", ENTRY_HEADINGS["dictionary"]),
        Field("position", ENTRY_HEADINGS["position"], numeric=True),
        Field("valid_from", ENTRY_HEADINGS["valid_from"]),
        Field("valid_to", ENTRY_HEADINGS["valid_to"]),
        Field("state", ENTRY_HEADINGS["state"]),
        Field("updated_at", ENTRY_HEADINGS["updated_at"], shown=False),
    )
    filters = (
        ChoiceFilter(
            "dictionary",
            ENTRY_HEADINGS["dictionary"],
            Entry.dictionary,
            options=tuple(dictionaries.TITLES.items()),
        ),
        ValidityFilter(
            "state",
            ENTRY_HEADINGS["state"],
            None,
            promoted=True,
            options=tuple(ENTRY_STATES.items()),
        ),
    )
    source = EntrySource()
    sorted_by = ("id", "asc")
    tab_filter = "dictionary"
    status_field = "state"
    name_field = "label"
    list_heading = _l("数据字典")
    section_label = _l("平台管理")
    unit_of = staticmethod(options)
    search_label = _l("名称或代码")
    add_heading = _l("新增选项")
    edit_heading = _l("编辑选项")
    refusals = ENTRY_REFUSALS
    show_sections = (
        (
            _l("选项"),
            (
                *("dictionary", "code", "label", "position"),
                *("valid_from", "valid_to", "uses", "updated_at"),
            ),
        ),
    )
    show_labels = ENTRY_HEADINGS
    form_class = EditEntryForm
    add_form_class = AddEntryForm
    form_sections = (("", ("dictionary", "code", "label", "position", "valid_from", "valid_to")),)
    form_required = frozenset({"dictionary", "code", "label", "position"})
    form_hints: ClassVar[Mapping[str, Any]] = {
        "position": _l("数字小的排在前面"),
        "valid_from": _l("不填表示一直有效"),
        "valid_to": _l("当天仍可选用，次日起不能新填；已有记录不受影响"),
    }

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        counted = dictionaries.counts()
        return [
            (name, title, f"{counted.get(name, 0):,}")
            for name, title in dictionaries.TITLES.items()
        ]

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        if name == "state":
            return Cell(ENTRY_STATES[value], dot=ENTRY_DOTS[value])
        if name == "dictionary":
            return Cell(dictionaries.TITLES.get(value, value))
        if name == "code":
            return Cell(value, code=True)
        return cells.cell(value)

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        acts = super().row_acts(row)
        shipped = dictionaries.shipped(row.dictionary, row.code)
        return acts[:1] if shipped else acts

    def extra_columns(self) -> tuple[str, ...]:
        return ("dictionary", "code")

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        acts = super().show_acts(item)
        return acts[:1] if dictionaries.shipped(item.dictionary, item.code) else acts

    # -- record --------------------------------------------------------------------------------
    def record(self, pk: int) -> Entry:
        return dictionaries.get(pk)

    def show_cell(self, item: Any, name: str) -> Cell:
        if name == "uses":
            number = dictionaries.uses(item.dictionary, item.label)
            return Cell(ngettext("%(n)s 条记录", "%(n)s 条记录", number, n=f"{number:,}"))
        return self.cell(name, getattr(item, name), item)

    def past(self, item: Any) -> tuple[HistoryItem, ...]:
        return tuple(
            HistoryItem(
                at=entry.at,
                actor=entry.actor_name,
                action=ENTRY_ACTS.get(entry.action, entry.action),
                changes=tuple(
                    (
                        ENTRY_HEADINGS.get(name, name),
                        value_words("dictionary_entry", name, old),
                        value_words("dictionary_entry", name, new),
                    )
                    for name, (old, new) in entry.changes.items()
                ),
            )
            for entry in trail.history("dictionary_entry", item.id)
        )

    # -- form ----------------------------------------------------------------------------------
    def initial_values(self) -> dict[str, Any]:
        return {"valid_from": clock.today(), "position": 100}

    def form_values(self, item: Any) -> dict[str, Any]:
        return {name: getattr(item, name) for name in DATED}

    def locked(self, _item: Any) -> dict[str, Any]:
        return dict.fromkeys(("dictionary", "code", "label"), _("保存后不能修改"))

    def _form_page(self, form: Any, *, heading: Any, item: Any) -> FormPage:
        if item is not None:
            form.dictionary.data = str(dictionaries.TITLES.get(item.dictionary, item.dictionary))
            form.code.data, form.label.data = item.code, item.label
        return super()._form_page(form, heading=heading, item=item)

    def create(self, actor: Any, values: dict[str, Any]) -> Entry:
        values["code"], values["label"] = values["code"] or "", values["label"] or ""
        return dictionaries.add(actor, **values)

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> Entry:
        dated = {name: values[name] for name in DATED}
        return dictionaries.change(actor, pk, **dated, version=version)

    @staticmethod
    def remove(actor: Any, pk: int, *, reason: str) -> Entry:
        return dictionaries.delete(actor, pk, reason=reason)
