"""The search box finds by its index what reading every row finds, whoever wrote the row."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import clock, scope
from app.extensions import db
from app.features.enterprises import queries, services
from app.features.enterprises.models import Enterprise
from app.features.enterprises.queries import search
from app.features.enterprises.rules import name_key, search_text
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people

pytestmark = pytest.mark.usefixtures("context")

SIGNS = "海口三亚贸易（）·ＡaB1|é 𠮷"


def found(text: str, *, contacts: bool = True) -> set[int]:
    """As the list asks."""
    query = sa.select(Enterprise.id).where(queries.matches(text, contacts=contacts))
    with scope.unscoped():
        return set(db.session.scalars(query))


def read(text: str, *, contacts: bool = True) -> set[int]:
    """Every row looked at: signs are looked for in the name, Latin letters in its pinyin as well."""
    wanted, raw = search_text(text), text.strip().lower()
    query = sa.select(Enterprise.id, Enterprise.name_key, Enterprise.contact_name, Enterprise.uscc)
    with scope.unscoped():
        rows = db.session.execute(query).all()
    return {
        row.id
        for row in rows
        if not wanted
        or wanted in (row.name_key if wanted.isascii() else row.name_key.split("|", 2)[2])
        or (contacts and raw in row.contact_name.lower())
        or (wanted.isascii() and wanted.isalnum() and row.uscc.startswith(wanted.upper()))
    }


def counted(text: str, most: int) -> int | None:
    with scope.unscoped():
        return search.number_of(text, contacts=True, most=most)


def looked_at() -> bool:
    """The server's statistics, as they are after a bulk write; whether it is PostgreSQL."""
    postgresql = db.session.get_bind().dialect.name == "postgresql"
    if postgresql:
        db.session.execute(sa.text("ANALYZE enterprise"))
    return postgresql


def test_many_are_counted_without_reading_and_never_more_than_there_surely_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SQLite's index counts; PostgreSQL's statistics say "at least", or nothing."""
    with scope.unscoped():
        ids = [made.add("P01", n, name=f"三亚椰岛{n:03d}号有限公司").id for n in range(1, 61)]
    postgresql = looked_at()
    assert counted("椰岛", 11) == 11
    assert counted("椰岛", 50) == (None if postgresql else 50), "a fifth less is sure"
    assert counted("椰岛", 10_001) == (None if postgresql else 60)
    assert counted("亚椰岛", 11) == (None if postgresql else 11), "two pairs: nobody knows"
    assert counted("yedao", 11) is None
    with monkeypatch.context() as while_others_write:
        forty = sa.text("SELECT 60, 40, 0")  # they are of other sessions: the server tells of those
        while_others_write.setattr(search, "_FRESHNESS", forty)
        assert counted("椰岛", 11) == (None if postgresql else 11)
    with scope.unscoped(), transaction():
        gone = {"deleted_at": clock.now(), "delete_reason": "关了"}
        db.session.execute(sa.update(Enterprise).where(Enterprise.id.in_(ids[:55])).values(gone))
    looked_at()
    assert counted("椰岛", 11) == (None if postgresql else 5)


def test_two_signs_of_a_name_or_a_contact(context: object) -> None:
    with scope.unscoped():
        one = made.add("P01", 1, name="三亚椰岛跨境电商有限公司", contact_name="欧阳海").id
        two = made.add("P02", 2, name="海口欧阳供应链（海南）有限公司", contact_name="王小明").id
    assert found("椰岛") == {one}
    assert found("岛跨境电商有") == {one}
    assert found("欧阳") == {one, two}
    assert found("欧阳", contacts=False) == {two}
    assert found("链（海") == found("链(海") == {two}
    assert found("境电岛") == set()  # its pairs, but not in this order
    assert found("海") == {one, two}
    assert found("椰") == {one}
    assert found("司") == {one, two}  # the last sign
    assert found("oygyl") == {two}  # initials
    assert found("%%") == found("__") == found("' OR 1=1") == set()


def test_whoever_writes_the_row_the_index_follows(tmp_path) -> None:
    file = made.csv_bytes([made.row(5, name="文昌航天导入有限公司")])
    import_id = made.planned("clerk1", "P01", file, tmp_path)
    made.applied("clerk1", import_id)
    (imported,) = found("航天导")
    with scope.unscoped():
        typed = made.add("P01", 6, name="万宁手填有限公司", contact_name="符手填").id
        assert found("手填") == {typed}
        with transaction():
            item = queries.locked(typed)
            item.name, item.name_key = "儋州改名有限公司", name_key("儋州改名有限公司")
        assert found("万宁") == set()
        assert found("改名") == {typed}
        assert found("符手填") == {typed}
        with transaction():
            queries.locked(typed).contact_name = "吉人"
        assert found("符手") == set()
        assert found("吉人") == {typed}
    # past the ORM
    change = sa.update(Enterprise.__table__).where(Enterprise.id == typed)
    db.session.execute(change.values(name_key=name_key("陵水直写有限公司")))
    assert found("直写") == {typed}
    db.session.execute(sa.delete(Enterprise.__table__).where(Enterprise.id == typed))
    assert found("直写") == set()
    made.undone("clerk1", import_id)
    assert imported not in found("航天导")


def test_a_common_word_is_read_and_finds_the_same(context, monkeypatch) -> None:
    with scope.unscoped():
        keys = {made.add("P01", n, name=f"琼海常见{n}有限公司").id for n in range(1, 4)}
    assert found("常见") == keys
    monkeypatch.setattr(search, "COMMON", 1)
    assert found("常见") == keys


def test_a_search_over_all_parks_is_counted_in_the_index(as_: Any) -> None:
    """Without the records in the bin; beside another filter, and for a park, they are looked at."""
    for n in range(1, 5):
        made.add("P01" if n < 4 else "P02", n, name=f"琼海点数{n}号有限公司")
    with scope.unscoped(), transaction():
        gone = queries.alive_with_code(people.park("P01").id, made.row(1)["uscc"])
        services.discard(people.actor("operator"), gone.id, reason="@one", now=clock.now())
    if db.session.get_bind().dialect.name == "sqlite":
        assert queries.number_of("点数", contacts=True, most=100) == 3
        assert queries.number_of("点数", contacts=True, most=2) == 2
    for who, query, number in (
        ("operator", "q=点数", 3),
        ("operator", "q=点数&status=迁出", 0),
        ("park1", "q=点数", 2),
        ("park2", "q=点数", 1),
    ):
        page = as_(who).page(f"/desk/enterprises/list/?{query}")
        assert f"已筛选 {number} 家" in page, (who, query)
    bin_page = as_("operator").page("/desk/bin/list/?kind=enterprise&q=点数")
    assert "琼海点数1号有限公司" in bin_page
    assert "琼海点数2号有限公司" not in bin_page


def test_the_index_is_used(context) -> None:
    """A rare word reads no row that does not hold it."""
    query = sa.select(Enterprise.id).where(queries.matches("椰岛"))
    with scope.unscoped():
        if db.session.get_bind().dialect.name == "postgresql":
            db.session.execute(sa.text("SET LOCAL enable_seqscan = off"))
            db.session.execute(sa.text("SET LOCAL enable_indexscan = off"))
        connection = db.session.connection()
        text = query.compile(connection, compile_kwargs={"literal_binds": True})
        how = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        told = connection.exec_driver_sql(f"{how} {text}")
        plan = "\n".join(str(row) for row in told)
    assert "search_enterprise" in plan, plan
    assert "SCAN enterprise" not in plan


def test_index_and_reading_agree(context: object) -> None:
    """Five rows with other names in each example."""
    with scope.unscoped():
        keys = [made.add("P01", n).id for n in range(1, 6)]

    @settings(max_examples=25, deadline=None, database=None)
    @given(
        names=st.lists(st.text(SIGNS, min_size=2, max_size=30), min_size=5, max_size=5),
        at=st.integers(0, 28),
        length=st.integers(1, 6),
    )
    def agree(names: list[str], at: int, length: int) -> None:
        for key, name in zip(keys, names, strict=True):
            change = sa.update(Enterprise.__table__).where(Enterprise.id == key)
            values = {"name_key": name_key(name), "contact_name": name[:20]}
            db.session.execute(change.values(values))
        for text in (names[0][at : at + length], names[-1][:length], "海口", "亚贸"):
            for contacts in (True, False):
                hits = found(text, contacts=contacts)
                assert hits == read(text, contacts=contacts), text
                number = queries.number_of(text, contacts=contacts, most=100)
                assert number in (None, len(hits)), text

    agree()
