"""Two people at once: drafts merge, decisions are one, a stale screen loses nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.core.errors import Refusal, Stale
from app.engines import notices, review, trail
from app.engines.review import queries
from app.engines.review.rules import KEPT_SAVES, PICK_HOLDS, merged
from tests.engines.review.sample import CONTENT, Loop
from tests.support import people


@pytest.fixture
def loop(context):
    return Loop()


def test_changes_of_different_fields_are_both_kept(loop):
    found = loop.begin()
    seen = found.version
    loop.act("author", review.Act.save, found, values={"name": "椰风一", "area": "1200.50"})
    opened = {"name": "椰风", "area": "99.00"}  # as the colleague's form shows and changes it
    loop.act("colleague", review.Act.save, found, values=opened, seen=seen)
    now = loop.fresh(found).content
    assert (now["name"], now["area"]) == ("椰风一", "99.00")


def test_the_same_field_written_differently_is_a_clash_that_keeps_both(loop):
    found = loop.begin()
    seen = found.version
    loop.act("author", review.Act.save, found, values={"name": "甲"})
    with pytest.raises(review.Clash) as told:
        loop.act("colleague", review.Act.save, found, values={"name": "乙", "area": "5"}, seen=seen)
    assert told.value.fields == ("name",)
    assert told.value.merged["area"] == "5"
    assert loop.fresh(found).content["name"] == "甲"


def test_a_version_that_is_not_kept_any_more_makes_every_difference_a_clash(loop):
    with pytest.raises(review.Clash):
        merged(None, {"name": "乙"}, {"name": "甲"})
    assert merged(None, {"name": "甲"}, {"name": "甲", "area": "1"}) == {"name": "甲", "area": "1"}


def test_single_saves_are_kept_for_the_merge_only(loop):
    found = loop.begin()
    for number in range(KEPT_SAVES + 5):
        loop.act("author", review.Act.save, found, values={"area": str(number)})
    assert len(queries.old_saves(found.id, 0)) == KEPT_SAVES


def test_a_decision_on_a_screen_that_is_old_changes_nothing(loop):
    found = loop.in_state(review.State.submitted)
    seen = found.version
    loop.act("author", review.Act.withdraw, found)
    loop.act("author", review.Act.save, found, values={"area": "7"})
    loop.act("author", review.Act.submit, found)
    with pytest.raises(Stale):
        loop.act("reviewer", review.Act.approve, found, seen=seen)
    assert loop.fresh(found).state is review.State.submitted


def test_the_second_reviewer_hears_that_somebody_was_faster(loop):
    found = loop.in_state(review.State.submitted)
    seen = found.version
    loop.act("reviewer", review.Act.approve, found, seen=seen)
    with pytest.raises(Stale):
        loop.act("reviewer2", review.Act.refuse, found, seen=seen)
    assert loop.fresh(found).state is review.State.passed


def test_who_picked_it_up_has_it_for_a_while(loop, monkeypatch):
    found = loop.in_state(review.State.picked)
    with pytest.raises(Refusal) as told:
        loop.act("reviewer2", review.Act.approve, found)
    assert told.value.code == "review_held"
    later = clock.now() + PICK_HOLDS + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    loop.act("reviewer2", review.Act.approve, found)
    assert loop.fresh(found).state is review.State.passed


def test_every_act_is_in_the_trail_with_what_was_decided_on(loop):
    found = loop.in_state(review.State.returned)
    acts = {entry.action: entry for entry in trail.history("sample", found.subject_id)}
    assert set(acts) == {"review.submit", "review.send_back"}
    assert acts["review.send_back"].details["reason"] == "理由充分"
    assert acts["review.submit"].details["sha256"] == review.digest(found.content)
    assert acts["review.submit"].park_id == found.park_id


class TestForms:
    """``propose``: one call from form to draft or submission."""

    def thing(self, loop, **content):
        park = people.park("P01").id
        return review.Subject("sample", loop.subject, park, "椰风样品", {**CONTENT, **content})

    def propose(self, loop, name, values, *, seen, send=False):
        thing = self.thing(loop)
        return loop.do(name, review.propose, thing, values, seen=seen, send=send)

    def test_the_first_save_begins_a_draft_and_the_last_submits_it(self, loop):
        kept = self.propose(loop, "author", {"area": "8.00"}, seen=0)
        assert (kept.state, kept.content["area"]) == (review.State.draft, "8.00")
        sent = self.propose(loop, "author", {"area": "9.00"}, seen=kept.version, send=True)
        assert (sent.id, sent.state) == (kept.id, review.State.submitted)
        with pytest.raises(Refusal) as told:
            self.propose(loop, "author", {"area": "10.00"}, seen=sent.version)
        assert told.value.code == "review_state"

    def test_two_who_opened_what_is_in_force_merge(self, loop):
        self.propose(loop, "author", {**CONTENT, "area": "8.00"}, seen=0)
        both = self.propose(loop, "colleague", {**CONTENT, "name": "椰林"}, seen=0)
        assert (both.content["area"], both.content["name"]) == ("8.00", "椰林")
        with pytest.raises(review.Clash):
            self.propose(loop, "colleague", {**CONTENT, "area": "7.00"}, seen=0)

    def test_a_form_whose_draft_is_gone_is_stale(self, loop):
        kept = self.propose(loop, "author", {"area": "8.00"}, seen=0)
        loop.act("author", review.Act.discard, kept)
        with pytest.raises(Stale):
            self.propose(loop, "author", {"area": "8.50"}, seen=kept.version)


def test_the_author_is_told_of_decisions_once(loop):
    found = loop.in_state(review.State.returned)
    author = people.actor("park1").user_id
    told = [one for one in notices.messages_of(author) if one.kind.startswith("review.")]
    assert [(one.kind, one.params["reason"]) for one in told] == [("review.returned", "理由充分")]
    assert told[0].link == f"/samples/{found.subject_id}"
    loop.act("author", review.Act.submit, found)
    loop.act("reviewer", review.Act.approve, found)
    kinds = {one.kind for one in notices.messages_of(author)}
    assert {"review.returned", "review.approved"} <= kinds
    assert notices.messages_of(people.actor("reviewer").user_id) == []
