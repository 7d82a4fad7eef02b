"""Every SELECT on imports and their staged rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from app.core.errors import NotFound
from app.engines import jobs
from app.extensions import db
from app.extensions.lists.spec import contains
from app.features.enterprises.models import Enterprise, EnterpriseImport, ImportRow
from app.features.enterprises.queries.register import ALIVE, revoked_codes_query
from app.features.enterprises.rules import KEPT
from app.features.parks.models import Organisation


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


def unfinished_job(found: EnterpriseImport) -> jobs.Job | None:
    """The job that reads, applies or undoes an import, whoever asked for it; ``None`` = none."""
    job = db.session.get(jobs.Job, found.job_id) if found.job_id else None
    return None if job is None or job.final else job


def imports_touching(ids: Sequence[int]) -> dict[int, int]:
    """Enterprise -> how many applied imports wrote it."""
    query = (
        sa.select(ImportRow.enterprise_id, sa.func.count())
        .where(ImportRow.enterprise_id.in_(ids), ImportRow.outcome.is_not(None))
        .group_by(ImportRow.enterprise_id)
    )
    return {key: int(number) for key, number in db.session.execute(query)}


def rows_touching(enterprise_id: int) -> list[ImportRow]:
    """Rows on the enterprise of imports that are over."""
    query = (
        sa.select(ImportRow)
        .join(EnterpriseImport, EnterpriseImport.id == ImportRow.import_id)
        .where(
            ImportRow.enterprise_id == enterprise_id,
            EnterpriseImport.state.in_(("applied", "undone")),
        )
    )
    return list(db.session.scalars(query.order_by(ImportRow.id)))


def undoable_import(enterprise_id: int, since: datetime) -> EnterpriseImport | None:
    """The newest import that wrote the enterprise and can still be undone."""
    query = (
        sa.select(EnterpriseImport)
        .join(ImportRow, ImportRow.import_id == EnterpriseImport.id)
        .where(
            ImportRow.enterprise_id == enterprise_id,
            ImportRow.outcome.is_not(None),
            EnterpriseImport.state.in_(("applied", "undoing")),
            EnterpriseImport.applied_at > since,
        )
    )
    return db.session.scalar(query.order_by(EnterpriseImport.id.desc()).limit(1))


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


class Left(Struct, frozen=True):
    """Rows that a fresh plan leaves unticked: how many, and the numbers of the first of them."""

    number: int
    first: tuple[int, ...]


def unticked_numbers(import_id: int, shown: int) -> Left:
    unticked = sa.select(ImportRow.number).where(
        ImportRow.import_id == import_id,
        ImportRow.kind.in_(("new", "changed")),
        ImportRow.ticked.is_(False),
    )
    number = db.session.scalar(sa.select(sa.func.count()).select_from(unticked.subquery()))
    first = db.session.scalars(unticked.order_by(ImportRow.number).limit(shown))
    return Left(int(number or 0), tuple(first))


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
            ImportRow.origins,
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


def stale_ids(import_id: int) -> list[int]:
    """Keys of ticked rows that are not what the plan saw: the enterprise edited, deleted or come meanwhile,
    the acceptance of the code revoked."""
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
    revoked = sa.select(ImportRow.id).where(
        ticked, ImportRow.kind == "new", ImportRow.uscc.in_(revoked_codes_query())
    )
    return [key for query in (edited, come, revoked) for key in db.session.scalars(query)]


def rows_by_key(keys: Collection[int]) -> list[ImportRow]:
    """Staged rows, in order."""
    query = sa.select(ImportRow).where(ImportRow.id.in_(keys))
    return list(db.session.scalars(query.order_by(ImportRow.number)))


def rows_of_certified(
    import_id: int, said: Collection[str], *, after: int, limit: int
) -> list[ImportRow]:
    """Ticked rows after a number that would be written and whose company is certified, or was when
    they were planned (``said``: the codes of that warning)."""
    codes = sa.select(Organisation.uscc).where(Organisation.certified_at.is_not(None))
    warned = sa.func.coalesce(sa.type_coerce(ImportRow.warnings, sa.Text), "")
    query = sa.select(ImportRow).where(
        ImportRow.import_id == import_id,
        ImportRow.ticked.is_(True),
        ImportRow.kind.in_(("new", "changed")),
        sa.or_(ImportRow.uscc.in_(codes), *(warned.contains(code) for code in said)),
        ImportRow.number > after,
    )
    return list(db.session.scalars(query.order_by(ImportRow.number).limit(limit)))


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


def error_rows(import_id: int, limit: int) -> list[ImportRow]:
    """Rows with errors in order, all or the first ``limit``."""
    query = sa.select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.kind == "error")
    return list(db.session.scalars(query.order_by(ImportRow.number).limit(limit)))


def wrong_rows(
    import_id: int, *, after: int, limit: int, column: str | None = None, number: int | None = None
) -> list[Any]:
    """The next rows with errors, or with one in ``column``, in order, as plain tuples: walk them in
    chunks. ``number``: this row only."""
    query = sa.select(
        *(ImportRow.id, ImportRow.number, ImportRow.new, ImportRow.raw),
        *(ImportRow.errors, ImportRow.warnings),
    ).where(_wrong(import_id, column), ImportRow.number > after)
    if number is not None:
        query = query.where(ImportRow.number == number)
    return list(db.session.execute(query.order_by(ImportRow.number).limit(limit)))


def number_wrong(import_id: int, column: str | None = None) -> int:
    """How many rows ``wrong_rows`` walks."""
    query = sa.select(sa.func.count()).select_from(ImportRow)
    return int(db.session.scalar(query.where(_wrong(import_id, column))) or 0)


def _wrong(import_id: int, column: str | None) -> Any:
    wrong = sa.and_(ImportRow.import_id == import_id, ImportRow.kind == "error")
    if column is None:
        return wrong
    said = sa.type_coerce(ImportRow.errors, sa.Text)
    return sa.and_(wrong, contains(said, f'"column":"{column}"'))


def kept_rows(import_id: int, limit: int) -> list[ImportRow]:
    """Rows that undoing left as they are, the first of them."""
    query = sa.select(ImportRow).where(
        ImportRow.import_id == import_id, ImportRow.outcome.startswith(KEPT)
    )
    return list(db.session.scalars(query.order_by(ImportRow.number).limit(limit)))


def row_with_code(import_id: int, code: str, *, but: int) -> int | None:
    """The number of another row of the file with this code."""
    query = sa.select(ImportRow.number).where(
        ImportRow.import_id == import_id, ImportRow.uscc == code, ImportRow.number != but
    )
    return db.session.scalar(query.order_by(ImportRow.number).limit(1))


def abandoned_imports(before: datetime, limit: int = 10) -> list[int]:
    """Plans that were made before this moment, not confirmed, and that no job works on."""
    query = (
        sa.select(EnterpriseImport)
        .where(
            EnterpriseImport.state.in_(("reading", "planned")),
            EnterpriseImport.created_at < before,
        )
        .order_by(EnterpriseImport.id)
        .limit(limit)
    )
    return [found.id for found in db.session.scalars(query) if unfinished_job(found) is None]


def imports_of_scope(*, limit: int, offset: int = 0) -> list[EnterpriseImport]:
    """Imports in the current scope, the newest first."""
    query = sa.select(EnterpriseImport).where(EnterpriseImport.state != "discarded")
    query = query.order_by(EnterpriseImport.id.desc()).limit(limit).offset(offset)
    return list(db.session.scalars(query))


def number_of_imports() -> int:
    query = sa.select(sa.func.count()).select_from(EnterpriseImport)
    return int(db.session.scalar(query.where(EnterpriseImport.state != "discarded")) or 0)


def applied_imports() -> list[int]:
    """Imports that are applied and not undone, in order."""
    query = sa.select(EnterpriseImport.id).where(EnterpriseImport.state == "applied")
    return list(db.session.scalars(query.order_by(EnterpriseImport.id)))


def words_of_rows(import_id: int) -> list[Any]:
    """(number, errors, warnings) of the rows of a plan that carry any, in order."""
    query = sa.select(ImportRow.number, ImportRow.errors, ImportRow.warnings).where(
        ImportRow.import_id == import_id,
        sa.or_(ImportRow.errors.is_not(None), ImportRow.warnings.is_not(None)),
    )
    return list(db.session.execute(query.order_by(ImportRow.number)))
