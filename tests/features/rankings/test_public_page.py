"""The ranking on the public site: only when the zone says so, only totals, only what is in force."""

from __future__ import annotations

from typing import Any

import pytest

from app.core import clock
from app.features.rankings import queries, services
from tests.features.rankings.test_publishing import LATER, act
from tests.support import people, rankings

pytestmark = pytest.mark.one_database("public pages")


def shown(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return str(answer.text)


def test_nothing_is_public_before_the_zone_says_so_nor_after(client: Any, context: Any) -> None:
    found, snapshot = rankings.published()
    address = f"/rankings/{found.id}"
    for page in ("/", "/rankings/", "/news/", "/sitemap.xml"):
        assert address not in shown(client, page)
    shown(client, address, 404)
    act(services.show_to_all, snapshot.id, public=True)
    for page in ("/", "/rankings/", "/sitemap.xml"):
        assert address in shown(client, page), page
    assert 'href="/rankings/"' in shown(client, "/news/")
    assert people.park("P01").name in shown(client, address)
    assert client.get(address).headers["Cache-Control"] == "no-cache"  # kept until something moves
    act(services.show_to_all, snapshot.id, public=False)
    shown(client, address, 404)
    assert address not in shown(client, "/rankings/")


def test_totals_alone_are_told(client: Any, context: Any) -> None:
    found, made = rankings.scored()
    snapshot = rankings.publish(found, made, public=True)
    page = shown(client, f"/rankings/{found.id}")
    head = snapshot.head
    for row in queries.rows(snapshot.id):
        assert row.name in page
        assert (row.final or "—") in page
        for name, points in row.blocks.items():
            assert row.final == points or f">{points}<" not in page, name
    assert all(one["name"] not in page for one in head["blocks"])
    assert snapshot.digest[:16] in page


def test_the_version_in_force_is_shown_and_a_withdrawn_one_is_not(
    client: Any, context: Any
) -> None:
    found, made = rankings.scored()
    first = rankings.publish(found, made, public=True)
    again = rankings.run(found, LATER)
    act(services.publish_anew, found.id, run_id=again.id, reason="更正", now=clock.now())
    page = shown(client, f"/rankings/{found.id}")
    assert "第 2 版" in page
    assert first.digest[:16] not in page
    act(services.withdraw, found.id, reason="发错了", now=clock.now())
    shown(client, f"/rankings/{found.id}", 404)
    shown(client, "/rankings/999999", 404)
