"""The three-way merge: nobody's change is lost without being asked about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.core.merging import merge

RECORDS = st.fixed_dictionaries(dict.fromkeys("abcd", st.sampled_from("xyz")))


def test_each_case_of_one_field():
    cases = {
        "nobody": ("o", "o", "o"),
        "mine": ("o", "m", "o"),
        "theirs": ("o", "o", "t"),
        "same": ("o", "n", "n"),
        "clash": ("o", "m", "t"),
    }
    before, mine, theirs = ({k: v[i] for k, v in cases.items()} for i in range(3))
    found = merge(before, mine, theirs)
    assert found.values == {"nobody": "o", "mine": "m", "theirs": "t", "same": "n", "clash": "t"}
    assert (found.clashes, found.theirs) == (("clash",), ("theirs",))


def test_without_knowing_what_was_before_every_difference_is_asked():
    found = merge(None, {"a": "m", "b": "s"}, {"a": "t", "b": "s"})
    assert (found.clashes, found.theirs) == (("a",), ())


@given(RECORDS, RECORDS, RECORDS)
def test_who_is_first_makes_no_difference(before, one, other):
    here, there = merge(before, one, other), merge(before, other, one)
    assert set(here.clashes) == set(there.clashes)
    free = set("abcd") - set(here.clashes)
    assert {n: here.values[n] for n in free} == {n: there.values[n] for n in free}
    for name in free:
        assert here.values[name] in {one[name], other[name]}
        changed = {record[name] for record in (one, other)} - {before[name]}
        assert here.values[name] in (changed or {before[name]})
