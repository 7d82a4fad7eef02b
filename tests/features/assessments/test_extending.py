"""延期: a dialog that says which days there are; the park and the round's record hear why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.errors import Refusal
from app.engines.notices import all_kinds
from app.features.assessments.rules.rounds import Windows, extension
from app.features.assessments.services import round_parks
from tests.support import assessments as made
from tests.support import judging

BASE = "/desk/assessment-rounds"


def days(found: Any) -> tuple[Any, Any]:
    first, last = found.fill_until + timedelta(days=1), found.review_until
    return first, last


def test_the_dialog_names_the_days_and_keeps_what_was_typed(context: object, as_: Any) -> None:
    found, browser = made.opened(), as_("operator")
    one, (first, last) = made.filing(found, "P01"), days(found)
    assert 'id="extend-title"' not in browser.page(f"{BASE}/parks/{found.id}")
    page = browser.page(f"{BASE}/parks/{found.id}?extend={one.id}")
    assert f"可选 {first} 至 {last}" in page
    address = f"{BASE}/parks/{found.id}/extend/{one.id}"
    typed = {"until": str(last + timedelta(days=1)), "reason": "台风停电三天"}
    answer = browser.post(address, data=typed)
    assert answer.status_code == 400
    assert f"请选择 {first} 至 {last} 之间的一天。" in answer.text
    assert typed["until"] in answer.text
    assert "台风停电三天" in answer.text
    answer = browser.post(address, data={"until": str(last), "reason": " "})
    assert answer.status_code == 400
    assert 'id="reason-error"' in answer.text
    assert browser.post(address, data={"until": "", "reason": "停电"}).status_code == 400
    assert browser.post(address, data={**typed, "until": str(last)}).status_code == 303
    browser.page(f"{BASE}/parks/{made.opened().id}?extend={one.id}", status=404)


def test_the_park_and_the_rounds_record_read_the_day_and_the_reason(
    context: object, as_: Any
) -> None:
    found = made.opened()
    one, (first, last) = made.filing(found, "P01"), days(found)
    for until, why in ((last, "台风停电"), (first, "供电恢复")):
        judging.do("operator", round_parks.extend, one.id, until, why)
    inbox = as_("park1").page("/me/messages/")
    assert f"您的截止日改为 {first}。原因：供电恢复" in inbox
    assert "供电恢复" in as_("park1").page(f"/desk/filings/{one.id}")
    past = as_("operator").page(f"{BASE}/show/{found.id}?tab=history")
    assert "调整填报截止日" in past
    assert f"鹿回头测试园区：截止日改为 {last}，原因：台风停电" in past


def test_a_message_of_before_that_gave_no_reason_is_still_read(context: object) -> None:
    kind = next(one for one in all_kinds() if one.name == "round.extended")
    assert kind.said({"round": "甲", "until": "2026-11-30", "late": "2026-12-04"}).endswith("—")


def test_no_more_time_once_review_is_to_end(context: object) -> None:
    today = clock.today()
    over = Windows(*(today - timedelta(days=one) for one in (30, 20, 10, 0)))
    assert extension(over, today) is None
    found = made.opened()
    one, (_first, last) = made.filing(found, "P01"), days(found)
    with pytest.raises(Refusal, match="extension_day"):
        judging.do("operator", round_parks.extend, one.id, last + timedelta(days=1), "停电")
