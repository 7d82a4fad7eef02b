"""信息维护: what is in force changes by decisions only, and exactly then."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.actor import NOBODY
from app.core.errors import NotFound, Refusal
from app.engines import files, review
from app.extensions import db
from app.features.parks import queries, services
from app.features.parks.models import ParkProfile
from app.features.parks.rules import profile as rules
from app.features.parks.services import profiles
from tests.features.parks import certified
from tests.features.parks.profiles import acting, decide, png, propose, raw, upload
from tests.support import people


def wrong(**changes):
    found = profiles.cleaned(raw(**changes))
    return rules.faults(found, today=clock.today(), divisions={"460203"})


def test_a_whole_profile_has_nothing_wrong():
    found = profiles.cleaned(raw())
    assert wrong() == {}
    assert found["built_area"] == "68400"
    assert found["contact_phone"] == "13800138000"
    assert found["customs_modes"] == ["9610", "1210"]


@pytest.mark.parametrize(
    ("changes", "name", "code"),
    [
        ({"name": ""}, "name", "required"),
        ({"uscc": "91460200MA5T70000X"}, "uscc", "bad_code"),
        ({"contact_phone": "12345"}, "contact_phone", "phone_wrong"),
        ({"email": "a@b"}, "email", "email_wrong"),
        ({"video": "javascript:alert(1)"}, "video", "url_wrong"),
        ({"leased_area": "22000"}, "leased_area", "leased_area_over_leasable_area"),
        ({"leasable_area": "60000.01"}, "leasable_area", "leasable_area_over_usable_area"),
        ({"usable_area": "68400.01"}, "usable_area", "usable_area_over_built_area"),
        ({"cbec_area": "1e5"}, "cbec_area", "number_wrong"),
        ({"cbec_area": "1.234"}, "cbec_area", "number_places"),
        ({"cbec_area": "-1"}, "cbec_area", "number_range"),
        ({"opened_on": "2021-02-30"}, "opened_on", "date_wrong"),
        ({"opened_on": "2999-01-01"}, "opened_on", "date_ahead"),
        ({"title_on": "2024-01-02", "title_until": "2024-01-01"}, "title_until", "date_before"),
        ({"division": "110101"}, "division", "division_unknown"),
        ({"longitude": "109.5"}, "latitude", "coordinate_half"),
        ({"longitude": "181", "latitude": "18"}, "longitude", "number_range"),
        ({"customs_area": True}, "customs_area_name", "required"),
        ({"photos": [{"key": "a" * 32, "alt": ""}]}, "photos", "alt_missing"),
        ({"warehouses": [{"kind": "cold", "area": "0", "operator": ""}]}, "warehouses",
         "warehouse_row"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_at_its_field(changes, name, code):
    assert wrong(**changes).get(name) == code


def test_hostile_shapes_and_html_leave_nothing_behind():
    found = profiles.cleaned(
        {
            "name": ["a"],
            "kind": {"x": 1},
            "photos": [{"key": "../../etc"}, 7, None],
            "warehouses": "x",
            "customs_modes": "9610",
            "introduction": "<p onclick=x>好</p><script>alert(1)</script>",
        }
    )
    assert found["name"] == ""
    assert found["kind"] == ""
    assert found["photos"] == []
    assert found["introduction"] == "<p>好</p>"


def test_the_profile_changes_exactly_with_the_decision(context):
    sent = propose("park1")
    assert people.park("P01").name == "鹿回头测试园区"
    assert queries.published() == []
    decide(review.approve, sent)
    park = people.park("P01")
    found = queries.published()
    assert park.name == "南湾数字贸易产业园"
    assert [(one.slug, one.code) for one in found] == [("nanwan", "P01")]
    assert "contact_phone" not in found[0].content
    second = propose("park1", name="南湾二期产业园")
    assert queries.published()[0].name == "南湾数字贸易产业园"
    decide(review.approve, second)
    assert queries.published()[0].name == "南湾二期产业园"
    decide(review.revoke, second, by="operator", reason="材料不实")
    assert queries.published()[0].name == "南湾数字贸易产业园"


def test_the_only_profile_revoked_leaves_the_public_without_one(context):
    sent = propose("park1")
    decide(review.approve, sent)
    decide(review.revoke, sent, by="operator", reason="材料不实")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ParkProfile)) == 0


def test_key_fields_ask_for_new_evidence(context):
    with pytest.raises(Refusal) as refused:
        propose("park1", evidence=[])
    assert refused.value.fields["evidence"] == "evidence_missing"
    kept = upload("park1")
    decide(review.approve, propose("park1", evidence=[kept]))
    with pytest.raises(Refusal):
        propose("park1", name="改名产业园", evidence=[kept])
    propose("park1", address="新地址 1 号", evidence=[kept])


def test_a_file_of_somebody_else_is_not_taken(context):
    foreign = upload("park2")
    with pytest.raises(Refusal) as refused:
        propose("park1", evidence=[foreign])
    assert refused.value.fields == {"evidence": "file_gone"}


def test_a_picture_is_for_the_park_and_its_reviewers_until_it_is_published(context):
    picture = upload("park1", picture=True)
    sent = propose("park1", photos=[{"key": picture["key"], "alt": "大门"}])
    file = files.by_key(picture["key"])
    assert file.expires_at is None
    assert not files.is_public(file)
    assert not files.may_read(NOBODY, file)
    assert not files.may_read(people.actor("park2"), file)
    assert files.may_read(people.actor("reviewer"), file)
    decide(review.approve, sent)
    assert files.is_public(file)


def written(username):
    """A picture put into a text by the editor."""

    def kept(actor):
        file = files.store_picture(
            actor, io.BytesIO(png()), "内文.png", max_bytes=10_000, park_id=actor.acting_park_id,
            expires_at=files.unused_until(),
        )  # fmt: skip
        return file.key

    return acting(username, kept)


def in_text(key):
    return f'<p>导览图</p><img src="/pictures/{key}" alt="导览图">'


def test_pictures_of_the_text_follow_the_version_in_force(context):
    first, second = written("park1"), written("park1")
    decide(review.approve, propose("park1", introduction=in_text(first)))
    assert files.is_public(files.by_key(first))
    assert files.by_key(first).expires_at is None
    sent = propose("park1", introduction=in_text(second))
    assert files.is_public(files.by_key(first))
    assert not files.is_public(files.by_key(second))
    decide(review.approve, sent)
    assert not files.is_public(files.by_key(first))
    assert files.is_public(files.by_key(second))
    decide(review.revoke, sent, by="operator", reason="图片不实")
    assert files.is_public(files.by_key(first))
    assert not files.is_public(files.by_key(second))


def test_a_picture_of_another_park_is_not_taken_into_the_text(context):
    with pytest.raises(Refusal) as refused:
        propose("park1", introduction=in_text(written("park2")))
    assert refused.value.fields == {"introduction": "file_gone"}


def suspend(status):
    def act(actor):
        park = people.park("P01")
        told = {"name": park.name, "kind": park.kind, "organisation": certified.code(1)}
        return services.change_park(
            actor, park.id, **told, status=status, reason="整改", version=park.version
        )

    return acting("operator", act)


def test_a_suspended_park_shows_nothing_and_asks_for_nothing(context):
    picture = upload("park1", picture=True)
    decide(review.approve, propose("park1", photos=[{"key": picture["key"], "alt": "大门"}]))
    suspend("suspended")
    assert not files.is_public(files.by_key(picture["key"]))
    assert queries.published() == []
    with pytest.raises(Refusal, match="park_suspended"):
        propose("park1", address="暂停后的地址")
    suspend("active")
    assert files.is_public(files.by_key(picture["key"]))


def test_two_people_of_a_park_change_different_fields_and_meet_in_the_same(context):
    first = propose("park1", send=False)
    seen = first.version
    second = propose(
        "both", send=False, seen=seen, address="甲路 1 号", evidence=first.content["evidence"]
    )
    merged = propose(
        "park1", send=False, seen=seen, hours="9:00–18:00", evidence=first.content["evidence"]
    )
    assert merged.content["address"] == "甲路 1 号"
    assert merged.content["hours"] == "9:00–18:00"
    with pytest.raises(review.Clash) as clash:
        propose(
            "park1", send=False, seen=seen, address="乙路 2 号", evidence=first.content["evidence"]
        )
    assert "address" in clash.value.fields
    assert second.id == first.id


def test_another_park_cannot_write_and_its_name_cannot_be_taken(context):
    with pytest.raises(NotFound):
        acting("park2", profiles.propose, people.park("P01").id, raw(), seen=0, send=False)
    with pytest.raises(Refusal) as refused:
        propose("park1", name="凤凰岛测试园区")
    assert refused.value.fields["name"] == "name_taken"


def test_returned_fields_alone_are_open(context):
    sent = propose("park1")
    decide(review.send_back, sent, reason="地址不详", fields=["address"])
    with scope.unscoped():
        now = review.get(people.actor("park1"), sent.id)
    with pytest.raises(Refusal, match="review_locked"):
        propose("park1", seen=now.version, hours="全天", evidence=sent.content["evidence"])
    again = propose(
        "park1", seen=now.version, address="南湾路 9 号", evidence=sent.content["evidence"]
    )
    assert again.state is review.State.submitted
