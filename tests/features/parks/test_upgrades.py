"""升级为园区/基地: from a certified company to a park with its back office."""

from __future__ import annotations

import pytest

from app.core.errors import Refusal
from app.engines import notices, review, trail
from app.features.accounts import queries as accounts
from app.features.parks import queries
from app.features.parks.services import profiles
from tests.features.parks import certified
from tests.features.parks.profiles import acting, apply, decide, raw, upload
from tests.support import people


def test_an_approved_application_is_a_park_an_owner_and_a_role(context):
    certified.certify("user1")
    sent = apply("user1")
    assert people.actor("user1").park_ids == frozenset()
    decide(review.approve, sent)
    actor = people.actor("user1")
    (park_id,) = actor.park_ids
    park = queries.by_id(park_id)
    assert (park.code, park.name, park.kind) == ("P03", "南湾数字贸易产业园", "park")
    assert actor.roles == {"enterprise_user", "park_admin"}
    assert queries.membership_of(actor.user_id, park_id).role == "owner"
    assert [(one.slug, one.code) for one in queries.published()] == [("nanwan", "P03")]
    assert queries.owner_of(park).uscc == certified.code(1)
    with pytest.raises(Refusal, match="upgrade_done"):
        apply("user1")


def test_a_base_takes_the_next_number_of_bases(context):
    certified.certify("user1")
    decide(review.approve, apply("user1", kind="base"))
    (park_id,) = people.actor("user1").park_ids
    assert queries.by_id(park_id).code == "B02"


def test_who_is_not_certified_is_told_so(context):
    with pytest.raises(Refusal, match="not_certified"):
        apply("user1")


def test_a_refused_application_may_be_made_again(context):
    certified.certify("user1")
    decide(review.refuse, apply("user1"), reason="面积不足")
    again = apply("user1")
    assert again.number == 2
    assert again.state is review.State.submitted


def test_the_operator_is_the_certified_company_whatever_is_sent(context):
    certified.certify("user1")
    sent = apply("user1", operator_name="别的公司", uscc=certified.code(2))
    assert sent.content["uscc"] == certified.code(1)


def test_an_applicant_who_became_zone_staff_meanwhile_cannot_be_let_in(context):
    certified.certify("user1")
    sent = apply("user1")
    user = accounts.by_username("user1")
    user.roles = accounts.roles_named(["enterprise_user", "reviewer"])
    with pytest.raises(Refusal, match="review_applicant_zone"):
        decide(review.approve, sent)
    assert queries.membership_of(user.id) is None


def test_a_zone_role_refuses_at_submission(context):
    certified.certify("user1")
    accounts.by_username("user1").roles = accounts.roles_named(["enterprise_user", "reviewer"])
    with pytest.raises(Refusal, match="zone_and_park"):
        apply("user1")


def test_revoking_an_upgrade_suspends_the_park(context):
    certified.certify("user1")
    sent = apply("user1")
    decide(review.approve, sent)
    (park_id,) = people.actor("user1").park_ids
    assert sent.park_id == park_id
    # Renamed since, by a review of its own: the revocation still finds the park it made.
    again = acting("user1", profiles.propose, park_id, raw(name="南湾新园", evidence=[upload("user1")]),
                   seen=0, send=True)  # fmt: skip
    decide(review.approve, again)
    decide(review.revoke, sent, by="operator", reason="材料不实")
    assert queries.by_id(park_id).status == "suspended"
    assert sent.park_id == park_id
    assert queries.published() == []
    with pytest.raises(Refusal, match="park_suspended"):
        acting("user1", profiles.propose, park_id, raw(), seen=0, send=False)


def test_the_owner_is_told_and_the_membership_stands_in_the_trail(context):
    certified.certify("user1")
    decide(review.approve, apply("user1"))
    user = accounts.by_username("user1")
    (park_id,) = people.actor("user1").park_ids
    member = queries.membership_of(user.id, park_id)
    (entry,) = trail.history("park_membership", member.id)
    assert entry.action == "membership.added"
    assert notices.count_of(user.id, name="park.joined") == 1
