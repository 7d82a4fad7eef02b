"""企业认证: one company a credit code, many accounts; certified fields, contact and bank account."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import NotFound, Refusal, Stale
from app.engines import notices, trail
from app.engines.trail import AuditEntry
from app.extensions import db
from app.features.parks import queries, services
from app.features.parks.models import Organisation, OrganisationUser, Park
from app.transaction import transaction
from tests.features.parks.certified import ACCOUNT, DIGITS, bank, certify, code, company, user_id
from tests.support import people


@pytest.fixture
def user1(context):
    return people.actor("user1")


def mine(username="user1") -> Organisation:
    db.session.expire_all()
    found = queries.organisation_of(user_id(username))
    assert found is not None
    return found


def acts(found: Organisation) -> list[str]:
    return [entry.action for entry in trail.history("organisation", found.id)]


def test_the_first_legal_sign_in_makes_the_company_and_its_owner(context):
    assert certify("user1") == ()
    found = mine()
    assert (found.uscc, found.name, found.source) == (code(), company()["name"], "haiyiban")
    assert (found.legal_representative, found.registered_address) == (
        "李法人",
        "海南省三亚市崖州区一号",
    )
    assert found.certified_at is not None
    assert queries.link_of(user_id("user1")).role == "owner"
    assert acts(found) == ["organisation.joined", "organisation.certified"]


def test_a_second_account_of_the_code_is_a_member_of_the_same_company(context):
    certify("user1")
    certify("park1")
    assert mine("park1").id == mine("user1").id
    assert queries.link_of(user_id("park1")).role == "member"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 1


def test_what_changed_is_written_down_and_told(context):
    certify("user1")
    before = mine().certified_at
    assert certify("user1") == ()
    assert acts(mine()) == ["organisation.joined", "organisation.certified"]
    told = certify("user1", name="三亚改名有限公司", address="")
    assert told == ("name",)
    found = mine()
    assert (found.name, found.registered_address) == ("三亚改名有限公司", "海南省三亚市崖州区一号")
    assert found.certified_at > before
    entry = trail.history("organisation", found.id)[0]
    assert entry.changes == {"name": [company()["name"], "三亚改名有限公司"]}


def test_parks_of_the_account_and_of_the_company_are_told(context):
    certify("park1")
    with transaction():
        park = db.session.scalar(sa.select(Park).where(Park.code == "B01"))
        park.organisation_id = mine("park1").id
    scope.reset()  # as at a sign-in: no park is in reach
    certify("park1", name="三亚改名有限公司")
    with scope.unscoped():
        for number in ("P01", "B01"):
            park = people.park(number)
            (entry, *_rest) = trail.history("park", park.id)
            assert (entry.action, entry.park_id) == ("park.company_changed", park.id)
            assert entry.changes["name"][1] == "三亚改名有限公司"


def test_an_account_is_of_one_company_and_leaving_hands_ownership_on(context):
    certify("user1")
    certify("park1")
    old = mine()
    certify("user1", 2)
    assert mine().uscc == code(2)
    assert [(one.user_id, one.role) for one in queries.links_of(old.id)] == [
        (user_id("park1"), "owner")
    ]
    assert acts(old)[:2] == ["organisation.owner_changed", "organisation.left"]


@pytest.mark.parametrize("username", ["operator", "reviewer", "auditor"])
def test_staff_act_for_no_company(context, username):
    assert certify(username) == ()
    assert queries.organisation_of(user_id(username)) is None


def test_the_register_cannot_rename_what_is_certified(context):
    certify("user1")
    found, operator = mine(), people.actor("operator")
    with pytest.raises(Refusal) as refused, transaction():
        services.change_organisation(
            operator, found.id, uscc=code(3), name="别名", version=found.version
        )
    assert refused.value.code == "organisation_certified"
    assert mine().name == company()["name"]


def change(actor, **values):
    told = {"contact_name": "王联系", "contact_phone": "13912345678", "credit_level": ""}
    with transaction():
        version = queries.organisation_of(actor.user_id).version
        return services.change_company(actor, **{**told, "version": version, **values})


def test_contact_and_level_are_the_companys_own(user1):
    certify("user1")
    change(user1, credit_level="常规")
    found = mine()
    assert (found.contact_name, found.contact_phone) == ("王联系", "13912345678")
    assert found.credit_level == "常规"
    entry = trail.history("organisation", found.id)[0]
    assert entry.action == "organisation.contact_changed"
    assert trail.shown_changes(entry, personal=False)["contact_phone"][1] == "***"


def test_a_masked_phone_left_alone_stays_as_it_is(user1):
    certify("user1")
    change(user1)
    change(user1, contact_phone="139****5678", contact_name="新人")
    assert (mine().contact_phone, mine().contact_name) == ("13912345678", "新人")
    change(user1, contact_phone="")
    assert mine().contact_phone == ""


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"contact_phone": "139****0000"}, "contact_phone"),
        ({"contact_phone": "12"}, "contact_phone"),
        ({"contact_name": "名" * 41}, "contact_name"),
        ({"credit_level": "最好"}, "credit_level"),
    ],
)
def test_wrong_contact_fields_are_refused(user1, values, field):
    certify("user1")
    with pytest.raises(Refusal) as refused:
        change(user1, **values)
    assert list(refused.value.fields) == [field]


def test_an_old_version_and_no_company_are_refused(user1):
    with pytest.raises(Refusal) as refused, transaction():
        services.change_company(
            user1, contact_name="", contact_phone="", credit_level="", version=1
        )
    assert refused.value.code == "not_certified"
    certify("user1")
    with pytest.raises(Stale):
        change(user1, version=99)


def test_the_bank_account_lies_sealed_and_the_trail_knows_its_tail_only(user1):
    certify("user1")
    bank("user1", mine().version)
    found = mine()
    assert found.bank_tail == "1234"
    assert DIGITS not in found.bank_account
    with transaction():
        assert services.reveal_bank(user1, purpose="核对付款") == DIGITS
    for row in db.session.scalars(sa.select(AuditEntry)):
        assert DIGITS not in str(vars(row))
    looks = trail.history("organisation", found.id, only=trail.LOOKS)
    assert [entry.details["purpose"] for entry in looks] == ["核对付款"]
    change_of = trail.history("organisation", found.id)[0].changes["bank_account"]
    assert change_of == ["", "**** 1234"]


def test_a_masked_account_left_alone_stays_and_an_empty_form_takes_it_away(user1):
    certify("user1")
    bank("user1", mine().version)
    sealed = mine().bank_account
    bank("user1", mine().version, account="**** 1234", bank="工商银行")
    assert (mine().bank_account, mine().bank_name) == (sealed, "工商银行")
    bank("user1", mine().version, account=ACCOUNT, bank="工商银行")
    assert mine().bank_account == sealed  # the same number is no change
    bank("user1", mine().version, account="", bank="", holder="")
    assert (mine().bank_account, mine().bank_tail) == (None, "")


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"account": "**** 9999"}, {"bank_account"}),
        ({"account": "1234567"}, {"bank_account"}),
        ({"account": "6222x02120100"}, {"bank_account"}),
        ({"holder": ""}, {"bank_holder"}),
        ({"account": "", "bank": ""}, {"bank_account", "bank_name"}),
        ({"bank": "行" * 121}, {"bank_name"}),
    ],
)
def test_wrong_bank_fields_are_refused(user1, values, fields):
    certify("user1")
    with pytest.raises(Refusal) as refused:
        bank("user1", mine().version, **values)
    assert set(refused.value.fields) == fields


def test_a_reveal_needs_a_reason_and_an_account(user1):
    certify("user1")
    with pytest.raises(NotFound), transaction():
        services.reveal_bank(user1, purpose="核对付款")
    bank("user1", mine().version)
    with pytest.raises(Refusal) as refused, transaction():
        services.reveal_bank(user1, purpose=" ")
    assert refused.value.code == "reveal_reason_missing"


# -- by licence --------------------------------------------------------------------------------
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def claim(actor, number=1, **changes):
    import io

    values = {
        "uscc": code(number).lower(),
        "name": "三亚执照有限公司",
        "representative": "赵执照",
        "address": "三亚市二号",
        "file": services.Licence(io.BytesIO(PDF), "执照.pdf"),
    }
    with transaction():
        return services.claim_by_licence(actor, **{**values, **changes})


def decide(act, who, found, **more):
    with transaction():
        return act(people.actor(who), found.id, now=clock.now(), **more)


def test_a_passed_licence_certifies_by_hand(user1):
    made = claim(user1)
    assert queries.organisation_of(user1.user_id) is None
    decide(services.pass_claim, "reviewer", made)
    found = mine()
    assert (found.uscc, found.source, found.name) == (code(), "licence", "三亚执照有限公司")
    assert queries.link_of(user1.user_id).role == "owner"
    assert [entry.action for entry in trail.history("licence_claim", made.id)] == [
        "licence.passed",
        "licence.claimed",
    ]


def test_what_haiyiban_says_stands_above_a_licence(user1):
    certify("park1")
    decide(services.pass_claim, "operator", claim(user1))
    found = mine()
    assert (found.source, found.name) == ("haiyiban", company()["name"])
    assert queries.link_of(user1.user_id).role == "member"


def test_haiyiban_replaces_a_licence(user1):
    decide(services.pass_claim, "operator", claim(user1))
    assert set(certify("user1")) >= {"name", "source"}
    assert mine().source == "haiyiban"


def test_a_refusal_has_a_reason_and_certifies_nothing(user1):
    made = claim(user1)
    with pytest.raises(Refusal):
        decide(services.refuse_claim, "operator", made, reason=" ")
    decide(services.refuse_claim, "operator", made, reason="照片不清")
    assert queries.organisation_of(user1.user_id) is None
    assert queries.claims_of(user1.user_id)[0].reason == "照片不清"
    claim(user1)  # another try


def test_a_claim_is_decided_once_and_by_somebody_else(user1):
    made = claim(user1)
    with pytest.raises(Refusal) as refused:
        decide(services.pass_claim, "user1", made)
    assert refused.value.code == "claim_own"
    decide(services.pass_claim, "operator", made)
    with pytest.raises(Refusal) as refused:
        decide(services.refuse_claim, "operator2", made, reason="不行")
    assert refused.value.code == "claim_decided"


def test_one_open_claim_a_person(user1):
    claim(user1)
    with pytest.raises(Refusal) as refused:
        claim(user1, 2)
    assert refused.value.code == "claim_pending"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"uscc": "91460200MA5T70001A"}, "uscc"),
        ({"name": " "}, "name"),
        ({"address": "址" * 301}, "registered_address"),
        ({"file": None}, "file"),
    ],
)
def test_wrong_claims_are_refused(user1, values, field):
    with pytest.raises(Refusal) as refused:
        claim(user1, **values)
    assert field in refused.value.fields


def test_a_file_that_is_no_scan_is_refused(user1):
    import io

    with pytest.raises(Refusal) as refused:
        claim(user1, file=services.Licence(io.BytesIO(b"<html></html>"), "执照.pdf"))
    assert refused.value.fields == {"file": "file_type"}


def test_a_closed_account_leaves_its_company_and_claims(user1):
    certify("user1")
    claim(user1, 2)
    with transaction():
        services.left(user1, user1.user_id)
    assert queries.claims_of(user1.user_id) == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OrganisationUser)) == 0


def told(username: str) -> list[list[str]]:
    """Changed fields in the person's inbox, the last message first."""
    return [one.params["fields"] for one in notices.messages_of(user_id(username))]


def test_members_hear_in_their_inbox_once_of_what_changed(app, as_):
    with app.app_context():
        for username in ("user1", "park1", "clerk1"):
            certify(username)
        certify("clerk2", 2)
        certify("user1", name="三亚改名有限公司", representative="王新人")
        assert certify("user1", name="三亚改名有限公司", representative="王新人") == ()
        assert told("park1") == told("clerk1") == [["name", "legal_representative"]]
        assert told("clerk2") == []
        certify("user1", name="三亚改名有限公司", representative="王新人", address="三亚市新址")
        assert told("park1") == [["registered_address"], ["name", "legal_representative"]]
    text = as_("park1").page("/me/messages/")
    assert "“三亚改名有限公司”的认证信息已更新：企业名称、法定代表人。" in text
