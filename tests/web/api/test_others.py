"""园区, 新闻, 考核 and 排名 in the REST API."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from unittest.mock import patch

import pytest

from app.engines import review, trail
from app.features.assessments.queries import rounds
from app.features.parks.services.profiles import KIND
from tests.features.news import made as news
from tests.features.parks import profiles
from tests.support import api, people, rankings


@pytest.fixture
def caller(context):
    return api.caller(context, "park1")


def test_an_article_goes_to_review_once_however_often_it_is_sent(caller):
    told = caller.put("/news/cms-1", news.GOOD, 201)
    assert (told["result"], told["article"]["key"], told["article"]["state"]) == (
        *("added", "cms-1"),
        "waiting",
    )
    assert caller.put("/news/cms-1", news.GOOD)["result"] == "unchanged"
    (row,) = caller.get("/news")["items"]
    assert {**row, "content": told["article"]["content"]} == told["article"]
    found = news.article(int(_number(caller)))
    acts = [one.action for one in trail.history("news", found.id)]
    assert acts == ["news.created", "review.submit"]
    news.approve(found.id)
    assert caller.put("/news/cms-1", news.GOOD)["result"] == "unchanged"
    changed = caller.put("/news/cms-1", {"title": "二期延期"})
    assert (changed["result"], changed["article"]["state"]) == ("changed", "waiting")


def test_a_colleagues_draft_is_not_sent_along_unless_that_is_said(context):
    caller = api.caller(context, "both", park="P01")
    kept = caller.put("/news/cms-3", news.GOOD | {"submit": False}, 201)["article"]
    key = news.write("park1", title="还没写完")
    number = f"~{key}"
    for given in ({"summary": "新的摘要"}, {}):
        answer = caller.open("PUT", f"/news/{number}", json=given)
        assert answer.status_code == 409
        assert "（测park1）" in answer.json["detail"]  # whose it is
        assert "submit: true" in answer.json["detail"]
    caller.put("/news/cms-3", {}, 409)  # nor one's own from before
    assert (news.pending(key).state, news.pending(key).content["summary"]) == (
        *("draft", news.GOOD["summary"]),
    )
    told = caller.put(f"/news/{number}", {"summary": "新的摘要", "submit": False})
    assert (told["result"], told["article"]["state"]) == ("changed", "draft")
    told = caller.put(f"/news/{number}", {"submit": True})
    assert (told["article"]["state"], kept["state"]) == ("waiting", "draft")


def test_what_was_sent_back_is_sent_again_but_not_with_what_a_colleague_wrote_since(context):
    caller = api.caller(context, "both", park="P01")
    caller.put("/news/cms-4", news.GOOD, 201)
    key = int(_key_of("cms-4"))
    news.send_back(key)
    told = caller.put("/news/cms-4", {"summary": "改好了"})
    assert told["article"]["state"] == "waiting"
    news.do("park1", review.withdraw, news.pending(key).id)
    answer = caller.open("PUT", "/news/cms-4", json={"summary": "再改"})
    assert "测both、测park1" in answer.json["detail"]  # taken back is not to be sent
    caller.put("/news/cms-4", {"submit": True})
    news.send_back(key)
    news.change(key, by="park1", source="还没写完")
    answer = caller.open("PUT", "/news/cms-4", json={"summary": "再改"})
    assert (answer.status_code, "（测park1）" in answer.json["detail"]) == (409, True)


def _key_of(key):
    from app.core import scope
    from app.features.news import queries

    with scope.unscoped():
        return queries.by_external_key(people.park("P01").id, key).id


def _number(caller):
    """Its number, by which an article without a key is called."""
    zone = api.Caller(caller._client.application, api.token("operator", "news:read").secret)
    (row,) = zone.get("/news")["items"]
    return row["key"].removeprefix("~")


def test_a_draft_stays_a_draft_and_what_is_missing_is_told_by_field(caller):
    told = caller.put("/news/cms-2", {"title": "草稿", "submit": False}, 201)
    assert told["article"]["state"] == "draft"
    answer = caller.open("PUT", "/news/cms-2", json={"submit": True})
    assert (answer.status_code, api.told(answer)[1]) == (
        422,
        {"/category": "required", "/body": "required"},
    )
    answer = caller.open("PUT", "/news/cms-2", json={"category": "没有的栏目", "submit": True})
    assert api.told(answer)[1] == {"/category": "choice"}
    assert caller.get("/news/cms-2")["content"]["title"] == "草稿"


def test_the_same_key_of_another_park_is_another_article(context, caller):
    caller.put("/news/cms-1", news.GOOD, 201)
    other = api.caller(context, "park2")
    other.get("/news/cms-1", 404)
    assert other.put("/news/cms-1", news.GOOD, 201)["article"]["park"] == "P02"
    zone = api.caller(context, "operator")
    assert zone.put("/news/cms-1", news.GOOD, 201)["article"]["park"] == "zone"
    number = next(one["key"] for one in zone.get("/news")["items"] if one["park"] == "P02")
    caller.get(f"/news/{number}", 404)
    caller.put(f"/news/{number}", news.GOOD, 404)


def test_an_article_in_the_bin_keeps_its_key(caller):
    caller.put("/news/cms-1", news.GOOD | {"submit": False}, 201)
    news.do("park1", news.services.remove, _key_of("cms-1"), reason="测试")
    caller.get("/news/cms-1", 404)
    answer = caller.open("PUT", "/news/cms-1", json=news.GOOD)
    assert (answer.status_code, answer.json["detail"][:10]) == (409, "这篇新闻在回收站中；")


def profile(**changes):
    given = profiles.raw(**changes)
    return {name: value for name, value in given.items() if name != "evidence"} | {
        "built_area": "68400"
    }


def test_a_park_proposes_and_the_zone_decides(caller):
    profiles.propose("park1", send=False)
    told = caller.put("/parks/P01", profile(short_name="新南湾", submit=True))
    assert told["result"] == "changed"
    assert told["park"]["profile"]["short_name"] is None  # nothing is in force before the decision
    assert told["park"]["proposals"][0]["state"] == "submitted"
    assert caller.put("/parks/P01", profile(short_name="新南湾"))["result"] == "unchanged"
    pending = review.pending(KIND, people.park("P01").id)
    profiles.decide(review.approve, pending)
    one = caller.get("/parks/P01")
    assert (one["profile"]["short_name"], one["proposals"]) == ("新南湾", [])
    assert "contact_phone" not in one["profile"]
    assert caller.put("/parks/P01", one["profile"])["result"] == "unchanged"


def test_a_profile_that_a_colleague_has_as_a_draft_is_not_sent_along(context):
    profiles.propose("park1", send=False, short_name="还没写完")
    caller = api.caller(context, "both", park="P01")
    for query in ("", "?dry_run=true"):
        answer = caller.open("PUT", f"/parks/P01{query}", json={"hours": "9:00"})
        assert (answer.status_code, "（测park1）" in answer.json["detail"]) == (409, True)
    assert caller.get("/parks/P01")["proposals"][0]["state"] == "draft"
    assert caller.put("/parks/P01", {"hours": "9:00", "submit": False})["result"] == "changed"
    told = caller.put("/parks/P01", {"submit": True})
    assert told["park"]["proposals"][0]["state"] == "submitted"
    assert caller.put("/parks/P01", {"hours": "9:00"})["result"] == "unchanged"  # sent already


@pytest.mark.one_database("refused by whoever is put in the way")
def test_who_is_overtaken_by_the_screen_is_told_so(caller):
    """A conflict of the review is an answer here, not an error page."""
    clash = review.Clash(("title",), {}, {})
    caller.put("/news/cms-9", {"title": "草稿", "submit": False}, 201)
    with patch("app.features.news.services.putting.articles.change", side_effect=clash):
        caller.put("/news/cms-9", {"title": "另一标题"}, 409)
    with patch("app.features.parks.services.putting.profiles.propose", side_effect=clash):
        caller.put("/parks/P01", {"hours": "9:00"}, 409)


def test_a_key_field_asks_for_evidence_and_other_parks_are_out_of_reach(caller):
    answer = caller.open("PUT", "/parks/P01", json=profile())
    assert api.told(answer)[1] == {"/evidence": "evidence_missing"}
    assert [one["code"] for one in caller.get("/parks")["items"]] == ["P01"]
    caller.get("/parks/P02", 404)
    caller.put("/parks/P02", {"hours": "9:00"}, 404)


def _round(number, opens, name):
    days = dict.fromkeys(("period_from", "period_to", "late_until", "review_until"), opens)
    found = SimpleNamespace(id=number, name=name, state="open", rehearsal_of_id=None,
                            opens_on=opens, fill_until=opens, **days)  # fmt: skip
    return found, SimpleNamespace(state="draft")


@pytest.mark.parametrize(
    ("sort", "order"),
    [("", [3, 1, 2]), ("opens_on", [1, 2, 3]), ("-opens_on", [3, 2, 1]), ("name", [2, 3, 1]), ("-state", [3, 2, 1])],
)  # fmt: skip
def test_a_parks_rounds_come_in_the_order_asked_for(caller, sort, order):
    first, last = date(2025, 1, 1), date(2026, 1, 1)
    some = [_round(3, last, "B"), _round(1, first, "C"), _round(2, first, "A")]
    with patch.object(rounds, "of_parks", lambda: some):
        assert [one["id"] for one in caller.everything("/rounds", limit=2, sort=sort)] == order
        assert caller.get("/rounds", rehearsal="1")["items"] == []
        answer = caller.open("GET", "/rounds", query_string={"sort": "id"})
    assert (answer.status_code, api.told(answer)[1]) == (400, {"sort": "bad_parameter"})


def test_rounds_and_published_ranks_are_what_the_screens_show(context, caller):
    found, _snapshot = rankings.published()
    assert [one["id"] for one in caller.get("/rounds")["items"]] == [found.id]
    assert caller.get(f"/rounds/{found.id}")["filing"]
    zone = api.caller(context, "operator")
    assert "filing" not in zone.get(f"/rounds/{found.id}")
    one = caller.get(f"/rankings/{found.id}")
    assert [row["rank"] for row in one["rows"]][:2] == [1, 2]
    assert one == zone.get(f"/rankings/{found.id}")
    assert set(one["rows"][0]) == {
        *("rank", "code", "name", "kind", "sections", "bonus", "deduction", "total", "grade")
    }
    (row,) = caller.get("/rankings")["items"]
    assert {**row, "rows": one["rows"]} == one
    caller.get(f"/rankings/{found.id}", 404, version=9)


def test_a_withdrawn_ranking_is_the_zones_alone(context, caller):
    from app.transaction import transaction

    found, snapshot = rankings.published()
    with transaction():
        snapshot.state, snapshot.ended_at = "withdrawn", snapshot.published_at
    caller.get(f"/rankings/{found.id}", 404)
    assert caller.get("/rankings")["items"] == []
    api.caller(context, "operator").get(f"/rankings/{found.id}")
