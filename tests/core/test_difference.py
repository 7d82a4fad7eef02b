"""Both texts can be read from the pieces; what a person would call a word is not cut apart."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.difference import Kind, tokens, words

SIGNS = {Kind.same: "{}", Kind.gone: "[-{}-]", Kind.new: "[+{}+]"}


def drawn(old: str, new: str) -> str:
    return "".join(SIGNS[one.kind].format(one.text) for one in words(old, new))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("面积为3,200.50平方米", "面积为3,200.05平方米", "面积为[-3,200.50-][+3,200.05+]平方米"),
        ("园区在册企业128家，增加三家。", "园区在册企业1,128家，增加五家。", "园区在册企业[-128-][+1,128+]家，增加[-三-][+五+]家。"),
        ("增长12%", "增长12.5%", "增长[-12%-][+12.5%+]"),
        ("2026-11-20前", "2026-11-21前", "[-2026-11-20-][+2026-11-21+]前"),
        ("提供仓储服务。", "提供仓储、报关服务。", "提供仓储[+、报关+]服务。"),
        ("甲公司和乙公司", "甲公司、丙公司和乙公司", "甲公司[+、丙公司+]和乙公司"),
        ("the quick fox runs", "the quicker fox runs", "the [-quick-][+quicker+] fox runs"),
        ("综合保税区内企业可以享受保税政策", "自由贸易港企业均可享受零关税政策",
         "[-综合保税区内企业可以享受保-][+自由贸易港企业均可享受零关+]税政策"),
        ("一段\n二段\n三段", "一段\n三段", "一段\n[-二段\n-]三段"),
        ("", "新", "[+新+]"),
        ("旧", "", "[-旧-]"),
        ("同", "同", "同"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_a_change_reads_as_a_person_would_mark_it(old, new, said):
    assert drawn(old, new) == said


def test_a_number_and_a_latin_word_are_whole_and_chinese_is_not():
    assert tokens("共1,208.42万元 of B2B商品") == ["共", "1,208.42", "万", "元", " ", "of", " ", "B", "2", "B", "商", "品"]  # fmt: skip


TEXT = st.text(alphabet="甲乙丙丁，。 \n12.ab", max_size=60)


@settings(max_examples=400, deadline=None)
@given(TEXT, TEXT, st.sampled_from([0, 3, 20, 100, 400_000]))
def test_both_texts_can_be_read_from_the_pieces_whatever_the_budget(old, new, budget):
    pieces = words(old, new, budget=budget)
    assert "".join(one.text for one in pieces if one.kind != Kind.new) == old
    assert "".join(one.text for one in pieces if one.kind != Kind.gone) == new
    assert all(one.text for one in pieces)
    kinds = [one.kind for one in pieces]
    assert all(kind != after for kind, after in pairwise(kinds))
    assert (Kind.new, Kind.gone) not in set(pairwise(kinds))


@pytest.mark.parametrize("share", [0.001, 0.05, 1])
def test_a_long_text_takes_no_longer_than_it_must(share):
    rng = random.Random(7)
    old = "".join(chr(0x4E00 + rng.randrange(800)) for _ in range(40_000))
    new = "".join(sign if rng.random() > share else "改" for sign in old)
    begun = time.monotonic()
    pieces = words(old, new)
    assert time.monotonic() - begun < 8
    assert "".join(one.text for one in pieces if one.kind != Kind.gone) == new
    # Where little changed, little is told as changed, however long the text is.
    gone = sum(len(one.text) for one in pieces if one.kind == Kind.gone)
    assert gone <= 40_000 * share * 3 + 100
