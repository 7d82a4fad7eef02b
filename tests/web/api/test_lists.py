"""The API's list is the screen's: the same rows, order, number and search, page by page."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import scope
from app.features.enterprises import services
from app.transaction import transaction
from tests.support import api, people
from tests.support import enterprises as made
from tests.support.enterprises import code_of

STATUSES = ("在园", "迁出", "暂停", "注销")
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from(["9", "三亚", "海", "测试91", "syc", "没有"]),
        "status": st.sampled_from(STATUSES),
        "roles": st.lists(st.sampled_from(["平台", "卖家", "服务商"]), min_size=1, unique=True),
        "customs_modes": st.sampled_from(["9610", "1210"]),
        "settled_on.from": st.sampled_from(["2024-03-01", "2024-06-01"]),
        "where": st.sampled_from(
            [
                "or(status.any(迁出),annual_sales.ge(30))",
                "and(settled_on.before(2024-05-01),or(roles.any(平台),name.has('91')))",
                "and(annual_sales.empty())",
            ]
        ),
        "annual_sales.from": st.sampled_from(["10", "30.5"]),
        "sort": st.sampled_from(["name", "-name", "settled_on", "-uscc", "status", "-status"]),
    },
)


@pytest.fixture
def register(context):
    for number in range(14):
        made.add(
            *("P01", 900 + number),
            status=STATUSES[number % 3],
            roles=(("卖家",), ("服务商", "平台"))[number % 2],
            customs_modes=(("9610",), ("1210", "9610"))[number % 2],
            settled_on=date(2024, 1 + number % 7, 1),
            annual_sales=number * 5,
        )
    made.add("P02", 950)
    return context


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(query=QUERIES, limit=st.sampled_from([1, 3, 5, 100]))
def test_list_export_api_and_count_are_one(register, as_, query, limit):
    caller = _caller(register)
    browser = _browser(as_)
    items = caller.everything("/enterprises", limit=limit, **query)
    codes = [one["uscc"] for one in items]
    total = caller.get("/enterprises", **query)["total"]
    assert total == {"count": len(codes), "capped": False}
    page = browser.get("/desk/enterprises/list/", query_string={**query, "size": "100"}).text
    shown = re.findall(r"\b91[0-9A-Z]{16}\b", page.partition("<tbody")[2])
    assert list(dict.fromkeys(shown)) == codes
    file = browser.post(
        "/desk/enterprises/export",
        query_string=query,
        data={"format": "csv", "chosen": "1", "columns": ["uscc", "annual_sales"]},
    )
    rows = list(csv.reader(io.StringIO(file.get_data(as_text=True).lstrip("\ufeff"))))[1:]
    assert [row[0] for row in rows] == codes
    assert [row[1] for row in rows] == [one["annual_sales"] or "" for one in items]


_kept: dict[int, object] = {}


def _caller(app):
    """Made once: the fixture lives as long as all examples."""
    return _kept_for(
        app, "caller", lambda: api.caller(app, "park1", "enterprises:read", "enterprises:personal")
    )


def _browser(as_):
    return _kept_for(as_, "browser", lambda: as_("park1"))


def _kept_for(thing, name, make):
    known = _kept.get((id(thing), name))
    if known is None or known[0] is not thing:
        known = _kept[id(thing), name] = (thing, make())
    return known[1]


def test_rows_that_come_go_and_change_meanwhile_lose_no_other(register):
    caller = api.caller(register, "park1")
    before = {one["uscc"] for one in caller.everything("/enterprises", sort="name")}
    first = caller.get("/enterprises", sort="name", limit=5)
    last = first["items"][-1]["uscc"]
    _gone(last)
    made.add("P01", 899)
    rest, after = [], first["next"]
    while after:
        page = caller.get("/enterprises", sort="name", limit=5, after=after)
        rest, after = [*rest, *page["items"]], page["next"]
    seen = [one["uscc"] for one in (*first["items"], *rest)]
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def _gone(code):
    from app.core import clock
    from app.features.enterprises import queries

    with made.acting("park1") as actor, transaction():
        found = queries.alive_with_code(people.park("P01").id, code)
        services.discard(actor, found.id, reason="测试", now=clock.now())


def test_the_zone_narrows_by_the_code_of_a_park(register):
    caller = api.caller(register, "operator")
    assert len(caller.everything("/enterprises")) == 15
    assert [one["uscc"] for one in caller.get("/enterprises", park="P02")["items"]] == [
        code_of(950)
    ]
    caller.get("/enterprises", 404, park="P99")
    own = api.caller(register, "park1")
    assert own.get("/enterprises", 404, park="P02")["code"] == "not_found"
    assert own.get("/enterprises", park="P01")["total"]["count"] == 14


@pytest.mark.one_database("refused before a row is read")
@pytest.mark.parametrize(
    "query",
    [
        {"status": "没有"},
        {"sort": "contact_name"},
        {"sort": "registered_capital"},
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "x"},
        {"limit": "９"},
        {"after": "x"},
        {"after": "W10"},
        {"after": "WyJuYW1lIiwgMSwgMV0"},
        {"after": "WyJzZXR0bGVkX29uIiwgIjIwMjQtMDEtMDEiLCAxZTk5XQ"},
        {"year": "1999"},
        {"year": "2100"},
        {"keys": "1"},
        {"page": "2"},
        {"size": "50"},
        {"settled_on.from": "gestern"},
        {"settled_on.from": "2026-W01-1"},
        {"annual_sales.from": "1e9999"},
        {"annual_sales.to": "NaN"},
        {"q": "x" * 101},
        {"personal": "yes"},
        {"status": ["在园", "迁出"]},
        {"nonsense": "1"},
    ],
)
def test_what_no_caller_should_ask_is_400_and_names_it(context, query):
    answer = api.caller(context, "park1").open("GET", "/enterprises", query_string=query)
    assert answer.status_code == 400, answer.text
    assert api.told(answer)[0] in ("bad_query", "bad_request")


def test_a_short_list_is_turned_too(context):
    from tests.support import rankings

    rankings.published()
    caller = api.caller(context, "park1")
    assert len(caller.everything("/rounds", limit=1)) == 1
    caller.get("/rankings", 400, after="x")
    assert caller.get("/rounds", q="没有")["total"]["count"] == 0


def test_a_list_takes_as_many_statements_for_many_rows_as_for_few(context):
    from sqlalchemy import event

    from app.extensions import db

    made.add("P01", 900)
    caller = api.caller(context, "park1", "enterprises:read")

    def counted():
        seen = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        caller.get("/enterprises")
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(seen)

    def quiet():
        """The first call of a minute takes its part of the minute's calls as well."""
        return min(counted(), counted())

    few = quiet()
    for number in range(901, 906):
        made.add("P01", number)
    assert quiet() == few
    assert few <= 12


def test_unscoped_helpers_leave_the_scope_alone(context):
    assert scope.current() == scope.EVERYTHING  # the fixture's own, after all those calls
    api.caller(context, "park1").get("/parks")
    assert scope.current() == scope.EVERYTHING


def test_conditions_do_not_find_out_what_a_token_may_not_see(register):
    """Without the scope of personal columns no condition can name one: neither as an error that differs
    nor as a number."""
    asked = {"where": "and(contact_name.has('陈'))"}
    plain = api.caller(register, "park1", "enterprises:read")
    told = plain.get("/enterprises", 400, **asked)
    unknown = plain.get("/enterprises", 400, where="and(nonsense.has('陈'))")
    assert told["errors"] == unknown["errors"]
    both = api.caller(register, "park1", "enterprises:read", "enterprises:personal")
    assert both.get("/enterprises", **asked)["total"]["count"] > 0
