"""When names are the same without what does not tell enterprises apart, and when they are near."""

from __future__ import annotations

from itertools import pairwise

import pytest

from app.features.enterprises.rules import sameness
from app.features.enterprises.rules.sameness import Trait, reasons_of, same_key, score, within


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三亚海风跨境电商有限公司", "三亚海风跨境电商有限责任公司"),
        ("三亚海风跨境电商有限公司", "海南省三亚市海风跨境电商有限公司"),
        ("三亚海风跨境电商有限公司", "海风（三亚）跨境电商　有限公司"),
        ("三亚海风跨境电商有限公司", "海风(三亚)跨境电商 有限公司"),
        ("ＡＢＣ贸易股份有限公司", "abc 贸易有限公司"),
        ("Blue Bay Trading Co., Ltd.", "blue bay trading LTD"),
        ("海口·椰风物流", "椰风物流"),
        ("北京市椰风物流有限公司", "椰风物流（北京）有限公司"),
    ],
)
def test_these_are_one_name(one, other):
    assert same_key(one) == same_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三亚海风跨境电商有限公司", "三亚海风跨境电商有限公司海口分公司"),
        ("三亚海风跨境电商有限公司", "三亚海浪跨境电商有限公司"),
        ("一号店有限公司", "二号店有限公司"),
    ],
)
def test_these_are_two_names(one, other):
    assert same_key(one) != same_key(other)


@pytest.mark.parametrize(
    "name", ["公司", "有限公司", "三亚", "（）", "🚢🚢", "a", "三亚有限公司", "长" * 300]
)
def test_a_key_is_never_empty_and_never_too_long(name):
    assert 0 < len(same_key(name)) <= sameness.KEY_MAX


def trait(key, **facts):
    given = {
        "id": 1,
        "park_id": 1,
        "uscc": "A",
        "name": facts.get("name", key),
        "legal": None,
        "phone": None,
        "address": None,
    }
    return Trait(**{**given, "key": key, **facts})


def placed(name, **facts):
    return trait(same_key(name), name=name, **facts)


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (trait("海风贸易"), trait("海风贸易", uscc="B"), ("name",)),
        (trait("海风贸易"), trait("凤凰仓储"), ("code",)),
        (trait("海风贸易"), trait("海风贸易", phone="1"), ("code", "name")),
        # Near names need another fact.
        (trait("海风贸易"), trait("海丰贸易", uscc="B"), ()),
        (trait("海风贸易", phone="1"), trait("海丰贸易", uscc="B", phone="1"), ("sound", "phone")),
        (trait("鳳凰倉儲", legal="陈"), trait("凤凰仓储", uscc="B", legal="陈"), ("sound", "legal")),
        (trait("海风进出口", phone="1"), trait("海浪进出口", uscc="B", phone="1"), ("near", "phone")),
        (trait("海风进出口", address="x"), trait("海浪进出口", uscc="B", address="x"), ()),
        (trait("海风进出口", address="x", legal="陈"),
         trait("海浪进出口", uscc="B", address="x", legal="陈"), ("near", "legal", "address")),
        (trait("海风国际品牌管理", legal="陈"), trait("海风国际品牌营理", uscc="B", legal="陈"), ("near", "legal")),
        (trait("海风国际品牌管理", legal="陈"), trait("海风国际品牌经营", uscc="B", legal="陈"), ()),
        (trait("海风国际品牌管理", phone="1"), trait("海风国际品牌经营", uscc="B", phone="1"), ("near", "phone")),
        # The same but for the place: two places are two companies unless something else says so.
        (placed("三亚丰源贸易有限公司"), placed("丰源贸易（三亚）有限公司", uscc="B"), ("name",)),
        (placed("三亚丰源贸易有限公司"), placed("海南省三亚市丰源贸易有限公司", uscc="B"), ("name",)),
        (placed("三亚丰源贸易有限公司"), placed("海南丰源贸易有限公司", uscc="B"), ()),
        (placed("三亚丰源贸易有限公司"), placed("海南丰源贸易有限公司"), ("code", "core")),
        (placed("三亚丰源贸易有限公司", legal="陈"), placed("海口丰源贸易有限公司", uscc="B", legal="陈"),
         ("core", "legal")),
        # A shared fact alone is an agent's number or a business park's address.
        (trait("海风贸易", phone="1"), trait("凤凰仓储", uscc="B", phone="1"), ()),
        # Figures tell apart: shop 1 and shop 2.
        (trait("海风1店", phone="1"), trait("海风2店", uscc="B", phone="1"), ()),
        # One sign of four is too much of a name.
        (trait("海风贸易", phone="1"), trait("海浪贸易", uscc="B", phone="1"), ()),
        # Facts that nobody filled in are not shared.
        (trait("海风贸易", legal=""), trait("海浪贸易", uscc="B", legal=""), ()),
    ],
)  # fmt: skip
def test_the_reasons_are_named_strongest_first(one, other, reasons):
    assert reasons_of(one, other) == reasons == reasons_of(other, one)


def test_a_code_outweighs_all_else_and_a_name_all_but_a_code():
    facts = ("phone", "legal", "address")
    order = ("code", "name", "core", "sound", "near")
    assert tuple(sameness.REASONS) == (*order, *facts)
    for stronger, weaker in pairwise(order):
        assert score((stronger,)) > score((weaker, *facts))


@pytest.mark.parametrize(
    ("one", "other", "most", "near"),
    [
        ("海风跨境", "海风跨境", 0, True),
        ("海风跨境", "海风境", 1, True),
        ("海风跨境", "风跨海境", 1, False),
        ("海风跨境电商贸易", "海丰跨境电子贸易", 2, True),
        ("海风跨境电商贸易", "海丰跨境电子商务", 2, False),
        ("海风", "海风跨境", 1, False),
        ("", "", 0, True),
    ],
)
def test_signs_that_differ_are_counted(one, other, most, near):
    assert within(one, other, most) is near


@pytest.mark.parametrize(
    ("name", "mine", "theirs", "choice", "side"),
    [
        ("remark", "x", None, {}, "kept"),
        ("remark", None, "x", {}, "gone"),
        ("remark", None, None, {}, "kept"),
        ("remark", "x", "y", {}, "kept"),
        ("remark", "x", "y", {"newer": "gone"}, "gone"),
        ("name", "x", "y", {"newer": "gone"}, "kept"),
        ("name", "x", "y", {"sure": "gone"}, "gone"),
        ("roles", (), ("卖家",), {}, "gone"),
    ],
)
def test_what_is_proposed_to_stay(name, mine, theirs, choice, side):
    assert sameness.proposed(name, mine, theirs, **choice) == side
