"""Reading what the search for duplicates compares, the pairs it found, and merges."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import aliased

from app.core.errors import NotFound
from app.engines.jobs import Job, State
from app.extensions import by_key, db
from app.extensions.rows import one_of
from app.features.accounts.queries import FULL_NAME
from app.features.enterprises.models import Enterprise, EnterpriseYear
from app.features.enterprises.models.duplicates import (
    EnterpriseMerge,
    EnterprisePair,
    EnterpriseScan,
)
from app.features.enterprises.rules.sameness import Trait
from app.features.parks.models import Organisation, Park

ALIVE = Enterprise.deleted_at.is_(None)
SCAN = "enterprise_scan"
TRAITS = (
    *(Enterprise.id, Enterprise.park_id, Enterprise.uscc, Enterprise.name, Enterprise.same_key),
    *(Enterprise.legal_representative, Enterprise.contact_phone, Enterprise.registered_address),
)
#: What puts two records beside one another, strongest first. The first two are indexed.
SHARED: Sequence[Any] = (Enterprise.uscc, *TRAITS[4:])
AT_ONCE = 2_000


def blocks(column: Any) -> Iterator[list[Trait]]:
    """Living records of all parks that share a value of ``column``, a list for each value.

    They come in the order of their names. The database groups; what passes here is one value's.
    """
    # The index alone answers for a key; what is deleted is left out of the few that it names.
    several = sa.select(column).where(column != "").group_by(column).having(sa.func.count() > 1)
    query = (
        sa.select(*TRAITS, column.label("shared"))
        .where(ALIVE, column.in_(several))
        .order_by(column, Enterprise.same_key, Enterprise.id)
        .execution_options(yield_per=AT_ONCE)
    )
    for _value, rows in groupby(db.session.execute(query), key=lambda row: row.shared):
        yield [Trait(*row[:-1]) for row in rows]


def existing(ids: Collection[int]) -> set[int]:
    """Which of these records are alive now."""
    found: set[int] = set()
    keys = sorted(ids)
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        found.update(
            db.session.scalars(sa.select(Enterprise.id).where(Enterprise.id.in_(some), ALIVE))
        )
    return found


def all_pairs() -> dict[tuple[int, int], EnterprisePair]:
    """Every pair that is kept, by its records."""
    found = db.session.scalars(sa.select(EnterprisePair))
    return {(one.first_id, one.second_id): one for one in found}


def pair(pk: int) -> EnterprisePair:
    """A pair, or ``NotFound``."""
    found = db.session.get(EnterprisePair, pk)
    if found is None:
        raise NotFound(f"pair {pk}")
    return found


def locked_pair(pk: int) -> EnterprisePair:
    return by_key.locked(EnterprisePair, pk)


def pair_of(one: int, other: int) -> EnterprisePair | None:
    """The pair of two records, locked."""
    first, second = sorted((one, other))
    return db.session.scalar(
        sa.select(EnterprisePair)
        .where(EnterprisePair.first_id == first, EnterprisePair.second_id == second)
        .with_for_update()
    )


def both(found: EnterprisePair) -> tuple[Enterprise, Enterprise]:
    """The two records of a pair, in whatever state they are."""
    return any_state(found.first_id), any_state(found.second_id)


def any_state(enterprise_id: int) -> Enterprise:
    """A record in scope: alive, in the recycle bin, or merged into another."""
    found = db.session.scalar(sa.select(Enterprise).where(Enterprise.id == enterprise_id))
    if found is None:
        raise NotFound(f"enterprise {enterprise_id}")
    return found


def locked_any(ids: Collection[int]) -> dict[int, Enterprise]:
    """Records in scope by their keys, in whatever state, read again and locked."""
    query = (
        sa.select(Enterprise)
        .where(Enterprise.id.in_(sorted(ids)))
        .order_by(Enterprise.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {one.id: one for one in db.session.scalars(query)}


def open_pairs() -> int:
    """Pairs that wait for somebody's word, of records that are alive."""
    query = sa.select(sa.func.count()).select_from(EnterprisePair)
    first, second = aliased(Enterprise), aliased(Enterprise)
    query = query.join(first, first.id == EnterprisePair.first_id)
    query = query.join(second, second.id == EnterprisePair.second_id)
    alive = (first.deleted_at.is_(None), second.deleted_at.is_(None))
    return int(db.session.scalar(query.where(EnterprisePair.state == "open", *alive)) or 0)


def person_name(user_id: int | None) -> str:
    """Who did something; "" for a process."""
    return db.session.scalar(sa.select(FULL_NAME).where(User.id == user_id)) or ""


def park_name(park_id: int) -> str:
    return db.session.scalar(sa.select(Park.name).where(Park.id == park_id)) or ""


def last_scan() -> EnterpriseScan | None:
    return db.session.scalar(sa.select(EnterpriseScan).order_by(EnterpriseScan.id.desc()).limit(1))


def scan_running() -> Job | None:
    """The look that is asked for or under way, whoever asked."""
    under_way = (State.queued, State.running)
    query = sa.select(Job).where(Job.kind == SCAN, Job.state.in_(under_way))
    return db.session.scalar(query.order_by(Job.id.desc()).limit(1))


def certified(codes: Collection[str]) -> dict[str, Organisation]:
    """Credit code -> the company that 海易办, or the zone upon its licence, certified."""
    query = sa.select(Organisation).where(
        Organisation.uscc.in_(codes), Organisation.certified_at.is_not(None)
    )
    return {one.uscc: one for one in db.session.scalars(query)}


def all_figures(enterprise_id: int) -> dict[int, EnterpriseYear]:
    """Year -> figures of a record."""
    query = sa.select(EnterpriseYear).where(EnterpriseYear.enterprise_id == enterprise_id)
    return {one.year: one for one in db.session.scalars(query.order_by(EnterpriseYear.year))}


# -- what was merged -----------------------------------------------------------------------------
def stays(enterprise_id: int) -> Enterprise | None:
    """The record that a merged one ends in, over however many merges; ``None`` if it is in scope
    and not merged, ``NotFound`` beyond the scope."""
    found = any_state(enterprise_id)
    if found.merged_into is None:
        return None
    seen = {found.id}
    while found.merged_into is not None and found.merged_into not in seen:
        seen.add(found.merged_into)
        found = any_state(found.merged_into)
    return found


def codes_merged(park_id: int, codes: Sequence[str]) -> dict[str, Enterprise]:
    """Of these codes those of records that were merged -> the one that stayed."""
    query = sa.select(Enterprise.id, Enterprise.uscc).where(
        Enterprise.park_id == park_id,
        Enterprise.merged_into.is_not(None),
        one_of(Enterprise.uscc, codes),
    )
    kept = {uscc: stays(pk) for pk, uscc in db.session.execute(query).all()}
    return {uscc: one for uscc, one in kept.items() if one is not None}


def merge(pk: int, *, lock: bool = False) -> EnterpriseMerge:
    """A merge in scope, or ``NotFound``."""
    query = sa.select(EnterpriseMerge).where(EnterpriseMerge.id == pk)
    query = query.execution_options(populate_existing=True)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(f"merge {pk}")
    return found


def merge_of(gone_id: int) -> EnterpriseMerge | None:
    """The merge in force that took this record away."""
    return db.session.scalar(
        sa.select(EnterpriseMerge).where(
            EnterpriseMerge.gone_id == gone_id, EnterpriseMerge.undone_at.is_(None)
        )
    )


def outlived(before: datetime, most: int) -> list[EnterpriseMerge]:
    """Merges that still hold values and can no longer be undone: done before then, or undone."""
    over = sa.or_(EnterpriseMerge.merged_at < before, EnterpriseMerge.undone_at.is_not(None))
    query = sa.select(EnterpriseMerge).where(EnterpriseMerge.written != {}, over)
    query = query.order_by(EnterpriseMerge.id).limit(most).with_for_update()
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def linked_with(enterprise_id: int) -> list[Enterprise]:
    """Living records of other parks that the zone said are this enterprise; what was merged into
    this one brought its own along."""
    gone = sa.select(Enterprise.id).where(Enterprise.merged_into == enterprise_id)
    mine = {enterprise_id, *db.session.scalars(gone)}
    query = sa.select(EnterprisePair.first_id, EnterprisePair.second_id).where(
        EnterprisePair.state == "linked",
        sa.or_(EnterprisePair.first_id.in_(mine), EnterprisePair.second_id.in_(mine)),
    )
    theirs = {one for row in db.session.execute(query) for one in row} - mine
    kept = {key: stays(key) or any_state(key) for key in sorted(theirs)}
    found = {one.id: one for one in kept.values() if one.deleted_at is None}
    return list(found.values())
