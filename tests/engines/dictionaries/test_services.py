"""Dictionaries: words with dates; a word in use is never taken away."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.errors import Refusal, Stale
from app.engines import dictionaries, trail
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people

LEVELS = "customs_credit_levels"
DAY = date(2026, 6, 1)


@pytest.fixture
def operator(context):
    return people.actor("operator")


def add(actor, **values):
    told = {
        "dictionary": LEVELS,
        "code": "x-1",
        "label": "试行级",
        "position": 50,
        "valid_from": None,
        "valid_to": None,
    }
    with transaction():
        return dictionaries.add(actor, **{**told, **values})


def change(actor, entry, **values):
    told = {name: getattr(entry, name) for name in ("position", "valid_from", "valid_to")}
    with transaction():
        return dictionaries.change(actor, entry.id, **{**told, "version": entry.version, **values})


def test_a_new_word_may_be_chosen_within_its_dates(operator):
    entry = add(operator, valid_from=DAY, valid_to=DAY)
    assert "试行级" in dictionaries.options(LEVELS, DAY)
    assert "试行级" not in dictionaries.options(LEVELS, date(2026, 6, 2))
    assert [one.action for one in trail.history("dictionary_entry", entry.id)] == [
        "dictionary.added"
    ]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"dictionary": "colours"}, "required"),
        ({"code": "282-1"}, "code_taken"),
        ({"label": " "}, "required"),
        ({"label": "甲、乙"}, "bad_word"),
        ({"label": "字" * 61}, "bad_word"),
        ({"position": -1}, "bad_position"),
        ({"valid_from": DAY, "valid_to": date(2026, 5, 31)}, "ends_before"),
        ({"label": "失信"}, "overlap"),
        ({"label": "其他(常规)", "valid_from": date(2026, 3, 31)}, "overlap"),
    ],
)
def test_what_a_word_may_not_be(operator, values, code):
    with pytest.raises(Refusal, match=code):
        add(operator, **values)


def test_the_same_word_may_follow_itself(operator):
    entry = add(operator, label="其他(常规)", valid_from=date(2026, 4, 1))
    kept = dictionaries.options(LEVELS, date(2026, 4, 1))
    assert kept.count("其他(常规)") == 1
    assert trail.history("dictionary_entry", entry.id)[0].action == "dictionary.added"


def test_a_word_is_retired_by_a_date_and_the_history_says_so(operator):
    entry = change(operator, add(operator), valid_to=DAY)
    assert dictionaries.retired(LEVELS, date(2026, 6, 2)) >= {"试行级"}
    newest = trail.history("dictionary_entry", entry.id)[0]
    assert newest.changes == {"valid_to": [None, "2026-06-01"]}


def test_a_longer_validity_may_not_run_into_the_same_word(operator):
    first = add(operator, valid_to=DAY)
    add(operator, code="x-2", valid_from=date(2026, 6, 2))
    with pytest.raises(Refusal, match="overlap"):
        change(operator, first, valid_to=date(2026, 6, 30))


def test_a_stale_save_is_refused(operator):
    entry = add(operator)
    version = entry.version
    change(operator, entry, position=60)
    with pytest.raises(Stale):
        change(operator, entry, position=70, version=version)


def test_only_a_word_that_nobody_uses_is_deleted(operator):
    entry = add(operator)
    made.add("P01", 901, customs_credit="试行级")
    with pytest.raises(Refusal, match="entry_in_use") as refused, transaction():
        dictionaries.delete(operator, entry.id)
    assert refused.value.params == {"number": "1"}
    unused = add(operator, code="x-2", label="没人用")
    with transaction():
        dictionaries.delete(operator, unused.id)
    assert "没人用" not in dictionaries.known(LEVELS)


def test_a_shipped_word_is_not_deleted_since_a_deploy_would_bring_it_back(operator):
    from app.engines.dictionaries.queries import others

    shipped = next(one for one in others(LEVELS, None) if one.code == "282-1")
    with pytest.raises(Refusal, match="entry_shipped"), transaction():
        dictionaries.delete(operator, shipped.id)
