"""Is the sheet genuine? The page behind the code, and codes that are typed."""

from __future__ import annotations

from typing import Any

import pytest

from app.core import clock
from app.features.rankings import services
from app.features.rankings.rules import chain
from tests.features.rankings.test_pages import told
from tests.features.rankings.test_publishing import LATER, act
from tests.support import people, rankings

PAGE = "/desk/ranking/"


def test_the_code_on_the_paper_says_whether_it_is_in_force(client: Any, context: Any) -> None:
    found, first = rankings.published()
    answer = client.post("/verify/", data={"code": chain.shown_code(first.short_code).lower()})
    assert answer.status_code == 200
    assert "有效" in answer.text
    assert first.digest[:16] in answer.text
    act(
        services.publish_anew,
        found.id,
        run_id=rankings.run(found, LATER).id,
        reason="异议成立",
        now=clock.now(),
    )
    later = told(client, f"/verify/{first.key}")
    assert "已被第 2 版替代" in later
    assert people.park("P01").name not in later


def test_codes_cannot_be_tried_out(client: Any, context: Any) -> None:
    for _number in range(30):
        assert client.post("/verify/", data={"code": "AAAA-AAAA-AA"}).status_code == 404
    assert client.post("/verify/", data={"code": "AAAA-AAAA-AA"}).status_code == 429


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        (" ", 400, "请输入排名表上的验证码。"),
        ("7K3M", 404, "验证码是 10 位字母和数字，请核对后重新输入。"),
        ("7K3M-9QX2-WD", 404, "没有找到这个验证码对应的排名表。"),
    ],
)
def test_what_is_wrong_with_a_code_stands_beside_its_field(
    client: Any, context: Any, typed: str, status: int, words: str
) -> None:
    page = client.post("/verify/", data={"code": typed})
    assert page.status_code == status
    assert f'value="{typed if typed.strip() else ""}"' in page.text
    assert 'aria-describedby="code-error code-hint" aria-invalid="true"' in page.text
    assert words in page.text.split('id="code-error"')[1].split("</p>")[0]
    assert "<title>错误：" in page.text
    assert 'aria-invalid="true"' not in told(client, "/verify/")


def test_the_answer_tells_what_was_published_and_what_took_its_place(
    client: Any, context: Any
) -> None:
    found, snapshot = rankings.published()
    code = chain.shown_code(snapshot.short_code)

    def asked() -> str:
        return str(client.post("/verify/", data={"code": code}).text).split("verify-columns")[0]

    page = asked()
    for words in (
        "这份排名表由平台公示，现在有效。",
        f"{snapshot.window_from} 至 {snapshot.window_until}",
        "共 3 家，参加排名 2 家",
        code,
    ):
        assert words in page
    assert f"/rankings/{found.id}" not in page  # the parks alone may read it
    act(services.show_to_all, snapshot.id, public=True)
    assert f'href="/rankings/{found.id}"' in asked()
    act(services.withdraw, found.id, reason="发错了", now=clock.now())
    page = asked()
    assert "这一版已由主办单位撤回，不再有效。" in page
    assert "发错了" not in page
    assert f"/rankings/{found.id}" not in page


def test_an_unknown_key_is_not_found_in_words(client: Any, context: Any) -> None:
    assert "没有找到" in told(client, "/verify/" + "x" * 60, 404)
