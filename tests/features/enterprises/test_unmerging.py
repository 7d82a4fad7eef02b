"""撤销合并: exact where nobody wrote since, honest where somebody did, refused where it cannot be."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.actor import system_actor
from app.core.errors import Refusal
from app.engines import trail
from app.extensions import db
from app.features.enterprises import policy, queries, services
from app.features.enterprises.queries import duplicates
from app.features.enterprises.rules.origins import Origin, origin, relettered
from app.features.enterprises.services import merging, unmerging
from app.features.settlements.models import SettlementApplication
from app.transaction import transaction
from tests.support import duplicates as same
from tests.support import enterprises as made
from tests.support import settlements


def state(*items):
    """All that two records hold, but for when they were last touched."""
    db.session.expire_all()
    found = []
    for item in items:
        now = duplicates.any_state(item.id)
        kept = {**merging.values_of(now), "keys": (now.name_key, now.same_key)}
        found.append({**kept, "gone": (now.deleted_at, now.delete_reason, now.merged_into)})
    return found, queries.status_counts()


def change(item, year=2025, by="park1", **values):
    with made.acting(by) as actor, transaction():
        now = queries.get(item.id)
        services.change(actor, item.id, values, version=now.version, year=year)


def refused(code, merge, **options):
    before = state(*(duplicates.any_state(pk) for pk in (merge.kept_id, merge.gone_id)))
    with pytest.raises(Refusal) as raised:
        same.unmerged(merge, **options)
    assert raised.value.code == code
    assert state(*(duplicates.any_state(pk) for pk in (merge.kept_id, merge.gone_id))) == before
    return raised.value


def test_untouched_both_records_are_exactly_what_they_were(context):
    kept, gone = same.two(status="暂停", roles=("平台", "卖家"), registered_capital=Decimal("1.50"))
    change(gone, year=2023, annual_sales=Decimal(7))
    before = state(kept, gone)
    take = {*merging.values_of(gone)} - {"remark"}
    merge = same.merged(kept, gone, take)
    assert state(kept, gone) != before
    done = same.unmerged(merge)
    assert state(kept, gone) == before
    assert queries.figures(kept.id, 2023) is None
    assert (done.undo_result["kept"], done.undo_result["stayed"]) == ([], {})
    assert set(done.undo_result["restored"]) == {*merge.written}


def test_what_somebody_wrote_since_stays_and_is_named(context):
    kept, gone = same.two(email="a@example.com", staff_count=50)
    merge = same.merged(kept, gone, {"remark", "email", "staff_count@2025"})
    change(kept, remark="合并后改过", annual_import=Decimal(3))
    done = same.unmerged(merge)
    now = queries.get(kept.id)
    assert (now.remark, now.email) == ("合并后改过", None)
    figures = queries.figures(kept.id, 2025)
    assert (figures.staff_count, figures.annual_import) == (12, Decimal(3))
    assert done.undo_result["kept"] == ["remark"]
    assert sorted(done.undo_result["restored"]) == ["email", "staff_count@2025"]
    assert queries.get(gone.id).remark == "后"


def test_a_year_that_the_merge_made_stays_where_somebody_wrote_in_it(context):
    kept, gone = same.two()
    change(gone, year=2023, annual_sales=Decimal(7))
    merge = same.merged(kept, gone, {"annual_sales@2023"})
    change(kept, year=2023, staff_count=9)
    same.unmerged(merge)
    figures = queries.figures(kept.id, 2023)
    assert (figures.annual_sales, figures.staff_count) == (None, 9)


def test_applications_go_back_and_those_that_moved_on_are_counted(context):
    kept, gone = same.two()
    numbers = [settlements.made().id for _ in range(3)]
    with transaction():
        first, second, own = (db.session.get(SettlementApplication, one) for one in numbers)
        first.enterprise_id = second.enterprise_id = gone.id
        own.enterprise_id = kept.id
    merge = same.merged(kept, gone)
    with transaction():
        second.enterprise_id = None  # reopened meanwhile
    done = same.unmerged(merge)
    db.session.expire_all()
    assert [first.enterprise_id, second.enterprise_id, own.enterprise_id] == [
        gone.id,
        None,
        kept.id,
    ]
    assert done.undo_result["returned"] == {"settlements": 1}
    assert done.undo_result["stayed"] == {"settlements": 1}


def test_both_tell_it(context):
    kept, gone = same.two()
    merge = same.merged(kept, gone, {"remark"})
    same.unmerged(merge)
    (mine, *_), (theirs, *_) = (trail.history("enterprise", one.id) for one in (kept, gone))
    assert mine.action == theirs.action == "enterprise.unmerged"
    assert mine.changes == {"remark": ["后", "前"]}
    assert mine.details["reason"] == "不是一家"


def test_the_pair_waits_again(context):
    kept, gone = same.two()
    same.found()
    merge = same.merged(kept, gone)
    assert same.pair(kept, gone).state == "merged"
    same.unmerged(merge)
    assert same.pair(kept, gone).state == "open"


def test_after_thirty_days_it_is_too_late(context):
    merge = same.merged(*same.two())
    later = clock.now() + timedelta(days=30, minutes=1)
    refused("unmerge_too_late", merge, now=later)
    same.unmerged(merge, now=later - timedelta(minutes=2))


def test_it_is_undone_once(context):
    merge = same.merged(*same.two())
    same.unmerged(merge)
    refused("unmerge_done", merge)


def test_not_while_the_staying_record_was_merged_on_or_deleted(context):
    kept, gone = same.two()
    merge = same.merged(kept, gone)
    third = made.add("P01", 803)
    later = same.merged(third, kept)
    assert refused("unmerge_merged_on", merge).params["name"] == third.name
    same.unmerged(later)
    with made.acting("operator") as actor, transaction():
        services.discard(actor, kept.id, reason="关了", now=clock.now())
    refused("unmerge_kept_deleted", merge)
    with made.acting("operator") as actor, transaction():
        services.restore(actor, kept.id)
    same.unmerged(merge)


def test_not_while_the_staying_record_has_moved_away(context):
    kept, gone = same.two()
    merge = same.merged(kept, gone)
    elsewhere = made.add("P02", 803)
    with transaction():
        kept.moved_to = elsewhere.id
    assert refused("unmerge_moved_away", merge).params["name"] == kept.name
    with transaction():
        kept.moved_to = None
    same.unmerged(merge)


def test_not_while_another_record_has_the_code(context, tmp_path):
    kept, gone = same.two()
    merge = same.merged(kept, gone)
    import_id = made.planned("park1", "P01", made.csv_bytes([made.row(802)]), tmp_path)
    with made.acting("park1") as actor, transaction():
        row = queries.plan_row(import_id, queries.rows_after(import_id, -1, 1, ("new",))[0].number)
        row.ticked = True  # somebody says that it is another company
        assert actor
    made.applied("park1", import_id)
    assert refused("unmerge_code_taken", merge).params["uscc"] == gone.uscc


def test_not_while_the_staying_record_took_the_others_code_and_changed_since(context):
    kept, gone = same.two()
    merge = same.merged(kept, gone)
    change(kept, uscc=gone.uscc)
    refused("unmerge_code_taken", merge)


def test_a_record_may_be_merged_again_after_it_came_back(context):
    kept, gone = same.two()
    same.unmerged(same.merged(kept, gone))
    again = same.merged(gone, kept)
    assert duplicates.stays(kept.id).id == gone.id
    assert again.undone_at is None


@pytest.mark.parametrize("reason", ["", "x", "长" * 201])
def test_a_reason_is_asked(context, reason):
    merge = same.merged(*same.two())
    with made.acting("operator") as actor, transaction(), pytest.raises(Refusal) as raised:
        same.unmerging.undo(actor, merge.id, reason=reason, now=clock.now())
    assert "reason" in raised.value.fields
    assert db.session.scalar(sa.text("SELECT undone_at FROM enterprise_merge")) is None


def test_values_come_back_with_the_source_that_they_had(context):
    """Of those that a file brought, that somebody typed, and of a year."""
    kept, gone = same.two(email="a@example.com", staff_count=50)
    with transaction():
        now = queries.get(kept.id)
        now.origins = relettered(relettered(now.origins, ("remark",), Origin.imported),
                                 ("email",), Origin.settlement)  # fmt: skip
        figures = queries.figures(kept.id, 2025)
        figures.origins = relettered(figures.origins, ("staff_count",), Origin.imported)
        before = (now.origins, figures.origins)
    merge = same.merged(kept, gone, {"remark", "email", "staff_count@2025"})
    assert queries.get(kept.id).origins != before[0]
    assert queries.figures(kept.id, 2025).origins != before[1]
    same.unmerged(merge)
    assert (queries.get(kept.id).origins, queries.figures(kept.id, 2025).origins) == before


def test_a_merge_from_before_sources_were_noted_comes_back_without_them(context):
    kept, gone = same.two()
    merge = same.merged(kept, gone, {"remark"})
    with transaction():
        merge.written = {name: pair[:2] for name, pair in merge.written.items()}
    same.unmerged(merge)
    assert origin(queries.get(kept.id).origins, "remark") is Origin.unknown


def forget(now):
    with made.acting("operator"), transaction():
        return unmerging.forget(system_actor("system:worker"), now)


def test_noted_values_go_when_they_can_no_longer_serve_an_undoing(context):
    kept, gone = same.two(contact_phone="13911112222")
    merge = same.merged(kept, gone, {"contact_phone", "remark"})
    last = merge.merged_at + policy.UNDO_FOR
    assert (forget(last), len(merge.written)) == (0, 2)  # it can still be undone
    late = last + timedelta(seconds=1)
    assert (forget(late), forget(late)) == (1, 0)
    db.session.expire_all()
    assert (merge.written, queries.get(kept.id).contact_phone) == ({}, "13911112222")
    refused("unmerge_too_late", merge, now=late)
    (entry, *_) = trail.history("enterprise", kept.id)
    assert (entry.action, entry.details["number"]) == ("enterprise.merge_forgotten", merge.id)
    assert "139" not in f"{entry.changes}{entry.details}"


def test_what_was_undone_needs_its_values_no_more(context):
    kept, gone = same.two(contact_phone="13911112222")
    merge = same.merged(kept, gone, {"contact_phone"})
    same.unmerged(merge)
    again = same.merged(kept, gone, {"contact_phone"})
    assert forget(clock.now()) == 1
    db.session.expire_all()
    assert (merge.written, len(again.written)) == ({}, 1)
    same.unmerged(again)
    assert queries.get(kept.id).contact_phone != "13911112222"
