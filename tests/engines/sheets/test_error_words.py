"""Sentences about a value that name several words."""

from __future__ import annotations

import pytest

from app.engines.sheets import ValueRefused, message, parse_value
from tests.engines.sheets.samples import BY_NAME, TODAY


def test_words_that_hold_the_separator_are_told_in_quotes(app):
    with pytest.raises(ValueRefused) as wrong:
        parse_value(BY_NAME["industry"], "批发零售", today=TODAY)
    told = "“批发和零售业”、“交通运输、仓储和邮政业”、“信息传输、软件和信息技术服务业”"
    with app.test_request_context():
        assert message(wrong.value) == f"“批发零售”不在可选范围；请填写：{told}"
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert "“交通运输、仓储和邮政业”, “信息" in message(wrong.value)
    with pytest.raises(ValueRefused) as wrong:
        parse_value(BY_NAME["status"], "在", today=TODAY)
    with app.test_request_context():
        assert message(wrong.value).endswith("请填写：在园、迁出、暂停、注销")
