"""为什么: a page offers an act exactly when its policy does; else it names what the policy names."""

from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa

from app.core import scope
from app.engines import review
from app.engines.review.labels import REFUSALS as REVIEW_REFUSALS
from app.engines.review.rules import Standing
from app.extensions import db
from app.extensions.why import stands_against
from app.features.assessments.labels import ROUND_WORDS
from app.features.assessments.models import AssessmentFiling, AssessmentRound
from app.features.assessments.rules import rounds
from app.features.assessments.rules.filing import State as FilingState
from app.features.enterprises.models import Enterprise
from app.features.objections import rules as objections
from app.features.objections.labels import REFUSALS as OBJECTION_REFUSALS
from app.features.settlements import rules as settlements
from app.features.settlements.labels import ACT_WORDS, STATE_WORDS
from app.features.settlements.models import SettlementApplication
from app.transaction import transaction
from tests.support import assessments as made_rounds
from tests.support import enterprises, people
from tests.support import settlements as made

LINE = re.compile(r"<dt>(.*?)</dt><dd>(.*?)</dd>", re.DOTALL)


def whys(page: str) -> dict[str, str]:
    """Acts and the reasons against them, as the page tells them."""
    part = page.partition('<details class="why">')[2].partition("</details>")[0]
    return {html.unescape(act): html.unescape(reason) for act, reason in LINE.findall(part)}


def told(page: str) -> set[str]:
    """The single acts that the page has a reason against."""
    return {act for acts in whys(page) for act in acts.split("、")}


def put(model, pk, **values):
    with scope.unscoped(), transaction():
        db.session.execute(sa.update(model).where(model.id == pk).values(**values))


@pytest.mark.parametrize("state", list(settlements.State))
def test_an_application_offers_what_its_table_allows_and_tells_the_rest(context, as_, state):
    one = made.made()
    facts = {
        "landed": {"landed_on": one.submitted_at.date()},
        "declined": {"reason_code": "space"},
        "moved": {"moved_to_id": people.park("P02").id},
    }
    put(SettlementApplication, one.id, state=state.value, **facts.get(state.value, {}))
    page = as_("park1").page(f"/desk/settlements/show/{one.id}")
    park = settlements.Standing(state, frozenset({settlements.Side.park}))
    mine = {a for a, step in settlements.WORKFLOW.items() if step.side is settlements.Side.park}
    refused = {act for act in mine if settlements.refusal(act, park)}
    assert told(page) == {str(ACT_WORDS[act]) for act in refused}
    for act in mine:
        offered = f"act={act.value}" in page or f"/{act.value}/{one.id}" in page
        assert offered is (act not in refused), act
    if refused:
        assert f"现在是“{STATE_WORDS[state]}”" in next(iter(whys(page).values()))


def test_who_lacks_the_role_is_told_which_it_is(context, as_):
    one = made.made()
    assert whys(as_("operator").page(f"/desk/settlements/show/{one.id}")) == {
        "办理": "由园区/基地自行办理，平台只查看。"
    }
    own = enterprises.add("P01", 1)
    page = as_("clerk1").page(f"/desk/enterprises/show/{own.id}")
    (reason,) = whys(page).values()
    assert "删除" in whys(page)
    assert "园区/基地管理员" in reason
    assert whys(as_("park1").page(f"/desk/enterprises/show/{own.id}")) == {}


@pytest.mark.one_database("reads who holds a right, which a test of roles does on both")
@pytest.mark.parametrize(
    ("who", "path", "expected"),
    [
        ("park1", "/desk/enterprises/list/", set()),
        ("clerk1", "/desk/enterprises/list/", {"删除"}),
        ("operator", "/desk/settlements/list/", {"办理"}),
        ("clerk1", "/desk/objections/list/", {"提出异议"}),
        ("park1", "/desk/objections/list/", set()),
        ("reviewer", "/desk/parks/list/", {"新增", "编辑", "删除", "导出"}),
        ("operator", "/desk/parks/list/", set()),
    ],
)
def test_a_list_tells_which_acts_take_another_role(as_, who, path, expected):
    assert told(as_(who).page(path)) == expected


def test_a_record_that_moved_away_is_only_read_and_says_so(context, as_):
    gone, stays = enterprises.add("P01", 1), enterprises.add("P01", 2)
    put(Enterprise, gone.id, moved_to=stays.id, status="迁出")
    browser = as_("park1")
    page = browser.page("/desk/enterprises/list/")
    assert f"/desk/enterprises/edit/{stays.id}" in page
    for act in ("edit", "delete"):
        assert f"/desk/enterprises/{act}/{gone.id}" not in page
    reasons = whys(browser.page(f"/desk/enterprises/show/{gone.id}"))
    assert reasons == {"编辑、删除": "该企业已迁出本园区，档案只能查看"}


@pytest.mark.one_database("reads who holds a right, which a test of roles does on both")
def test_a_refused_page_names_the_role_it_takes_and_ones_own(as_):
    answer = as_("clerk1").get("/desk/settings/site")
    assert answer.status_code == 403
    assert "需要角色：平台运营。" in answer.text
    assert "您现在的角色：园区数据专员。" in answer.text
    english = as_("clerk1")
    english.post("/locale", data={"language": "en", "next": "/"})
    problem = english.get("/desk/settings/site", headers={"Accept": "application/json"})
    assert "Zone operator" in problem.json["detail"] or "平台运营" in problem.json["detail"]


@pytest.mark.one_database("refused before a row is read")
def test_another_parks_record_is_not_explained(context, as_):
    theirs = enterprises.add("P02", 1)
    answer = as_("park1").get(f"/desk/enterprises/show/{theirs.id}")
    assert answer.status_code == 404
    assert "需要角色" not in answer.text
    assert 'class="why"' not in answer.text


@pytest.mark.parametrize("state", [one for one in rounds.RoundState if one != "cancelled"])
def test_a_round_tells_why_it_cannot_be_changed_any_more(context, as_, state):
    found = made_rounds.opened()
    put(AssessmentRound, found.id, state=state.value)
    page = as_("operator").page(f"/desk/assessment-rounds/show/{found.id}")
    acts = {"编辑": "change", "发布": "plan", "收回": "recall", "取消考核": "cancel"}
    refused = {word for word, act in acts.items() if rounds.refusal(rounds.RoundAct(act), state)}
    assert told(page) == refused
    assert all(f"现在是“{ROUND_WORDS[state]}”" in reason for reason in whys(page).values())


@pytest.mark.parametrize("state", list(FilingState))
def test_a_filing_tells_why_it_cannot_be_written(context, as_, state):
    found = made_rounds.opened()
    one = made_rounds.filing(found, "P01")
    if state is not FilingState.draft:
        made_rounds.submitted(found)
        put(AssessmentFiling, one.id, state=state.value)
    page = as_("park1").page(f"/desk/filings/{one.id}")
    expected = {
        FilingState.draft: {"撤回"},
        FilingState.submitted: {"填报", "提交"},
        FilingState.returned: {"填报", "提交", "撤回"},  # nothing was given time for a correction
    }
    assert told(page) == expected.get(state, {"填报", "提交", "撤回"})


def test_every_code_that_a_table_refuses_with_has_words():
    """``stands_against`` looks the words up: a code without them would be a page that breaks."""
    standing = [
        objections.Standing(state, sides, 1, handler_id=handler, decided_by=1, reviewers=reviewers)
        for state in objections.State
        for sides in (frozenset({objections.Side.park}), frozenset({objections.Side.zone}))
        for handler in (None, 1, 2)
        for reviewers in (frozenset(), frozenset({1}))
    ]
    for one in standing:
        acts = dict.fromkeys(objections.WORKFLOW, "动作")
        lines = stands_against(
            acts, lambda act, one=one: objections.refusal(act, one), OBJECTION_REFUSALS
        )
        assert all(line.reason for line in lines)
    for act in review.WORKFLOW:
        for state in review.State:
            for sides in (frozenset({side}) for side in review.Side):
                at = Standing(state, 1, hands=frozenset({1}), sides=sides)
                code = review.refusal(act, at)
                assert code is None or code in REVIEW_REFUSALS


def test_a_reviewer_who_wrote_it_reads_why_it_is_not_theirs(context, as_):
    at = Standing(
        review.State.submitted, 7, hands=frozenset({7}), sides=frozenset({review.Side.reviewer})
    )
    reasons = {one.reason for one in review.whys(at, (review.Side.reviewer,))}
    assert str(REVIEW_REFUSALS["review_own"]) in reasons
    assert people.actor("reviewer").user_id
