"""What holds for every scheme and every cohort."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engines import scoring
from tests.engines.scoring import made
from tests.support import schemes
from tests.support.plain_scoring import Plain

#: A seed, not hypothesis' own source of choices: a scheme takes thousands of them.
RANDOM = st.integers(0, 2**63).map(Random)
EXAMPLES = settings(max_examples=100, deadline=None)


def drawn(rnd):
    data = made.scheme(rnd)
    scheme = scoring.read_scheme(data)
    return scheme, scoring.read_cohort(scheme, made.cohort(rnd, data))


@EXAMPLES
@given(RANDOM)
def test_the_engine_says_what_the_rules_written_down_plainly_say(rnd):
    scheme, subjects = drawn(rnd)
    wanted = Plain(scheme, subjects, Fraction).results()
    outcomes = scoring.score(scheme, subjects)
    assert set(wanted) == {one.id for one in outcomes.values() if one.in_cohort}
    for own, numbers in wanted.items():
        assert numbers == {name: getattr(outcomes[own], name) for name in numbers}


@EXAMPLES
@given(RANDOM)
def test_the_order_of_parks_changes_nothing(rnd):
    scheme, subjects = drawn(rnd)
    shuffled = list(subjects)
    rnd.shuffle(shuffled)
    assert scoring.score(scheme, shuffled) == scoring.score(scheme, subjects)


@EXAMPLES
@given(RANDOM)
def test_an_explanation_computes_the_score_again(rnd):
    scheme, subjects = drawn(rnd)
    for own in scoring.score(scheme, subjects, explain=True).values():
        stored = json.dumps(scoring.explained(own))
        if own.in_cohort:
            again = scoring.recompute(json.loads(stored))
            assert again == {name: own.as_json()[name] for name in again}


@EXAMPLES
@given(RANDOM)
def test_explaining_changes_no_score(rnd):
    scheme, subjects = drawn(rnd)
    explained = scoring.score(scheme, subjects, explain=True)
    plain = scoring.score(scheme, subjects)
    assert [one.as_json() for one in explained.values()] == [
        one.as_json() for one in plain.values()
    ]


@EXAMPLES
@given(RANDOM)
def test_sums_reconcile(rnd):
    scheme, subjects = drawn(rnd)
    total = scheme.total
    for one in scoring.score(scheme, subjects).values():
        if not one.in_cohort:
            continue
        for block in scheme.blocks:
            own = [one.items[indicator.code] or 0 for indicator in block.indicators]
            assert one.blocks[block.code] == sum(own)
        assert one.base == sum(one.blocks.values())
        exact = Fraction(one.base) + min(sum(map(Fraction, one.bonus.values())), Fraction(total.bonus_cap))  # fmt: skip
        exact -= min(sum(map(Fraction, one.deductions.values())), Fraction(total.deduction_cap))
        exact = min(max(exact, Fraction(total.low)), Fraction(total.high))
        assert abs(Fraction(one.final) - exact) < Fraction(1, 10**scheme.final_rounding.digits)


@EXAMPLES
@given(RANDOM)
def test_parks_with_equal_inputs_are_equal_in_everything(rnd):
    scheme, subjects = drawn(rnd)
    twins = [scoring.Subject(**{**_fields(one), "id": f"twin of {one.id}"}) for one in subjects]
    outcomes = scoring.score(scheme, [*subjects, *twins])
    for one in subjects:
        own, twin = outcomes[one.id].as_json(), outcomes[f"twin of {one.id}"].as_json()
        assert own == twin


def _fields(subject):
    return {name: getattr(subject, name) for name in type(subject).__slots__}


@EXAMPLES
@given(RANDOM)
def test_ranks_are_a_competition(rnd):
    scheme, subjects = drawn(rnd)
    ranks = sorted(one.rank for one in scoring.score(scheme, subjects).values() if one.in_cohort)
    assert ranks == [1 + sum(other < rank for other in ranks) for rank in ranks]


#: More of each of these is better, for the park's own score.
GOOD = [one for one in schemes.reference_scheme().items if one not in {"mismatch_rate", "inspection", "innovation", "leaders", "events", "trade_prev", "area_leasable_m2", "stat_due", "apps_closed", "ent_cbec_count"}]  # fmt: skip


@pytest.mark.parametrize("code", GOOD)
@settings(max_examples=10, deadline=None)
@given(more=st.decimals(0, 10**6, places=2, allow_nan=False), rnd=RANDOM)
def test_more_of_a_good_thing_never_lowers_the_own_score(code, more, rnd):
    scheme = schemes.reference_scheme()
    subjects = scoring.read_cohort(scheme, schemes.reference()["examples"])
    chosen = rnd.randrange(4)
    better = list(subjects)
    before = subjects[chosen]
    values = {**before.values, code: before.values[code] + Decimal(more)}
    better[chosen] = scoring.Subject(**{**_fields(before), "values": values})
    old, new = (scoring.score(scheme, given)[before.id] for given in (subjects, better))
    assert new.base >= old.base
    assert new.final >= old.final
