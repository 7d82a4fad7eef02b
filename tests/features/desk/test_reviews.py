"""审核中心: three tabs, the screen with its difference, decisions one by one and many at once."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from app.core import scope
from app.core.values import replace
from app.engines import review
from app.engines.review import State
from app.extensions import db
from app.features.desk.views.review_values import Part, _folded
from app.transaction import transaction
from tests.engines.review.sample import CONTENT, KIND
from tests.support import people

VIEW = "EnterpriseView"  # whose can_edit park administrators hold
BASE = "/desk/reviews"


@pytest.fixture(autouse=True)
def kind(context):
    one = replace(KIND, name="sample_page", author_view=VIEW)
    review.register(one)
    return one


def sent(subject=1, by="park1", **content):
    """A submitted revision of that person's park."""
    actor = people.actor(by)
    park = min(actor.park_ids)
    thing = review.Subject("sample_page", subject, park, f"样品{subject}", {**CONTENT, **content})
    with scope.acting_as(actor), transaction():
        return review.propose(actor, thing, {}, seen=0, send=True).id


def fresh(pk):
    db.session.expire_all()
    return db.session.get(review.Revision, pk)


def decide(browser, pk, act, **form):
    seen = form.pop("seen", fresh(pk).version)
    return browser.post(f"{BASE}/decision/{pk}", data={"act": act, "seen": str(seen), **form})


def test_reviewers_see_what_waits_oldest_first_with_its_count(as_):
    first, second = sent(1), sent(2, by="park2")
    text = as_("reviewer").page(f"{BASE}/list/")
    assert text.index("样品1") < text.index("样品2")
    assert "0 个工作日" in text
    decide(as_("reviewer"), first, "approve")
    left = as_("reviewer").get(f"{BASE}/list/").text
    assert "样品2" in left
    assert "样品1" not in left
    done = as_("reviewer").get(f"{BASE}/list/?tab=done").text
    assert "样品1" in done
    assert second


def test_parks_see_what_they_sent_and_nothing_else(as_):
    sent(1)
    sent(2, by="park2")
    page = as_("park1").get(f"{BASE}/list/")
    assert "样品1" in page.text
    assert "样品2" not in page.text
    assert as_("park1").get(f"{BASE}/list/?tab=todo").status_code == 400


def test_the_screen_marks_what_changes_against_the_version_in_force(as_):
    first = sent(1)
    decide(as_("reviewer"), first, "approve")
    second = sent(1, name="椰风二期", area="1300.00")
    actor = people.actor("park1")
    with scope.acting_as(actor), transaction():
        review.withdraw(actor, second)
    with scope.acting_as(actor), transaction():
        found = review.get(actor, second)
        review.save(actor, second, {"name": "椰风二期", "area": "1300.00"}, seen=found.version)
    with scope.acting_as(actor), transaction():
        review.submit(actor, second, seen=review.get(actor, second).version)
    page = as_("reviewer").get(f"{BASE}/show/{second}").text
    assert "第 1 版" in page
    assert "<ins>二期</ins>" in page
    assert "<del>1,200.50</del>" in page
    assert "第一稿" not in page  # unchanged: under 全部字段
    assert "第一稿" in as_("reviewer").get(f"{BASE}/show/{second}?view=all").text


def again(pk, **values):
    """撤回, another text, 提交."""
    actor = people.actor("park1")
    for act in (
        lambda: review.withdraw(actor, pk),
        lambda: review.save(actor, pk, values, seen=fresh(pk).version),
        lambda: review.submit(actor, pk, seen=fresh(pk).version),
    ):
        with scope.acting_as(actor), transaction():
            act()


def test_what_was_sent_and_taken_back_is_not_taken_for_judged(as_):
    """A first text, withdrawn and sent again with a trifle changed, is still all to be read."""
    pk = sent(1, story="<p>无人看过的话</p>")
    again(pk, area="1.00")
    assert "无人看过的话" in as_("reviewer").page(f"{BASE}/show/{pk}")
    decide(as_("reviewer"), pk, "send_back", reason="请更正")
    with scope.acting_as(people.actor("park1")), transaction():
        review.submit(people.actor("park1"), pk, seen=fresh(pk).version)
    again(pk, story="<p>悄悄换掉的话</p>")
    again(pk, area="2.00")
    page = as_("reviewer").page(f"{BASE}/show/{pk}")
    assert "悄悄换掉" in page
    assert "2.00" in page


def test_a_first_version_is_read_plainly(as_):
    page = as_("reviewer").get(f"{BASE}/show/{sent(1)}").text
    assert "第一稿" in page
    assert "<ins>" not in page


def test_a_first_version_opens_on_what_is_filled_in(as_):
    """Of forty-odd fields of a park most may be empty; all of them are one click away."""
    browser, pk = as_("reviewer"), sent(1, area="")
    page = browser.page(f"{BASE}/show/{pk}")
    assert '已填写<span class="pill">2<' in page
    assert 'name="fields" value="area"' not in page
    assert 'name="fields" value="area"' in browser.page(f"{BASE}/show/{pk}?view=all")


def test_a_no_without_a_reason_comes_back_with_everything_typed(as_):
    pk = sent(1)
    page = decide(as_("reviewer"), pk, "send_back", reason=" ", fields="area")
    assert page.status_code == 400
    field = re.search(r"<textarea[^>]*>", page.text)[0]
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="reason-error reason-hint"' in field
    assert "data-focus" in field
    assert 'id="reason-error" role="alert">' in page.text
    assert 'id="review-error"' not in page.text  # said once, where it is mended
    assert 'value="area" checked' in page.text
    assert fresh(pk).state is State.submitted
    decide(as_("reviewer"), pk, "send_back", reason="面积不符", fields="area")
    assert (fresh(pk).state, fresh(pk).returned_fields) == (State.returned, ["area"])


def test_a_second_post_of_the_same_screen_decides_nothing(as_):
    """A double click: the item shown is decided, the next in the queue is not, nothing happens twice."""
    first, following = sent(1), sent(2)
    reviewer, seen = as_("reviewer"), fresh(first).version
    answer = decide(reviewer, first, "approve", seen=seen)
    assert answer.headers["Location"].endswith(f"/show/{following}")
    assert decide(reviewer, first, "approve", seen=seen).status_code == 409
    acts = [one.act for one in review.events(fresh(first))]
    assert acts.count("approve") == 1
    assert fresh(following).state is State.submitted


def test_after_a_decision_the_way_leads_on_and_back(as_):
    """To the next item with a link to the one decided; after the last to the list."""
    first, following = sent(1), sent(2)
    reviewer = as_("reviewer")
    page = reviewer.page(decide(reviewer, first, "approve").location)
    assert f'<a href="{BASE}/show/{first}">查看</a>' in page
    decided = decide(reviewer, following, "send_back", reason="请核对", fields="area")
    assert decided.location == f"{BASE}/list/"
    assert "需修改：" in reviewer.page(f"{BASE}/show/{following}")


def test_a_decision_holds_for_the_item_that_was_shown(as_):
    """The version of one item decides no other."""
    first, following = sent(1), sent(2)
    decide(as_("reviewer"), first, "send_back", reason="面积不符")
    seen = fresh(first).version
    assert seen != fresh(following).version
    assert decide(as_("reviewer"), following, "approve", seen=seen).status_code == 409
    assert fresh(following).state is State.submitted


def test_an_old_screen_says_that_somebody_was_faster_and_keeps_the_reason(as_):
    pk = sent(1)
    seen = fresh(pk).version
    decide(as_("reviewer"), pk, "approve", seen=seen)
    page = decide(as_("operator"), pk, "refuse", seen=seen, reason="不同意")
    assert page.status_code == 409
    assert "已有变化" in page.text
    assert fresh(pk).state is State.passed


@pytest.mark.parametrize("who", ["park1", "park2", "clerk1", "user1", "expert1", "auditor"])
def test_nobody_else_decides(as_, who):
    pk = sent(1)
    assert decide(as_(who), pk, "approve").status_code == 403
    assert fresh(pk).state is State.submitted


def test_another_parks_revision_does_not_exist(as_):
    pk = sent(1)
    assert as_("park2").get(f"{BASE}/show/{pk}").status_code == 404
    assert as_("park1").get(f"{BASE}/show/{pk}").status_code == 200


def test_picking_up_keeps_the_author_from_withdrawing(as_):
    pk = sent(1)
    as_("reviewer").post(f"{BASE}/pick/{pk}")
    assert fresh(pk).state is State.picked
    other = as_("operator").get(f"{BASE}/show/{pk}").text
    assert "另一位审核员正在审核" in other
    as_("reviewer").post(f"{BASE}/release/{pk}")
    assert fresh(pk).state is State.submitted


def test_several_are_decided_one_by_one(as_, kind):
    review.register(replace(kind, warnings=lambda _content: ("含敏感词：走私",)))
    good, stale, mute = sent(1), sent(2), sent(3, story=f"<p>{'长' * 200}</p>")
    reviewer = as_("reviewer")
    page = reviewer.post(f"{BASE}/bulk/decide", data={"pk": [good, stale, mute]})
    assert page.status_code == 303
    shown = reviewer.get(page.headers["Location"])
    assert shown.text.count('value="approve"') == 3
    assert "1,200.50" in shown.text  # what it says, not only that it is new
    assert "含敏感词：走私" in shown.text
    assert "长" * 160 in shown.text
    assert "长" * 161 not in shown.text
    form = {"pk": [good, stale, mute]}
    for pk in (good, stale, mute):
        form |= {f"act.{pk}": "approve", f"seen.{pk}": fresh(pk).version, f"reason.{pk}": ""}
    form[f"seen.{stale}"] = fresh(stale).version + 7
    form[f"act.{mute}"] = "refuse"
    result = reviewer.post(f"{BASE}/several", data=form)
    assert "已通过" in result.text
    assert "已有变化" in result.text
    # What lacks its reason stays open with what was chosen; the others have their results.
    field = re.search(rf'<input[^>]*name="reason.{mute}"[^>]*>', result.text)[0]
    assert 'aria-invalid="true"' in field
    assert f'id="reason-{mute}-error"' in result.text
    assert "请写明原因" in result.text
    assert f'name="act.{mute}" value="refuse" checked' in result.text
    assert f'name="act.{good}"' not in result.text
    assert [fresh(pk).state for pk in (good, stale, mute)] == [
        State.passed,
        State.submitted,
        State.submitted,
    ]


def test_who_only_looks_reads_no_reason_and_no_warning(as_, kind):
    review.register(replace(kind, warnings=lambda _content: ("含敏感词：走私",)))
    pk = sent(1)
    decide(as_("reviewer"), pk, "send_back", reason="面积与合同不符")
    with scope.acting_as(people.actor("park1")), transaction():
        review.submit(people.actor("park1"), pk, seen=fresh(pk).version)
    pages = [as_("reviewer")]
    browser = as_("sysadmin")
    with scope.unscoped():
        target = people.actor("reviewer").user_id
    browser.post(f"/desk/users/view-as/{target}", data={"reason": "协助排查"})
    pages.append(browser)
    own, looked = (one.page(f"{BASE}/show/{pk}") for one in pages)
    for words in ("面积与合同不符", "走私"):
        assert words in own
        assert words not in looked


def test_the_zone_revokes_with_a_reason(as_):
    pk = sent(1)
    decide(as_("reviewer"), pk, "approve")
    form = {"seen": fresh(pk).version, "reason": ""}
    assert as_("operator").post(f"{BASE}/revocation/{pk}", data=form).status_code == 400
    assert as_("reviewer").post(f"{BASE}/revocation/{pk}", data=form).status_code == 403
    as_("operator").post(f"{BASE}/revocation/{pk}", data={**form, "reason": "举报属实"})
    assert fresh(pk).state is State.revoked


def test_the_number_of_statements_does_not_grow_with_rows(as_):
    sent(1)
    reviewer = as_("reviewer")
    few = statements(reviewer)
    for subject in range(2, 12):
        sent(subject)
    assert statements(reviewer) == few


def statements(browser):
    """How many statements the queue takes."""
    browser.page(f"{BASE}/list/")
    told = []

    def note(*_args):
        told.append(1)

    sa.event.listen(Engine, "before_cursor_execute", note)
    try:
        browser.page(f"{BASE}/list/")
    finally:
        sa.event.remove(Engine, "before_cursor_execute", note)
    return len(told)


def test_long_text_without_a_change_is_folded():
    parts = _folded([Part("甲" * 500), Part("乙", "new"), Part("丙" * 500)])
    assert [one.mark for one in parts] == ["fold", "", "new", "", "fold"]
    assert sum(len(one.text) for one in parts) < 300
