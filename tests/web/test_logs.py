"""What a line of the log may hold."""

from __future__ import annotations

import pytest

from app.web.logs import redact


@pytest.mark.parametrize("key", ["phone", "Email", "password", "token", "body"])
def test_fields_of_personal_data_are_dropped(key):
    assert redact(None, "", {key: "13800138000"}) == {key: "***"}


def test_numbers_and_addresses_are_masked_however_deep_they_lie():
    event = {
        "reason": "Key (email)=(chen@example.com) exists",
        "told": {"who": ["13800138000", {"card": "460200199001011234"}], "contact": "陈海燕"},
        "account": "6222021234567890123",
        "status": 200,
    }
    assert redact(None, "", event) == {
        "reason": "Key (email)=(c***@example.com) exists",
        "told": {"who": ["138****8000", {"card": "460***34"}], "contact": "***"},
        "account": "**** 0123",
        "status": 200,
    }


def test_our_own_numbers_stay():
    event = {"request_id": "1234567890123456", "ms": 12.5, "path": "/desk/"}
    assert redact(None, "", dict(event)) == event
