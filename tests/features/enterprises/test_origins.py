"""数据来源 per field: every way in which a value comes to stand in the register says where from."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.extensions import db
from app.features.enterprises import queries, services
from app.features.enterprises.models import Enterprise, EnterpriseYear
from app.features.enterprises.rules import PLAIN, YEARLY
from app.features.enterprises.rules.origins import (
    NOTHING,
    NOTHING_YEARLY,
    Origin,
    fresh,
    origin,
    relettered,
)
from app.features.enterprises.services import several
from app.features.enterprises.services.letters import marked
from app.features.settlements import services as settlements
from app.transaction import transaction
from tests.features.parks.certified import certify, code
from tests.support import duplicates as same
from tests.support import enterprises as made
from tests.support import people
from tests.support.settlements import made as asked

pytestmark = pytest.mark.usefixtures("context")
APP = Path(__file__).parents[3] / "app"


def stored(uscc: str, park: str = "P01") -> Enterprise:
    db.session.expire_all()
    query = sa.select(Enterprise).where(
        Enterprise.uscc == uscc, Enterprise.park_id == people.park(park).id
    )
    return db.session.scalars(query).one()


def letters(item: Enterprise) -> dict[str, str]:
    """Column -> letter, of the record and of the year of the tests."""
    year = queries.figures(item.id, made.YEAR)
    of_year = year.origins if year else NOTHING_YEARLY
    return {
        **dict(zip(PLAIN, item.origins, strict=True)),
        **dict(zip(YEARLY, of_year, strict=True)),
    }


def filled(item: Enterprise) -> set[str]:
    year = queries.figures(item.id, made.YEAR)
    values = {name: getattr(item, name) for name in PLAIN}
    values |= {name: getattr(year, name) if year else None for name in YEARLY}
    return {name for name, value in values.items() if value not in (None, "", ())}


def imported(tmp_path: Any, *rows: dict[str, str], by: str = "clerk1") -> int:
    import_id = made.planned(by, "P01", made.csv_bytes(list(rows)), tmp_path)
    made.applied(by, import_id)
    return import_id


# -- each writer: what it does to the record of serial 1, and the letters that must change ----------
def _form(_tmp: Any) -> None:
    item = stored(made.row(1)["uscc"])
    values = {"name": "改名有限公司", "remark": None, "annual_sales": 5}
    with made.acting("clerk1") as actor, transaction():
        services.change(actor, item.id, values, version=item.version, year=made.YEAR)


def _import(tmp: Any) -> None:
    imported(tmp, made.row(1, company_type="有限责任公司", status="暂停", annual_import="3"))


def _undo(tmp: Any) -> None:
    row = made.row(1, name="一时有限公司", staff_count="99", annual_export="8")
    made.undone("clerk1", imported(tmp, row))


def _several(_tmp: Any) -> None:
    item = stored(made.row(1)["uscc"])
    with made.acting("park1") as actor, transaction():
        several.set_status(actor, [item.id], "暂停")


def _binned(_tmp: Any) -> None:
    item = stored(made.row(1)["uscc"])
    with made.acting("park1") as actor, transaction():
        services.discard(actor, item.id, reason="误录", now=clock.now())
        services.restore(actor, item.id)


WRITERS: dict[str, tuple[Callable[[Any], None], dict[str, str]]] = {
    "form": (_form, {"name": "t", "annual_sales": "t"}),
    "import": (_import, {"company_type": "i", "status": "i", "annual_import": "i"}),
    "undo of an import": (_undo, {}),
    "several at once": (_several, {"status": "t"}),
    "recycle bin": (_binned, {}),
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("began", ["typed", "import"])
def test_each_writer_changes_the_letters_of_what_it_writes_and_no_other(tmp_path, writer, began):
    if began == "typed":
        made.add("P01", 1)
    else:
        imported(tmp_path, made.row(1))
    uscc = made.row(1)["uscc"]
    before = letters(stored(uscc))
    sign = "t" if began == "typed" else "i"
    assert {name for name, letter in before.items() if letter == sign} == filled(stored(uscc))
    act, expected = WRITERS[writer]
    act(tmp_path)
    assert letters(stored(uscc)) == {**before, **expected}


def test_undoing_gives_back_the_letters_of_a_year_that_was_there(tmp_path):
    made.add("P01", 1)
    imported(tmp_path, made.row(1, staff_count="20"))
    second = imported(tmp_path, made.row(1, staff_count="30", annual_sales="1"))
    made.undone("clerk1", second)
    assert letters(stored(made.row(1)["uscc"]))["staff_count"] == "i"
    assert letters(stored(made.row(1)["uscc"]))["annual_sales"] == "."


def test_a_plan_from_before_letters_were_kept_is_undone_to_unknown(tmp_path):
    made.add("P01", 1)
    row = made.row(1, name="一时有限公司", staff_count="99")
    import_id = made.planned("clerk1", "P01", made.csv_bytes([row]), tmp_path)
    db.session.execute(sa.text("UPDATE import_row SET origins = NULL"))
    made.applied("clerk1", import_id)
    made.undone("clerk1", import_id)
    found = letters(stored(row["uscc"]))
    assert (found["name"], found["contact_name"], found["staff_count"]) == (".", "t", ".")


def test_a_settlement_that_lands_says_so():
    item = asked("P01")
    landing = settlements.Landing(
        uscc=made.row(950)["uscc"], name="三亚测试申请有限公司", settled_on=clock.today()
    )
    with made.acting("park1") as actor, transaction():
        settlements.land(actor, item.id, landing, seen=item.version, now=clock.now())
    found = stored(made.row(950)["uscc"])
    assert {letters(found)[name] for name in filled(found)} == {"s"}


def test_a_certification_says_so():
    made.add("P01", 1, uscc=code(1))
    certify("user1", 1)

    found = letters(stored(code(1)))
    assert {found[name] for name in ("name", "legal_representative", "registered_address")} == {"h"}
    assert found["contact_name"] == "t"


def test_a_merge_takes_the_source_along_with_the_value_and_undoing_it_says_unknown(tmp_path):
    one = made.add("P01", 1)
    imported(tmp_path, made.row(2, remark="从文件", annual_sales="5", staff_count="12"))
    other = stored(made.row(2)["uscc"])
    take = ("remark", f"annual_sales@{made.YEAR}")
    merge = same.merged(stored(one.uscc), other, take)
    found = letters(stored(one.uscc))
    assert (found["remark"], found["annual_sales"]) == ("i", "i")
    assert (found["name"], found["staff_count"]) == ("t", "t")
    same.unmerged(merge)
    found = letters(stored(one.uscc))
    assert (found["remark"], found["annual_sales"], found["name"]) == (".", ".", "t")


# -- what the letters are -----------------------------------------------------------------------
def test_places_and_letters_are_stored_and_stay():
    assert (
        *("uscc", "name", "roles", "legal_representative", "company_type", "registered_capital"),
        *("established_on", "registered_address", "business_address", "industry"),
        *("customs_modes", "customs_code", "customs_credit", "filed_on_platform"),
        *("contact_name", "contact_phone", "email", "settled_on", "status", "remark"),
    ) == PLAIN
    assert YEARLY == ("staff_count", "annual_sales", "annual_import", "annual_export")
    assert "".join(one.value for one in Origin) == ".tishlm"


def test_the_database_letters_as_python_does():
    text = "".join("tis"[place % 3] for place in range(len(PLAIN)))
    some = [PLAIN[:1], PLAIN[-1:], PLAIN, PLAIN[::2], PLAIN[1::2], PLAIN[3:5], PLAIN[:9:4]]
    for names in some:
        made_by = marked(sa.literal(text), [(name, Origin.haiyiban) for name in names], len(PLAIN))
        expected = relettered(text, names, Origin.haiyiban)
        assert db.session.scalar(sa.select(made_by)) == expected, names


def test_an_odd_text_says_nothing():
    assert origin("", "remark") is Origin.unknown
    assert origin("?" * 20, "name") is Origin.unknown
    assert fresh(PLAIN, {}, Origin.typed, {}) == NOTHING


#: Modules that write values of the register; each stands in the matrix above.
WRITE = {
    "app/features/enterprises/services/bulk.py",
    "app/features/enterprises/services/certified.py",
    "app/features/enterprises/services/moving.py",  # tests/features/enterprises/test_moves.py
    "app/features/enterprises/services/register.py",
}


def test_no_other_module_writes_the_register():
    """Whoever makes or changes records elsewhere has to keep the letters, and a line above."""
    found = set()
    for file in sorted(APP.glob("features/*/services/**/*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and _writes(node, file):
                found.add(file.relative_to(APP.parent).as_posix())
    assert found == WRITE


def _writes(node: ast.Call, file: Path) -> bool:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    tables = {Enterprise.__name__, EnterpriseYear.__name__}
    if name in tables or (name == "insert_rows" and "enterprises" in file.parts):
        return True
    return (
        name == "setattr"
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id == "item"
        and file.parts[-3] == "enterprises"
    )


def test_an_enterprise_finds_its_import_rows_whatever_the_statistics_saw(
    context: Any, tmp_path: Any
) -> None:
    """They are taken of the plan too, before any row has its enterprise."""
    rows = [made.row(n) for n in range(1, 41)]
    import_id = made.planned("clerk1", "P01", made.csv_bytes(rows), tmp_path)
    db.session.execute(sa.text("ANALYZE"))
    made.applied("clerk1", import_id)
    if db.session.get_bind().dialect.name == "sqlite":
        told = db.session.execute(
            sa.text("EXPLAIN QUERY PLAN SELECT * FROM import_row WHERE enterprise_id = 1")
        ).all()
        assert "ix_import_row_enterprise" in told[0].detail
    pk = db.session.scalar(sa.select(Enterprise.id).where(Enterprise.uscc == rows[20]["uscc"]))
    (found,) = queries.import_history(pk)
    assert found[0].uscc == rows[20]["uscc"]
