"""平台与主管部门数据: what the page of one value and the table say."""

from __future__ import annotations

import re
from typing import Any

from tests.features.assessments.test_round_pages import VALUES, as_operator_created, opened
from tests.support import assessments as made


def test_levels_have_words_and_only_the_wrong_one_is_marked(context: object, as_: Any) -> None:
    found, paper = opened()
    one = made.filing(found, "P01").id
    address = f"{VALUES}/{found.id}/enter/N3"
    data = {
        f"v{one}.general": "1",
        f"v{one}.major": "一次",
        f"seen{one}": "1",
        "document": paper.id,
    }
    answer = as_("operator").post(address, data=data)
    assert answer.status_code == 400
    assert "较重：请填写整数，例如 1234" in answer.text
    fields = re.findall(rf'<span>(\S+)</span><input [^>]*name="v{one}\.\w+"([^>]*)>', answer.text)
    assert {name: "aria-invalid" in rest for name, rest in fields} == {"较重": True, "一般": False}


def test_before_filling_in_opens_there_is_nothing_to_enter(context: object, as_: Any) -> None:
    draft = as_operator_created(made.reference())
    page = as_("operator").page(f"{VALUES}/{draft.id}")
    assert "填报开始前不能录入" in page
    assert "现在还没有数据" in page
