"""The plan of an import as its template prints it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext

from app.core import clock
from app.engines import sheets
from app.engines.sheets.model import FileRefused, Kind
from app.engines.sheets.values import revive
from app.extensions.phrases import clauses, labelled
from app.features.enterprises import policy, queries
from app.features.enterprises.labels import HEADINGS, MODE_HINTS, row_message
from app.features.enterprises.models import EnterpriseImport, ImportRow
from app.features.enterprises.rules import BY_NAME, PERSONAL, TABLE
from app.features.enterprises.services.plan import error_in
from app.features.enterprises.services.register import masked
from app.web.acting import current_actor
from app.web.listing.page import Tab

PAGE_ROWS = 50
HIDDEN = "***"  # what is no phone or address cannot be masked as one
NUMERIC = frozenset({Kind.decimal, Kind.integer})
KIND_TAGS = {"new": "success", "changed": "info", "unchanged": "muted", "error": "danger"}
#: Errors that another text in the cell can mend.
MENDABLE_AS_CHOICE = frozenset({"choice", "retired"})


@dataclass(frozen=True)
class PlanCell:
    """A cell of the plan. ``old`` set = the register's value that would change."""

    name: str
    text: str
    old: str | None = None
    errors: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    numeric: bool = False
    same_rows: int = 0
    hidden: bool = False  # personal, and the reader may not see it
    guess: str = ""  # the option that the typed text most likely meant


@dataclass(frozen=True)
class PlanRow:
    number: int
    kind: str
    tag: str
    label: Any
    ticked: bool
    tickable: bool
    cells: tuple[PlanCell, ...]
    notes: tuple[str, ...] = ()
    url: str = ""
    outcome: Any = ""


@dataclass(frozen=True)
class PlanPage:
    state: str
    step: int  # 1 upload, 2 match, 3 check, 4 confirm, 5 result
    counts: dict[str, int]
    tabs: tuple[Tab, ...]
    columns: tuple[tuple[str, Any, bool], ...]  # name, heading, numeric
    rows: tuple[PlanRow, ...]
    absent: tuple[str, ...]
    warnings: tuple[str, ...]
    refusal: str = ""
    page: int = 1
    pages: int = 1
    total: int = 0
    kind: str = ""
    sentence: str = ""
    busy: bool = False  # a job applies or undoes it
    job_url: str = ""
    may_save: bool = True  # the error workbook holds personal columns
    result: dict[str, Any] = field(default_factory=dict)


def plan_page(found: EnterpriseImport, kind: str | None, number: int, *, base: str) -> PlanPage:
    """One page of a plan: 50 rows of a kind, or of all."""
    counts = {"new": 0, "changed": 0, "unchanged": 0, "error": 0, **found.counts}
    everything = sum(counts[one] for one in KIND_TAGS)
    total = counts[kind] if kind else everything
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(number, pages)
    staged = queries.plan_rows(found.id, kind, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
    names = ["name", "uscc"] + [n for n in found.present if n not in ("name", "uscc")]
    actor = current_actor()
    show_all = policy.personal(actor)
    job = queries.unfinished_job(found)
    same = _same_errors(found.id) if any(row.kind == "error" for row in staged) else {}
    return PlanPage(
        state=found.state,
        step={"reading": 2, "planned": 3, "applying": 4}.get(found.state, 5),
        counts=counts,
        tabs=_tabs(counts, everything, kind, base),
        columns=tuple((n, HEADINGS[n], BY_NAME[n].kind in NUMERIC) for n in names),
        rows=tuple(_row(row, names, same, show_all=show_all) for row in staged),
        absent=tuple(str(HEADINGS[c.name]) for c in TABLE.columns if c.name not in found.present),
        warnings=tuple(row_message(error_in(one)) for one in found.warnings),
        refusal=_refusal(found),
        page=page,
        pages=pages,
        total=total,
        kind=kind or "",
        sentence=sentence(counts),
        busy=policy.busy(job) is not None,
        job_url=f"/desk/jobs/{job.id}" if job and job.created_by == actor.user_id else "",
        may_save=show_all,
        result=dict(found.result or {}),
    )


def _tabs(counts: dict[str, int], everything: int, kind: str | None, base: str) -> tuple[Tab, ...]:
    labels = {
        "new": pgettext("plan", "新增"),
        "changed": _("变更"),
        "unchanged": _("无变化"),
        "error": _("错误"),
    }
    first = Tab(_("全部"), base, f"{everything:,}", active=kind is None)
    return (
        first,
        *(
            Tab(
                label,
                f"{base}?kind={name}",
                f"{counts[name]:,}",
                active=kind == name,
                warn=name == "error" and counts[name] > 0,
            )
            for name, label in labels.items()
        ),
    )


def sentence(counts: dict[str, int]) -> str:
    """将新增 12 家、修改 8 家、跳过 3 家."""
    new, changed = counts.get("ticked_new", 0), counts.get("ticked_changed", 0)
    skipped = counts["error"] + counts["new"] + counts["changed"] - new - changed
    return str(
        _(
            "将新增 %(new)s 家、修改 %(changed)s 家、跳过 %(skipped)s 家",
            new=f"{new:,}",
            changed=f"{changed:,}",
            skipped=f"{skipped:,}",
        )
    )


def _refusal(found: EnterpriseImport) -> str:
    if not found.refusal:
        return ""
    return str(sheets.message(FileRefused(found.refusal["code"], **found.refusal["params"])))


def _row(
    row: ImportRow, names: list[str], same: dict[tuple[str, str], int], *, show_all: bool
) -> PlanRow:
    labels = {
        "new": pgettext("plan", "新增"),
        "changed": _("变更"),
        "unchanged": _("无变化"),
        "error": pgettext("row", "错误"),
    }
    errors: dict[str, list[str]] = {}
    whole: list[str] = []
    choices: set[str] = set()
    for stored in row.errors or ():
        error = error_in(stored)
        if error.column is None:
            whole.append(row_message(error))
            continue
        errors.setdefault(error.column, []).append(row_message(error))
        if error.code in MENDABLE_AS_CHOICE:
            choices.add(error.column)
    cells = tuple(_cell(row, name, errors, choices, same, show_all=show_all) for name in names)
    absent = [
        labelled(HEADINGS[name], clauses(said))
        for name, said in errors.items()
        if name not in names
    ]
    warnings = [row_message(error_in(one)) for one in row.warnings or ()]
    outcomes = {
        "added": _("已新增"),
        "changed": _("已变更"),
        "reversed": _("已撤销"),
        "kept": _("之后有修改，已保留"),
        "could_not": _("未能撤销"),
    }
    return PlanRow(
        number=row.number,
        kind=row.kind,
        tag=KIND_TAGS[row.kind],
        label=labels[row.kind],
        ticked=bool(row.ticked) and row.kind in {"new", "changed"},
        tickable=row.kind in {"new", "changed"},
        cells=cells,
        notes=(*whole, *absent, *warnings),
        url=f"/desk/enterprises/show/{row.enterprise_id}" if row.enterprise_id else "",
        outcome=outcomes.get(row.outcome or "", ""),
    )


def _cell(
    row: ImportRow,
    name: str,
    errors: dict[str, list[str]],
    choices: set[str],
    same: dict[tuple[str, str], int],
    *,
    show_all: bool,
) -> PlanCell:
    column = BY_NAME[name]
    if name in errors:
        typed = (row.raw or {}).get(name, "")
        if name in PERSONAL and not show_all:
            shown = HIDDEN if typed else ""
            return PlanCell(name, shown, errors=tuple(errors[name]), hidden=True)
        options = _options(name) if name in choices else ()
        return PlanCell(
            name,
            typed,
            errors=tuple(errors[name]),
            options=options,
            numeric=column.kind in NUMERIC,
            same_rows=same.get((name, typed), 1) - 1,
            guess=next((word for word, _label in options if word in typed or typed in word), ""),
        )
    text = _words(name, (row.new or {}).get(name), show_all=show_all)
    old = None
    if row.kind == "changed" and name in (row.old or {}):
        old = _words(name, (row.old or {})[name], show_all=show_all)
    return PlanCell(name, text, old=old, numeric=column.kind in NUMERIC)


def _words(name: str, wire: Any, *, show_all: bool) -> str:
    column = BY_NAME[name]
    value = revive(column.kind, wire)
    if value is None:
        return ""
    if name in PERSONAL and not show_all:
        return masked(name, str(value))
    if column.kind in NUMERIC:
        return f"{value:,}"
    return sheets.format_value(column, value)


def _options(name: str) -> tuple[tuple[str, str], ...]:
    table = queries.table_for_writing(clock.today()).by_name()
    return tuple(
        (word, f"{word} {MODE_HINTS.get(word, '')}".strip()) for word in table[name].options
    )


def _same_errors(import_id: int) -> dict[tuple[str, str], int]:
    """(column, text) -> rows in which that text is an error: what "fix all" would mend."""
    found: dict[tuple[str, str], int] = {}
    for row in queries.error_rows(import_id, 1_000):
        for error in row.errors or ():
            if error["column"] not in (None, TABLE.key):
                key = (error["column"], (row.raw or {}).get(error["column"], ""))
                found[key] = found.get(key, 0) + 1
    return found
