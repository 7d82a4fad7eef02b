"""Every state x act x side of the one table, and what may be written in the form."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.features.settlements import rules
from app.features.settlements.labels import (
    ACT_WORDS,
    REASON_WORDS,
    REFUSALS,
    STATE_DOTS,
    STATE_WORDS,
)
from app.features.settlements.rules import Act, Side, Standing, State
from tests.support.settlements import values

TODAY = date(2026, 11, 20)
#: The table once more, by hand.
WANTED = {
    (State.new, Side.park): {"follow", "land", "decline", "move"},
    (State.following, Side.park): {"follow", "land", "decline", "move"},
    (State.landed, Side.park): {"prove", "reopen"},
    (State.declined, Side.park): {"reopen"},
    (State.new, Side.applicant): {"withdraw"},
    (State.following, Side.applicant): {"withdraw"},
}
TARGETS = {
    "follow": "following",
    "land": "landed",
    "decline": "declined",
    "move": "moved",
    "reopen": "following",
    "withdraw": "withdrawn",
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("sides", [(), (Side.park,), (Side.applicant,), tuple(Side)])
def test_what_the_table_says_and_nothing_else(state, sides):
    standing = Standing(state, frozenset(sides))
    wanted = set().union(*(WANTED.get((state, side), set()) for side in sides))
    assert {act.value for act in rules.allowed(standing)} == wanted
    for act in Act:
        no = rules.refusal(act, standing)
        assert (no is None) == (act.value in wanted)
        assert no is None or no in REFUSALS
        if no is None:
            assert rules.after(act, state).value == TARGETS.get(act.value, state.value)


def test_a_stranger_is_told_of_the_side_and_not_of_the_state():
    standing = Standing(State.moved)
    assert rules.refusal(Act.land, standing) == "settlement_not_park"
    assert rules.refusal(Act.withdraw, standing) == "settlement_not_applicant"


def test_every_state_act_and_reason_has_words():
    assert set(STATE_WORDS) == set(STATE_DOTS) == {state.value for state in State}
    assert set(ACT_WORDS) == {*rules.BEGINNINGS, *(act.value for act in Act)}
    assert set(REASON_WORDS) == set(rules.REASONS)


def test_texts_come_in_their_normal_form():
    typed = values(
        company="  三亚  海风 有限公司 ",
        phone="+86 139-1234-5678",
        uscc=" 91460200ma000 950xp ",
        message="第一行\r\n第二行 ",
    )
    found, wrong = rules.cleaned(typed, TODAY)
    assert wrong == {}
    assert found["company"] == "三亚 海风 有限公司"
    assert found["contact_phone"] == "13912345678"
    assert found["uscc"] == "91460200MA000950XP"
    assert found["message"] == "第一行\n第二行"


def test_a_company_being_founded_has_neither_name_nor_code():
    found, wrong = rules.cleaned(values(preparing=True), TODAY)
    assert wrong == {}
    assert (found["company"], found["uscc"]) == ("", None)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"company": " "}, {"company": "company_missing"}),
        ({"contact_name": ""}, {"contact_name": "required"}),
        ({"phone": "0898-88812345"}, {"phone": "phone_wrong"}),
        ({"phone": "１２３"}, {"phone": "phone_wrong"}),
        ({"email": "zhao@"}, {"email": "email_wrong"}),
        ({"goods": "货" * 201}, {"goods": "too_long"}),
        ({"office_area": -1}, {"office_area": "number_wrong"}),
        ({"budget": Decimal(10) ** 10}, {"budget": "number_wrong"}),
        ({"expected_on": TODAY - timedelta(days=1)}, {"expected_on": "day_wrong"}),
        ({"needs": ["通关", "<b>"]}, {"needs": "choice_wrong"}),
        ({"roles": ["x"], "modes": ["1"]}, {"roles": "choice_wrong", "modes": "choice_wrong"}),
    ],
)
def test_what_is_wrong_is_named_by_field(changes, wanted):
    _found, wrong = rules.cleaned(values(**changes), TODAY)
    assert wrong == wanted
    assert set(wrong.values()) <= set(REFUSALS)


def test_nobody_guesses_a_number_and_no_two_are_alike():
    many = {rules.number(TODAY) for _ in range(500)}
    assert len(many) == 500
    assert all(one.startswith("RZ261120-") and len(one) == 15 for one in many)
