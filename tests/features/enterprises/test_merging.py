"""合并: what the staying record takes, what follows it, what is refused; nothing is half done."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.engines import recycling, trail
from app.extensions import db
from app.features.assessments.queries.register_values import rounds_counting
from app.features.enterprises import queries, services
from app.features.enterprises.models import Enterprise
from app.features.enterprises.models.duplicates import EnterpriseMerge
from app.features.enterprises.queries import duplicates
from app.features.enterprises.rules.sameness import same_key
from app.features.parks.models import Organisation
from app.features.settlements.labels import REFUSALS
from app.features.settlements.models import SettlementApplication
from app.features.settlements.services import handling
from app.transaction import transaction
from tests.support import assessments, people, settlements
from tests.support import duplicates as same
from tests.support import enterprises as made


def refused(code, *arguments, **options):
    with pytest.raises(Refusal) as raised:
        same.merged(*arguments, **options)
    assert raised.value.code == code
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EnterpriseMerge)) == 0


def company(item, **changes):
    """海易办 certifies a company under an enterprise's code."""
    values = {"uscc": item.uscc, "name": item.name, "certified_at": clock.now(), **changes}
    with transaction():
        db.session.add(Organisation(**values))


def test_the_chosen_values_are_written_and_the_other_record_leaves_the_lists(context):
    kept, gone = same.two(staff_count=50, annual_sales=Decimal("12.50"), status="暂停")
    before = queries.status_counts()
    done = same.merged(kept, gone, {"uscc", "remark", "status", "annual_sales@2025"})
    now = queries.get(kept.id)
    assert (now.uscc, now.name, now.remark, now.status) == (gone.uscc, same.NAME, "后", "暂停")
    figures = queries.figures(kept.id, 2025)
    assert (figures.staff_count, figures.annual_sales) == (12, Decimal("12.50"))
    with pytest.raises(NotFound):
        queries.get(gone.id)
    with pytest.raises(NotFound):
        queries.get(gone.id, deleted=True)
    assert duplicates.stays(gone.id).id == kept.id
    assert queries.codes_in_bin(kept.park_id, [made.row(802)["uscc"]]) == set()
    # The one that stays is 暂停 now, and the other one, which was, is not counted.
    assert queries.status_counts() == {**before, "在园": 0, "暂停": 1}
    # The record that went holds all it held.
    away = duplicates.any_state(gone.id)
    assert (away.uscc, away.name, away.remark) == (made.row(802)["uscc"], same.SAME, "后")
    assert done.written["annual_sales@2025"] == [None, "12.50", "."]


def test_both_tell_it_and_say_why(context):
    kept, gone = same.two()
    same.merged(kept, gone, {"remark"})
    (mine, *_), (theirs, *_) = (trail.history("enterprise", one.id) for one in (kept, gone))
    assert (mine.action, mine.changes) == ("enterprise.merged", {"remark": ["前", "后"]})
    assert mine.details["reason"] == theirs.details["reason"] == same.REASON
    assert gone.uscc in mine.details["other"]
    assert theirs.action == "enterprise.merged_away"
    assert kept.uscc in theirs.details["other"]


def test_a_name_that_is_taken_brings_its_keys_along(context):
    kept, gone = same.two()
    same.merged(kept, gone, {"name"})
    now = queries.get(kept.id)
    assert now.name_key.endswith("|海风(三亚)跨境电商有限责任公司")
    assert now.same_key == same_key(same.SAME)


def test_a_year_that_only_the_other_one_has_comes_along(context):
    kept, gone = same.two()
    with made.acting("operator") as actor, transaction():
        services.change(
            actor, gone.id, {"annual_sales": Decimal(7)}, version=gone.version, year=2023
        )
    same.merged(kept, gone, {"annual_sales@2023"})
    assert queries.figures(kept.id, 2023).annual_sales == Decimal(7)


def test_an_empty_value_may_be_chosen_too(context):
    kept, gone = same.two(remark=None, staff_count=None)
    same.merged(kept, gone, {"remark", "staff_count@2025"})
    assert queries.get(kept.id).remark is None
    assert queries.figures(kept.id, 2025).staff_count is None


def test_applications_follow_the_record_that_stays(context):
    kept, gone = same.two()
    number = settlements.made().id
    with transaction():
        one = db.session.get(SettlementApplication, number)
        one.enterprise_id = gone.id
    done = same.merged(kept, gone)
    db.session.refresh(one)
    assert (one.enterprise_id, done.moved) == (kept.id, {"settlements": [one.id]})


def test_no_plan_and_no_form_from_before_fits_the_staying_record(context):
    """Also where nothing of the other one was taken: an undone import must not remove it."""
    kept, gone = same.two()
    version = queries.get(kept.id).version
    same.merged(kept, gone)
    assert queries.get(kept.id).version > version


@pytest.mark.parametrize("who", ["kept", "gone"])
def test_a_record_that_was_deleted_meanwhile_is_not_merged(context, who):
    kept, gone = same.two()
    with made.acting("operator") as actor, transaction():
        item = kept if who == "kept" else gone
        services.discard(actor, item.id, reason="关了", now=clock.now())
    refused("merge_gone", kept, gone)


def test_what_was_merged_is_not_merged_again_into_another(context):
    kept, gone = same.two()
    third = made.add("P01", 803)
    same.merged(kept, gone)
    for pair in ((third, gone), (gone, third), (kept, gone)):
        with pytest.raises(Refusal) as raised:
            same.merged(*pair)
        assert raised.value.code == "merge_gone"


def test_values_that_changed_after_they_were_seen_are_not_merged(context):
    kept, gone = same.two()
    seen = (kept.version, gone.version)
    with made.acting("park1") as actor, transaction():
        services.change(actor, gone.id, {"remark": "新"}, version=gone.version, year=2025)
    refused("merge_changed", kept, gone, {"remark"}, seen=seen)
    assert queries.get(gone.id).remark == "新"


def test_records_of_two_parks_are_never_merged(context):
    one = made.add("P01", 801)
    other = made.add("P02", 801)
    refused("merge_two_parks", one, other)
    refused("merge_two_parks", one, one)


def test_two_certified_companies_are_two(context):
    kept, gone = same.two()
    company(kept), company(gone)
    refused("merge_both_certified", kept, gone)


def test_a_certified_value_cannot_be_chosen_away(context):
    kept, gone = same.two(legal_representative="陈海燕")
    company(gone, legal_representative="陈海燕")
    refused("merge_certified_fixed", kept, gone, {"uscc", "name"})
    refused("merge_certified_fixed", kept, gone, {"name", "legal_representative"})
    same.merged(kept, gone, {"uscc", "name", "legal_representative"})
    assert queries.get(kept.id).uscc == gone.uscc


@pytest.mark.parametrize("reason", ["", " ", "x", "\0", "长" * 201])
def test_a_reason_is_asked(context, reason):
    kept, gone = same.two()
    wanted = same.merging.Merge(kept.id, gone.id)
    with made.acting("operator") as actor, transaction(), pytest.raises(Refusal) as raised:
        same.merging.merge(actor, wanted, reason=reason, now=clock.now())
    assert "reason" in raised.value.fields


@pytest.mark.parametrize("name", ["id", "park_id", "nothing", "annual_sales@1900", "staff_count"])
def test_only_fields_of_the_record_are_taken(context, name):
    kept, gone = same.two()
    with pytest.raises(NotFound):
        same.merged(kept, gone, {name})


def test_a_code_that_was_merged_is_not_typed_anew(context):
    kept, gone = same.two()
    same.merged(kept, gone)
    with pytest.raises(Refusal) as raised:
        made.add("P01", 802)
    assert (raised.value.code, raised.value.params["name"]) == ("code_merged", same.NAME)
    other = made.add("P01", 804)
    code = made.row(802)["uscc"]
    with (
        made.acting("park1") as actor,
        transaction(),
        pytest.raises(Refusal, match="code_merged"),
    ):
        services.change(actor, other.id, {"uscc": code}, version=other.version, year=2025)
    made.add("P02", 802)  # another park's rows have nothing to do with it


def test_the_record_that_stays_may_take_the_code_of_what_was_merged_into_it(context):
    """It may turn out later that the other code was the right one."""
    kept, gone = same.two()
    same.merged(kept, gone)
    now = queries.get(kept.id)
    with made.acting("park1") as actor, transaction():
        services.change(actor, kept.id, {"uscc": gone.uscc}, version=now.version, year=2025)
    assert queries.alive_with_code(kept.park_id, gone.uscc).id == kept.id


def test_a_file_with_a_merged_code_says_so_and_waits_for_a_tick(context, tmp_path):
    kept, gone = same.two()
    same.merged(kept, gone)
    rows = [made.row(802), made.row(805)]
    import_id = made.planned("park1", "P01", made.csv_bytes(rows), tmp_path)
    first, second = queries.rows_after(import_id, -1, 10, ("new",))
    assert [first.ticked, second.ticked] == [False, True]
    page_row = queries.plan_row(import_id, first.number)
    (warning,) = page_row.warnings
    assert (warning["code"], warning["params"]) == ("code_merged", {"name": same.NAME})


def test_a_plan_made_before_the_merge_is_looked_at_again(context, tmp_path):
    kept, gone = same.two()
    content = made.csv_bytes([made.row(802, name=same.SAME, remark="从文件")])
    import_id = made.planned("park1", "P01", content, tmp_path)
    same.merged(kept, gone)
    assert made.applied("park1", import_id).conflicts == 1
    assert queries.plan_row(import_id, 2).ticked is False


def test_undoing_an_import_keeps_the_record_that_others_were_merged_into(context, tmp_path):
    content = made.csv_bytes([made.row(806, name=same.NAME), made.row(807, name=same.SAME)])
    import_id = made.planned("park1", "P01", content, tmp_path)
    made.applied("park1", import_id)
    kept, gone = (
        queries.alive_with_code(people.park("P01").id, made.row(n)["uscc"]) for n in (806, 807)
    )
    same.merged(kept, gone)
    assert made.undone("park1", import_id) == {"reversed": 0, "kept": 1, "could_not": 1}
    assert duplicates.stays(gone.id).id == kept.id


def test_over_several_merges_the_last_one_stays(context):
    one, two = same.two()
    three = made.add("P01", 803, settled_on=date(2020, 1, 1))
    same.merged(two, one)
    same.merged(three, two)
    assert duplicates.stays(one.id).id == three.id
    code = made.row(801)["uscc"]
    assert duplicates.codes_merged(one.park_id, [code])[code].id == three.id
    living = sa.select(sa.func.count()).select_from(Enterprise).where(queries.ALIVE)
    assert db.session.scalar(living) == 1


def test_rounds_that_will_count_a_record_are_told(context):
    """Of a round that has taken its figures nothing changes any more."""
    kept, _gone = same.two()
    found = assessments.opened(("P01", "P02"))
    with transaction():
        found.snapshot_at = None
    assert rounds_counting(kept) == 1
    assert recycling.hanging("enterprise", [kept.id])[kept.id][-1].endswith("：1")
    for changes in ({"status": "迁出"}, {"roles": ()}, {"settled_on": date(2099, 1, 1)}):
        other = made.add("P01", 820, **changes)
        assert rounds_counting(other) == 0
        with transaction():
            db.session.delete(other)
    with transaction():
        found.snapshot_at = clock.now()
    assert rounds_counting(kept) == 0


def test_an_application_does_not_land_as_a_record_that_was_merged(context):
    kept, gone = same.two()
    same.merged(kept, gone)
    item = settlements.made(uscc=made.row(802)["uscc"])
    landing = handling.Landing(
        uscc=made.row(802)["uscc"], name="三亚新来有限公司", settled_on=clock.today()
    )
    with made.acting("park1") as actor, transaction(), pytest.raises(Refusal) as raised:
        handling.land(actor, item.id, landing, seen=item.version, now=clock.now())
    assert (raised.value.code, raised.value.params) == ("code_merged", {"name": same.NAME})
    assert "code_merged" in REFUSALS
