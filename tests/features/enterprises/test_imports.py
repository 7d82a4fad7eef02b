"""Plan, apply, conflict, undo: what a file does to the register, and what it never does."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.engines import trail
from app.extensions import db
from app.features.enterprises import queries, services
from app.features.enterprises.models import Enterprise, EnterpriseImport
from app.features.enterprises.services import apply as applying
from app.features.enterprises.services import comparing, fix
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people

pytestmark = pytest.mark.usefixtures("context")


def alive(park: str) -> list[Enterprise]:
    query = sa.select(Enterprise).where(
        Enterprise.park_id == people.park(park).id, Enterprise.deleted_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(Enterprise.id)))


def test_a_plan_counts_every_row_once_and_changes_nothing(tmp_path):
    made.add("P01", 1)
    made.add("P01", 2)
    rows = [
        made.row(1),
        made.row(2, staff_count="99"),
        made.row(3),
        made.row(4, contact_phone="12"),
    ]
    import_id = made.planned("clerk1", "P01", made.csv_bytes(rows), tmp_path)
    assert made.counts(import_id) == {"new": 1, "changed": 1, "unchanged": 1, "error": 1}
    assert len(alive("P01")) == 2


def test_all_or_nothing_refuses_while_a_row_is_wrong(tmp_path):
    rows = [made.row(3), made.row(4, contact_phone="12")]
    import_id = made.planned("clerk1", "P01", made.csv_bytes(rows), tmp_path)
    with pytest.raises(Refusal) as refused:
        made.applied("clerk1", import_id)
    assert refused.value.code == "rows_with_errors"
    assert alive("P01") == []


def test_only_good_rows_are_written_when_asked(tmp_path):
    rows = [made.row(3), made.row(4, contact_phone="12")]
    import_id = made.planned("clerk1", "P01", made.csv_bytes(rows), tmp_path)
    done = made.applied("clerk1", import_id, "good")
    assert (done.added, done.changed, done.skipped) == (1, 0, 1)
    assert [item.uscc for item in alive("P01")] == [made.row(3)["uscc"]]


def test_an_import_writes_values_year_figures_counts_and_one_trail_entry(tmp_path):
    made.add("P01", 1, annual_sales=None)
    rows = [made.row(1, name="改名公司", annual_sales="1234.50"), made.row(2, annual_sales="8.00")]
    import_id = made.planned("clerk1", "P01", made.csv_bytes(rows), tmp_path)
    made.applied("clerk1", import_id)
    first, second = alive("P01")
    assert first.name == "改名公司"
    assert first.version == 2
    assert str(queries.figures(first.id, made.YEAR).annual_sales) == "1234.50"
    assert queries.figures(second.id, made.YEAR).staff_count == 12
    assert "gaiming" in first.name_key
    assert queries.status_counts()["在园"] == 2
    entries = trail.history("enterprise_import", import_id)
    assert [entry.action for entry in entries] == ["enterprises.imported"]
    assert entries[0].details["added"] == 1
    assert applying.verify_digest(import_id)


def test_the_digest_shows_a_row_that_was_tampered_with(tmp_path):
    import_id = made.planned("clerk1", "P01", made.csv_bytes([made.row(1)]), tmp_path)
    made.applied("clerk1", import_id)
    with transaction():
        queries.plan_row(import_id, 2).new = {"uscc": "X"}
    assert not applying.verify_digest(import_id)


def test_the_audit_command_names_an_import_whose_rows_were_changed(context, tmp_path):
    imports = []
    for serial in (1, 2, 3):
        imports.append(made.planned("clerk1", "P01", made.csv_bytes([made.row(serial)]), tmp_path))
        made.applied("clerk1", imports[-1])
    made.undone("clerk1", imports[2])
    runner = context.test_cli_runner()
    good = runner.invoke(args=["audit", "verify"])
    assert (good.exit_code, good.output[:9]) == (0, "audit: ok")
    with transaction():
        queries.plan_row(imports[1], 2).new = {"uscc": "X"}
        db.session.get(EnterpriseImport, imports[1]).digest = applying.digest_of_rows(imports[1])
    bad = runner.invoke(args=["audit", "verify"])
    assert bad.exit_code == 1
    assert f"rows of import {imports[1]} were changed" in bad.output
    assert bad.output.count("BROKEN") == 1


def test_two_confirmations_make_one_import(tmp_path):
    import_id = made.planned("clerk1", "P01", made.csv_bytes([made.row(1)]), tmp_path)
    made.applied("clerk1", import_id)
    with pytest.raises(Refusal) as refused:
        made.applied("clerk1", import_id)
    assert refused.value.code == "already_applied"
    assert len(alive("P01")) == 1


def test_a_row_edited_meanwhile_is_a_listed_conflict_and_nothing_is_written(tmp_path):
    item = made.add("P01", 1)
    content = made.csv_bytes([made.row(1, staff_count="50"), made.row(2)])
    import_id = made.planned("clerk1", "P01", content, tmp_path)
    with made.acting("park1") as actor, transaction():
        services.change(actor, item.id, {"remark": "刚改的"}, version=item.version, year=made.YEAR)
    done = made.applied("clerk1", import_id)
    assert done.conflicts == 1
    assert len(alive("P01")) == 1
    row = queries.plan_row(import_id, 2)
    assert row.warnings[0]["code"] == "changed_meanwhile"
    assert made.applied("clerk1", import_id).changed == 1
    assert alive("P01")[0].remark == "刚改的"


def test_however_many_rows_were_edited_meanwhile_each_is_listed(tmp_path, monkeypatch):
    monkeypatch.setattr(comparing, "CHUNK", 2)
    items = [made.add("P01", serial) for serial in range(1, 6)]
    rows = [made.row(serial, staff_count="50") for serial in range(1, 6)]
    import_id = made.planned("clerk1", "P01", made.csv_bytes(rows), tmp_path)
    with made.acting("park1") as actor, transaction():
        for item in items:
            services.change(actor, item.id, {"remark": "改"}, version=item.version, year=made.YEAR)
    assert made.applied("clerk1", import_id).conflicts == 5
    codes = [queries.plan_row(import_id, number).warnings[0]["code"] for number in range(2, 7)]
    assert codes == ["changed_meanwhile"] * 5
    assert made.applied("clerk1", import_id).changed == 5


def test_an_enterprise_that_came_meanwhile_is_a_conflict_not_a_duplicate(tmp_path):
    import_id = made.planned("clerk1", "P01", made.csv_bytes([made.row(1)]), tmp_path)
    made.add("P01", 1)
    assert made.applied("clerk1", import_id).conflicts == 1
    assert queries.plan_row(import_id, 2).kind == "unchanged"


def test_undo_reverses_what_nobody_touched_and_names_the_rest(tmp_path):
    first = made.add("P01", 1)
    second = made.add("P01", 2)
    rows = [
        made.row(1, staff_count="77", name="新名一号公司"),
        made.row(2, staff_count="88"),
        made.row(3),
        made.row(4),
    ]
    import_id = made.planned("clerk1", "P01", made.csv_bytes(rows), tmp_path)
    made.applied("clerk1", import_id)
    second_now = queries.get(second.id)
    db.session.refresh(second_now)
    with made.acting("park1") as actor, transaction():
        services.change(
            actor, second.id, {"remark": "后来改的"}, version=second_now.version, year=made.YEAR
        )
    gone = next(item for item in alive("P01") if item.uscc == made.row(4)["uscc"])
    with made.acting("park1") as actor, transaction():
        services.discard(actor, gone.id, reason="关了", now=clock.now())
    tally = made.undone("clerk1", import_id)
    assert tally == {"reversed": 2, "kept": 1, "could_not": 1}
    db.session.expire_all()
    assert queries.get(first.id).name == made.row(1)["name"]
    assert queries.figures(first.id, made.YEAR).staff_count == 12
    assert queries.get(second.id).remark == "后来改的"
    assert made.row(3)["uscc"] not in {item.uscc for item in alive("P01")}


def test_undo_ends_after_thirty_days_and_happens_once(tmp_path):
    import_id = made.planned("clerk1", "P01", made.csv_bytes([made.row(1)]), tmp_path)
    made.applied("clerk1", import_id)
    with made.acting("clerk1") as actor, pytest.raises(Refusal) as late, transaction():
        applying.undo(actor, import_id, now=clock.now() + timedelta(days=31))
    assert late.value.code == "undo_too_late"
    made.undone("clerk1", import_id)
    with pytest.raises(Refusal) as twice:
        made.undone("clerk1", import_id)
    assert twice.value.code == "undo_not_applied"


def test_absent_columns_stay_and_blank_cells_clear(tmp_path):
    item = made.add("P01", 1, remark="旧备注", company_type="有限责任公司")
    content = made.csv_bytes([made.row(1, remark="")], ["uscc", "name", "remark"])
    import_id = made.planned("clerk1", "P01", content, tmp_path)
    made.applied("clerk1", import_id)
    db.session.expire_all()
    now = queries.get(item.id)
    assert now.remark is None
    assert now.company_type == "有限责任公司"


def test_a_new_row_without_required_columns_is_an_error_on_each_heading(tmp_path):
    content = made.csv_bytes([made.row(1)], ["uscc", "name"])
    import_id = made.planned("clerk1", "P01", content, tmp_path)
    errors = queries.plan_row(import_id, 2).errors
    assert {error["column"] for error in errors} == {"contact_name", "contact_phone", "settled_on"}


def test_a_code_in_the_recycle_bin_is_new_with_a_warning_and_blocks_restoring(tmp_path):
    item = made.add("P01", 1)
    with made.acting("park1") as actor, transaction():
        services.discard(actor, item.id, reason="误删", now=clock.now())
    import_id = made.planned("clerk1", "P01", made.csv_bytes([made.row(1)]), tmp_path)
    assert queries.plan_row(import_id, 2).kind == "new"
    assert queries.plan_row(import_id, 2).warnings[0]["code"] == "code_in_bin"
    made.applied("clerk1", import_id)
    with made.acting("park1") as actor, pytest.raises(Refusal) as refused, transaction():
        services.restore(actor, item.id)
    assert refused.value.params["name"] == made.row(1)["name"]


def test_retired_words_may_stay_but_not_come(tmp_path):
    made.add("P01", 1, customs_credit="其他(常规)")
    rows = [made.row(1, customs_credit="其他(常规)"), made.row(2, customs_credit="其他(常规)")]
    import_id = made.planned("clerk1", "P01", made.csv_bytes(rows), tmp_path)
    assert queries.plan_row(import_id, 2).kind == "unchanged"
    assert queries.plan_row(import_id, 3).errors[0]["code"] == "retired"


def test_a_wrong_word_is_mended_once_for_all_rows(tmp_path):
    rows = [made.row(n, customs_modes="9710出口") for n in (1, 2, 3)] + [made.row(4)]
    import_id = made.planned("clerk1", "P01", made.csv_bytes(rows), tmp_path)
    assert made.counts(import_id)["error"] == 3
    with made.acting("clerk1") as actor, transaction():
        mended = fix.fix(
            actor,
            import_id,
            2,
            fix.CellEdit("customs_modes", "9710"),
            same=True,
            today=clock.today(),
        )
    assert mended == 3
    assert made.counts(import_id) == {"new": 4, "changed": 0, "unchanged": 0, "error": 0}
    made.applied("clerk1", import_id)
    assert alive("P01")[0].customs_modes == ("9710",)


def test_mending_with_another_wrong_value_keeps_the_error_and_its_words(tmp_path):
    content = made.csv_bytes([made.row(1, contact_phone="12")])
    import_id = made.planned("clerk1", "P01", content, tmp_path)
    with made.acting("clerk1") as actor, transaction():
        mended = fix.fix(
            actor,
            import_id,
            2,
            fix.CellEdit("contact_phone", "13"),
            same=False,
            today=clock.today(),
        )
    row = queries.plan_row(import_id, 2)
    assert mended == 0
    assert row.kind == "error"
    assert row.raw["contact_phone"] == "13"


def test_unticked_rows_are_left_out(tmp_path):
    import_id = made.planned("clerk1", "P01", made.csv_bytes([made.row(1), made.row(2)]), tmp_path)
    with made.acting("clerk1"), transaction():
        fix.tick(import_id, [3], on=False)
    assert made.applied("clerk1", import_id).added == 1
    assert [item.uscc for item in alive("P01")] == [made.row(1)["uscc"]]


def test_the_same_file_again_is_noticed(tmp_path):
    content = made.csv_bytes([made.row(1)])
    first = made.planned("clerk1", "P01", content, tmp_path)
    made.applied("clerk1", first)
    again = made.planned("clerk1", "P01", content, tmp_path)
    warnings = db.session.get(EnterpriseImport, again).warnings
    assert [one["code"] for one in warnings] == ["same_file"]
    assert made.counts(again)["unchanged"] == 1


def test_another_parks_clerk_sees_neither_plan_nor_rows(tmp_path):
    import_id = made.planned("clerk1", "P01", made.csv_bytes([made.row(1)]), tmp_path)
    with made.acting("clerk2") as actor:
        with pytest.raises(NotFound):
            queries.get_import(import_id)
        assert queries.plan_rows(import_id, None, limit=10, offset=0) == []
        with pytest.raises(NotFound), transaction():
            applying.apply(actor, import_id, mode="all", now=clock.now())
    assert alive("P01") == []


def test_a_refused_file_leaves_its_reason_and_no_rows(tmp_path):
    import_id = made.planned("clerk1", "P01", b"\x00\x01\x02 nothing", tmp_path)
    found = db.session.get(EnterpriseImport, import_id)
    assert found.state == "refused"
    assert found.refusal["code"]
    assert made.counts(import_id) == {"new": 0, "changed": 0, "unchanged": 0, "error": 0}


def test_a_key_is_never_given_twice(tmp_path):
    first = made.planned("clerk1", "P01", made.csv_bytes([made.row(1)]), tmp_path)
    made.applied("clerk1", first)
    before = alive("P01")[0].id
    made.undone("clerk1", first)
    single = made.add("P02", 2).id
    second = made.planned("clerk1", "P01", made.csv_bytes([made.row(3)]), tmp_path)
    made.applied("clerk1", second)
    assert len({before, single, alive("P01")[0].id}) == 3


def test_one_wrong_word_of_several_is_replaced_and_the_others_stay(tmp_path):
    modes = ("9710、9710出口", "9710出口、9810", "9610", "1210出口")
    rows = [made.row(n, customs_modes=text) for n, text in enumerate(modes, 1)]
    import_id = made.planned("clerk1", "P01", made.csv_bytes(rows), tmp_path)
    assert made.counts(import_id)["error"] == 3
    edit = fix.CellEdit("customs_modes", "9610", word="9710出口")
    with made.acting("clerk1") as actor, transaction():
        mended = fix.fix(actor, import_id, 2, edit, same=True, today=clock.today())
    assert mended == 2
    new = [queries.plan_row(import_id, n).new.get("customs_modes") for n in (2, 3, 4)]
    assert new == [["9610", "9710"], ["9610", "9810"], ["9610"]]
    assert queries.plan_row(import_id, 5).kind == "error"


def test_a_wrong_word_can_be_taken_out(tmp_path):
    content = made.csv_bytes([made.row(1, customs_modes="9710、保税")])
    import_id = made.planned("clerk1", "P01", content, tmp_path)
    edit = fix.CellEdit("customs_modes", "", word="保税")
    with made.acting("clerk1") as actor, transaction():
        assert fix.fix(actor, import_id, 2, edit, same=False, today=clock.today()) == 1
    assert queries.plan_row(import_id, 2).new["customs_modes"] == ["9710"]


def test_a_code_of_another_park_is_told_to_the_zone_only(tmp_path):
    made.add("P02", 1)
    content = made.csv_bytes([made.row(1)])
    theirs = made.planned("clerk1", "P01", content, tmp_path)
    assert not queries.plan_row(theirs, 2).warnings
    zone = made.planned("operator", "P01", content, tmp_path)
    warnings = queries.plan_row(zone, 2).warnings
    assert [(one["code"], one["params"]) for one in warnings] == [("other_park", {"parks": "P02"})]


def test_a_row_mended_twice_tells_a_warning_once(tmp_path):
    item = made.add("P01", 1)
    with made.acting("park1") as actor, transaction():
        services.discard(actor, item.id, reason="误删", now=clock.now())
    content = made.csv_bytes([made.row(1, contact_phone="12")])
    import_id = made.planned("clerk1", "P01", content, tmp_path)
    for value in ("13", "13800138000"):
        edit = fix.CellEdit("contact_phone", value)
        with made.acting("clerk1") as actor, transaction():
            fix.fix(actor, import_id, 2, edit, same=False, today=clock.today())
    assert [one["code"] for one in queries.plan_row(import_id, 2).warnings] == ["code_in_bin"]
