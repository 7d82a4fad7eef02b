"""The plan of an import as its template prints it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from msgspec import Struct, field

from app.core import clock
from app.engines import files, jobs, sheets
from app.engines.sheets.model import CellError, FileRefused, Kind
from app.engines.sheets.values import revive
from app.extensions.phrases import clauses, labelled
from app.features.enterprises import policy, queries
from app.features.enterprises.labels import (
    HEADINGS,
    KIND_WORDS,
    outcome_words,
    row_message,
)
from app.features.enterprises.models import EnterpriseImport, ImportRow
from app.features.enterprises.rules import BY_NAME, PERSONAL, TABLE
from app.features.enterprises.services.comparing import ONE_BY_ONE, error_in, without_others
from app.features.enterprises.services.proven import WINS
from app.features.enterprises.services.register import hidden, masked
from app.features.parks.labels.profile import MODE_WORDS
from app.web import viewing
from app.web.acting import current_actor
from app.web.listing.page import Tab

PAGE_ROWS = 50
HIDDEN = "***"  # what is no phone or address cannot be masked as one
NUMERIC = frozenset({Kind.decimal, Kind.integer})
KIND_TAGS = {"new": "success", "changed": "info", "unchanged": "muted", "error": "danger"}
#: Where an import stands among 1 upload, 2 match, 3 check, 4 confirm, 5 result.
STEPS = {"reading": 2, "refused": 2, "planned": 3, "discarded": 3}
READ_WITHIN = timedelta(minutes=2)  # longer than any page takes to read a file
COUNTED_ERRORS = 5_000
NAMED = 20  # rows that undoing left
#: Errors that another text in the cell can mend.
MENDABLE_AS_CHOICE = frozenset({"choice", "retired"})


class PlanCell(Struct, frozen=True):
    """A cell of the plan. ``old`` set = the register's value that would change."""

    name: str
    text: str
    old: str | None = None
    errors: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    numeric: bool = False
    same_rows: int = 0  # other rows with the same mistake; -1: there are more than are counted
    hidden: bool = False  # personal, and the reader may not see it
    guess: str = ""  # the option that the typed text most likely meant
    kept_out: str = ""  # why what the file says is not taken: the cell shows what is certified
    word: str = ""  # the one wrong word of a cell of several: only it is replaced


class PlanRow(Struct, frozen=True):
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
    one_by_one: bool = False  # 全选 leaves it unticked


class PlanPage(Struct, frozen=True):
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
    seen: int = 0  # the plan's revision: 确定 sends it back
    busy: bool = False  # a job applies or undoes it
    being_read: bool = False  # in a job, or in a colleague's page at this moment
    job_url: str = ""
    job_title: str = ""
    may_save: bool = True  # the error workbook holds personal columns
    result: dict[str, Any] = field(default_factory=dict)


class _Reader(Struct, frozen=True):
    """What all cells of a page need."""

    names: tuple[str, ...]
    show_all: bool
    sees_all: bool = False  # of all parks
    veiled: bool = False  # somebody only looks
    same: dict[tuple[str, str], int] = field(default_factory=dict)
    more: bool = False  # more rows with errors than ``same`` was counted from
    options: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


def plan_page(found: EnterpriseImport, kind: str | None, number: int, *, base: str) -> PlanPage:
    """One page of a plan: 50 rows of a kind, or of all."""
    counts = {"new": 0, "changed": 0, "unchanged": 0, "error": 0, **found.counts}
    everything = sum(counts[one] for one in KIND_TAGS)
    total = counts[kind] if kind else everything
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(number, pages)
    staged = queries.plan_rows(found.id, kind, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
    names = ("name", "uscc", *(n for n in found.present if n not in ("name", "uscc")))
    actor = current_actor()
    show_all = policy.personal(actor)
    job = queries.unfinished_job(found)
    reader = _reader(found, names, staged, show_all=show_all)
    return PlanPage(
        state=found.state,
        step=STEPS.get(found.state, 5),
        counts=counts,
        tabs=_tabs(counts, everything, kind, base),
        columns=tuple((n, HEADINGS[n], BY_NAME[n].kind in NUMERIC) for n in names),
        rows=tuple(_row(row, reader) for row in staged),
        absent=tuple(str(HEADINGS[c.name]) for c in TABLE.columns if c.name not in found.present),
        warnings=(*(row_message(error_in(one)) for one in found.warnings), *_kept(found)),
        refusal=_refusal(found),
        page=page,
        pages=pages,
        total=total,
        kind=kind or "",
        sentence=sentence(counts),
        seen=found.revision,
        busy=policy.busy(job) is not None,
        being_read=job is not None or clock.now() - found.created_at < READ_WITHIN,
        job_url=f"/desk/jobs/{job.id}" if job and job.created_by == actor.user_id else "",
        job_title=jobs.title(job) if job else "",
        may_save=show_all and files.is_kept(found.file_key),
        result=dict(found.result or {}),
    )


def _reader(
    found: EnterpriseImport, names: tuple[str, ...], staged: list[ImportRow], *, show_all: bool
) -> _Reader:
    if found.state != "planned" or not any(row.kind == "error" for row in staged):
        return _Reader(names, show_all, current_actor().sees_all, viewing.looking())
    table = queries.table_for_writing(clock.today()).by_name()
    options = {
        name: tuple((word, MODE_WORDS.get(word, word)) for word in column.options)
        for name, column in table.items()
        if column.options
    }
    more = found.counts.get("error", 0) > COUNTED_ERRORS
    sees_all = current_actor().sees_all
    looks = viewing.looking()
    return _Reader(names, show_all, sees_all, looks, _same_errors(found.id), more, options)


def _tabs(counts: dict[str, int], everything: int, kind: str | None, base: str) -> tuple[Tab, ...]:
    labels = {**KIND_WORDS, "error": _("错误")}
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


def _kept(found: EnterpriseImport) -> tuple[str, ...]:
    """What undoing left as it is and why, the first of them: nobody looks through 100,000 rows."""
    number = (found.result or {}).get("kept", 0)
    if not number:
        return ()
    rows = queries.kept_rows(found.id, NAMED)
    said = clauses(
        labelled(f"{row.number} {row.name or ''}", outcome_words(row.outcome)) for row in rows
    )
    if number > len(rows):
        said += "…"
    return (str(_("已保留 %(n)s 行：%(rows)s", n=f"{number:,}", rows=said)),)


def _refusal(found: EnterpriseImport) -> str:
    if not found.refusal:
        return ""
    return str(sheets.message(FileRefused(found.refusal["code"], **found.refusal["params"])))


def _row(row: ImportRow, reader: _Reader) -> PlanRow:
    errors: dict[str, list[CellError]] = {}
    for stored in row.errors or ():
        error = error_in(stored)
        errors.setdefault(error.column or "", []).append(error)
    whole = [row_message(one) for one in errors.pop("", ())]
    absent = [
        labelled(HEADINGS[name], clauses(row_message(one) for one in said))
        for name, said in errors.items()
        if name not in reader.names
    ]
    warnings = without_others(row.warnings or (), sees_all=reader.sees_all)
    tickable = row.kind in {"new", "changed"}
    return PlanRow(
        number=row.number,
        kind=row.kind,
        tag=KIND_TAGS[row.kind],
        label=KIND_WORDS[row.kind],
        ticked=bool(row.ticked) and tickable,
        tickable=tickable,
        cells=tuple(_cell(row, name, errors.get(name, []), reader) for name in reader.names),
        notes=(*whole, *absent, *(row_message(one) for one in warnings)),
        url=_address(row),
        outcome=outcome_words(row.outcome),
        one_by_one=any(one.code in ONE_BY_ONE for one in warnings),
    )


def _address(row: ImportRow) -> str:
    """The page of the row's enterprise, unless undoing took it away or somebody deleted it."""
    gone = row.outcome == "could_not" or (row.outcome == "reversed" and row.kind == "new")
    return f"/desk/enterprises/show/{row.enterprise_id}" if row.enterprise_id and not gone else ""


def _cell(row: ImportRow, name: str, errors: list[CellError], reader: _Reader) -> PlanCell:
    column = BY_NAME[name]
    numeric = column.kind in NUMERIC
    if reader.veiled and name not in ("name", "uscc"):
        return PlanCell(name, viewing.VEIL)  # an error's words would quote the value
    if errors:
        return _wrong_cell(row, name, errors, reader)
    text = _words(name, (row.new or {}).get(name), show_all=reader.show_all)
    old = None
    if row.kind == "changed" and name in (row.old or {}):
        # What stands in the register is shown as everywhere: in full only by 查看, which is logged.
        before = (row.old or {})[name]
        seen = masked(name, before) if column.personal else before
        old = _words(name, seen, show_all=reader.show_all)
    return PlanCell(name, text, old=old, numeric=numeric, kept_out=_kept_out(row, name))


def _kept_out(row: ImportRow, name: str) -> str:
    """What is said of a cell that is certified otherwise."""
    said = (error_in(one) for one in row.warnings or () if one["code"] in WINS)
    return next((row_message(one) for one in said if one.column == name), "")


def _wrong_cell(row: ImportRow, name: str, errors: list[CellError], reader: _Reader) -> PlanCell:
    column = BY_NAME[name]
    typed = (row.raw or {}).get(name, "")
    said = tuple(row_message(one) for one in errors)
    if column.personal and not reader.show_all:
        return PlanCell(name, HIDDEN if typed else "", errors=said, hidden=True)
    choosing = any(one.code in MENDABLE_AS_CHOICE for one in errors)
    options = reader.options.get(name, ()) if choosing else ()
    word = _wrong_word(name, errors)
    meant = word or typed
    same = reader.same.get((name, meant), 1) - 1
    return PlanCell(
        name,
        typed,
        errors=said,
        options=options,
        numeric=column.kind in NUMERIC,
        same_rows=-1 if reader.more and name != TABLE.key else same,
        guess=next((one for one, _hint in options if one in meant or meant in one), "")
        if meant
        else "",
        word=word,
    )


def _wrong_word(name: str, errors: Iterable[CellError]) -> str:
    """The word that is wrong among several of a cell; empty where the whole cell is."""
    if BY_NAME[name].kind is not Kind.multi_choice:
        return ""
    return next((str(one.params["part"]) for one in errors if one.code == "choice"), "")


def _words(name: str, wire: Any, *, show_all: bool) -> str:
    column = BY_NAME[name]
    value = revive(column.kind, wire)
    if value is None:
        return ""
    if name in PERSONAL and not show_all:
        return hidden(name, str(value))
    if column.kind in NUMERIC:
        return f"{value:,}"
    return sheets.format_value(column, value)


def _same_errors(import_id: int) -> dict[tuple[str, str], int]:
    """(column, wrong text or word) -> rows in which it stands: what "fix all" would mend."""
    found: dict[tuple[str, str], int] = {}
    for row in queries.error_rows(import_id, COUNTED_ERRORS):
        wrong: dict[str, list[CellError]] = {}
        for stored in row.errors or ():
            if stored["column"] not in (None, TABLE.key):
                wrong.setdefault(stored["column"], []).append(error_in(stored))
        for name, errors in wrong.items():
            key = (name, _wrong_word(name, errors) or (row.raw or {}).get(name, ""))
            found[key] = found.get(key, 0) + 1
    return found
