"""A scheme with an error is refused with its place and reason; a sound one is not."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from app.engines import scoring
from app.engines.scoring.labels import FAULTS
from tests.engines.scoring.refused_results import CASES
from tests.support import schemes
from tests.support.schemes import faults, indicator


@pytest.mark.parametrize("name", CASES)
def test_an_error_is_refused_at_its_place(name):
    change_it, wanted = CASES[name]
    data = schemes.reference()
    change_it(data)
    assert wanted in faults(data)


def test_all_errors_are_told_at_once():
    data = schemes.reference()
    for name in ("weights of a block", "an unknown rule", "steps of 0", "a cap at no grade"):
        CASES[name][0](data)
    found = faults(data)
    assert {CASES[name][1] for name in ("an unknown rule", "steps of 0", "a cap at no grade", "weights of a block")} <= set(found)  # fmt: skip


def test_the_line_is_told():
    text = schemes.REFERENCE.read_text().replace("type: count_map", "type: count_mop")
    line = 1 + text[: text.index("count_mop")].count("\n")
    with pytest.raises(scoring.Refused) as caught:
        scoring.read_scheme(text)
    assert [(one.path, one.line) for one in caught.value.faults] == [
        ("indicators.B5.rule.type", line)
    ]


def test_the_reference_is_sound_without_its_examples_and_with_numbers_as_decimals():
    data = schemes.reference()
    del data["examples"]
    data["scoring"]["bonus_cap"] = Decimal(10)
    assert scoring.read_scheme(data) == schemes.reference_scheme()


def test_an_indicator_may_have_the_code_of_its_data_item():
    data = schemes.reference()
    indicator(data, "C1")["code"] = "trade_cur"
    assert "trade_cur" in scoring.read_scheme(data).by_code


def test_grades_may_stand_in_rising_order():
    data = schemes.reference()
    data["grades"]["bands"].reverse()
    assert scoring.read_scheme(data) == schemes.reference_scheme()


def test_every_fault_has_words_and_every_sentence_a_fault():
    folder = Path(scoring.__file__).parent
    source = "".join(one.read_text() for one in folder.rglob("*.py") if one.name != "labels.py")
    assert {code for code in FAULTS if f'"{code}"' not in source} == set()
    raised = re.findall(r'(?:fault|_refuse|FormulaError|NotANumber)\(\s*"(\w+)"', source)
    raised += re.findall(r'Fault\(\s*\w*(?:"")?,\s*"(\w+)"', source)
    assert len(set(raised)) > 50
    assert set(raised) <= set(FAULTS)
