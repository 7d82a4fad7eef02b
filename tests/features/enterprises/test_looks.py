"""Who only looked at personal values: apart from the changes, and never the last editor."""

from __future__ import annotations

from tests.support.forms import form_of

FOR = {"purpose": "核对资料"}


def test_looks_stand_apart_from_the_changes_for_those_with_the_right(app, as_, two_parks):
    address = f"/desk/enterprises/show/{two_parks[0]}?tab=history"
    assert "个人信息查看记录" not in as_("park1").page(address)
    as_("clerk1").post(f"/desk/enterprises/reveal/{two_parks[0]}/contact_phone", data=FOR)
    changes, looks = as_("park1").page(address).split("个人信息查看记录")
    assert "测clerk1" in looks
    assert "测clerk1" not in changes.partition('class="history"')[2]
    assert "测clerk1" not in as_("reviewer").page(address)


def test_who_only_looked_is_not_named_as_the_last_editor(app, as_, two_parks):
    slow, address = as_("park1"), f"/desk/enterprises/edit/{two_parks[0]}"
    opened = form_of(slow.page(address))
    as_("operator").post(address, data={**form_of(as_("operator").page(address)), "remark": "甲"})
    as_("clerk1").post(f"/desk/enterprises/reveal/{two_parks[0]}/contact_phone", data=FOR)
    clash = slow.post(address, data={**opened, "remark": "乙"})
    assert clash.status_code == 409
    assert "测operator 已保存了新的内容" in clash.text
