"""Merges beside merges, imports, edits and looks: one wins whole, the other is refused in words."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from app.core.errors import Refusal, Stale
from app.extensions import db
from app.features.enterprises import queries, services
from app.features.enterprises.models.duplicates import EnterpriseMerge, EnterprisePair
from app.features.enterprises.queries import duplicates
from app.features.enterprises.services import apply as applying
from app.features.enterprises.services import counts, merging
from app.transaction import end_reading, transaction
from tests.support import duplicates as same
from tests.support import enterprises as made
from tests.support import people
from tests.support.owned import at_once

WAIT = 20


def codes_of(raised):
    """Codes of the refusals, ``None`` for who got through."""
    assert all(one is None or isinstance(one, Refusal) for one in raised), raised
    return sorted(str(one and one.code) for one in raised)


def pair_of(serial):
    return [made.add("P01", serial + n, name=f"三亚同名{serial}有限公司") for n in (0, 1)]


def merges(*keys):
    end_reading()
    query = sa.select(sa.func.count()).select_from(EnterpriseMerge)
    return db.session.scalar(query.where(EnterpriseMerge.gone_id.in_(keys)))


@pytest.fixture
def counted(owned):
    """At the end the kept counts are what counting says."""
    yield owned
    end_reading()
    kept = queries.park_status_counts()
    with transaction():
        counts.recount(people.park("P01").id)
    db.session.expire_all()
    now = queries.park_status_counts()
    assert {key: n for key, n in kept.items() if n} == {key: n for key, n in now.items() if n}


def test_of_two_merges_of_one_pair_in_both_directions_one_is_refused(counted):
    one, other = pair_of(600)
    raised = at_once(counted, lambda: same.merged(one, other), lambda: same.merged(other, one))
    assert codes_of(raised) == ["None", "merge_gone"]
    assert merges(one.id, other.id) == 1


def test_one_record_is_merged_into_one_other_only(counted):
    one, other = pair_of(610)
    third = made.add("P01", 612)
    raised = at_once(counted, lambda: same.merged(one, other), lambda: same.merged(third, other))
    assert codes_of(raised) == ["None", "merge_gone"]
    assert merges(other.id) == 1


def test_of_two_who_undo_one_is_refused(counted):
    one, other = pair_of(620)
    merge = same.merged(one, other)
    raised = at_once(counted, lambda: same.unmerged(merge), lambda: same.unmerged(merge))
    assert codes_of(raised) == ["None", "unmerge_done"]


def test_a_merge_while_an_import_writes_waits_and_takes_what_was_written(
    counted, monkeypatch, tmp_path
):
    one, other = pair_of(630)
    content = made.csv_bytes([made.row(631, name=other.name, remark="从文件")])
    import_id = made.planned("clerk1", "P01", content, tmp_path)
    checked, real = threading.Event(), applying._write

    def write(*arguments):
        checked.set()
        threading.Event().wait(1)  # the merge is locked out meanwhile
        return real(*arguments)

    monkeypatch.setattr(applying, "_write", write)
    seen = (one.version, other.version)

    def merge():
        assert checked.wait(WAIT)
        same.merged(one, other, {"remark"}, seen=seen)

    imported, merged = at_once(counted, lambda: made.applied("clerk1", import_id), merge)
    assert imported is None
    assert getattr(merged, "code", merged) == "merge_changed"
    assert merges(other.id) == 0
    db.session.expire_all()
    assert queries.get(other.id).remark == "从文件"


def test_an_import_while_a_merge_writes_waits_and_is_planned_anew(counted, monkeypatch, tmp_path):
    one, other = pair_of(640)
    content = made.csv_bytes([made.row(641, name=other.name, remark="从文件")])
    import_id = made.planned("clerk1", "P01", content, tmp_path)
    begun, real = threading.Event(), merging._put_away

    def put_away(*arguments):
        begun.set()
        threading.Event().wait(1)
        real(*arguments)

    monkeypatch.setattr(merging, "_put_away", put_away)
    done = []

    def apply():
        assert begun.wait(WAIT)
        done.append(made.applied("clerk1", import_id))

    assert at_once(counted, lambda: same.merged(one, other), apply) == [None, None]
    assert done[0].conflicts == 1
    assert duplicates.stays(other.id).id == one.id


def test_an_edit_beside_a_merge_is_kept_or_refused_never_lost(counted):
    one, other = pair_of(650)
    seen = (one.version, other.version)

    def edit():
        with made.acting("park1") as actor, transaction():
            services.change(actor, one.id, {"remark": "手改"}, version=seen[0], year=made.YEAR)

    merged, edited = at_once(counted, lambda: same.merged(one, other, seen=seen), edit)
    db.session.expire_all()
    if merged is None:
        assert isinstance(edited, Stale)
    else:
        assert (edited, merged.code) == (None, "merge_changed")
    assert (queries.get(one.id).remark == "手改") is (edited is None)


def test_looks_beside_merges_leave_one_row_for_each_pair(counted):
    one, other = pair_of(660)
    raised = at_once(counted, same.found, same.found, lambda: same.merged(one, other))
    assert raised == [None, None, None]
    end_reading()
    same.found()
    rows = db.session.execute(sa.select(EnterprisePair.first_id, EnterprisePair.second_id)).all()
    assert len(rows) == len(set(rows))
    found = same.pair(one, other)
    assert found is None or found.state == "merged"
