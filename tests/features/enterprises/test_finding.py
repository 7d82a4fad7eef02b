"""查找重复企业: which pairs are found, over parks and spellings, and what the zone said stays said."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.errors import Refusal
from app.engines import trail
from app.extensions import db
from app.features.enterprises import services
from app.features.enterprises.models import Enterprise
from app.features.enterprises.models.duplicates import EnterprisePair, EnterpriseScan
from app.features.enterprises.queries import duplicates
from app.features.enterprises.rules.sameness import same_key
from app.features.enterprises.services import finding, pairs
from app.transaction import transaction
from tests.support import duplicates as same
from tests.support import enterprises as made


def all_found():
    """Pairs with the names of their records, strongest first."""
    same.found()
    query = sa.select(EnterprisePair).order_by(EnterprisePair.score.desc(), EnterprisePair.id)
    return [
        (*(one.name for one in duplicates.both(pair)), pair.reasons)
        for pair in db.session.scalars(query)
    ]


def own(serial):
    """A record that shares nothing with others."""
    return {"contact_phone": f"1390000{serial:04}"}


def test_pairs_over_parks_and_spellings_are_found_and_the_strongest_come_first(context):
    made.add("P01", 1, name="三亚海风贸易有限公司", legal_representative="陈海燕", **own(1))
    made.add("P02", 1, name="海口椰风物流有限公司", **own(2))  # one code, two parks
    made.add("P01", 2, name="海风（三亚）贸易有限责任公司", **own(3))  # one name
    made.add(
        "B01", 3, name="三亚海丰贸易有限公司", legal_representative="陈海燕", **own(4)
    )  # one sound
    made.add("P01", 4, name="三亚海浪贸易有限公司", **own(5))  # near, and nothing else
    made.add(
        "P02", 5, name="凤凰仓储有限公司", legal_representative="陈海燕", **own(6)
    )  # a fact, no name
    assert all_found() == [
        ("三亚海风贸易有限公司", "海口椰风物流有限公司", ("code",)),
        ("三亚海风贸易有限公司", "海风（三亚）贸易有限责任公司", ("name",)),
        ("三亚海风贸易有限公司", "三亚海丰贸易有限公司", ("sound", "legal")),
    ]


def test_deleted_and_merged_records_are_in_no_pair(context):
    kept, gone = same.two()
    third = made.add("P01", 803, name=same.NAME)
    assert len(all_found()) == 3
    same.merged(kept, gone)
    with made.acting("operator") as actor, transaction():
        services.discard(actor, third.id, reason="关了", now=clock.now())
    assert duplicates.open_pairs() == 0  # at once, not only after the next look
    all_found()
    states = db.session.scalars(sa.select(EnterprisePair.state)).all()
    assert states == ["merged"]


def test_what_was_said_of_a_pair_outlasts_the_next_look_and_can_be_taken_back(context):
    one, other = same.two()
    abroad = made.add("P02", 801, name="别的名字有限公司", **own(1))
    same.found()
    same.decided(same.pair(one, other).id, "apart")
    same.decided(same.pair(one, abroad).id, "linked")
    same.found()
    assert [same.pair(one, x).state for x in (other, abroad)] == ["apart", "linked"]
    assert [x.id for x in duplicates.linked_with(one.id)] == [abroad.id]
    assert [x.id for x in duplicates.linked_with(abroad.id)] == [one.id]
    here = same.pair(one, other).id
    with made.acting("operator2") as actor, transaction():
        pairs.take_back(actor, here)
    back = same.pair(one, other)
    assert (back.state, back.reason, back.decided_at) == ("open", "", None)
    (entry, *_) = trail.history("enterprise_pair", back.id)
    assert (entry.action, entry.details["reason"]) == ("enterprise_pair.taken_back", "核对过执照")


def test_a_link_follows_the_record_that_stays_and_comes_back_with_it(context):
    kept, gone = same.two()
    abroad = made.add("P02", 802, name="别的名字有限公司", **own(1))
    same.found()
    same.decided(same.pair(gone, abroad).id, "linked")
    merge = same.merged(kept, gone)
    assert [x.id for x in duplicates.linked_with(kept.id)] == [abroad.id]
    assert [x.id for x in duplicates.linked_with(abroad.id)] == [kept.id]
    same.unmerged(merge)
    assert duplicates.linked_with(kept.id) == []
    assert [x.id for x in duplicates.linked_with(gone.id)] == [abroad.id]


def test_what_cannot_be_said_of_a_pair(context):
    one, other = same.two()
    abroad = made.add("P02", 801, name="别的名字有限公司", **own(1))
    same.found()
    here, there = same.pair(one, other).id, same.pair(one, abroad).id
    same.decided(there, "linked")
    for pair_id, state, code in (
        (here, "linked", "pair_in_one_park"),
        (there, "apart", "pair_decided"),
    ):
        with pytest.raises(Refusal) as raised:
            same.decided(pair_id, state)
        assert raised.value.code == code
    with made.acting("operator") as actor, transaction(), pytest.raises(Refusal) as raised:
        pairs.take_back(actor, here)
    assert raised.value.code == "pair_decided"
    same.merged(one, other)
    with pytest.raises(Refusal, match="pair_gone"):
        same.decided(here, "apart")
    with made.acting("operator") as actor, transaction(), pytest.raises(Refusal) as raised:
        pairs.take_back(actor, here)
    assert raised.value.code == "pair_merged"


def test_a_pair_that_was_set_apart_is_not_merged(context):
    one, other = same.two()
    same.found()
    same.decided(same.pair(one, other).id, "apart")
    with pytest.raises(Refusal, match="pair_decided"):
        same.merged(one, other)


def test_a_value_that_very_many_share_is_not_compared_each_with_each(context, monkeypatch):
    """An agent's number: neighbours in the order of names are met, and the work stays bounded."""
    monkeypatch.setattr(finding, "WHOLE", 3)
    monkeypatch.setattr(finding, "AHEAD", 1)
    names = ("海风贸易", "海丰贸易", "凤凰仓储", "椰树物流", "亚龙会展", "鹿城商务")
    for number, name in enumerate(names):
        made.add("P01", 10 + number, name=f"三亚{name}有限公司", contact_phone="13900000000")
    compared = []
    real = finding.reasons_of
    monkeypatch.setattr(finding, "reasons_of", lambda a, b: compared.append(a) or real(a, b))
    found = finding.look()
    assert list(found.pairs.values()) == [("sound", "phone")]
    assert len(compared) == len(names) - 1


def test_only_so_many_pairs_are_kept_and_it_says_so(context, monkeypatch):
    monkeypatch.setattr(finding, "MOST", 2)
    for serial in range(4):
        made.add("P01", 20 + serial, name=same.NAME)
    same.found()
    scan = duplicates.last_scan()
    assert (scan.pairs, scan.capped, scan.records) == (2, True, 4)


def test_a_record_that_went_while_it_was_compared_is_left_out(context):
    one, other = same.two()
    found = finding.look()
    with transaction():
        db.session.delete(duplicates.any_state(other.id))
    with made.acting("operator") as actor, transaction():
        finding.keep(actor, found, now=clock.now())
    assert duplicates.all_pairs() == {}
    (entry,) = trail.history("enterprise_scan", db.session.scalar(sa.select(EnterpriseScan.id)))
    assert entry.details["pairs"] == 0
    assert one


def test_every_way_to_write_a_name_makes_its_key(context, tmp_path):
    item = made.add("P01", 30, name="三亚海风贸易有限公司")
    with made.acting("park1") as actor, transaction():
        services.change(
            actor, item.id, {"name": "三亚改名有限公司"}, version=item.version, year=2025
        )
    rows = [made.row(30, name="三亚再改有限公司"), made.row(31, name="三亚新来有限公司")]
    import_id = made.planned("park1", "P01", made.csv_bytes(rows), tmp_path)
    for act in (lambda: None, made.applied, made.undone):
        if act in (made.applied, made.undone):
            act("park1", import_id)
        db.session.expire_all()
        found = db.session.execute(sa.select(Enterprise.name, Enterprise.same_key)).all()
        assert found
        assert all(key == same_key(name) for name, key in found)
