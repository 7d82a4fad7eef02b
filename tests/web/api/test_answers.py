"""What a PUT answers: the record only to who may read it, what was changed and what was not taken."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from app.features.enterprises import queries
from tests.features.news import made as news
from tests.features.parks.certified import certify, code
from tests.support import api, people
from tests.support.enterprises import code_of
from tests.web.api.test_enterprises import body, path

#: kind -> address, what is sent first and then, the fields that get a new value, what names the record
KINDS = {
    "enterprises": (
        *(path(811), body(), {"remark": "新的备注", "roles": ["卖家"]}, ["remark"]),
        {"park": "P01", "uscc": code_of(811)},
    ),
    "parks": ("/parks/P01", {"hours": "9:00", "submit": False}, {"hours": "10:00", "submit": False},
              ["hours"], {"code": "P01"}),
    "news": (
        *("/news/cms-8", news.GOOD | {"submit": False}, {"title": "新的标题", "submit": False}),
        *(["title"], {"key": "cms-8", "park": "P01"}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_who_only_writes_is_told_the_key_and_what_was_changed(context, kind):
    address, first, then, names, key = KINDS[kind]
    blind = api.caller(context, "park1", f"{kind}:write")
    assert blind.open("PUT", address, json=first).status_code in (200, 201)
    answer = blind.open("PUT", address, json=then)
    said = {"result": "changed", "dry_run": False, "changed": names, **key}
    assert answer.json in (said, {**said, "not_taken": []})
    tag = answer.headers["ETag"]
    assert blind.put(address, {"submit": False} if kind != "enterprises" else {}, headers={
        "If-Match": tag})["result"] == "unchanged"  # fmt: skip
    seeing = api.caller(context, "park1", f"{kind}:read", f"{kind}:write")
    again = seeing.open("PUT", address, json=then)
    (record,) = again.json.keys() - answer.json.keys()
    assert again.json["changed"] == []
    assert again.json[record].items() >= key.items()
    assert again.headers["ETag"] == tag == seeing.open("GET", address).headers["ETag"]
    text = json.dumps(
        seeing.get(address), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert sha256(text.encode()).hexdigest()[:32] not in tag  # it is not found by trying


def test_a_dry_run_lets_nobody_guess_what_he_may_not_read(context):
    api.caller(context, "park1").put(path(811), body(), 201)
    blind = api.caller(context, "park1", "enterprises:write")
    guess = {"annual_sales": body()["annual_sales"], "contact_name": "王五"}
    told = blind.put(f"{path(811)}?dry_run=true", {"annual_sales": guess["annual_sales"]})
    assert (told["result"], told["changed"]) == ("changed", ["annual_sales"])
    told = blind.put(f"{path(811)}?dry_run=true", guess)
    assert told["changed"] == ["annual_sales", "contact_name"]
    assert blind.put(path(811), guess)["changed"] == [
        "contact_name"
    ]  # this one stands in the trail


def test_the_contact_that_is_changed_is_named_and_not_told(context):
    seeing = api.caller(context, "park1", "enterprises:read", "enterprises:write")
    told = seeing.put(path(811), body(), 201)
    assert {"name", "contact_phone", "annual_sales"} <= set(told["changed"])
    assert "remark" not in told["changed"]
    told = seeing.put(path(811), {"contact_phone": "13800138009"})
    assert (told["changed"], "13800138009" in str(told)) == (["contact_phone"], False)


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_where_a_certified_value_stands_the_answer_says_so(context, query):
    certify("user1")
    caller = api.caller(context, "park1", "enterprises:write")
    address = f"/enterprises/P01/{code(1)}{query}"
    told = caller.put(address, body(name="随便写的名字"), 200 if query else 201)
    assert told["not_taken"] == [
        {
            "pointer": "/name",
            "code": "haiyiban_wins",
            "detail": "以海易办认证为准，未采用“随便写的名字”",
        }
    ]
    found = queries.alive_with_code(people.park("P01").id, code(1))
    assert (found is None) if query else found.name == "三亚认证1号有限公司"
    if not query:
        told = caller.put(address, {"name": "又一个名字", "remark": "写入"})
        assert (told["changed"], len(told["not_taken"])) == (["remark"], 1)
        told = caller.put(address, {"name": found.name, "registered_address": "别处"})
        assert [one["pointer"] for one in told["not_taken"]] == ["/registered_address"]
