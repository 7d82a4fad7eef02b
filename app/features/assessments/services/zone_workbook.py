"""The zone's workbook of a round: written with what is there, read back as a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from msgspec import Struct

from app.core import clock
from app.engines import sheets
from app.features.assessments.models import AssessmentRound
from app.features.assessments.queries import round_board, zone_values
from app.features.assessments.queries import rounds as queries
from app.features.assessments.rules import zone_sheet
from app.features.assessments.rules.form import Ask
from app.features.assessments.rules.typed import Wrong
from app.features.assessments.rules.zone_sheet import KEY, NAME, Word
from app.features.assessments.services.zone_values import asked
from app.features.parks.models import Park

#: Somebody waits for the page: what takes longer than 20 seconds is no workbook of this size.
LIMITS = sheets.Limits(max_bytes=10 * 2**20, max_rows=2_000, seconds=20)


class Change(Struct, frozen=True):
    """A value that the workbook says otherwise; ``wrong``: why it cannot be taken; ``moved``: it
    has changed since the download."""

    filing_id: int
    park: Park
    ask: Ask
    before: Any
    after: Any
    typed: Any
    seen: int
    wrong: Wrong | None = None
    moved: bool = False
    chosen: bool | None = None  # whether somebody ticked it; nobody was asked yet

    @property
    def emptied(self) -> bool:
        """An empty cell over a value."""
        return self.wrong is None and self.after is None

    @property
    def ticked(self) -> bool:
        """Taken unless somebody says otherwise: nothing is lost by it."""
        if self.chosen is not None:
            return self.chosen and self.wrong is None
        return self.wrong is None and not self.moved and not self.emptied


@dataclass
class Difference:
    """What the workbook would change. Of rows that are not taken, code and number: ``unknown``
    parks, parks that are ``absent`` from the round; ``twice``: code -> all rows of a park."""

    changes: list[Change] = field(default_factory=list)
    unknown: list[tuple[str, int]] = field(default_factory=list)
    absent: list[tuple[str, int]] = field(default_factory=list)
    twice: dict[str, list[int]] = field(default_factory=dict)
    same: int = 0

    @property
    def good(self) -> list[Change]:
        return [one for one in self.changes if one.wrong is None]

    @property
    def bad(self) -> list[Change]:
        return [one for one in self.changes if one.wrong is not None]


def _table(found: AssessmentRound, told: Mapping[str, Ask], word: Word) -> sheets.Table:
    digest = queries.version_of(found).digest
    return zone_sheet.table_of(told, zone_sheet.version_of(digest, list(told)), word)


def write(found: AssessmentRound, fp: IO[bytes], *, secret: bytes, word: Word) -> None:
    """The workbook, with what the zone has entered."""
    told = asked(found)
    values = zone_values.of_round(found.id, told)
    rows: list[dict[str, Any]] = []
    keys: dict[str, int] = {}
    for one in round_board.parks_of(found.id):
        if not one.filing.takes_part:
            continue
        row = {KEY: one.park.code, NAME: one.park.name}
        for code, ask in told.items():
            value = values[one.filing.id, code]
            row |= zone_sheet.cells_of(ask, value.verified, word)
            keys[zone_sheet.row_key(one.park.code, code)] = value.version
        rows.append(row)
    sheets.write_template(
        fp,
        _table(found, told, word),
        year=found.period_to.year,
        rows=rows,
        scope=zone_sheet.scope_of(found.id),
        secret=secret,
        row_keys=keys,
    )


def read(
    found: AssessmentRound, path: Path, filename: str, *, secret: bytes, word: Word
) -> Difference:
    """What the workbook would change; raises ``sheets.FileRefused``, or with a code of ours for one
    that is not of this round."""
    told = asked(found)
    table = _table(found, told, word)
    with sheets.read(path, filename, _as_text(table), LIMITS, today=clock.today()) as reading:
        _check(found, table, reading.meta, secret)
        if reading.absent:
            raise sheets.FileRefused("workbook_columns")
        versions = (reading.meta or {})["rows"]
        rows = [row for chunk in reading.rows for row in chunk]
    return _difference(found, told, rows, versions, word)


class Shown(Struct, frozen=True):
    """A line of a difference as its page sends it back."""

    filing_id: int
    code: str
    typed: Any
    seen: int
    moved: bool
    chosen: bool


def again(found: AssessmentRound, lines: Iterable[Shown], *, same: int) -> Difference:
    """The difference that a page showed, with the ticks that were made on it: the workbook need not
    come once more. Lines of parks that take part no longer are left out."""
    told, values = asked(found), zone_values.of_round(found.id, asked(found))
    inside = {one.filing.id: one for one in round_board.parks_of(found.id) if one.filing.takes_part}
    outcome = Difference(same=same)
    for one in lines:
        value = values.get((one.filing_id, one.code))
        if one.filing_id not in inside or value is None:
            continue
        after, wrong = _read(told[one.code], one.typed)
        outcome.changes.append(
            Change(
                one.filing_id,
                inside[one.filing_id].park,
                told[one.code],
                value.verified,
                after,
                one.typed,
                one.seen,
                wrong,
                one.moved or value.version != one.seen,
                one.chosen,
            )
        )
    return outcome


def _as_text(table: sheets.Table) -> sheets.Table:
    """What was written is read by the rules of typing, options as well."""
    columns = tuple(
        sheets.Column(one.heading, one.name, sheets.Kind.text, required=one.name == KEY)
        for one in table.columns
    )
    return sheets.Table(table.title, columns, KEY, table.template_id, table.template_version)


def _check(
    found: AssessmentRound, table: sheets.Table, meta: Mapping[str, Any] | None, secret: bytes
) -> None:
    if not meta or not sheets.verify_meta(meta, secret):
        raise sheets.FileRefused("table_not_ours")
    if meta["template_id"] != table.template_id:
        raise sheets.FileRefused("table_not_ours")
    if meta["scope"] != zone_sheet.scope_of(found.id):
        raise sheets.FileRefused("workbook_other_round")
    if meta["template_version"] != table.template_version:
        raise sheets.FileRefused("workbook_other_version")


def _difference(
    found: AssessmentRound,
    told: Mapping[str, Ask],
    rows: list[sheets.Row],
    versions: Mapping[str, str],
    word: Word,
) -> Difference:
    outcome = Difference()
    values = zone_values.of_round(found.id, told)
    for taking, cells in _taken(found, rows, outcome):
        for ask in told.values():
            typed = zone_sheet.typed_of(ask, cells, word)
            value = values[taking.filing.id, ask.code]
            after, wrong = _read(ask, typed)
            if wrong is None and after == value.verified:
                outcome.same += 1
                continue
            held = versions.get(zone_sheet.row_key(taking.park.code, ask.code))
            change = Change(
                taking.filing.id, taking.park, ask, value.verified, after, typed, value.version,
                wrong, moved=held != str(value.version),
            )  # fmt: skip
            outcome.changes.append(change)
    return outcome


def _taken(
    found: AssessmentRound, rows: list[sheets.Row], outcome: Difference
) -> Iterator[tuple[round_board.Taking, Mapping[str, Any]]]:
    """The rows of parks that take part and stand there once; the others are told of."""
    inside = {one.park.code: one for one in round_board.parks_of(found.id)}
    by_code: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for row in rows:
        cells = {**row.raw, **row.values}
        by_code.setdefault(str(cells.get(KEY) or "").strip(), []).append((row.number, cells))
    for code, many in by_code.items():
        taking = inside.get(code)
        if taking is None:
            outcome.unknown += [(code, number) for number, _cells in many]
        elif not taking.filing.takes_part:
            outcome.absent += [(code, number) for number, _cells in many]
        elif len(many) > 1:
            outcome.twice[code] = [number for number, _cells in many]
        else:
            yield taking, many[0][1]


def _read(ask: Ask, typed: Any) -> tuple[Any, Wrong | None]:
    try:
        return ask.read(typed), None
    except Wrong as wrong:
        return None, wrong
