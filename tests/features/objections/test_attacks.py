"""What an upheld objection does not open: other results, older proposals, versions of one person."""

from __future__ import annotations

from typing import Any

import pytest

from app.core import scope
from app.core.errors import Refusal
from app.features.assessments.queries import rounds, runs
from app.features.assessments.services import overriding
from app.features.objections import services
from app.features.rankings import services as publishing
from app.transaction import transaction
from tests.features.accounts.test_view_as import looking
from tests.features.objections import test_correcting as correcting
from tests.features.objections.test_objections import act, filed
from tests.support import assessments, judging, people
from tests.support.judging import do

published = correcting.published


@pytest.mark.one_database("a page")
def test_a_park_is_not_told_who_handles_its_case(as_: Any, context: Any) -> None:
    _found, one = filed()
    act(services.accept, one.id, by="reviewer", seen=one.version)
    name, base = people.actor("reviewer").name, "/desk/objections/list/"
    assert name in as_("operator").get(base).text
    for asked in ("", "?sort=handler&dir=asc", "?cols=number,handler"):
        assert name not in as_("park1").get(base + asked).text, asked


def test_an_older_proposal_of_a_grade_is_no_way_into_the_next_version(published: Any) -> None:
    found, first, filing = published
    do("operator", publishing.withdraw, found.id, reason="再核一次")
    other = assessments.filing(found, "P02")
    kept = [
        do("operator", overriding.propose, one.id, _other(found, one), "依据")
        for one in (filing, other)
    ]
    with pytest.raises(Refusal, match="ranking_grade_open"):
        do("operator2", publishing.publicize, found.id, run_id=first.run_id)
    _stand(kept, "withdrawn")
    second = do("operator2", publishing.publicize, found.id, run_id=first.run_id)
    _stand(kept, "proposed")  # an earlier release published over them
    for made in kept:
        with pytest.raises(Refusal, match="round_state"):
            do("operator2", overriding.approve, made.id)
    correcting.upheld(second, target="total", indicators=())
    do("operator2", overriding.approve, kept[0].id)
    with pytest.raises(Refusal, match="round_state"):
        do("operator2", overriding.approve, kept[1].id)
    do("operator2", overriding.refuse, kept[1].id, "不成立")


def _stand(proposals: list[Any], state: str) -> None:
    with scope.unscoped(), transaction():
        for one in proposals:
            one.state = state


def _other(found: Any, filing: Any) -> str:
    """A grade that was not computed."""
    result = runs.result(runs.last(found.id, previews=False).id, filing.park_id)
    grades = [one.code for one in rounds.scheme_of(found).grading.grades]
    return next(code for code in grades if code != result.grade)


def test_what_nobody_judged_again_is_no_correction(published: Any) -> None:
    found, first, filing = published
    correcting.upheld(first)
    with pytest.raises(Refusal, match="run_not_judged_again"):
        judging.run(found, by="reviewer")
    judging.run(found, preview=True)
    correcting.corrected(filing)
    assert judging.run(found, by="reviewer").state == "done"


def test_a_withdrawal_does_not_save_the_second_person(published: Any, as_: Any) -> None:
    found, _first, _filing = published
    do("operator", publishing.withdraw, found.id, reason="发错了")
    made = judging.run(found, by="operator")
    words = "更正版本须由重新计分的人以外的另一人发布"
    address = f"/desk/publications/{found.id}"
    assert words in as_("operator").get(address).text
    assert words not in as_("operator2").get(address).text
    with pytest.raises(Refusal, match="ranking_second_person"):
        do("operator", publishing.publicize, found.id, run_id=made.id)
    assert do("operator2", publishing.publicize, found.id, run_id=made.id).number == 2


@pytest.mark.one_database("a page")
def test_no_review_is_offered_that_would_be_refused(as_: Any, context: Any) -> None:
    found, one = filed()
    one = act(services.refuse, one.id, "不在范围", by="operator", seen=one.version)
    address, form = f"/desk/objections/show/{one.id}", f"/desk/objections/act/{one.id}/again"
    assert form in as_("park1").get(address).text
    act(publishing.withdraw, found.id, by="operator", reason="发错了")
    assert form not in as_("park1").get(address).text
    assert as_("park1").post(form, data={"text": "仍不服"}).status_code == 409


@pytest.mark.one_database("a page")
def test_who_only_looks_reads_no_figure_before_it_is_published(published: Any, as_: Any) -> None:
    found, first, filing = published
    correcting.upheld(first)
    correcting.corrected(filing)
    judging.run(found, by="reviewer")
    address = f"/desk/publications/{found.id}"
    assert "更正前后" in as_("operator").get(address).text
    seen = looking(as_, "operator").get(address)
    assert (seen.status_code, "更正前后" in seen.text) == (200, False)
