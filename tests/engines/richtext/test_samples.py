"""Twelve things people paste, as they lie on the clipboard, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engines.richtext import clean
from tests.engines.richtext.reading import faults

FOLDER = Path(__file__).with_name("samples")
SAMPLES = sorted(one for one in FOLDER.glob("??-*.html") if not one.name.endswith(".expected.html"))
#: What the author is told is missing.
LOST = {
    "03-word-table": {"image": 1, "link": 1},
    "05-wps-table": {"image": 1},
    "06-wechat-article": {"image": 1},
    "07-wechat-cards": {"embed": 2, "drawing": 1, "link": 1},
    "08-wechat-table": {"embed": 1},
    "09-web-portal": {"image": 1, "form": 2, "script": 1, "link": 2},
    "11-web-wiki": {"image": 1},
}


def test_there_are_twelve():
    kinds = [one.stem.split("-")[1] for one in SAMPLES]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "word": 3,
        "wps": 2,
        "wechat": 3,
        "web": 3,
        "excel": 1,
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.stem)
def test_a_pasted_text_comes_out_as_expected(sample):
    # The expected files have a line for each block, for those who read them.
    expected = sample.with_suffix(".expected.html").read_text()
    cleaned = clean(sample.read_text())
    assert _joined(cleaned.html) == _joined(expected)
    assert {one.kind: one.count for one in cleaned.dropped} == LOST.get(sample.stem, {})
    assert not faults(cleaned.html)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.stem)
def test_what_came_out_stays_as_it_is(sample):
    once = clean(sample.read_text()).html
    assert clean(once).html == once
    assert clean(once).dropped == ()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.stem)
def test_nothing_of_the_office_program_is_left(sample):
    cleaned = clean(sample.read_text()).html
    for word in ("mso", "Mso", "style", "font", "<span", "o:p", "leaf", "data-", "<b>", "<i>"):
        assert word not in cleaned, word


def _joined(html: str) -> str:
    """Without line ends after a tag; those inside ``pre`` follow text and stay."""
    return html.replace(">\n", ">").strip()
