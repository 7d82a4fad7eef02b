"""彻底删除: one person proposes, another one confirms, and what must stay stays."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Forbidden, NotFound, Refusal, Stale
from app.engines import recycling, settings, trail
from app.extensions import db
from app.features.assessments.models import AssessmentRound, FilingValue
from app.features.enterprises import queries as register
from app.features.enterprises.models import Enterprise, EnterpriseYear, ImportRow
from app.features.enterprises.services.apply import changed_imports
from app.features.news.models import Article
from app.transaction import transaction
from tests.features.news import made as news
from tests.support import assessments, bins
from tests.support import enterprises as made
from tests.support.bins import GONE, LIST, NAME, lying, second_admin, two_parks

__all__ = ["lying", "second_admin", "two_parks"]


# -- two persons -------------------------------------------------------------------------------
def test_within_its_days_nothing_can_be_deleted_for_good(app, as_, two_parks):
    browser = as_("park1")
    browser.post(f"/desk/enterprises/delete/{two_parks[0]}")
    with app.app_context():
        key = bins.item("enterprise", two_parks[0])
    assert f"/desk/bin/propose/{key}" not in browser.page(LIST)
    assert "保留期内不能彻底删除" in browser.page(f"/desk/bin/show/{key}")
    told = browser.post(f"/desk/bin/propose/{key}", data={"reason": "x"}, follow_redirects=True)
    assert "保留期内不能彻底删除" in told.text
    with app.app_context():
        bins.aged("enterprise", two_parks[0], days=4000)
        with made.acting("operator") as actor, transaction():
            settings.change(actor, {recycling.KEEP_DAYS: 0}, {recycling.KEEP_DAYS: 0})
    assert "长期保留" in browser.page(LIST)
    told = browser.post(f"/desk/bin/propose/{key}", data={"reason": "x"}, follow_redirects=True)
    assert "平台设置为长期保留" in told.text


@pytest.mark.parametrize(
    ("typed", "good"), [("0", True), ("30", True), ("3650", True), ("29", False), ("3651", False)]
)
def test_the_days_are_a_setting_with_bounds(as_, typed, good):
    answer = as_("operator").post(
        "/desk/settings/bin", data={"bin.days": typed, "version.bin.days": "0"}
    )
    assert answer.status_code == (303 if good else 400)


@pytest.mark.parametrize(("first", "second"), [("park1", "operator"), ("park1", "admin9"), ("operator", "operator2")])  # fmt: skip
def test_two_persons_let_a_record_go_and_only_its_entry_stays(app, as_, lying, two_parks, first, second):  # fmt: skip
    one, other = as_(first), as_(second)
    assert "保留期满" in one.page(LIST)
    seen = bins.proposed(app, one, lying)
    assert one.post(f"/desk/bin/confirm/{lying}/{seen}").status_code == 303  # refused: not alone
    page = one.page(f"/desk/bin/show/{lying}")  # ... and reads beforehand who has to
    assert "彻底删除须由提出人以外的另一人确认。" in page
    assert "撤回提议" in page
    assert re.search(r'class="notice".*提出彻底删除，原因：.+等待该园区/基地的另一名管理员', page)
    page = other.page(f"/desk/bin/show/{lying}")
    assert "彻底删除须由提出人以外" not in page
    assert re.search(r'class="notice".*提出彻底删除，原因：.+等待您确认或驳回。', page)
    assert bins.inbox(app, second) == ["bin.proposed"]
    assert "彻底删除待您确认" in other.page("/desk/")
    assert "彻底删除待您确认" not in one.page("/desk/")
    assert NAME in other.page(f"{LIST}?stage=waiting")
    assert NAME in one.page(f"{LIST}?stage=asked")
    told = other.post(f"/desk/bin/confirm/{lying}/{seen}", follow_redirects=True)
    assert f"“{NAME}”已彻底删除。" in told.text
    assert bins.inbox(app, first)[0] == "bin.purged"
    with app.app_context(), scope.unscoped():
        for model in (Enterprise, EnterpriseYear):
            key = Enterprise.id if model is Enterprise else EnterpriseYear.enterprise_id
            assert db.session.scalar(sa.select(sa.func.count()).where(key == two_parks[0])) == 0
        assert bins.item("enterprise", two_parks[0]) == 0
        entry, *before = trail.history("enterprise", two_parks[0])
        assert [entry.action, before[0].action] == ["bin.purged", "bin.proposed"]
        assert entry.object_label == NAME
        assert entry.changes == {}
        assert len(entry.details["digest"]) == 64
        assert "13800138000" not in str(entry.details)
        assert trail.verify().ok


def test_rejected_with_a_reason_or_taken_back_it_stays(app, as_, lying):
    one, other = as_("park1"), as_("operator")
    seen = bins.proposed(app, one, lying)
    other.post(f"/desk/bin/reject/{lying}/{seen}", data={"reason": " "})
    assert bins.version(app, lying) == seen  # a reason is asked for
    other.post(f"/desk/bin/reject/{lying}/{seen}", data={"reason": "还要用"})
    assert bins.inbox(app, "park1") == ["bin.rejected"]
    seen = bins.proposed(app, one, lying)
    assert other.post(f"/desk/bin/take-back/{lying}").status_code == 403
    one.post(f"/desk/bin/take-back/{lying}")
    told = other.post(f"/desk/bin/confirm/{lying}/{seen}", follow_redirects=True).text
    assert "彻底删除已被撤回或驳回" in told
    history = one.page(f"/desk/bin/show/{lying}?tab=history")
    for words in (
        "删除企业",
        "提出彻底删除",
        "驳回彻底删除",
        "撤回彻底删除的提议",
        "还要用",
        "误登记",
    ):
        assert words in history


def test_confirming_another_proposal_than_was_read_does_nothing(app, as_, lying):
    one, other = as_("park1"), as_("operator")
    seen = bins.proposed(app, one, lying, "第一个原因")
    one.post(f"/desk/bin/take-back/{lying}")
    bins.proposed(app, one, lying, "另一个原因")
    told = other.post(f"/desk/bin/confirm/{lying}/{seen}", follow_redirects=True).text
    assert "彻底删除的申请有变化" in told
    assert "另一个原因" in told


def test_restored_meanwhile_the_second_person_reads_so(app, as_, lying):
    one, other = as_("park1"), as_("operator")
    seen = bins.proposed(app, one, lying)
    as_("admin9").post(f"/desk/bin/restore/{lying}")
    late = other.post(f"/desk/bin/confirm/{lying}/{seen}")
    assert late.status_code == 404
    assert GONE in late.text
    assert len(made.alive(app)) == 1
    assert bins.inbox(app, "park1") == ["bin.restored"]


def test_a_longer_retention_set_meanwhile_holds_for_what_was_proposed(app, as_, lying):
    seen = bins.proposed(app, as_("park1"), lying)
    with app.app_context(), made.acting("operator") as actor, transaction():
        settings.change(actor, {recycling.KEEP_DAYS: 365}, {recycling.KEEP_DAYS: 0})
    told = as_("operator").post(f"/desk/bin/confirm/{lying}/{seen}", follow_redirects=True)
    assert "保留期内不能彻底删除" in told.text


def test_what_must_stay_keeps_the_record(app, as_, two_parks, tmp_path):
    """An import that can be undone still needs it; afterwards only what is nobody's stays there."""
    with app.app_context(), scope.unscoped():
        row = made.row(1, name=NAME, contact_name="王小明", staff_count="99")
        import_id = made.planned("park1", "P01", made.csv_bytes([row]), tmp_path)
        made.applied("park1", import_id)
    one, other = as_("park1"), as_("operator")
    one.post(f"/desk/enterprises/delete/{two_parks[0]}")
    with app.app_context():
        key = bins.aged("enterprise", two_parks[0])
    told = one.post(f"/desk/bin/propose/{key}", data={"reason": "x"}, follow_redirects=True).text
    assert "仍可撤销，撤销期过后才能彻底删除" in told
    with app.app_context(), scope.unscoped(), transaction():
        db.session.execute(sa.text("UPDATE enterprise_import SET applied_at = '2020-01-01 00:00:00+00:00'" if db.engine.dialect.name == "postgresql" else "UPDATE enterprise_import SET applied_at = '2020-01-01 00:00:00.000000'"))  # fmt: skip
    seen = bins.proposed(app, one, key)
    other.post(f"/desk/bin/confirm/{key}/{seen}")
    with app.app_context(), scope.unscoped():
        assert bins.item("enterprise", two_parks[0]) == 0
        (kept,) = db.session.scalars(sa.select(ImportRow).where(ImportRow.import_id == import_id))
        assert kept.new["name"] == NAME
        assert "王小明" not in f"{kept.new}{kept.old}{kept.raw}"
        assert changed_imports() == []


def test_an_enterprise_that_an_application_landed_as_stays(app, as_, lying, monkeypatch):
    from app.features.settlements import queries

    monkeypatch.setattr(queries, "applications_of", lambda ids: dict.fromkeys(ids, 2))
    told = as_("park1").post(f"/desk/bin/propose/{lying}", data={"reason": "x"}, follow_redirects=True)  # fmt: skip
    assert "有 2 份入驻申请落地为该企业" in told.text


def test_an_article_goes_with_its_versions(app, as_):
    with app.app_context():
        pk = news.published(title="要彻底删除的新闻")
    mine, zone = as_("park1"), as_("operator")
    mine.post(f"/desk/news/delete/{pk}")
    with app.app_context():
        key = bins.aged("news", pk)
    seen = bins.proposed(app, mine, key)
    assert zone.post(f"/desk/bin/confirm/{key}/{seen}").status_code == 303
    with app.app_context(), scope.unscoped():
        assert db.session.scalar(sa.select(sa.func.count()).where(Article.id == pk)) == 0
        text = sa.text("SELECT count(*) FROM revision WHERE kind = 'news' AND subject_id = :pk")
        assert db.session.scalar(text, {"pk": pk}) == 0


def test_a_service_asks_the_right_itself(app, lying):
    with app.app_context():
        with made.acting("clerk1") as actor, pytest.raises(Forbidden), transaction():
            recycling.restore(actor, lying)
        with made.acting("park2") as actor, pytest.raises(NotFound), transaction():
            recycling.propose(actor, lying, reason="x", now=clock.now())
        with made.acting("park1") as actor, transaction():
            recycling.propose(actor, lying, reason="x", now=clock.now())
        with made.acting("admin9") as actor, pytest.raises(Refusal, match="bin_proposed"), transaction():  # fmt: skip
            recycling.propose(actor, lying, reason="y", now=clock.now())
        with made.acting("operator") as actor, pytest.raises(Stale), transaction():
            recycling.confirm(actor, lying, seen=99, now=clock.now())


@pytest.mark.parametrize(("state", "stays"), [("open", True), ("confirmed", False)])
def test_an_assessment_that_counted_it_keeps_it_until_its_result_stands(
    app, as_, lying, state, stays
):
    with app.app_context(), scope.unscoped():
        found = assessments.opened(("P01",))
    with app.app_context(), scope.unscoped(), transaction():
        filing = assessments.filing(found, "P01")
        value = db.session.scalars(
            sa.select(FilingValue).where(FilingValue.filing_id == filing.id).limit(1)
        ).one_or_none()
        if value is None:
            value = FilingValue(filing_id=filing.id, code="ent_cbec_count", version=1)
            db.session.add(value)
        value.taken_at = clock.now() - timedelta(days=300)
        db.session.get_one(AssessmentRound, filing.round_id).state = state
    form = {"reason": "误登记"}
    told = as_("park1").post(f"/desk/bin/propose/{lying}", data=form, follow_redirects=True).text
    assert ("计入了该记录" in told) is stays


def test_what_a_merge_names_stays(app, as_, lying, monkeypatch):
    monkeypatch.setattr(register, "merged_ever", lambda _pk: True)
    form = {"reason": "误登记"}
    told = as_("park1").post(f"/desk/bin/propose/{lying}", data=form, follow_redirects=True).text
    assert "该企业有合并记录，须一并保留" in told
