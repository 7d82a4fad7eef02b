"""Bulk writes of the register: the only module with Core DML (tests/house), with its own check
that every row belongs to a park in scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.attributes import set_committed_value

from app.core import clock, scope
from app.core.actor import Actor
from app.core.errors import NotFound
from app.extensions import db
from app.extensions.rows import Given, insert_rows, native, refresh_statistics
from app.features.enterprises.models import (
    Enterprise,
    EnterpriseImport,
    EnterpriseYear,
    ImportRow,
)
from app.features.enterprises.rules import DEFAULT_STATUS, PLAIN, YEARLY, name_key
from app.features.enterprises.rules.origins import (
    NOTHING,
    NOTHING_YEARLY,
    Origin,
    relettered,
)
from app.features.enterprises.rules.sameness import same_key
from app.features.enterprises.services.comparing import ONE_BY_ONE
from app.features.enterprises.services.letters import Imported, Lettered, grouped, marked
from app.features.enterprises.services.search_index import added_together
from app.features.enterprises.services.staged import natives_of, revived, text_of, values_of

ENTERPRISE = Enterprise.__table__
YEAR = EnterpriseYear.__table__
ROW = ImportRow.__table__
STAGED = ("number", "kind", "uscc", "name", "enterprise_id", "base_version", "ticked", "origins")
Proven = Mapping[str, Mapping[str, Origin]]
MANY = 1_000  # rows: what changes how a table is best read
STAGED_JSON = ("new", "old", "raw", "errors", "warnings")


def require_scope(park_id: int) -> None:
    """Refuse a bulk write on a park that this unit of work may not touch."""
    if not scope.current().allows(park_id):
        raise NotFound(f"park {park_id} outside the scope")


def stage(found: EnterpriseImport, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert staged rows of an import."""
    require_scope(found.park_id)
    names = (*STAGED, *STAGED_JSON)
    given = (
        (
            found.id,
            found.park_id,
            *(row[name] for name in STAGED),
            *(None if row[name] is None else text_of(row[name]) for name in STAGED_JSON),
        )
        for row in rows
    )
    insert_rows(ROW, ("import_id", "park_id", *names), given)


def staged(rows: int) -> None:
    """After the last row of a plan."""
    if rows >= MANY:
        refresh_statistics(ROW)


def written(rows: int) -> None:
    """After the last row of an import."""
    if rows >= MANY:
        refresh_statistics(ENTERPRISE, YEAR)


def drop_rows(found: EnterpriseImport) -> None:
    """Forget the staged rows of an import that was not applied."""
    require_scope(found.park_id)
    db.session.execute(sa.delete(ROW).where(ROW.c.import_id == found.id))


def restage(found: EnterpriseImport, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Staged rows as they were compared once more: (the row's id, the row)."""
    require_scope(found.park_id)
    if not rows:
        return
    plain = STAGED[1:]  # the number stays
    columns = {"b_id": ROW.c.id, **{f"v_{name}": ROW.c[name] for name in plain}}
    columns |= {f"v_{name}": sa.column(name, sa.Text) for name in STAGED_JSON}
    records = [
        {
            "b_id": key,
            **{f"v_{name}": row[name] for name in plain},
            **{f"v_{n}": None if row[n] is None else text_of(row[n]) for n in STAGED_JSON},
        }
        for key, row in rows
    ]
    given = Given(columns)
    query = sa.update(ROW).where(ROW.c.id == given["b_id"], ROW.c.import_id == found.id)
    values = {name: given[f"v_{name}"] for name in (*plain, *STAGED_JSON)}
    _require(given.execute(query.values(values), records), len(records))


def tick(found: EnterpriseImport, numbers: Sequence[int] | None, *, on: bool) -> None:
    """Tick or untick rows of a plan; ``None`` = all that can be, but for those that would undo
    what somebody did since the template was saved: these are ticked one by one."""
    require_scope(found.park_id)
    query = sa.update(ROW).where(ROW.c.import_id == found.id, ROW.c.kind.in_(("new", "changed")))
    if numbers is not None:
        query = query.where(ROW.c.number.in_(numbers))
    elif on:
        said = sa.func.coalesce(sa.type_coerce(ROW.c.warnings, sa.Text), "")
        query = query.where(sa.not_(sa.or_(*(said.contains(code) for code in ONE_BY_ONE))))
    db.session.execute(query.values(ticked=on))


class ChangedUnderneathError(RuntimeError):
    """A bulk write met fewer records than were checked: rolled back whole, a bug."""


def write_new(
    actor: Actor, found: EnterpriseImport, rows: Sequence[Any], ids: Iterator[int], proven: Proven
) -> None:
    """Insert new enterprises with the next of ``ids``, and their figures; ``proven``: code ->
    columns that are certified. The records are made while the server takes those before them."""
    require_scope(found.park_id)
    if not rows:
        return
    common = _common(actor, found)
    letters, of_year = Imported(PLAIN), Imported(YEARLY)
    plain, figures_of = natives_of(PLAIN), natives_of(YEARLY)
    stamps, contact = tuple(common.values()), PLAIN.index("contact_name")
    figures, written_as, found_by = [], [], []

    def records() -> Iterator[Sequence[Any]]:
        for row in rows:
            key = next(ids)
            written_as.append((row.id, key))
            values = values_of(row.new)
            values["status"] = values.get("status") or DEFAULT_STATUS
            cells = plain(values)
            name = values["name"]
            by_name = name_key(name)
            found_by.append((key, by_name, cells[contact]))
            yearly = figures_of(values)
            if any(value is not None for value in yearly):
                signs = of_year.of(yearly, None)
                figures.append((key, found.park_id, found.year, signs, *yearly))
            signs = letters.of(cells, proven.get(row.uscc))
            yield (key, *stamps, by_name, same_key(name), signs, *cells)

    names = ("id", *common, "name_key", "same_key", "origins", *PLAIN)
    with added_together(found_by):
        insert_rows(ENTERPRISE, names, records())
    insert_rows(YEAR, ("enterprise_id", "park_id", "year", "origins", *YEARLY), figures)
    _mark(written_as, "added")


def _common(actor: Actor, found: EnterpriseImport) -> dict[str, Any]:
    """What all new records of an import share, as the database stores it."""
    moment = clock.now()
    values = {
        "park_id": found.park_id,
        "source": "import",
        "import_id": found.id,
        "version": 1,
        "created_at": moment,
        "updated_at": moment,
        "created_by": actor.user_id,
        "updated_by": actor.user_id,
    }
    return {name: native(ENTERPRISE.c[name], value) for name, value in values.items()}


def mark_changed(found: EnterpriseImport) -> None:
    """Note on the ticked rows of known enterprises that they were written."""
    require_scope(found.park_id)
    changed = sa.update(ROW).where(
        ROW.c.import_id == found.id, ROW.c.ticked, ROW.c.kind == "changed"
    )
    db.session.execute(changed.values(outcome="changed"))


def write_changed(
    actor: Actor, found: EnterpriseImport, rows: Sequence[Any], proven: Proven
) -> None:
    """Update known enterprises: only the columns that differ, one statement per set of them."""
    require_scope(found.park_id)
    changes = ((row, values_of(row.new), values_of(row.old)) for row in rows)
    written_as = [(row, revived(new, old)) for row, new, old in changes]
    _update(actor, found, written_as, since=0, proven=proven)


def write_back(actor: Actor, found: EnterpriseImport, rows: Sequence[Any]) -> None:
    """Give changed enterprises their old values again (undo)."""
    require_scope(found.park_id)
    _update(actor, found, [(row, revived(values_of(row.old))) for row in rows], since=1)


def write_same(actor: Actor, items: Sequence[Enterprise], values: Mapping[str, Any]) -> None:
    """The same values into living records that are locked, as one statement."""
    for park_id in {item.park_id for item in items}:
        require_scope(park_id)
    if not items:
        return
    stamp = {**values, "updated_at": clock.now(), "updated_by": actor.user_id}
    typed = [(name, Origin.typed) for name in values if name in PLAIN]
    letters = marked(ENTERPRISE.c.origins, typed, len(NOTHING)) if typed else ENTERPRISE.c.origins
    mine = sa.and_(
        ENTERPRISE.c.id.in_([item.id for item in items]), ENTERPRISE.c.deleted_at.is_(None)
    )
    query = sa.update(ENTERPRISE).where(mine)
    result = db.session.execute(
        query.values(version=ENTERPRISE.c.version + 1, origins=letters, **stamp)
    )
    _require(result, len(items))
    names = [name for name, _letter in typed]
    for item in items:  # what the session holds is what is stored
        kept = {
            "version": item.version + 1,
            "origins": relettered(item.origins, names, Origin.typed),
        }
        for name, value in {**stamp, **kept}.items():
            set_committed_value(item, name, value)


def remove_added(found: EnterpriseImport, rows: Sequence[Any]) -> None:
    """Take away enterprises that an import made and nobody touched since (undo)."""
    require_scope(found.park_id)
    for chunk in _chunks([row.enterprise_id for row in rows]):
        mine = sa.and_(
            ENTERPRISE.c.id.in_(chunk), ENTERPRISE.c.park_id == found.park_id, _as_checked(1)
        )
        db.session.execute(
            sa.delete(YEAR).where(YEAR.c.enterprise_id.in_(chunk), YEAR.c.park_id == found.park_id)
        )
        _require(db.session.execute(sa.delete(ENTERPRISE).where(mine)), len(chunk))


def _as_checked(version: Any) -> Any:
    return sa.and_(ENTERPRISE.c.version == version, ENTERPRISE.c.deleted_at.is_(None))


def _require(result: Any, number: int) -> None:
    """Every record that was checked was written: what is checked under the park's lock stays so."""
    if result.rowcount != number:
        msg = f"{result.rowcount} of {number} records written"
        raise ChangedUnderneathError(msg)


def set_outcomes(rows: Sequence[Any], outcome: str) -> None:
    """Note what became of rows (after undo)."""
    _mark([(row.id, row.enterprise_id) for row in rows], outcome)


def reserve_ids(number: int) -> Sequence[int]:
    """``number`` free enterprise ids in ascending order, ours until the transaction ends."""
    if not number:
        return ()
    if db.session.get_bind().dialect.name == "postgresql":
        query = sa.text(
            "SELECT nextval(pg_get_serial_sequence('enterprise', 'id')) FROM generate_series(1, :n)"
        )
        return sorted(int(found) for found in db.session.scalars(query, {"n": number}))
    taken = db.session.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'enterprise'"))
    first = int(taken or 0) + 1
    return range(first, first + number)


def _update(
    actor: Actor,
    found: EnterpriseImport,
    changes: Iterable[tuple[Any, dict[str, Any]]],
    *,
    since: int,
    proven: Proven | None = None,
) -> None:
    """``since``: how many versions after the plan's own the records are now. ``proven``: code ->
    columns that are certified; ``None`` = undoing: values come from where they came from before."""
    source = Origin.unknown if proven is None else Origin.imported
    groups, figures = grouped(changes, since, source, proven or {})
    stamp = {"updated_at": clock.now(), "updated_by": actor.user_id}
    for lettered, records in groups.items():
        names = [name.removeprefix("v_") for name in records[0] if name.startswith("v_")]
        columns = {"b_id": ENTERPRISE.c.id, "b_version": ENTERPRISE.c.version}
        columns |= {"b_origins": ENTERPRISE.c.origins}
        given = Given(columns | {f"v_{name}": ENTERPRISE.c[name] for name in names})
        letters = marked(ENTERPRISE.c.origins, lettered, len(NOTHING)) if lettered else None
        if proven is None:
            letters = sa.func.coalesce(given["b_origins"], letters)
        query = (
            sa.update(ENTERPRISE)
            .where(
                ENTERPRISE.c.id == given["b_id"],
                ENTERPRISE.c.park_id == found.park_id,
                _as_checked(given["b_version"]),
            )
            .values(
                version=ENTERPRISE.c.version + 1,
                **stamp,
                **({} if letters is None else {"origins": letters}),
                **{name: given[f"v_{name}"] for name in names},
            )
        )
        _require(given.execute(query, records), len(records))
    for lettered, batch in figures.items():
        _upsert_figures(found, batch, () if proven is None else lettered)


def _upsert_figures(
    found: EnterpriseImport, figures: Sequence[dict[str, Any]], lettered: Lettered
) -> None:
    """``lettered``: what is written and from where; empty = each record brings its letters."""
    if not figures:
        return
    dialect = db.session.get_bind().dialect.name
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(YEAR)
    names = [name for name in figures[0] if name not in {"enterprise_id", "origins"}]
    query = insert.on_conflict_do_update(
        index_elements=["enterprise_id", "year"],
        set_={
            **{name: insert.excluded[name] for name in names},
            "origins": marked(YEAR.c.origins, lettered, len(NOTHING_YEARLY))
            if lettered
            else insert.excluded.origins,
        },
    )
    common: dict[str, Any] = {"park_id": found.park_id, "year": found.year}
    if lettered:
        wanted = [name for name, _letter in lettered]
        common["origins"] = relettered(NOTHING_YEARLY, wanted, Origin.imported)
    # Not under the columns' own names: SQLAlchemy would take those for itself.
    records = [{f"v_{name}": value for name, value in {**row, **common}.items()} for row in figures]
    given = Given({name: YEAR.c[name.removeprefix("v_")] for name in records[0]})
    given.execute(given.as_rows_of(query), records)


def _mark(pairs: Sequence[tuple[int, int]], outcome: str) -> None:
    """Note the outcome and the enterprise on rows: (row's id, enterprise's id).

    By the rows' own keys: joined over the credit code, PostgreSQL, which knows nothing yet of rows
    that this very transaction wrote, compared every row with every enterprise.
    """
    if not pairs:
        return
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        rows, ids = zip(*pairs, strict=True)
        given = {"rows": list(rows), "ids": list(ids), "b_outcome": outcome}
        connection.execute(_mark_many(), given)
        return
    mark = "UPDATE import_row SET enterprise_id = ?, outcome = ? WHERE id = ?"
    connection.exec_driver_sql(mark, [(key, outcome, row) for row, key in pairs])


def _mark_many() -> Any:
    """PostgreSQL: all pairs in one statement."""
    keys = postgresql.ARRAY(sa.BigInteger)
    given = (
        sa.func.unnest(sa.bindparam("rows", type_=keys), sa.bindparam("ids", type_=keys))
        .table_valued(sa.column("row_id", sa.BigInteger), sa.column("key", sa.BigInteger))
        .render_derived("given")
    )
    query = sa.update(ROW).where(ROW.c.id == given.c.row_id)
    return query.values(enterprise_id=given.c.key, outcome=sa.bindparam("b_outcome"))


def _chunks(ids: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
