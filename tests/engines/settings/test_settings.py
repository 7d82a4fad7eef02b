"""Settings: declared values, versions, all or nothing."""

from __future__ import annotations

import pytest

from app.core.errors import Refusal, Stale
from app.engines import settings, trail
from app.transaction import transaction
from tests.support import people

NAME, AGE = "test.name", "test.age"


@pytest.fixture
def operator(context):
    wrong = "setting_choice"
    settings.define(
        settings.Spec(NAME, "名称", "test", default="无名"),
        settings.Spec(
            AGE, "年限", "test", default=3, check=lambda n: None if n in (1, 3) else wrong
        ),
    )
    return people.actor("operator")


def change(actor, values, seen=None):
    with transaction():
        settings.change(actor, values, seen or {})


def test_what_nobody_set_has_the_declared_value(operator):
    assert (settings.get(NAME), settings.get(AGE)) == ("无名", 3)
    assert settings.versions((NAME,)) == {NAME: 0}
    with pytest.raises(KeyError):
        settings.get("test.unknown")


def test_a_change_holds_at_once_and_is_written_down(operator):
    assert settings.get(NAME) == "无名"
    change(operator, {NAME: "海风"})
    assert settings.get(NAME) == "海风"
    entry = trail.history("setting", "platform")[0]
    assert entry.changes == {NAME: ["无名", "海风"]}


def test_one_wrong_value_and_nothing_is_changed(operator):
    with pytest.raises(Refusal) as told:
        change(operator, {NAME: "海风", AGE: 7})
    assert told.value.fields == {AGE: "setting_choice"}
    assert settings.get(NAME) == "无名"


def test_who_opened_the_page_earlier_overwrites_nothing(operator):
    change(operator, {NAME: "海风"})
    with pytest.raises(Stale):
        change(operator, {NAME: "山风"}, {NAME: 0})
    change(operator, {NAME: "山风"}, settings.versions((NAME,)))
    assert settings.get(NAME) == "山风"
