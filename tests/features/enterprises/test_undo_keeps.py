"""撤销本次导入 takes away nothing that something else hangs on, and says what that is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.extensions import db
from app.features.enterprises import queries
from app.features.enterprises.labels import outcome_words
from app.features.enterprises.models import Enterprise
from app.features.enterprises.services import apply as applying
from app.features.settlements import services as settlements
from app.features.settlements.models import SettlementApplication
from app.transaction import transaction
from tests.features.enterprises.test_import_pages import upload
from tests.support import duplicates as same
from tests.support import enterprises as made
from tests.support import people
from tests.support.moves import act, asked
from tests.support.settlements import made as application


@pytest.fixture
def imported(context, tmp_path):
    """Three enterprises that an import added: its number."""
    content = made.csv_bytes([made.row(n) for n in (1, 2, 3)])
    import_id = made.planned("clerk1", "P01", content, tmp_path)
    made.applied("clerk1", import_id)
    return import_id


def stored(serial: int) -> Enterprise | None:
    query = sa.select(Enterprise).where(Enterprise.uscc == made.row(serial)["uscc"])
    return db.session.scalar(query.where(Enterprise.deleted_at.is_(None)))


def landed(serial: int, *steps: str) -> SettlementApplication:
    """An application that landed as an enterprise that was there."""
    found = application("P01", company=made.row(serial)["name"])
    landing = settlements.Landing(
        uscc=made.row(serial)["uscc"], name=made.row(serial)["name"], settled_on=date(2026, 1, 5)
    )
    with made.acting("park1") as actor, transaction():
        settlements.land(actor, found.id, landing, seen=found.version, now=clock.now())
    return found


@contextmanager
def counted() -> Iterator[list[str]]:
    """Statements that are sent meanwhile."""
    sent: list[str] = []

    def hear(_c, _cursor, statement, *_more):
        sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    yield sent
    sa.event.remove(sa.Engine, "before_cursor_execute", hear)


def left(import_id: int) -> list[str | None]:
    """Undo; what became of the rows, and every row is counted once."""
    tally = made.undone("clerk1", import_id)
    db.session.expire_all()
    outcomes = [queries.plan_row(import_id, n).outcome for n in (2, 3, 4)]
    kept = sum(str(one).startswith("kept") for one in outcomes)
    assert tally == {"reversed": outcomes.count("reversed"), "kept": kept, "could_not": 0}
    assert sum(tally.values()) == 3
    return outcomes


def test_what_an_application_landed_as_stays(imported):
    found = landed(2)
    enterprise = stored(2).id
    assert left(imported) == ["reversed", "kept_landed", "reversed"]
    assert (found.state, found.enterprise_id) == ("landed", enterprise)
    assert [stored(n) is not None for n in (1, 2, 3)] == [False, True, False]
    assert queries.figures(enterprise, made.YEAR).staff_count == 12
    assert queries.status_counts()["在园"] == 1


def test_what_is_asked_to_move_stays_and_can_still_move(imported):
    move = asked("park1", serial=3)
    assert left(imported) == ["reversed", "reversed", "kept_moving"]
    assert act("consent", "park2", move.id).state == "done"


def test_what_nobody_asks_for_any_more_does_not_stay(imported):
    act("take_back", "park1", asked("park1", serial=3).id)
    assert left(imported) == ["reversed"] * 3


def test_what_was_merged_or_linked_stays(imported):
    other, twin = made.add("P01", 803, name=same.NAME), made.add("P01", 804, name=same.NAME)
    same.unmerged(same.merged(stored(1), other))
    same.unmerged(same.merged(stored(2), twin))
    for serial in (1, 2):  # as if nobody had written them since
        stored(serial).version = 1
    elsewhere = made.add("P02", 3)
    with scope.unscoped():
        same.found()
        pair = same.pair(*sorted((stored_in("P01", 3), elsewhere), key=lambda one: one.id))
    same.decided(pair.id, "linked")
    db.session.flush()
    assert left(imported) == ["kept_merged", "kept_merged", "kept_linked"]


def stored_in(park: str, serial: int) -> Enterprise:
    query = sa.select(Enterprise).where(
        Enterprise.uscc == made.row(serial)["uscc"], Enterprise.park_id == people.park(park).id
    )
    return db.session.scalars(query).one()


def test_a_pair_that_nobody_decided_keeps_nothing(imported):
    made.add("P02", 3)
    with scope.unscoped():
        same.found()
    assert left(imported) == ["reversed"] * 3


def test_each_kind_is_asked_once_for_all_rows_of_a_chunk(context, tmp_path):
    """Undoing 100,000 rows must not ask a question a row."""
    asked_for = []
    for number in (5, 60):
        content = made.csv_bytes([made.row(1000 + number * 100 + n) for n in range(number)])
        import_id = made.planned("clerk1", "P01", content, tmp_path)
        made.applied("clerk1", import_id)
        with counted() as statements:
            made.undone("clerk1", import_id)
        asked_for.append(
            sum("settlement_application" in one or "enterprise_m" in one for one in statements)
        )
    assert asked_for[0] == asked_for[1]


def test_the_page_names_what_stayed_and_why(app, as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, made.csv_bytes([made.row(7), made.row(8)]))
    made.confirm(browser, answer.location)
    with app.app_context(), scope.unscoped():
        landed(8)
    after = browser.post(f"{answer.location}/undo", follow_redirects=True)
    assert "1 行之后有修改或有关联内容，已保留" in after.text
    page = browser.page(answer.location)
    name = made.row(8)["name"]
    assert f"已保留 1 行：3 {name}：有入驻申请，已保留" in page
    with app.app_context(), scope.unscoped():
        record = f"/desk/enterprises/show/{stored(8).id}"
    assert f'href="{record}"' in page
    assert f'href="{answer.location}"' in browser.page(record)  # where its values came from
    browser.set_cookie("lang", "en")
    assert "Kept: Settlement application" in browser.page(answer.location)


def test_every_reason_has_words(app):
    with app.test_request_context():
        for kind in ("", *(f"_{kind}" for kind, _of in applying.OWN), "_landed"):
            assert "已保留" in outcome_words(f"kept{kind}")
        assert (outcome_words(None), outcome_words("kept_odd")) == ("", "")
