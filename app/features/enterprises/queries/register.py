"""Every SELECT on the register. Row scope comes from the ORM; deleted rows are left out here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core.errors import NotFound
from app.engines import dictionaries
from app.engines.sheets.model import Table
from app.extensions import Scaled, StringList, db
from app.extensions.database import prebuilt
from app.extensions.lists.spec import contains
from app.extensions.rows import one_of
from app.features.accounts.queries import FULL_NAME
from app.features.enterprises.models import (
    AcceptedCode,
    Enterprise,
    EnterpriseCount,
    EnterpriseYear,
)
from app.features.enterprises.models.duplicates import EnterpriseMerge
from app.features.enterprises.rules import (
    CREDIT_LEVELS,
    INDUSTRIES,
    STATUSES,
    TABLE,
    YEARLY,
)
from app.features.enterprises.rules.origins import NOTHING_YEARLY
from app.features.parks.models import Park

ALIVE = Enterprise.deleted_at.is_(None)
#: In the recycle bin: what was merged into another record is deleted too, and is not there.
IN_BIN = sa.and_(Enterprise.deleted_at.is_not(None), Enterprise.merged_into.is_(None))
_TEXTS = (StringList, sa.Date)
_COUNTS = prebuilt(
    sa.select(EnterpriseCount.status, sa.func.sum(EnterpriseCount.number)).group_by(
        EnterpriseCount.status
    )
)


def with_year(query: Any, year: int | None) -> Any:
    """``query`` joined with the yearly figures of ``year`` (rows without figures stay)."""
    return query.outerjoin(
        EnterpriseYear,
        sa.and_(EnterpriseYear.enterprise_id == Enterprise.id, EnterpriseYear.year == year),
    )


def get(enterprise_id: int, *, deleted: bool = False) -> Enterprise:
    """An enterprise in scope: alive, or with ``deleted`` one in the recycle bin; else ``NotFound``."""
    state = IN_BIN if deleted else ALIVE
    found = db.session.scalar(sa.select(Enterprise).where(Enterprise.id == enterprise_id, state))
    if found is None:
        raise NotFound(f"enterprise {enterprise_id}")
    return found


def either(enterprise_id: int) -> Enterprise:
    """An enterprise in scope, alive or in the recycle bin."""
    query = sa.select(Enterprise).where(Enterprise.id == enterprise_id, sa.or_(ALIVE, IN_BIN))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(f"enterprise {enterprise_id}")
    return found


def alive_among(ids: Sequence[int]) -> list[Enterprise]:
    """Those of them that are alive and in scope."""
    return list(db.session.scalars(sa.select(Enterprise).where(Enterprise.id.in_(ids), ALIVE)))


def merged_ever(enterprise_id: int) -> bool:
    """Whether a merge names the record, as the one that stayed or the one that went."""
    query = sa.select(EnterpriseMerge.id).where(
        sa.or_(EnterpriseMerge.kept_id == enterprise_id, EnterpriseMerge.gone_id == enterprise_id)
    )
    return db.session.scalar(query.limit(1)) is not None


def locked(enterprise_id: int, *, deleted: bool = False) -> Enterprise:
    """The same, read again and locked for this transaction."""
    state = IN_BIN if deleted else ALIVE
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


def names_of(ids: Sequence[int]) -> dict[int, str]:
    """Names of the living among ``ids``, in the order of their keys."""
    query = sa.select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(ids), ALIVE)
    return dict(db.session.execute(query.order_by(Enterprise.id)).all())


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


def years_of(ids: Sequence[int]) -> dict[int, int]:
    """Record -> for how many 数据年度 it has figures."""
    query = (
        sa.select(EnterpriseYear.enterprise_id, sa.func.count())
        .where(EnterpriseYear.enterprise_id.in_(ids))
        .group_by(EnterpriseYear.enterprise_id)
    )
    return {key: int(number) for key, number in db.session.execute(query)}


def all_figures(enterprise_id: int) -> list[EnterpriseYear]:
    """The figures of all its years, in order."""
    query = sa.select(EnterpriseYear).where(EnterpriseYear.enterprise_id == enterprise_id)
    return list(db.session.scalars(query.order_by(EnterpriseYear.year)))


def status_counts() -> dict[str, int]:
    """Status -> number in the current scope, from the kept counts (one statement)."""
    kept = {status: int(number) for status, number in db.session.execute(_COUNTS)}
    return {status: kept.get(status, 0) for status in STATUSES}


def park_status_counts() -> dict[tuple[int, str], int]:
    """``(park, status)`` -> number in the current scope, from the kept counts."""
    query = sa.select(EnterpriseCount.park_id, EnterpriseCount.status, EnterpriseCount.number)
    return {(park, status): int(number) for park, status, number in db.session.execute(query)}


def member_counts(name: str, members: Sequence[str], status: str) -> dict[str, int]:
    """Of the enterprises of a status in scope, how many carry each member of a list column."""
    column = getattr(Enterprise, name)
    sums = [
        sa.func.sum(sa.case((contains(sa.type_coerce(column, sa.String), f"|{one}|"), 1), else_=0))
        for one in members
    ]
    query = sa.select(*sums).select_from(Enterprise).where(ALIVE, Enterprise.status == status)
    row = db.session.execute(query).one()
    return {one: int(number or 0) for one, number in zip(members, row, strict=True)}


def accepted_codes(codes: Sequence[str] | None = None) -> frozenset[str]:
    """Codes accepted by hand and not revoked (all of them: there are few)."""
    query = sa.select(AcceptedCode.uscc).where(AcceptedCode.revoked_at.is_(None))
    if codes is not None:
        query = query.where(AcceptedCode.uscc.in_(codes))
    return frozenset(db.session.scalars(query))


def is_accepted(code: str) -> bool:
    """Whether one code is accepted by hand now."""
    return code in accepted_codes([code])


def revoked_codes_query() -> Any:
    return sa.select(AcceptedCode.uscc).where(AcceptedCode.revoked_at.is_not(None))


def revoked_codes() -> frozenset[str]:
    """Codes whose acceptance was taken back; records that carry them stay."""
    return frozenset(db.session.scalars(revoked_codes_query()))


def readable_codes() -> frozenset[str]:
    """Accepted codes, and revoked ones that a living record in scope carries: what stands in the
    register can be read again, in a form and in a file."""
    carried = sa.select(Enterprise.uscc).where(ALIVE, Enterprise.uscc.in_(revoked_codes_query()))
    return accepted_codes() | frozenset(db.session.scalars(carried))


def accepted_code(pk: int) -> AcceptedCode:
    found = db.session.get(AcceptedCode, pk)
    if found is None:
        raise NotFound(f"accepted code {pk}")
    return found


def accepted_by(pk: int) -> str:
    """Name of who accepted a code."""
    query = sa.select(FULL_NAME).join(AcceptedCode, AcceptedCode.accepted_by == User.id)
    return db.session.scalar(query.where(AcceptedCode.id == pk)) or ""


def accepted_row(uscc: str, *, lock: bool = False) -> AcceptedCode | None:
    """The row of a code, revoked or not."""
    query = sa.select(AcceptedCode).where(AcceptedCode.uscc == uscc)
    query = query.execution_options(populate_existing=True)
    return db.session.scalar(query.with_for_update() if lock else query)


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
    """Rows of a park with these codes: id, version, uscc, letters of their sources (the record's and
    the year's), where it moved to, and the named columns in order.

    Amounts, days and lists come as they are stored (``services.staged.turned`` reads them).
    """
    columns = [
        _as_stored(column).label(f"c_{number}")
        for number, column in enumerate(register_columns(names))
    ]
    letters = Enterprise.origins + sa.func.coalesce(EnterpriseYear.origins, NOTHING_YEARLY)
    query = sa.select(
        Enterprise.id, Enterprise.version, Enterprise.uscc, letters, Enterprise.moved_to, *columns
    ).select_from(Enterprise)
    query = with_year(query, year).where(
        Enterprise.park_id == park_id, ALIVE, one_of(Enterprise.uscc, codes)
    )
    return list(db.session.execute(query))


def codes_in_bin(park_id: int, codes: Sequence[str]) -> set[str]:
    """Codes of this park that lie in the recycle bin."""
    query = sa.select(Enterprise.uscc).where(
        Enterprise.park_id == park_id,
        IN_BIN,
        one_of(Enterprise.uscc, codes),
    )
    return set(db.session.scalars(query))


def codes_elsewhere(park_id: int, codes: Sequence[str]) -> dict[str, str]:
    """Code -> codes of the other parks in scope that hold a living record of it."""
    query = (
        sa.select(Enterprise.uscc, Park.code)
        .join(Park, Park.id == Enterprise.park_id)
        .where(Enterprise.park_id != park_id, ALIVE, one_of(Enterprise.uscc, codes))
        .order_by(Park.code)
    )
    found: dict[str, str] = {}
    for uscc, code in db.session.execute(query):
        found[uscc] = f"{found[uscc]}, {code}" if uscc in found else code
    return found


def versions(ids: Sequence[int]) -> dict[int, int]:
    """Id -> version of the living enterprises among ``ids``."""
    found: dict[int, int] = {}
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        query = sa.select(Enterprise.id, Enterprise.version).where(Enterprise.id.in_(chunk), ALIVE)
        found.update((key, version) for key, version in db.session.execute(query))
    return found


def all_rows_of(park_id: int, year: int) -> list[Any]:
    """Every living record of a park as register columns in order: prefilled templates."""
    names = [column.name for column in TABLE.columns]
    columns = [
        column.label(name) for column, name in zip(register_columns(names), names, strict=True)
    ]
    query = sa.select(Enterprise.version.label("_version"), *columns).select_from(Enterprise)
    query = with_year(query, year).where(Enterprise.park_id == park_id, ALIVE)
    return list(db.session.execute(query.order_by(Enterprise.name_key, Enterprise.id)))


def uses_of_word(dictionary: str, label: str) -> int:
    """How many records, deleted ones included, hold a word of a dictionary (all parks)."""
    columns = {INDUSTRIES: Enterprise.industry, CREDIT_LEVELS: Enterprise.customs_credit}
    if dictionary not in columns:
        return 0
    query = sa.select(sa.func.count()).select_from(Enterprise)
    return int(db.session.scalar(query.where(columns[dictionary] == label)) or 0)
