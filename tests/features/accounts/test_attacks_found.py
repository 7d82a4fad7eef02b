"""Attacks on the ways in that were found later; the table is in ``test_attacks.py``."""

from __future__ import annotations

import pytest

from app.core import clock
from app.features.accounts import services
from app.features.accounts.rules import ADDRESS_FAILURES
from app.integrations.sms import SmsKind
from app.transaction import transaction
from tests.features.accounts.outside import PHONE, ask_code, enter, outside, visitor
from tests.features.accounts.test_attacks import SOMEBODY
from tests.features.accounts.test_ways_in import identities, proof_of, scan
from tests.support.outside import state_of

__all__ = ["outside", "visitor"]


def test_a_way_in_that_is_added_is_told_to_the_number(visitor, outside):
    """Whoever sits down at an open page and binds their own WeChat does not go unnoticed."""
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    outside.wechat.codes["c"] = SOMEBODY
    before = len(outside.sms.sent)
    for _ in range(2):  # the second time nothing is new
        way = visitor.get("/login/wechat?errand=bind")
        visitor.get(f"/login/wechat/back?code=c&state={state_of(way.location)}")
    (told,) = outside.sms.sent[before:]
    assert (told.phone, told.kind) == (PHONE, SmsKind.security)


@pytest.mark.parametrize("document", ["1", "9" * 5_000])
def test_a_proof_of_nobody_agrees_to_nothing(app, visitor, outside, document):
    form = {"proof": proof_of(scan(visitor, outside).text), "agree": "y", "document": document}
    answer = visitor.post("/login/agree", data=form)
    assert answer.status_code == 400
    assert "绑定手机号" in answer.text
    assert identities(app) == []


def test_all_addresses_of_one_line_share_its_budgets(app, outside):
    """One IPv6 connection has 2^64 addresses: another one for each request is no other asker."""
    limit = 30
    with app.app_context():
        now = clock.now()
        said = []
        for number in range(limit + 1):
            asked = services.Asked(f"139123400{number:02}", "sign_in", f"{number:064}",
                                   f"2001:db8:1:2::{number:x}")  # fmt: skip
            with transaction():
                said.append(services.send_code(asked, now=now).refusal)
        assert said[:limit] == [None] * limit
        assert said[limit].code == "code_budget"
        for number in range(ADDRESS_FAILURES):
            here = services.Caller(f"2001:db8:1:3:{number:x}::1")
            with transaction():
                services.sign_in_by_password(f"nobody{number}", "wrong", caller=here, now=now)
        last = services.Caller("2001:db8:1:3:ffff::1")
        with transaction():
            refused = services.sign_in_by_password("somebody", "wrong", caller=last, now=now)
        assert refused.refusal == "address_locked"
