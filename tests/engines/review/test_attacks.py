"""Ways around the reviewer: a field nobody reads, a hand nobody remembers, a thing of somebody else."""

from __future__ import annotations

import pytest

from app.core import scope
from app.core.errors import NotFound, Refusal
from app.core.values import replace
from app.engines import review
from app.engines.review.rules import KEPT_SAVES
from app.transaction import transaction
from tests.engines.review.sample import AUTHOR, PUBLISHED, Loop, who
from tests.support import people


@pytest.fixture
def loop(context):
    return Loop()


def test_a_field_that_no_reviewer_reads_is_not_kept(loop):
    """The screen shows the fields of the kind: what else a form sends would pass unread."""
    found = loop.begin(owner_id=7)
    with pytest.raises(Refusal) as told:
        loop.act("author", review.Act.save, found, values={"area": "1.00", "park_id": 9})
    assert told.value.code == "review_unknown_field"
    loop.act("author", review.Act.submit, found)
    loop.act("reviewer", review.Act.approve, found)
    assert set(PUBLISHED[-1][1]) == {"name", "area", "story"}


def test_taking_a_correction_back_opens_nothing_that_it_did_not_ask_for(loop):
    found = loop.in_state(review.State.submitted)
    loop.act("reviewer", review.Act.send_back, found, fields=("area",))
    with pytest.raises(Refusal) as told:
        loop.act("author", review.Act.submit, found)  # as it was returned
    assert told.value.fields == {"area": "review_not_mended"}
    loop.act("author", review.Act.save, found, values={"area": "2.00"})
    loop.act("author", review.Act.submit, found)
    loop.act("author", review.Act.withdraw, found)
    loop.act("author", review.Act.submit, found)  # mended before it was taken back
    loop.act("author", review.Act.withdraw, found)
    with pytest.raises(Refusal) as told:
        loop.act("author", review.Act.save, found, values={"name": "换个名字"})
    assert told.value.code == "review_locked"
    loop.act("author", review.Act.save, found, values={"area": "3.00"})
    assert loop.fresh(found).content["area"] == "3.00"


def test_many_saves_of_a_colleague_do_not_make_an_author_a_reviewer(loop):
    """Old saves go; who wrote in it is remembered."""
    found = loop.begin()
    zone = replace(who("zone"), permissions=who("zone").permissions | {AUTHOR})
    with scope.acting_as(zone), transaction():
        review.save(zone, found.id, {"name": "由平台改写"}, seen=found.version)
    for number in range(KEPT_SAVES + 1):
        loop.act("author", review.Act.save, found, values={"area": str(number)})
    loop.act("author", review.Act.submit, found)
    with pytest.raises(Refusal) as told:
        loop.act("zone", review.Act.approve, found)
    assert told.value.code == "review_own"


@pytest.mark.parametrize("state", [review.State.passed, review.State.refused])
def test_a_thing_of_another_park_is_not_begun_under_ones_own(loop, state):
    found = loop.in_state(state)
    with pytest.raises(NotFound):
        loop.do(
            *("other park", review.begin, loop.kind.name, found.subject_id),
            park_id=people.park("P02").id,
            title="别人的样品",
            content={},
        )
    assert review.pending(loop.kind.name, found.subject_id) is None
