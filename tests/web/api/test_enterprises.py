"""企业 in the REST API: list and single, upsert, what is told and what is noted."""

from __future__ import annotations

from app.engines import trail
from app.features.enterprises import queries
from tests.support import api, people
from tests.support.enterprises import code_of


def body(**changes):
    return {
        "name": "三亚海风跨境电商有限公司",
        "roles": ["卖家"],
        "contact_name": "李四",
        "contact_phone": "13800138000",
        "settled_on": "2024-05-01",
        "annual_sales": "8642.35",
        **changes,
    }


def path(serial, park="P01"):
    return f"/enterprises/{park}/{code_of(serial)}"


def test_a_record_is_added_once_however_often_it_is_sent(context):
    caller = api.caller(context, "park1")
    assert caller.put(path(801), body(), 201)["result"] == "added"
    assert caller.put(path(801), body())["result"] == "unchanged"
    told = caller.put(path(801), {"annual_sales": "9000.00", "staff_count": 7})
    assert (told["result"], told["enterprise"]["staff_count"]) == ("changed", 7)
    found = queries.alive_with_code(people.park("P01").id, code_of(801))
    entries = trail.history("enterprise", found.id)
    assert [one.action for one in entries] == ["enterprise.changed", "enterprise.added"]
    assert all("park1" in one.details["token"] for one in entries)


def test_a_contact_is_not_guessed_without_a_trace(context):
    """Neither by an ETag made of a guess nor by a dry run that finds nothing to change."""
    blind = api.caller(context, "park1", "enterprises:read", "enterprises:write")
    whole = api.caller(context, "park1", "enterprises:read", "enterprises:personal",
                       "enterprises:write")  # fmt: skip
    blind.put(path(801), body(), 201)
    guessed = {"If-Match": whole.open("GET", f"{path(801)}?personal=true").headers["ETag"]}
    dry = f"{path(801)}?dry_run=true"
    blind.put(dry, {}, 412, headers=guessed)
    assert whole.put(dry, {}, headers=guessed)["result"] == "unchanged"
    phone = {"contact_phone": body()["contact_phone"]}
    assert blind.put(dry, phone)["result"] == "changed"
    assert whole.put(dry, phone)["result"] == "unchanged"
    assert blind.put(dry, {"name": body()["name"]})["result"] == "unchanged"
    assert blind.put(path(801), phone)["result"] == "unchanged"


def test_two_readings_of_the_same_are_equal_and_amounts_exact(context):
    caller = api.caller(context, "park1")
    caller.put(path(801), body(), 201)
    one = caller.get(path(801))
    assert one["annual_sales"] == "8642.35"
    assert caller.get("/enterprises")["items"] == [one]
    assert "contact_phone" not in one
    caller.put(path(801), {name: value for name, value in one.items() if name in body()})
    assert caller.get(path(801)) == one


def test_what_is_wrong_is_told_by_field_in_the_callers_language(context):
    caller = api.caller(context, "park1")
    answer = caller.open("PUT", path(801), json=body(settled_on="2024-02-31", annual_sales="-1"))
    assert answer.status_code == 422
    code, faults = api.told(answer)
    assert (code, set(faults)) == ("invalid", {"/settled_on", "/annual_sales"})
    answer = caller.open("PUT", path(801), json={"name": "某公司"})
    assert set(api.told(answer)[1]) == {"/contact_name", "/contact_phone", "/settled_on"}
    english = caller.open("PUT", path(801), json={"nam": 1}, headers={"Accept-Language": "en-GB"})
    assert english.json["errors"] == [
        {"pointer": "/nam", "code": "unknown_field", "detail": "No such field"}
    ]
