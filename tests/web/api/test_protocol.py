"""ETags and preconditions, dry runs, limits, bodies: what every operation does alike."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
import sqlalchemy as sa
import time_machine

from app.engines.trail import AuditEntry
from app.extensions import db
from app.features.accounts import api as tokens
from app.features.enterprises import queries
from app.transaction import transaction
from app.web.api import body as bodies
from app.web.api.problems import Problem
from tests.support import api, people
from tests.support import enterprises as made
from tests.support.enterprises import code_of

PATH = f"/enterprises/P01/{code_of(901)}"
GOOD = {
    "name": "三亚海风跨境电商有限公司",
    "contact_name": "李四",
    "contact_phone": "13800138000",
    "settled_on": "2024-05-01",
}


@pytest.fixture
def caller(context):
    tokens.forget()
    return api.caller(context, "park1")


def entries():
    return db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))


def test_what_has_not_changed_is_304_and_a_stale_write_is_412(caller):
    caller.put(PATH, GOOD, 201)
    seen = caller.open("GET", PATH)
    tag = seen.headers["ETag"]
    same = caller.open("GET", PATH, headers={"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    wrote = caller.open("PUT", PATH, json={"staff_count": 3}, headers={"If-Match": tag})
    assert wrote.status_code == 200
    stale = caller.open("PUT", PATH, json={"staff_count": 4}, headers={"If-Match": tag})
    assert (stale.status_code, api.told(stale)[0]) == (412, "changed")
    assert caller.get(PATH)["staff_count"] == 3
    assert caller.open("GET", PATH).headers["ETag"] == wrote.headers["ETag"]


def test_the_tag_of_a_compressed_answer_counts_as_well(caller):
    caller.put(PATH, GOOD | {"remark": "很长的备注" * 90}, 201)
    seen = caller.open("GET", PATH, headers={"Accept-Encoding": "gzip"})
    assert seen.headers["Content-Encoding"] == "gzip"
    tag = seen.headers["ETag"]
    again = {"Accept-Encoding": "gzip", "If-None-Match": tag}
    assert caller.open("GET", PATH, headers=again).status_code == 304
    caller.put(PATH, {"staff_count": 3}, headers={"If-Match": tag})


def test_only_new_and_only_there_are_said_by_headers(caller):
    new, there = {"If-None-Match": "*"}, {"If-Match": "*"}
    caller.put(PATH, GOOD, 412, headers=there)
    caller.put(PATH, GOOD, 201, headers=new)
    caller.put(PATH, GOOD, 412, headers=new)
    caller.put(PATH, GOOD, 200, headers=there)


def test_a_dry_run_says_what_would_be_and_leaves_nothing(caller):
    before = entries()
    told = caller.put(f"{PATH}?dry_run=true", GOOD)
    assert (told["result"], told["dry_run"]) == ("added", True)
    assert entries() == before
    caller.get(PATH, 404)
    answer = caller.open("PUT", f"{PATH}?dry_run=true", json={"name": "某公司"})
    assert answer.status_code == 422
    for path, body in (
        ("/news/cms-1", {"title": "x", "submit": False}),
        ("/parks/P01", {"hours": "9"}),
    ):
        caller.put(f"{path}?dry_run=true", body | {"submit": False})
    caller.get("/news/cms-1", 404)
    assert caller.get("/parks/P01")["proposals"] == []
    caller.put(PATH, GOOD, 201)


def test_a_masked_value_is_an_error_and_what_is_left_out_stays(caller):
    caller.put(PATH, GOOD, 201)
    answer = caller.open("PUT", PATH, json={"contact_phone": "138****8000"})
    assert api.told(answer)[1] == {"/contact_phone": "masked"}
    caller.put(PATH, {"remark": "x"})
    found = queries.alive_with_code(people.park("P01").id, code_of(901))
    assert (found.contact_phone, found.remark) == ("13800138000", "x")
    caller.put(PATH, {"remark": None})
    db.session.refresh(found)
    assert found.remark is None


def test_a_wrong_code_in_the_address_is_told_at_its_place(caller):
    answer = caller.open("PUT", f"/enterprises/P01/{code_of(901)[:17]}", json=GOOD)
    assert api.told(answer)[1] == {"/uscc": "uscc_length"}


@pytest.mark.one_database("refused before a row is read")
@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"x"', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b'{"name": "a", "name": "b"}', "application/json", 400),
        (b'{"staff_count": NaN}', "application/json", 400),
        (b'{"staff_count": ' + b"9" * 400 + b"}", "application/json", 400),
        (b'{"staff_count": 1e400}', "application/json", 422),
        (b'{"name": "\\ud800"}', "application/json", 400),
        (b'{"name": "\\u0000"}', "application/json", 400),
        (b'{"name": "\xff"}', "application/json", 400),
        (b'{"name": ' + b"[" * 5000 + b"]" * 5000 + b"}", "application/json", 400),
        (b'{"name": "[[[[[[[[[[[[[[[[[[[[[[[["}', "application/json", 422),
        (b'{"name": "' + b"x" * 1024 * 1024 + b'"}', "application/json", 413),
        (json.dumps({"roles": [{}]}).encode(), "application/json", 422),
        (json.dumps({"status": []}).encode(), "application/json", 422),  # null among the words
        (json.dumps({"roles": "卖家"}).encode(), "application/json", 422),
        (json.dumps({"annual_sales": 1.5}).encode(), "application/json", 422),
        (json.dumps({"annual_sales": "1.234"}).encode(), "application/json", 422),
        (json.dumps({"staff_count": True}).encode(), "application/json", 422),
        (json.dumps({"roles": ["x"] * 201}).encode(), "application/json", 422),
        (json.dumps({"uscc": "x"}).encode(), "application/json", 422),
        (json.dumps({"park_id": 2}).encode(), "application/json", 422),
    ],
)
def test_odd_bodies_are_refused_and_nothing_happens(caller, raw, kind, status):
    before = entries()
    answer = caller.open("PUT", PATH, data=raw, content_type=kind)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert entries() == before


@pytest.mark.one_database("refused before a row is read")
@pytest.mark.parametrize("raw", [b'"' + rb"\"" * 40_000, b'"' + rb"\"" * 40_000 + b"\\"])
def test_a_text_that_nobody_closes_is_read_once(raw):
    """Looked through again from each of its quotes it would hold a process for hours."""
    begun = time.process_time()
    with pytest.raises(Problem):
        bodies._parsed(raw)
    assert time.process_time() - begun < 2


@pytest.mark.one_database("refused before a row is read")
def test_a_list_far_too_long_is_refused_by_its_length(caller):
    """Members that cannot be ordered would be compared each with each."""
    mixed = [one for number in range(1_000) for one in (number, str(number))]
    answer = caller.open("PUT", PATH, json={"roles": mixed})
    assert api.told(answer)[1] == {"/roles": "maxItems"}
    deep = caller.open("PUT", "/parks/P01", json={"warehouses": [{"kind": mixed}]})
    assert api.told(deep)[1] == {"/warehouses/0/kind": "maxItems"}


def test_odd_addresses_are_problems_too(caller):
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("DELETE", PATH, 405),
        ("POST", "/enterprises", 405),
        ("GET", "/enterprises/P01/%00", 404),
        ("GET", "/news/%F0%9F%98%80", 404),
        ("GET", "/news/~" + "9" * 18, 404),
        ("GET", "/rounds/" + "9" * 30, 404),
        ("GET", "/rankings/-1", 404),
        ("GET", "/parks/" + "x" * 500, 404),
        ("GET", "/enterprises?q=%00", 400),
    ):
        answer = caller.open(method, path)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), path
    assert caller.open("DELETE", PATH).headers["Allow"]
    assert caller.open("HEAD", "/parks").data == b""


def test_a_token_has_so_many_calls_a_minute_over_all_processes(caller, context):
    limit, context.config["API_TOKEN_RATE"] = context.config["API_TOKEN_RATE"], 20
    try:
        with time_machine.travel(datetime(2026, 3, 2, 4, 0, 10, tzinfo=UTC), tick=False):
            made_now = api.token("park1", "parks:read")
            one = api.Caller(context, made_now.secret)
            for number in range(20):
                if number % 5 == 0:
                    tokens.forget()  # another process takes its part of what is left
                answer = one.open("GET", "/parks")
                if answer.status_code == 429:
                    break
            over = one.open("GET", "/parks")
            assert (over.status_code, over.headers["Retry-After"]) == (429, "50")
            assert made_now.row.spent <= 20
            asked: list[int] = []
            with patch.object(tokens, "_taken", side_effect=lambda *_: asked.append(1) or 0):
                assert one.open("GET", "/parks").status_code == 429
            assert asked == []  # who is refused does not write, however often
        with time_machine.travel(datetime(2026, 3, 2, 4, 1, 1, tzinfo=UTC), tick=False):
            one.get("/parks")
    finally:
        context.config["API_TOKEN_RATE"] = limit


def test_the_last_use_is_noted_seldom(caller, context):
    token = api.token("park1", "parks:read")
    one = api.Caller(context, token.secret)
    assert token.row.used_at is None
    one.get("/parks")
    db.session.refresh(token.row)
    first = token.row.used_at
    one.get("/parks")
    db.session.refresh(token.row)
    assert first is not None
    assert token.row.used_at == first


def test_two_at_once_make_one_record(caller, context):
    """Both found nothing; the second finds the first's under the lock."""
    from app.core import scope
    from app.features.enterprises import services

    actor = people.actor("park1")
    values = made.values(901)
    code = values.pop("uscc")
    results = []
    for _n in range(2):
        with scope.acting_as(actor), transaction():
            _item, result = services.put(
                actor, people.park("P01").id, code, values, year=2025, seen=lambda _found: None
            )
            results.append(result)
    assert results == ["added", "unchanged"]


def test_words_follow_the_language_and_no_cookie_counts(context):
    caller = api.caller(context, "park1")
    chinese = caller.open("GET", "/nothing", headers={"Cookie": "lang=en"})
    english = caller.open("GET", "/nothing", headers={"Accept-Language": "en;q=0.9, fr"})
    assert (chinese.json["title"], english.json["title"]) == ("不存在", "Not found")
    assert chinese.json["code"] == english.json["code"]
    assert chinese.headers["X-Request-Id"] == chinese.json["request_id"]
    assert "Set-Cookie" not in chinese.headers
