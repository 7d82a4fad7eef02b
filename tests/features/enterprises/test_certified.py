"""认证为准: what 海易办 or an examined licence says of a company wins over forms and files."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from app.core import clock, scope
from app.core.actor import SYSTEM, Actor
from app.engines import trail
from app.engines.notices.models import InboxMessage
from app.extensions import db
from app.features.enterprises import queries, services
from app.features.enterprises.models import Enterprise
from app.features.enterprises.queries.certified import certified_of
from app.features.enterprises.rules.origins import PROVEN
from app.features.enterprises.services import certified
from app.features.enterprises.services import proven as proving
from app.features.parks import services as parks
from app.features.parks.models import Organisation
from app.transaction import transaction
from tests.features.parks.certified import certify, code, company
from tests.support import enterprises as made
from tests.support import people

pytestmark = pytest.mark.usefixtures("context")
SAID = company(1)
CERTIFIED = {
    "name": SAID["name"],
    "legal_representative": SAID["representative"],
    "registered_address": SAID["address"],
}


def stored(park: str = "P01", uscc: str = code(1)) -> Enterprise:
    db.session.expire_all()
    query = sa.select(Enterprise).where(
        Enterprise.uscc == uscc, Enterprise.park_id == people.park(park).id
    )
    return db.session.scalars(query).one()


def proven(item: Enterprise) -> dict[str, Any]:
    return {name: getattr(item, name) for name in PROVEN}


def row(**changes: str) -> dict[str, str]:
    return made.row(1, uscc=code(1), **changes)


def rows_of(import_id: int) -> list[Any]:
    return queries.plan_rows(import_id, None, limit=50, offset=0)


def said(staged: Any) -> list[tuple[str, str, str]]:
    return [
        (one["code"], one["column"], one["raw"])
        for one in staged.warnings or ()
        if one["code"] != "organisation_code"
    ]


def withdrawn() -> None:
    db.session.execute(sa.update(Organisation).values(certified_at=None, source=""))


# -- it comes later -------------------------------------------------------------------------------
def test_all_parks_follow_a_certification_and_each_sees_only_its_own(app):
    made.add("P01", 1, uscc=code(1), name="旧名甲")
    made.add("P02", 1, uscc=code(1), name="旧名乙")
    versions = [stored(park).version for park in ("P01", "P02")]
    certify("user1")
    for park, old, before in (("P01", "旧名甲", versions[0]), ("P02", "旧名乙", versions[1])):
        item = stored(park)
        assert proven(item) == CERTIFIED
        assert item.version == before + 1
        entry = trail.history("enterprise", item.id)[0]
        assert (entry.action, entry.park_id) == ("enterprise.certified", people.park(park).id)
        assert entry.changes["name"] == [old, CERTIFIED["name"]]
        assert entry.actor_id is None
    told = db.session.scalars(
        sa.select(InboxMessage).where(InboxMessage.kind == "enterprise.certified")
    ).all()
    links = {stored(park).id for park in ("P01", "P02")}
    assert {int(one.link.rsplit("/", 1)[1]) for one in told} == links
    assert stored().name_key.endswith(CERTIFIED["name"].lower())


def test_a_second_sign_in_changes_nothing_and_another_name_follows():
    made.add("P01", 1, uscc=code(1))
    certify("user1")
    before = stored().version
    certify("user1")
    assert stored().version == before
    certify("user1", name="三亚新名有限公司")
    assert (stored().name, stored().version) == ("三亚新名有限公司", before + 1)


def test_a_record_that_lags_behind_follows_at_the_next_sign_in():
    certify("user1")
    made.add("P01", 1, uscc=code(1))
    db.session.execute(sa.update(Enterprise).values(name="早先导入的名字"))
    certify("user1")
    assert stored().name == CERTIFIED["name"]


def test_what_lies_in_the_recycle_bin_follows_when_it_comes_back():
    item = made.add("P01", 1, uscc=code(1))
    with made.acting("park1") as actor, transaction():
        services.discard(actor, item.id, reason="误录", now=clock.now())
    certify("user1")
    assert stored().name != CERTIFIED["name"]
    with made.acting("park1") as actor, transaction():
        services.restore(actor, item.id)
    assert proven(stored()) == CERTIFIED


def test_a_long_address_is_taken_as_far_as_the_register_holds_it():
    made.add("P01", 1, uscc=code(1))
    certify("user1", address="长" * 300)
    assert stored().registered_address == "长" * 200
    with scope.unscoped():
        assert not certified.lags(code(1))


def test_a_licence_says_less_than_haiyiban_and_its_own_name():
    key = db.session.scalar(sa.text("SELECT id FROM ab_user WHERE username = 'user1'"))
    actor = Actor(key, "user1", username="user1")
    certify_by = {"name": "执照上的名字", "legal_representative": "", "registered_address": ""}
    made.add("P01", 1, uscc=code(1))
    with transaction():
        parks.certification.certify(
            actor, code(1), certify_by, "licence", now=clock.now(), user_id=key
        )
    assert (stored().name, stored().legal_representative) == ("执照上的名字", None)
    assert stored().origins[1] == "l"


# -- a person types -------------------------------------------------------------------------------
def test_whatever_is_typed_what_is_certified_stands():
    certify("user1")
    made.add("P01", 1, uscc=code(1), name="另一个名字")
    item = stored()
    assert proven(item) == CERTIFIED
    with made.acting("clerk1") as actor, transaction():
        services.change(
            actor, item.id, {"name": "再改", "remark": "好"}, version=item.version, year=made.YEAR
        )
    assert (proven(stored()), stored().remark) == (CERTIFIED, "好")


def test_withdrawn_it_is_anybodys_again():
    made.add("P01", 1, uscc=code(1))
    certify("user1")
    withdrawn()
    item = stored()
    with made.acting("clerk1") as actor, transaction():
        services.change(actor, item.id, {"name": "再改"}, version=item.version, year=made.YEAR)
    assert (stored().name, stored().origins[1]) == ("再改", "t")


# -- a file ---------------------------------------------------------------------------------------
def test_a_new_row_takes_what_is_certified_and_says_so(tmp_path):
    certify("user1")
    import_id = made.planned("clerk1", "P01", made.csv_bytes([row(name="文件名称")]), tmp_path)
    (staged,) = rows_of(import_id)
    assert said(staged) == [("haiyiban_wins", "name", "文件名称")]
    assert made.counts(import_id) == {"new": 1, "changed": 0, "unchanged": 0, "error": 0}
    made.applied("clerk1", import_id)
    assert proven(stored()) == CERTIFIED
    assert stored().origins[1] == "h"


def test_a_known_row_that_differs_there_only_is_no_change(tmp_path):
    certify("user1")
    made.add("P01", 1, uscc=code(1))
    file = row(name="文件名称", registered_address="")
    import_id = made.planned("clerk1", "P01", made.csv_bytes([file]), tmp_path)
    (staged,) = rows_of(import_id)
    assert staged.kind == "unchanged"
    assert said(staged) == [
        ("haiyiban_wins", "name", "文件名称"),
        ("haiyiban_wins", "registered_address", ""),
    ]


@pytest.mark.parametrize("known", [True, False])
def test_certified_between_plan_and_confirm_the_row_is_asked_again(tmp_path, known):
    if known:
        made.add("P01", 1, uscc=code(1))
    file = row(name="文件名称", staff_count="77")
    import_id = made.planned("clerk1", "P01", made.csv_bytes([file]), tmp_path)
    certify("user1")
    assert made.applied("clerk1", import_id).conflicts == 1
    assert ("haiyiban_wins", "name", "文件名称") in said(rows_of(import_id)[0])
    assert made.applied("clerk1", import_id).conflicts == 0
    assert proven(stored()) == CERTIFIED


def test_however_many_are_certified_meanwhile_each_is_asked_again(tmp_path, monkeypatch):
    monkeypatch.setattr(proving, "ROWS_AT_ONCE", 2)
    files = [made.row(n, uscc=code(n), name="文件名称", staff_count="77") for n in range(1, 6)]
    import_id = made.planned("clerk1", "P01", made.csv_bytes(files), tmp_path)
    for number, who in ((1, "user1"), (3, "park2"), (5, "clerk2")):
        certify(who, number)
    assert made.applied("clerk1", import_id).conflicts == 3
    told = [("haiyiban_wins", "name", "文件名称") in said(one) for one in rows_of(import_id)]
    assert told == [True, False, True, False, True]


def test_withdrawn_between_plan_and_confirm_the_file_counts_again(tmp_path):
    certify("user1")
    import_id = made.planned("clerk1", "P01", made.csv_bytes([row(name="文件名称")]), tmp_path)
    withdrawn()
    assert made.applied("clerk1", import_id).conflicts == 1
    (staged,) = rows_of(import_id)
    assert staged.new["name"] == "文件名称"
    assert [one[0] for one in said(staged)] == ["changed_meanwhile"]
    made.applied("clerk1", import_id)
    assert (stored().name, stored().origins[1]) == ("文件名称", "i")


def test_undoing_never_takes_back_a_certification(tmp_path):
    import_id = made.planned("clerk1", "P01", made.csv_bytes([row()]), tmp_path)
    made.applied("clerk1", import_id)
    certify("user1")
    assert made.undone("clerk1", import_id) == {"reversed": 0, "kept": 1, "could_not": 0}
    assert proven(stored()) == CERTIFIED


CELLS = st.sampled_from(["", "文件名称", "三亚认证有限公司", SAID["address"]])
NUMBERS = count(10)


SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
@given(
    cells=st.fixed_dictionaries(
        {"name": CELLS.filter(bool)},
        optional={"legal_representative": CELLS, "registered_address": CELLS},
    ),
    known=st.booleans(),
)
def test_whatever_a_file_says_the_counts_are_honest_and_what_is_certified_stands(
    tmp_path, cells, known
):
    number = next(NUMBERS)
    stands = {**CERTIFIED, "name": "三亚认证有限公司"}
    certify("user1", number, name=stands["name"])
    file = made.row(1, uscc=code(number), **cells)
    if known:
        made.add("P01", 1, uscc=code(number))
    import_id = made.planned("clerk1", "P01", made.csv_bytes([file]), tmp_path)
    (staged,) = rows_of(import_id)
    told = {column for kind, column, _raw in said(staged) if kind == "haiyiban_wins"}
    assert told == {name for name, text in cells.items() if text != stands[name]}
    assert staged.kind == ("unchanged" if known else "new")
    if not known:
        assert made.applied("clerk1", import_id).added == 1
    assert proven(stored(uscc=code(number))) == stands


# -- who learns what ------------------------------------------------------------------------------
def test_a_certification_names_no_park():
    made.add("P02", 1, uscc=code(1))
    certify("user1")
    with made.acting("clerk1"):
        found = certified_of([code(1)])[code(1)]
    assert set(structs.asdict(found)) == {"values", "origin", "at"}
    with made.acting("clerk1") as actor, transaction():
        assert certified.follow(actor, code(1)) == 0
    assert certified.follow(SYSTEM, "9" * 18) == 0
