"""Every state x act x person: what the table allows happens, everything else changes nothing."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core import scope
from app.core.errors import NotFound, Refusal
from app.core.values import replace
from app.engines import review
from app.engines.review.rules import after
from app.extensions import db
from tests.engines.review.sample import KIND, PUBLISHED, Loop, who

PEOPLE = (
    *("author", "colleague", "clerk", "other park", "reviewer", "reviewer2", "zone", "auditor"),
)
#: The table once more, by hand: state -> person -> acts. Who is not named may nothing.
AUTHORS = {"author", "colleague"}
OPEN = {
    "draft": {name: {"save", "submit", "discard"} for name in AUTHORS},
    "returned": {name: {"save", "submit", "discard"} for name in AUTHORS},
    "submitted": {
        **{name: {"withdraw"} for name in AUTHORS},
        **{
            name: {"pick", "approve", "send_back", "refuse"}
            for name in ("reviewer", "reviewer2", "zone")
        },
    },
    "picked": {"reviewer": {"release", "approve", "send_back", "refuse"}},
    "passed": {"zone": {"revoke"}},
}


@pytest.fixture
def loop(context):
    return Loop()


@pytest.mark.parametrize("state", list(review.State))
@pytest.mark.parametrize("person", PEOPLE)
def test_what_the_table_says_and_nothing_else(loop, state, person):
    found = loop.in_state(state)
    for act in review.Act:
        wanted = str(act) in OPEN.get(str(state), {}).get(person, set())
        assert _went(loop, person, act, found) == wanted, act
        if wanted:  # a refused act left it as it was
            found = loop.in_state(state)


def _went(loop, person, act, found):
    """Whether the act was done; whole, or else nothing of it."""
    count = _events()
    version, state, stage = found.version, found.state, found.stage
    try:
        loop.act(person, act, found)
    except (Refusal, NotFound):
        now = loop.fresh(found)
        assert (now.version, now.state) == (version, state)
        assert _events() == count
        return False
    now = loop.fresh(found)
    assert (now.state, now.stage) == after(act, state, stage, 1)
    assert _events() == count + 1
    return True


def _events():
    return db.session.scalar(sa.select(sa.func.count()).select_from(review.ReviewEvent))


def test_the_buttons_are_the_acts_that_would_succeed(loop):
    for state in review.State:
        found = loop.in_state(state)
        for person in PEOPLE:
            standing = review.standing(who(person), found)
            shown = {str(act) for act in review.allowed(standing)}
            assert shown == OPEN.get(str(state), {}).get(person, set()), person


def test_other_parks_and_strangers_do_not_even_see_it(loop):
    found = loop.in_state(review.State.submitted)
    for person in ("clerk", "other park", "auditor"):
        actor = who(person)
        with scope.acting_as(actor), pytest.raises(NotFound):
            review.get(actor, found.id)


def test_a_reviewer_sees_no_draft_and_no_unfinished_correction(loop):
    found = loop.in_state(review.State.draft)
    reviewer = who("reviewer")
    with pytest.raises(NotFound):
        review.get(reviewer, found.id)
    loop.act("author", review.Act.submit, found)
    loop.act("reviewer", review.Act.send_back, found)
    loop.act("author", review.Act.save, found, values={"name": "改到一半"})
    assert review.shown_content(reviewer, loop.fresh(found))["name"] == "椰风"
    assert review.shown_content(who("author"), loop.fresh(found))["name"] == "改到一半"


def test_only_the_decided_content_comes_into_force(loop):
    found = loop.in_state(review.State.passed)
    assert PUBLISHED[-1] == ("approved", found.content)
    assert review.in_force("sample", found.subject_id).id == found.id
    second = loop.begin(name="椰风二期")
    assert (second.number, review.in_force("sample", found.subject_id).id) == (2, found.id)
    loop.act("author", review.Act.submit, second)
    assert review.in_force("sample", found.subject_id).id == found.id
    loop.act("reviewer", review.Act.approve, second)
    assert review.in_force("sample", found.subject_id).id == second.id
    assert not loop.fresh(found).in_force


def test_one_pending_revision_at_a_time(loop):
    first = loop.begin()
    assert loop.begin("colleague").id == first.id
    loop.act("author", review.Act.submit, first)
    assert loop.begin("colleague").id == first.id


@pytest.mark.parametrize("act", [review.Act.send_back, review.Act.refuse])
@pytest.mark.parametrize("reason", ["", "  \n", "长" * 501])
def test_a_no_says_why(loop, act, reason):
    found = loop.in_state(review.State.submitted)
    with pytest.raises(Refusal) as told:
        loop.act("reviewer", act, found, reason=reason)
    assert set(told.value.fields) == {"reason"}
    assert loop.fresh(found).state is review.State.submitted


def test_a_correction_opens_only_the_fields_it_names(loop):
    found = loop.in_state(review.State.submitted)
    loop.act("reviewer", review.Act.send_back, found, fields=("area",), reason="面积与合同不符")
    back = loop.fresh(found)
    assert (back.returned_fields, back.reason) == (["area"], "面积与合同不符")
    with pytest.raises(Refusal) as told:
        loop.act("author", review.Act.save, found, values={"name": "换个名字"})
    assert told.value.fields == {"name": "review_locked"}
    loop.act("author", review.Act.save, found, values={"area": "1100.00"})
    loop.act("author", review.Act.submit, found)
    again = loop.fresh(found)
    assert (again.id, again.number, again.returned_fields) == (found.id, 1, None)
    assert again.content["area"] == "1100.00"


def test_a_correction_cannot_name_what_is_no_field(loop):
    found = loop.in_state(review.State.submitted)
    with pytest.raises(Refusal) as told:
        loop.act("reviewer", review.Act.send_back, found, fields=("park_id",))
    assert told.value.code == "review_unknown_field"


def test_what_is_missing_is_told_at_the_submission(loop):
    found = loop.begin(name="")
    with pytest.raises(Refusal) as told:
        loop.act("author", review.Act.submit, found)
    assert told.value.fields == {"name": "required"}
    assert loop.fresh(found).state is review.State.draft


def test_who_wrote_in_it_does_not_decide_even_as_a_reviewer(loop):
    """The zone's people hold both rights for the zone's own things."""
    from app.core.values import replace

    found = loop.begin()
    both = who("zone")
    both = replace(both, permissions=both.permissions | {"can_edit on SampleView"})
    with scope.acting_as(both):
        review.save(both, found.id, {"area": "2.00"}, seen=found.version)
        db.session.flush()
    loop.act("author", review.Act.submit, found)
    with pytest.raises(Refusal) as told:
        loop.act("zone", review.Act.approve, found)
    assert told.value.code == "review_own"


class TestStages:
    """三审三校: each stage another person."""

    @pytest.fixture
    def loop(self, context):
        return Loop(stages=2)

    def test_the_same_person_does_not_pass_twice(self, loop):
        found = loop.in_state(review.State.submitted)
        loop.act("reviewer", review.Act.approve, found)
        once = loop.fresh(found)
        assert (once.state, once.stage, once.in_force) == (review.State.submitted, 2, False)
        assert PUBLISHED == []
        with pytest.raises(Refusal) as told:
            loop.act("reviewer", review.Act.approve, found)
        assert told.value.code == "review_earlier_stage"
        loop.act("reviewer2", review.Act.approve, found)
        assert loop.fresh(found).state is review.State.passed
        assert [name for name, _ in PUBLISHED] == ["approved"]

    def test_a_correction_starts_at_the_first_stage_again(self, loop):
        found = loop.in_state(review.State.submitted)
        loop.act("reviewer", review.Act.approve, found)
        loop.act("reviewer2", review.Act.send_back, found)
        loop.act("author", review.Act.submit, found)
        assert loop.fresh(found).stage == 1
        loop.act(
            "reviewer", review.Act.approve, found
        )  # it is a new text: passing it again is fine
        assert loop.fresh(found).stage == 2

    def test_the_queue_shows_each_reviewer_what_they_can_decide(self, loop):
        found = loop.in_state(review.State.submitted)
        loop.act("reviewer", review.Act.approve, found)
        assert review.count(review.waiting_for(who("reviewer"))) == 0
        assert review.count(review.waiting_for(who("reviewer2"))) == 1
        assert review.count(review.decided_by(who("reviewer"))) == 1
        assert review.count(review.started_by(who("author"))) == 1


class TestRevocation:
    def test_it_takes_the_content_out_of_force(self, loop):
        found = loop.in_state(review.State.revoked)
        assert PUBLISHED[-1][0] == "revoked"
        assert review.in_force("sample", found.subject_id) is None

    def test_a_kind_that_falls_back_shows_the_version_before(self, context):
        loop = Loop(kind=replace(KIND, falls_back=True))
        first = loop.in_state(review.State.passed)
        second = loop.begin(name="二期")
        loop.act("author", review.Act.submit, second)
        loop.act("reviewer", review.Act.approve, second)
        loop.act("zone", review.Act.revoke, second, reason="举报属实")
        assert review.in_force("sample", first.subject_id).id == first.id

    def test_what_is_no_longer_in_force_cannot_be_revoked(self, loop):
        first = loop.in_state(review.State.passed)
        second = loop.begin(name="二期")
        loop.act("author", review.Act.submit, second)
        loop.act("reviewer", review.Act.approve, second)
        with pytest.raises(Refusal) as told:
            loop.act("zone", review.Act.revoke, first)
        assert told.value.code == "review_not_in_force"
