"""Days as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from app.core import clock


def test_a_day_is_read_as_it_is_written():
    assert clock.day_of("2026-01-31") == date(2026, 1, 31)


@pytest.mark.parametrize(
    "text",
    ["2026-W01-1", "20260131", "2026-1-31", "2026-02-30", "２０２６-01-31", "", " 2026-01-31"],
)
def test_anything_else_is_none(text):
    with pytest.raises(ValueError, match=r"."):
        clock.day_of(text)
