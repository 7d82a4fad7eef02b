"""One picture in an article and in a park's profile: everybody's while one of them shows it."""

from __future__ import annotations

import pytest

from app.engines import review
from app.features.news import services
from app.features.parks import services as parks
from tests.features.news import made
from tests.features.parks import certified
from tests.features.parks.profiles import acting, decide, propose
from tests.support import people


@pytest.fixture
def picture(context) -> str:
    return made.picture()


def body(key: str) -> str:
    return f'<p>图</p><p><img src="/pictures/{key}" alt="图"></p>'


def profile(key: str = "") -> None:
    decide(review.approve, propose("park1", introduction=body(key) if key else "<p>没有图</p>"))


def suspend(status: str) -> None:
    park = people.park("P01")
    told = {"name": park.name, "kind": park.kind, "organisation": certified.code(1)}
    told |= {"status": status, "reason": "整改"}
    acting("operator", parks.change_park, park.id, **told, version=park.version)


def test_the_public_profile_keeps_the_picture_of_a_binned_article(picture):
    article = made.published(body=body(picture))
    profile(picture)
    made.do("park1", services.remove, article, reason="")
    assert made.is_public(picture)
    profile()
    assert not made.is_public(picture)


def test_the_article_keeps_the_picture_that_the_profile_dropped(picture):
    article = made.published(body=body(picture))
    profile(picture)
    profile()
    assert made.is_public(picture)
    made.do("park1", services.remove, article, reason="")
    assert not made.is_public(picture)


def test_a_suspended_park_keeps_no_picture_of_a_revoked_article(picture):
    article = made.published(body=body(picture))
    profile(picture)
    suspend("suspended")
    assert made.is_public(picture)  # the article is still there to read
    made.revoke(article)
    assert not made.is_public(picture)
    suspend("active")
    assert made.is_public(picture)


def test_a_binned_article_keeps_no_picture_of_a_suspended_park(picture):
    article = made.published(body=body(picture))
    profile(picture)
    made.do("park1", services.remove, article, reason="")
    suspend("suspended")
    assert not made.is_public(picture)
