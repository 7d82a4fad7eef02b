"""What a free text shows of the numbers and addresses of persons."""

from __future__ import annotations

import pytest

from app.core.phones import redacted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13800138000已核对", "电话138****8000已核对"),
        ("chen.hai@mail.example.com", "c***@mail.example.com"),
        ("身份证46020019900101123X。", "身份证460***3X。"),
        ("460200199001011234", "460***34"),
        ("卡号 6222021234567890123", "卡号 **** 0123"),
        ("转 4563512345678901，谢谢", "转 **** 8901，谢谢"),
        ("两个13800138000、13900139000", "两个138****8000、139****9000"),
    ],
)
def test_personal_numbers_and_addresses_are_masked(text, shown):
    assert redacted(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        *("91460200MA0000152X", "911101085923662400", "2026-11-20 09:41:00", "共 12,345 行"),
        *("0898-88812345", "a3f0" + "1" * 28, "第 138001380001 号", ""),
    ],
)
def test_what_belongs_to_nobody_stays(text):
    assert redacted(text) == text
