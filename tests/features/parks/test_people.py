"""People of a park: invited by phone, answered by the number's holder, ended with their rights."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Forbidden, NotFound, Refusal, Stale
from app.engines import notices, trail
from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.accounts.models import Identity
from app.features.parks import queries, services
from app.features.parks.models import Park, ParkInvitation, ParkMembership
from app.features.parks.rules import MOST_SENDS, OPEN_FOR, PARK_A_DAY, RESEND_AFTER
from app.transaction import transaction
from app.web.acting import person
from tests.features.accounts.outside import outside
from tests.features.parks.invited import (
    PHONE,
    act,
    bind,
    invitations,
    invite,
    join,
    make,
    member,
    messages,
)
from tests.support import people
from tests.support.forms import user_id

__all__ = ["outside"]
pytestmark = pytest.mark.usefixtures("context", "outside")


def refused(code, username, service, *args, **more):
    """The service says no with ``code``, and everything is as it was."""
    before = standing()
    with pytest.raises(Refusal) as error:
        act(username, service, *args, **more)
    assert error.value.code == code
    db.session.expire_all()
    assert standing() == before


def standing():
    """Who belongs where as what, and which invitations there are."""
    with scope.unscoped():
        members = db.session.execute(
            sa.select(ParkMembership.user_id, ParkMembership.park_id, ParkMembership.role)
        )
        sent = db.session.execute(
            sa.select(ParkInvitation.id, ParkInvitation.state, ParkInvitation.sends)
        )
        return sorted(map(tuple, members)), sorted(map(tuple, sent))


def test_the_holder_of_the_number_joins_with_the_rights_of_the_role(outside):
    bind("user1")
    made = invite(role="admin")
    (sent,) = outside.sms.sent
    assert (sent.phone, sent.kind) == (PHONE, notices.SmsKind.invitation)
    assert dict(sent.params) == {"park": "鹿回头测试园区", "days": "7"}
    assert messages("user1") == ["park.invited"]
    assert not people.actor("user1").can("can_index", "ParkPeopleView")
    act("user1", services.accept, made.id, now=clock.now())
    joined = people.actor("user1")
    assert joined.roles == {"enterprise_user", "park_admin"}
    assert joined.can("can_index", "ParkPeopleView")
    assert joined.park_ids == {people.park("P01").id}
    assert "park.invitation_accepted" in messages("park1")
    (row,) = invitations()
    assert (row.state, row.sealed) == ("accepted", None)
    acts = [one.action for one in trail.history("park_invitation", made.id)]
    assert acts == ["invitation.accepted", "invitation.sent"]
    refused("invitation_closed", "user1", services.accept, made.id, now=clock.now())


@pytest.mark.parametrize("stranger", ["user1", "clerk2", "reviewer", "auditor"])
def test_nobody_else_sees_or_answers_it(stranger):
    bind("user1", "13800000000")
    bind("both")  # whose number it is
    made = invite()
    for service in (services.accept, services.decline):
        with pytest.raises(NotFound):
            act(stranger, service, made.id, now=clock.now())
    assert member(stranger) is None


def test_a_number_given_up_meanwhile_answers_nothing():
    bind("user1")
    made = invite()
    with scope.unscoped(), transaction():
        held = queries.invitation_to(user_id("user1"), made.id)
        assert held[0].id == made.id
        found = db.session.scalars(
            sa.select(Identity).where(Identity.subject == made.phone_index)
        ).one()
        db.session.delete(found)
    with pytest.raises(NotFound):
        act("user1", services.accept, made.id, now=clock.now())


def test_a_refusal_is_told_and_joins_nothing():
    bind("user1")
    made = invite()
    act("user1", services.decline, made.id, now=clock.now())
    assert member("user1") is None
    assert "park.invitation_refused" in messages("park1")
    assert invite().id != made.id


def test_a_withdrawn_or_expired_one_is_closed():
    bind("user1")
    made = invite()
    act("park1", services.withdraw_invitation, made.id, now=clock.now())
    refused("invitation_closed", "user1", services.accept, made.id, now=clock.now())
    assert messages("user1")[0] == "park.invitation_withdrawn"
    late = invite()
    gone = clock.now() + OPEN_FOR
    refused("invitation_expired", "user1", services.accept, late.id, now=gone)
    assert queries.invitations_to(user_id("user1"), now=gone) == []
    assert [one[0].id for one in queries.invitations_to(user_id("user1"), now=clock.now())] == [
        late.id
    ]


@pytest.mark.parametrize(
    ("who", "code"), [("reviewer", "zone_and_park"), ("auditor", "system_person")]
)
def test_a_zone_or_system_role_never_joins(who, code):
    bind(who)
    made = invite()
    refused(code, who, services.accept, made.id, now=clock.now())
    assert people.actor(who).park_ids == frozenset()


def test_a_suspended_park_takes_in_nobody():
    bind("user1")
    made = invite()
    with transaction():
        people.park("P01").status = "suspended"
    refused("park_suspended", "user1", services.accept, made.id, now=clock.now())
    refused("park_suspended", "park1", services.invite, phone=PHONE, name="", role="clerk",
            now=clock.now())  # fmt: skip
    assert member("user1") is None


@pytest.mark.parametrize("known", [True, False])
def test_known_and_unknown_numbers_get_the_same_answer(known, outside):
    if known:
        bind("clerk1")  # of this very park even
    made = invite()
    assert (made.state, made.sends, len(outside.sms.sent)) == ("open", 1, 1)
    refused("invitation_open", "park1", services.invite, phone=f"+86 {PHONE}", name="", role="clerk",
            now=clock.now())  # fmt: skip
    if known:
        refused("in_park_already", "clerk1", services.accept, made.id, now=clock.now())


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"phone": "12345"}, "phone_wrong"),
        ({"phone": "0898-88812345"}, "phone_wrong"),
        ({"role": "owner"}, "required"),
        ({"name": "王" * 41}, "person_long"),
    ],
)
def test_a_wrong_invitation_is_said_beside_its_field(values, code):
    given = {"phone": PHONE, "name": "", "role": "clerk", **values}
    with pytest.raises(Refusal) as error:
        act("park1", services.invite, now=clock.now(), **given)
    assert error.value.fields == {next(iter(values)): code}
    assert invitations() == []


@pytest.mark.parametrize("who", ["clerk1", "operator"])
def test_only_those_who_look_after_people_invite(who):
    with pytest.raises((Forbidden, NotFound)):
        invite(by=who)


def test_it_is_sent_again_a_few_times_with_pauses(outside):
    made, now = invite(), clock.now()
    refused("resend_soon", "park1", services.resend, made.id, now=now)
    for number in range(2, MOST_SENDS + 1):
        now += RESEND_AFTER
        act("park1", services.resend, made.id, now=now)
        assert len(outside.sms.sent) == number
    assert invitations()[0].expires_at == now + OPEN_FOR
    refused("resend_most", "park1", services.resend, made.id, now=now + RESEND_AFTER)
    with pytest.raises(NotFound):
        act("park2", services.resend, made.id, now=now)


def test_a_park_and_a_number_have_budgets(outside):
    for _ in range(3):
        made = invite()
        act("park1", services.withdraw_invitation, made.id, now=clock.now())
    refused("invitations_number", "park2", services.invite, phone=PHONE, name="", role="clerk",
            now=clock.now())  # fmt: skip
    for number in range(PARK_A_DAY - 3):
        invite(phone=f"1380000{number:04}")
    refused("invitations_park", "park1", services.invite, phone="13911111111", name="",
            role="clerk", now=clock.now())  # fmt: skip
    assert len(outside.sms.sent) == PARK_A_DAY
    invite(by="park2", phone="13911111111")


# what people are, and leaving
def test_a_change_of_role_changes_the_rights_and_is_told():
    found = member("clerk1")
    act("park1", services.change_own_member, found.id, role="admin", version=found.version)
    assert people.actor("clerk1").roles == {"park_admin"}
    assert messages("clerk1") == ["park.role_changed"]
    found = member("clerk1")
    with pytest.raises(Stale):
        act("park1", services.change_own_member, found.id, role="clerk", version=1)
    refused("required", "park1", services.change_own_member, found.id, role="owner",
            version=found.version)  # fmt: skip


def test_a_removed_person_has_no_rights_there_at_the_next_request():
    found = member("clerk1")
    act("park1", services.remove_own_member, found.id)
    gone = people.actor("clerk1")
    assert (gone.park_ids, gone.roles) == (frozenset(), frozenset())
    assert messages("clerk1") == ["park.removed"]
    (last, *_) = trail.history("park_membership", found.id)
    assert last.action == "membership.removed"


@pytest.mark.parametrize("how", ["removed", "made a clerk", "left", "removed by the zone"])
def test_who_looks_after_nobody_any_more_let_nobody_in_for_later(how):
    """An invitation to one's own number, or a friend's, is no way back in."""
    bind("both")
    bind("user1", "13912345679")
    own, friend = invite("both", role="admin"), invite("both", "13912345679", role="admin")
    others = invite("park1", "13912345670")
    found = member("both")
    if how == "removed":
        act("park1", services.remove_own_member, found.id)
    elif how == "left":
        act("both", services.leave, found.id)
    elif how == "made a clerk":
        act("park1", services.change_own_member, found.id, role="clerk", version=found.version)
    else:
        act("operator", services.remove_member, found.id, reason="离职")
    refused("invitation_closed", "both", services.accept, own.id, now=clock.now())
    refused("invitation_closed", "user1", services.accept, friend.id, now=clock.now())
    assert [one.state for one in invitations() if one.id == others.id] == ["open"]
    (last, *_) = trail.history("park_invitation", friend.id)
    assert last.action == "invitation.withdrawn"


def test_an_invitation_of_who_is_switched_off_meanwhile_lets_nobody_in():
    bind("user1")
    made = invite("both", role="admin")
    with transaction():
        accounts.by_username("both").active = False
    refused("invitation_closed", "user1", services.accept, made.id, now=clock.now())
    assert people.actor("user1").park_ids == frozenset()


def test_an_invitation_of_others_to_who_is_removed_is_closed_too():
    bind("both")
    own = invite("park1", role="admin")
    act("park1", services.remove_own_member, member("both").id)
    refused("invitation_closed", "both", services.accept, own.id, now=clock.now())
    assert people.park("P01").id not in people.actor("both").park_ids
    assert [one.state for one in invitations() if one.id == own.id] == ["withdrawn"]


def test_people_of_another_park_are_not_there():
    theirs = member("clerk2", "P02")
    for service, more in (
        (services.remove_own_member, {}),
        (services.change_own_member, {"role": "admin", "version": 1}),
    ):
        with pytest.raises(NotFound):
            act("park1", service, theirs.id, **more)
    with pytest.raises(NotFound):
        act("park1", services.leave, theirs.id)


def test_the_last_one_who_looks_after_people_stays():
    act("both", services.leave, member("both").id)
    mine = member("park1")
    refused("last_manager", "park1", services.leave, mine.id)
    refused("last_manager", "park1", services.change_own_member, mine.id, role="clerk",
            version=mine.version)  # fmt: skip
    refused("leave_yourself", "park1", services.remove_own_member, mine.id)
    assert member("park1").role == "admin"


def test_somebody_who_is_switched_off_looks_after_nobody():
    with transaction():
        accounts.by_username("both").active = False
    refused("last_manager", "park1", services.leave, member("park1").id)
    assert people.actor("park1").park_ids == {people.park("P01").id}


def test_the_owner_stays_until_the_park_is_handed_over():
    make("park1", "owner")
    mine = member("park1")
    refused("owner_leaves", "park1", services.leave, mine.id)
    refused("owner_stays", "both", services.remove_own_member, mine.id)
    refused("owner_stays", "both", services.change_own_member, mine.id, role="clerk",
            version=mine.version)  # fmt: skip
    assert member("park1").role == "owner"


def test_the_zone_ends_a_membership_and_says_why():
    found = member("park1")
    refused("removal_reason_missing", "operator", services.remove_member, found.id, reason=" ")
    act("operator", services.remove_member, found.id, reason="离职")
    assert people.actor("park1").park_ids == frozenset()
    (message,) = notices.messages_of(user_id("park1"))
    assert (message.kind, message.params["reason"]) == ("park.removed_reason", "离职")
    assert trail.history("park_membership", found.id)[0].details["reason"] == "离职"


def test_who_administers_one_park_is_a_clerk_where_a_clerk():
    join("park1", "clerk", "P02")
    user = accounts.by_username("park1")
    there = person(user, acting_park_id=people.park("P02").id)
    assert there.acting_park_id == people.park("P02").id
    assert there.roles == {"park_clerk"}
    assert not there.can("can_index", "ParkPeopleView")
    here = person(user, acting_park_id=people.park("P01").id)
    assert here.can("can_index", "ParkPeopleView")


# handing over
def offer(to="clerk1"):
    return act("park1", services.offer_ownership, member(to).id, now=clock.now())


def test_a_park_is_handed_over_when_the_other_takes_it():
    make("park1", "owner")
    made = offer()
    assert messages("clerk1") == ["park.ownership_offered"]
    assert member("park1").role == "owner"
    refused("transfer_not_yours", "park1", services.take_ownership, made.id, now=clock.now())
    act("clerk1", services.take_ownership, made.id, now=clock.now())
    assert (member("park1").role, member("clerk1").role) == ("admin", "owner")
    assert people.actor("clerk1").can("can_index", "ParkPeopleView")
    assert messages("park1") == ["park.ownership_taken"]
    acts = [one.action for one in trail.history("park", people.park("P01").id)]
    assert acts[:2] == ["park.ownership_taken", "park.ownership_offered"]
    refused("transfer_closed", "clerk1", services.take_ownership, made.id, now=clock.now())


def test_an_offer_is_refused_withdrawn_or_runs_out():
    make("park1", "owner")
    made = offer()
    refused("transfer_open", "park1", services.offer_ownership, member("both").id, now=clock.now())
    act("clerk1", services.decline_ownership, made.id, now=clock.now())
    assert messages("park1") == ["park.ownership_refused"]
    made = offer()
    act("park1", services.withdraw_ownership, made.id, now=clock.now())
    refused("transfer_closed", "clerk1", services.take_ownership, made.id, now=clock.now())
    made = offer()
    refused("transfer_closed", "clerk1", services.take_ownership, made.id,
            now=clock.now() + OPEN_FOR + timedelta(seconds=1))  # fmt: skip
    with pytest.raises(NotFound):
        act("both", services.take_ownership, made.id, now=clock.now())
    assert member("park1").role == "owner"


def test_only_the_owner_offers_and_not_to_themselves():
    with pytest.raises(Forbidden):
        offer()
    make("park1", "owner")
    refused("transfer_self", "park1", services.offer_ownership, member("park1").id,
            now=clock.now())  # fmt: skip


def test_an_offer_ends_with_the_membership_of_the_other():
    make("park1", "owner")
    made = offer()
    act("park1", services.remove_own_member, member("clerk1").id)
    refused("transfer_closed", "clerk1", services.take_ownership, made.id, now=clock.now())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Park)) == 3
