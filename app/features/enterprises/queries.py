"""Every SELECT on the register. Row scope comes from the ORM; deleted rows are left out here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from app.core.errors import NotFound
from app.engines import dictionaries
from app.engines.sheets.model import Table
from app.extensions import Scaled, StringList, db
from app.extensions.lists.spec import contains, starts_with
from app.features.enterprises.models import (
    AcceptedCode,
    Enterprise,
    EnterpriseCount,
    EnterpriseImport,
    EnterpriseYear,
    ImportRow,
)
from app.features.enterprises.rules import (
    CREDIT_LEVELS,
    INDUSTRIES,
    STATUSES,
    TABLE,
    YEARLY,
    search_text,
)

ALIVE = Enterprise.deleted_at.is_(None)
_TEXTS = (StringList, sa.Date)
_COUNTS = sa.select(EnterpriseCount.status, sa.func.sum(EnterpriseCount.number)).group_by(
    EnterpriseCount.status
)


def with_year(query: Any, year: int | None) -> Any:
    """``query`` joined with the yearly figures of ``year`` (rows without figures stay)."""
    return query.outerjoin(
        EnterpriseYear,
        sa.and_(EnterpriseYear.enterprise_id == Enterprise.id, EnterpriseYear.year == year),
    )


def matches(text: str, *, contacts: bool = True) -> Any:
    """The search box: name, pinyin or initials, start of the code and, with the right, contact."""
    folded = search_text(text)
    if not folded:
        return sa.true()
    clauses = [contains(Enterprise.name_key, folded)]
    if folded.isascii() and folded.isalnum():
        clauses.append(starts_with(Enterprise.uscc, folded.upper()))
    if contacts:
        clauses.append(contains(Enterprise.contact_name, text.strip()))
    return sa.or_(*clauses)


def get(enterprise_id: int, *, deleted: bool = False) -> Enterprise:
    """An enterprise in scope: alive, or with ``deleted`` one in the recycle bin; else ``NotFound``."""
    state = Enterprise.deleted_at.is_not(None) if deleted else ALIVE
    found = db.session.scalar(sa.select(Enterprise).where(Enterprise.id == enterprise_id, state))
    if found is None:
        raise NotFound(f"enterprise {enterprise_id}")
    return found


def locked(enterprise_id: int, *, deleted: bool = False) -> Enterprise:
    """The same, read again and locked for this transaction."""
    state = Enterprise.deleted_at.is_not(None) if deleted else ALIVE
    found = db.session.scalar(
        sa.select(Enterprise)
        .where(Enterprise.id == enterprise_id, state)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(f"enterprise {enterprise_id}")
    return found


def locked_many(ids: Sequence[int]) -> Iterator[Enterprise]:
    """Those of ``ids`` that are alive and in scope, read again and locked, by their keys."""
    for start in range(0, len(ids), 500):
        query = (
            sa.select(Enterprise)
            .where(Enterprise.id.in_(sorted(ids)[start : start + 500]), ALIVE)
            .order_by(Enterprise.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        yield from db.session.scalars(query).all()


def parks_of(ids: Sequence[int]) -> set[int]:
    """Parks of the enterprises among ``ids`` that are in scope."""
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        query = sa.select(Enterprise.park_id).where(Enterprise.id.in_(chunk)).distinct()
        found.update(db.session.scalars(query))
    return found


def alive_with_code(park_id: int, uscc: str) -> Enterprise | None:
    return db.session.scalar(
        sa.select(Enterprise).where(Enterprise.park_id == park_id, Enterprise.uscc == uscc, ALIVE)
    )


def figures(enterprise_id: int, year: int) -> EnterpriseYear | None:
    return db.session.scalar(
        sa.select(EnterpriseYear).where(
            EnterpriseYear.enterprise_id == enterprise_id, EnterpriseYear.year == year
        )
    )


def all_figures(enterprise_id: int) -> list[EnterpriseYear]:
    query = sa.select(EnterpriseYear).where(EnterpriseYear.enterprise_id == enterprise_id)
    return list(db.session.scalars(query.order_by(EnterpriseYear.year.desc())))


def status_counts() -> dict[str, int]:
    """Status -> number in the current scope, from the kept counts (one statement)."""
    kept = {status: int(number) for status, number in db.session.execute(_COUNTS)}
    return {status: kept.get(status, 0) for status in STATUSES}


def accepted_codes(codes: Sequence[str] | None = None) -> frozenset[str]:
    """Codes accepted by hand (all of them: there are few)."""
    query = sa.select(AcceptedCode.uscc)
    if codes is not None:
        query = query.where(AcceptedCode.uscc.in_(codes))
    return frozenset(db.session.scalars(query))


def table_for_reading() -> Table:
    """The table with its dictionaries; retired words too, since an unchanged row may carry one."""
    return TABLE.with_options(
        {name: dictionaries.known(name) for name in (INDUSTRIES, CREDIT_LEVELS)}
    )


def table_for_writing(today: Any) -> Table:
    """The table with what may be chosen today: templates and forms."""
    return TABLE.with_options(
        {name: dictionaries.options(name, today) for name in (INDUSTRIES, CREDIT_LEVELS)}
    )


def retired_words(today: Any) -> dict[str, frozenset[str]]:
    """Column -> words that may no longer be chosen (but may stay where they are)."""
    return {
        "industry": dictionaries.retired(INDUSTRIES, today),
        "customs_credit": dictionaries.retired(CREDIT_LEVELS, today),
    }


def register_columns(names: Sequence[str]) -> list[Any]:
    """Mapped attributes of register columns; yearly ones from the joined year."""
    return [getattr(EnterpriseYear if name in YEARLY else Enterprise, name) for name in names]


def _as_stored(column: Any) -> Any:
    """A column without the making of its Python value."""
    if isinstance(column.type, Scaled):
        return sa.type_coerce(column, sa.BigInteger)
    return sa.type_coerce(column, sa.String) if isinstance(column.type, _TEXTS) else column


def known_rows(park_id: int, codes: Sequence[str], year: int, names: Sequence[str]) -> list[Any]:
    """Rows of a park with these codes: id, version, uscc and the named columns in order.

    Amounts, days and lists come as they are stored (``services.staged.wire_of`` reads them).
    """
    columns = [
        _as_stored(column).label(f"c_{number}")
        for number, column in enumerate(register_columns(names))
    ]
    query = sa.select(Enterprise.id, Enterprise.version, Enterprise.uscc, *columns).select_from(
        Enterprise
    )
    query = with_year(query, year).where(
        Enterprise.park_id == park_id, ALIVE, Enterprise.uscc.in_(codes)
    )
    return list(db.session.execute(query))


def codes_in_bin(park_id: int, codes: Sequence[str]) -> set[str]:
    """Codes of this park that lie in the recycle bin."""
    query = sa.select(Enterprise.uscc).where(
        Enterprise.park_id == park_id,
        Enterprise.deleted_at.is_not(None),
        Enterprise.uscc.in_(codes),
    )
    return set(db.session.scalars(query))


# -- imports -----------------------------------------------------------------------------------
def get_import(import_id: int) -> EnterpriseImport:
    found = db.session.scalar(sa.select(EnterpriseImport).where(EnterpriseImport.id == import_id))
    if found is None:
        raise NotFound(f"import {import_id}")
    return found


def locked_import(import_id: int) -> EnterpriseImport:
    found = db.session.scalar(
        sa.select(EnterpriseImport)
        .where(EnterpriseImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(f"import {import_id}")
    return found


def same_file_before(park_id: int, sha256: str, *, year: int, but: int) -> EnterpriseImport | None:
    """An applied import of the same bytes for the same park and year, the latest."""
    query = (
        sa.select(EnterpriseImport)
        .where(
            EnterpriseImport.park_id == park_id,
            EnterpriseImport.sha256 == sha256,
            EnterpriseImport.year == year,
            EnterpriseImport.state == "applied",
            EnterpriseImport.id != but,
        )
        .order_by(EnterpriseImport.id.desc())
    )
    return db.session.scalar(query.limit(1))


def row_counts(import_id: int) -> dict[str, int]:
    """Kind -> rows of a plan, and ``ticked_new`` / ``ticked_changed``."""
    query = (
        sa.select(ImportRow.kind, ImportRow.ticked, sa.func.count())
        .where(ImportRow.import_id == import_id)
        .group_by(ImportRow.kind, ImportRow.ticked)
    )
    counts = {
        "new": 0,
        "changed": 0,
        "unchanged": 0,
        "error": 0,
        "ticked_new": 0,
        "ticked_changed": 0,
    }
    for kind, ticked, number in db.session.execute(query):
        counts[kind] += number
        if ticked and kind in {"new", "changed"}:
            counts[f"ticked_{kind}"] += number
    return counts


def plan_rows(import_id: int, kind: str | None, *, limit: int, offset: int) -> list[ImportRow]:
    query = sa.select(ImportRow).where(ImportRow.import_id == import_id)
    if kind:
        query = query.where(ImportRow.kind == kind)
    return list(db.session.scalars(query.order_by(ImportRow.number).limit(limit).offset(offset)))


def plan_row(import_id: int, number: int) -> ImportRow:
    found = db.session.scalar(
        sa.select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.number == number)
    )
    if found is None:
        raise NotFound(f"row {number}")
    return found


def rows_after(import_id: int, number: int, limit: int, kinds: Sequence[str]) -> list[Any]:
    """The next rows of a plan in order, as plain tuples: walk a large plan in chunks.

    ``new`` and ``old`` come as the texts that are stored.
    """
    query = (
        sa.select(
            ImportRow.id,
            ImportRow.number,
            ImportRow.kind,
            ImportRow.uscc,
            ImportRow.enterprise_id,
            ImportRow.base_version,
            sa.type_coerce(ImportRow.new, sa.Text).label("new"),
            sa.type_coerce(ImportRow.old, sa.Text).label("old"),
            ImportRow.ticked,
            ImportRow.outcome,
        )
        .where(
            ImportRow.import_id == import_id, ImportRow.number > number, ImportRow.kind.in_(kinds)
        )
        .order_by(ImportRow.number)
        .limit(limit)
    )
    return list(db.session.execute(query))


def stored_texts(import_id: int) -> Any:
    """Rows of an import as stored text, in order, streamed: what its digest is made of."""
    texts = [sa.type_coerce(column, sa.Text) for column in (ImportRow.new, ImportRow.old)]
    query = (
        sa.select(ImportRow.number, ImportRow.kind, ImportRow.uscc, *texts, ImportRow.outcome)
        .where(ImportRow.import_id == import_id)
        .order_by(ImportRow.number)
        .execution_options(yield_per=5000)
    )
    return db.session.execute(query)


def stale_rows(import_id: int) -> list[ImportRow]:
    """Ticked rows whose enterprise is not what the plan saw: edited, deleted, or come meanwhile."""
    ticked = sa.and_(ImportRow.import_id == import_id, ImportRow.ticked.is_(True))
    edited = (
        sa.select(ImportRow.id)
        .outerjoin(Enterprise, sa.and_(Enterprise.id == ImportRow.enterprise_id, ALIVE))
        .where(
            ticked,
            ImportRow.kind == "changed",
            sa.or_(Enterprise.id.is_(None), Enterprise.version != ImportRow.base_version),
        )
    )
    come = (
        sa.select(ImportRow.id)
        .join(
            Enterprise,
            sa.and_(
                Enterprise.park_id == ImportRow.park_id, Enterprise.uscc == ImportRow.uscc, ALIVE
            ),
        )
        .where(ticked, ImportRow.kind == "new")
    )
    ids = [*db.session.scalars(edited), *db.session.scalars(come)]
    found: list[ImportRow] = []
    for start in range(0, len(ids), 500):
        query = sa.select(ImportRow).where(ImportRow.id.in_(ids[start : start + 500]))
        found += db.session.scalars(query)
    return found


def import_history(enterprise_id: int) -> list[Any]:
    """Applied import rows that touched an enterprise: (row, import)."""
    query = (
        sa.select(ImportRow, EnterpriseImport)
        .join(EnterpriseImport, EnterpriseImport.id == ImportRow.import_id)
        .where(
            ImportRow.enterprise_id == enterprise_id,
            ImportRow.outcome.is_not(None),
            EnterpriseImport.applied_at.is_not(None),
        )
        .order_by(EnterpriseImport.applied_at.desc())
        .limit(200)
    )
    return [tuple(pair) for pair in db.session.execute(query)]


def versions(ids: Sequence[int]) -> dict[int, int]:
    """Id -> version of the living enterprises among ``ids``."""
    found: dict[int, int] = {}
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        query = sa.select(Enterprise.id, Enterprise.version).where(Enterprise.id.in_(chunk), ALIVE)
        found.update((key, version) for key, version in db.session.execute(query))
    return found


def error_rows(import_id: int) -> list[ImportRow]:
    query = sa.select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.kind == "error")
    return list(db.session.scalars(query.order_by(ImportRow.number)))


def row_with_code(import_id: int, code: str, *, but: int) -> int | None:
    """The number of another row of the file with this code."""
    query = sa.select(ImportRow.number).where(
        ImportRow.import_id == import_id, ImportRow.uscc == code, ImportRow.number != but
    )
    return db.session.scalar(query.order_by(ImportRow.number).limit(1))


def imports_of_scope(limit: int = 200) -> list[EnterpriseImport]:
    """Imports in the current scope, the newest first."""
    query = sa.select(EnterpriseImport).where(EnterpriseImport.state != "discarded")
    return list(db.session.scalars(query.order_by(EnterpriseImport.id.desc()).limit(limit)))


def all_rows_of(park_id: int, year: int) -> list[Any]:
    """Every living record of a park as register columns in order: prefilled templates."""
    names = [column.name for column in TABLE.columns]
    columns = [
        column.label(name) for column, name in zip(register_columns(names), names, strict=True)
    ]
    query = sa.select(Enterprise.version.label("_version"), *columns).select_from(Enterprise)
    query = with_year(query, year).where(Enterprise.park_id == park_id, ALIVE)
    return list(db.session.execute(query.order_by(Enterprise.name_key, Enterprise.id)))


def rows_with_words(import_id: int) -> list[ImportRow]:
    """Rows of a plan that carry errors or warnings, in order."""
    query = sa.select(ImportRow).where(
        ImportRow.import_id == import_id,
        sa.or_(ImportRow.errors.is_not(None), ImportRow.warnings.is_not(None)),
    )
    return list(db.session.scalars(query.order_by(ImportRow.number)))


def uses_of_word(dictionary: str, label: str) -> int:
    """How many records, deleted ones included, hold a word of a dictionary (all parks)."""
    columns = {INDUSTRIES: Enterprise.industry, CREDIT_LEVELS: Enterprise.customs_credit}
    if dictionary not in columns:
        return 0
    query = sa.select(sa.func.count()).select_from(Enterprise)
    return int(db.session.scalar(query.where(columns[dictionary] == label)) or 0)
