"""Bulk writes of the register: the only module with Core DML (tests/house), with its own check
that every row belongs to a park in scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock, scope
from app.core.actor import Actor
from app.core.errors import NotFound
from app.extensions import db
from app.features.enterprises.models import (
    Enterprise,
    EnterpriseImport,
    EnterpriseYear,
    ImportRow,
)
from app.features.enterprises.rules import YEARLY, name_key
from app.features.enterprises.services.staged import revived

ENTERPRISE = Enterprise.__table__
YEAR = EnterpriseYear.__table__
ROW = ImportRow.__table__


def require_scope(park_id: int) -> None:
    """Refuse a bulk write on a park that this unit of work may not touch."""
    if not scope.current().allows(park_id):
        raise NotFound(f"park {park_id} outside the scope")


def stage(found: EnterpriseImport, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert staged rows of an import."""
    require_scope(found.park_id)
    if rows:
        db.session.execute(
            sa.insert(ROW),
            [{**row, "import_id": found.id, "park_id": found.park_id} for row in rows],
        )


def drop_rows(found: EnterpriseImport) -> None:
    """Forget the staged rows of an import that was not applied."""
    require_scope(found.park_id)
    db.session.execute(sa.delete(ROW).where(ROW.c.import_id == found.id))


def tick(found: EnterpriseImport, numbers: Sequence[int] | None, *, on: bool) -> None:
    """Tick or untick rows of a plan; ``None`` = all that can be."""
    require_scope(found.park_id)
    query = sa.update(ROW).where(ROW.c.import_id == found.id, ROW.c.kind.in_(("new", "changed")))
    if numbers is not None:
        query = query.where(ROW.c.number.in_(numbers))
    db.session.execute(query.values(ticked=on))


def write_new(actor: Actor, found: EnterpriseImport, rows: Sequence[Any], first_id: int) -> None:
    """Insert new enterprises with the ids ``first_id``, ``first_id`` + 1, ..., and their figures."""
    require_scope(found.park_id)
    if not rows:
        return
    moment = clock.now()
    common = {
        "park_id": found.park_id,
        "source": "import",
        "import_id": found.id,
        "version": 1,
        "created_at": moment,
        "updated_at": moment,
        "created_by": actor.user_id,
        "updated_by": actor.user_id,
    }
    records, figures, marks = [], [], []
    for offset, row in enumerate(rows):
        values = revived(row.new or {})
        yearly = {name: values.pop(name) for name in YEARLY if name in values}
        values["status"] = values.get("status") or "在园"
        key = first_id + offset
        records.append({**common, **values, "id": key, "name_key": name_key(values["name"])})
        if any(value is not None for value in yearly.values()):
            figures.append({"enterprise_id": key, **yearly})
        marks.append({"b_id": row.id, "enterprise_id": key, "outcome": "added"})
    db.session.execute(sa.insert(ENTERPRISE), records)
    _upsert_figures(found, figures)
    _mark(marks)


def write_changed(actor: Actor, found: EnterpriseImport, rows: Sequence[Any]) -> None:
    """Update known enterprises: only the columns that differ, one statement per set of them."""
    require_scope(found.park_id)
    _update(actor, found, [(row, revived(row.new or {}, (row.old or {}).keys())) for row in rows])
    _mark(
        {"b_id": row.id, "enterprise_id": row.enterprise_id, "outcome": "changed"} for row in rows
    )


def write_back(actor: Actor, found: EnterpriseImport, rows: Sequence[Any]) -> None:
    """Give changed enterprises their old values again (undo)."""
    require_scope(found.park_id)
    _update(actor, found, [(row, revived(row.old or {})) for row in rows])


def remove_added(found: EnterpriseImport, ids: Sequence[int]) -> None:
    """Take away enterprises that an import made and nobody touched since (undo)."""
    require_scope(found.park_id)
    for chunk in _chunks(ids):
        mine = sa.and_(ENTERPRISE.c.id.in_(chunk), ENTERPRISE.c.park_id == found.park_id)
        db.session.execute(
            sa.delete(YEAR).where(YEAR.c.enterprise_id.in_(chunk), YEAR.c.park_id == found.park_id)
        )
        db.session.execute(sa.delete(ENTERPRISE).where(mine))


def set_outcomes(rows: Sequence[Any], outcome: str) -> None:
    """Note what became of rows (after undo)."""
    _mark({"b_id": row.id, "enterprise_id": row.enterprise_id, "outcome": outcome} for row in rows)


def reserve_ids(number: int) -> int:
    """The first of ``number`` free enterprise ids, ours until the transaction ends."""
    if db.session.get_bind().dialect.name == "postgresql":
        query = sa.text(
            "SELECT nextval(pg_get_serial_sequence('enterprise', 'id')) FROM generate_series(1, :n)"
        )
        ids = [int(found) for found in db.session.scalars(query, {"n": number})]
        if ids[-1] - ids[0] == number - 1:
            return ids[0]
        # Somebody else drew in between: take a fresh run beyond all of them.
        jump = sa.text("SELECT setval(pg_get_serial_sequence('enterprise', 'id'), :last)")
        first = ids[-1] + 1_000
        db.session.execute(jump, {"last": first + number})
        return first
    taken = db.session.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'enterprise'"))
    return int(taken or 0) + 1


def _update(
    actor: Actor, found: EnterpriseImport, changes: Iterable[tuple[Any, dict[str, Any]]]
) -> None:
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    figures: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row, values in changes:
        yearly = {name: values.pop(name) for name in YEARLY if name in values}
        if yearly:
            figures[tuple(sorted(yearly))].append({"enterprise_id": row.enterprise_id, **yearly})
        if "name" in values:
            values["name_key"] = name_key(values["name"])
        if "status" in values:
            values["status"] = values["status"] or "在园"
        renamed = {f"v_{name}": value for name, value in values.items()}
        groups[tuple(sorted(values))].append({"b_id": row.enterprise_id, **renamed})
    moment = clock.now()
    for names, records in groups.items():
        query = (
            sa.update(ENTERPRISE)
            .where(ENTERPRISE.c.id == sa.bindparam("b_id"), ENTERPRISE.c.park_id == found.park_id)
            .values(
                version=ENTERPRISE.c.version + 1,
                updated_at=moment,
                updated_by=actor.user_id,
                **{
                    name: sa.bindparam(f"v_{name}", type_=ENTERPRISE.c[name].type) for name in names
                },
            )
        )
        db.session.connection().execute(query, records)
    for batch in figures.values():
        _upsert_figures(found, batch)


def _upsert_figures(found: EnterpriseImport, figures: Sequence[dict[str, Any]]) -> None:
    if not figures:
        return
    dialect = db.session.get_bind().dialect.name
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(YEAR)
    names = [name for name in figures[0] if name != "enterprise_id"]
    query = insert.on_conflict_do_update(
        index_elements=["enterprise_id", "year"],
        set_={name: insert.excluded[name] for name in names},
    )
    common = {"park_id": found.park_id, "year": found.year}
    db.session.execute(query, [{**common, **row} for row in figures])


def _mark(marks: Iterable[dict[str, Any]]) -> None:
    rows = list(marks)
    if rows:
        query = (
            sa.update(ROW)
            .where(ROW.c.id == sa.bindparam("b_id"))
            .values(enterprise_id=sa.bindparam("enterprise_id"), outcome=sa.bindparam("outcome"))
        )
        db.session.connection().execute(query, rows)


def _chunks(ids: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
