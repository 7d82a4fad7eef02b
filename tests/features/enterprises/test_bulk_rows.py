"""Rows that go to the database past the ORM: what they store is what the ORM would have stored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.core.errors import NotFound
from app.extensions import db, rows
from app.extensions.rows import insert_rows, one_of
from app.features.enterprises import queries
from app.features.enterprises.models import Enterprise, EnterpriseCount
from app.features.enterprises.rules import BY_NAME, PLAIN, YEARLY
from app.features.enterprises.services import bulk
from app.features.enterprises.services.staged import natives_of, turned
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people

pytestmark = pytest.mark.usefixtures("context")

FULL = {
    "roles": "平台、卖家",
    "customs_modes": "9610、1239",
    "legal_representative": "王'小\\明",
    "company_type": "有限\t责任".replace("\t", " "),
    "registered_capital": "9999999999999.99",
    "established_on": "2001-02-03",
    "registered_address": "一行\n二行",
    "business_address": "NULL",
    "industry": "制造业",
    "customs_code": "46029A0123",
    "filed_on_platform": "否",
    "email": "a@example.com",
    "staff_count": "0",
    "annual_sales": "0.01",
    "annual_import": "0",
    "annual_export": "",
    "remark": "\\N",
}


def stored(serial: int) -> Enterprise:
    code = made.row(serial)["uscc"]
    return db.session.scalars(sa.select(Enterprise).where(Enterprise.uscc == code)).one()


def test_an_imported_row_equals_one_typed_by_hand(tmp_path):
    row = made.row(1, **FULL)
    import_id = made.planned("clerk1", "P01", made.csv_bytes([row]), tmp_path)
    made.applied("clerk1", import_id)
    values = {name: value for name, value in made.values(2).items() if name not in YEARLY}
    by_hand = made.add("P01", 2, **{**values, **typed(), "uscc": made.row(2)["uscc"]})
    mine = stored(1)
    for name in (*PLAIN, "park_id", "deleted_at", "version", "name_key"):
        if name not in {"uscc", "name", "name_key"}:
            assert getattr(mine, name) == getattr(by_hand, name), name
    assert mine.source == "import"
    assert mine.import_id == import_id
    assert mine.created_at.tzinfo is not None
    assert mine.created_by == people.actor("clerk1").user_id
    figures = queries.figures(mine.id, made.YEAR)
    assert (figures.staff_count, figures.annual_sales) == (0, Decimal("0.01"))
    assert (figures.annual_import, figures.annual_export) == (Decimal("0.00"), None)
    raw = sa.select(*(sa.type_coerce(getattr(Enterprise, name), sa.Text) for name in ("roles",)))
    assert db.session.scalar(raw.where(Enterprise.id == mine.id)) == "|平台|卖家|"


def typed() -> dict[str, object]:
    return {
        "roles": ("平台", "卖家"),
        "customs_modes": ("9610", "1239"),
        "legal_representative": "王'小\\明",
        "company_type": "有限 责任",
        "registered_capital": Decimal("9999999999999.99"),
        "established_on": date(2001, 2, 3),
        "registered_address": "一行\n二行",
        "business_address": "NULL",
        "industry": "制造业",
        "customs_code": "46029A0123",
        "filed_on_platform": False,
        "email": "a@example.com",
        "staff_count": 0,
        "remark": "\\N",
    }


def test_staged_rows_know_what_became_of_them(tmp_path):
    known = made.add("P01", 1)
    rows = [made.row(1, staff_count="7"), made.row(2), made.row(3), made.row(4, contact_phone="1")]
    import_id = made.planned("clerk1", "P01", made.csv_bytes(rows), tmp_path)
    with transaction():
        queries.plan_row(import_id, 4).ticked = False
    made.applied("clerk1", import_id, "good")
    db.session.expire_all()
    found = {row.number: row for row in queries.plan_rows(import_id, None, limit=9, offset=0)}
    assert [found[number].outcome for number in (2, 3, 4, 5)] == ["changed", "added", None, None]
    assert found[2].enterprise_id == known.id
    assert found[3].enterprise_id == stored(2).id
    assert found[4].enterprise_id is None


def test_a_wrong_row_is_staged_however_long_or_odd_its_cells_are(tmp_path):
    rows = [made.row(1, name="长" * 500, uscc="9" * 100), made.row(2, name="坏\x07名")]
    import_id = made.planned("clerk1", "P01", made.csv_bytes(rows), tmp_path)
    first, second = queries.plan_rows(import_id, "error", limit=9, offset=0)
    assert (len(first.name), len(first.uscc)) == (200, 64)
    assert first.raw["name"] == "长" * 500
    assert {error["column"] for error in second.errors} == {"name"}


def test_bulk_rows_of_another_park_are_refused(tmp_path):
    import_id = made.planned("clerk1", "P01", made.csv_bytes([made.row(1)]), tmp_path)
    found = queries.get_import(import_id)
    with made.acting("clerk2"):
        for act in (
            lambda: bulk.stage(found, []),
            lambda: bulk.mark_changed(found),
            lambda: bulk.write_new(people.actor("clerk2"), found, [], 1, {}),
        ):
            with pytest.raises(NotFound):
                act()


def test_a_broken_constraint_is_what_sqlalchemy_makes_of_it():
    names = ("park_id", "status", "number")
    park_id = people.park("P01").id
    with pytest.raises(IntegrityError), db.session.begin_nested():
        insert_rows(EnterpriseCount.__table__, names, [(park_id, "在园", 1), (park_id, "在园", 2)])
    insert_rows(EnterpriseCount.__table__, names, [])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EnterpriseCount)) == 0


def native(name, value):
    return natives_of((name,))({name: value})[0]


def test_every_column_of_the_register_has_its_way_into_the_database():
    assert native("annual_sales", "360.50") == 36050
    assert native("registered_capital", "-0.01") == -1
    assert native("annual_sales", "7") == 700
    with pytest.raises(ValueError, match=r"0\.005"):
        native("annual_sales", "0.005")
    with pytest.raises(ValueError, match="day"):
        native("settled_on", "2023-02-30")
    assert native("roles", []) is None
    assert natives_of(tuple(BY_NAME))({}) == [None] * len(BY_NAME)


def test_one_of_many_texts_is_asked_for_with_one_parameter(context):
    kept = made.add("P01", 1).uscc
    made.add("P01", 2)
    many = ["x'\"\\", *map(str, range(40_000)), kept]
    for codes, found in (([], []), ([kept], [kept]), (many, [kept])):
        query = sa.select(Enterprise.uscc).where(one_of(Enterprise.uscc, codes))
        assert db.session.scalars(query).all() == found


def test_what_is_stored_has_one_wire_form():
    names = ("name", "registered_capital", "settled_on", "uscc", "roles")
    (_, amount), (_, day), (_, words) = turned(names)
    assert [place for place, _turn in turned(names)] == [1, 2, 4]
    assert [amount(units) for units in (None, 0, 5, 36050, -1)] == [
        None, "0.00", "0.05", "360.50", "-0.01",
    ]  # fmt: skip
    assert [day(one) for one in (None, "2024-05-01", date(2024, 5, 1))] == [
        None, "2024-05-01", "2024-05-01",
    ]  # fmt: skip
    assert [words(text) for text in (None, "", "|平台|卖家|")] == [None, None, ["平台", "卖家"]]


def test_the_database_is_told_what_a_large_import_wrote(tmp_path, monkeypatch):
    """Without it PostgreSQL plans the next import as if the tables were empty."""
    told: list[str] = []
    real = bulk.refresh_statistics
    monkeypatch.setattr(
        bulk,
        "refresh_statistics",
        lambda *tables: (real(*tables), told.extend(table.name for table in tables)),
    )
    monkeypatch.setattr(bulk, "MANY", 3)
    few = made.planned("clerk1", "P01", made.csv_bytes([made.row(1)]), tmp_path)
    made.applied("clerk1", few)
    assert told == []
    lines = [made.row(number) for number in range(2, 5)]
    many = made.planned("clerk1", "P01", made.csv_bytes(lines), tmp_path)
    assert told == ["import_row"]
    made.applied("clerk1", many)
    assert told == ["import_row", "enterprise", "enterprise_year"]
    if db.session.get_bind().dialect.name == "postgresql":
        known = sa.text("SELECT reltuples FROM pg_class WHERE relname = 'enterprise'")
        assert db.session.scalar(known) >= 4


def test_a_refused_bulk_row_tells_no_values(tmp_path):
    """COPY does not go through the engine's hook for errors."""
    names = ("import_id", "park_id", "number", "kind", "name")
    with pytest.raises(sa.exc.DBAPIError) as refused, transaction():
        insert_rows(bulk.ROW, names, [(1, people.park("P01").id, 2, "nonsense", "秘密名称")])
    assert "秘密名称" not in f"{refused.value} {refused.value.orig} {refused.value.__cause__}"


def test_the_database_is_told_only_when_the_write_is_committed(monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(rows, "_analyze", lambda *tables: told.extend(t.name for t in tables))
    with transaction():
        bulk.written(bulk.MANY)
        assert told == []
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    assert told == (["enterprise", "enterprise_year"] if on_postgresql else [])


def test_a_changed_row_finds_room_beside_the_one_before():
    """On PostgreSQL the pages of what is changed in bulk are not filled (ADR 24); SQLite has no such thing."""
    found = {}
    if db.session.get_bind().dialect.name == "postgresql":
        query = "SELECT relname, reloptions FROM pg_class WHERE relkind = 'r' AND reloptions IS NOT NULL"
        found = dict(db.session.execute(sa.text(query)).tuples().all())
    declared = {
        table.name: [f"fillfactor={options['fillfactor']}"]
        for table in db.metadata.tables.values()
        if (options := table.kwargs.get("postgresql_with"))
    }
    assert set(declared) == {"enterprise", "enterprise_year"}
    assert found == (declared if found else {})
    assert bool(found) == (db.session.get_bind().dialect.name == "postgresql")
