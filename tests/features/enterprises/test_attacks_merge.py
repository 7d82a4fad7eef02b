"""A stale form whose carried values were forged."""

from __future__ import annotations

import html
import re

from tests.support import enterprises


def test_half_a_sign_in_the_carried_values_is_no_error_of_ours(app, as_, context):
    browser, made = as_("park1"), enterprises.add("P01", 950)
    address = f"/desk/enterprises/edit/{made.id}"
    inputs = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', browser.page(address))
    data = {name: html.unescape(value) for name, value in inputs}
    assert browser.post(address, data={**data, "name": "甲公司"}).status_code == 303
    forged = {**data, "name": "乙公司", "opened": '{"name": "\\ud800"}'}
    assert browser.post(address, data=forged).status_code == 409
