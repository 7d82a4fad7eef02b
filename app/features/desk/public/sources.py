"""Where the public pages get what they show: news, parks, figures of the zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from app.core import clock, scope
from app.core.errors import NotFound
from app.engines import calendar
from app.extensions.phrases import firms, items
from app.features.desk.public import (
    PROVIDERS,
    Article,
    Choices,
    Figures,
    Found,
    News,
    parks_public,
    rankings_public,
)
from app.features.enterprises import queries as enterprises
from app.features.enterprises.rules import DEFAULT_STATUS
from app.features.news import queries as news
from app.features.parks import queries as parks
from app.web import site


def join() -> None:
    """Fill the providers (wiring does, once per application)."""
    PROVIDERS.news_page = news_page
    PROVIDERS.categories = categories
    PROVIDERS.article = article
    PROVIDERS.neighbours = neighbours
    PROVIDERS.news_of = news_of
    PROVIDERS.parks_page = parks_public.parks_page
    PROVIDERS.park_choices = parks_public.park_choices
    PROVIDERS.park = parks_public.park
    PROVIDERS.figures = figures
    PROVIDERS.rankings = rankings_public.rankings
    PROVIDERS.ranking = rankings_public.ranking
    PROVIDERS.addresses = addresses


# -- news --------------------------------------------------------------------------------------
def news_page(*, q: str, category: str, skip: int, most: int) -> Found:
    asked = news.Wanted(q=q, category=category, page=skip // most + 1, size=most)
    found = news.published(asked)
    owners = _owners() if found.rows else {}
    return Found([_news(row, owner=owners.get(row.park_id, "")) for row in found.rows], found.total)


def _owners() -> dict[int | None, str]:
    """Park -> its name; nobody's is the zone's."""
    return {None: site.zone_name(), **{one.id: one.name for one in parks.all_shown()}}


def categories() -> Choices:
    return [(name, name) for name in news.category_counts()]


def article(article_id: int) -> Article | None:
    try:
        row, content = news.published_by_id(article_id)
    except NotFound:
        return None
    owner = parks.shown(row.park_id) if row.park_id else None
    return Article(
        news=_news(row, content.get("source", "")),
        body=content.get("body") or "",
        source_link=content.get("source_link") or "",
        park=owner.name if owner else "",
        park_slug=parks.slug_of(owner) if owner else "",
        attachments=[
            (one["name"], f"/news/{row.id}/files/{one['key']}", "")
            for one in content.get("attachments") or ()
        ],
    )


def neighbours(article_id: int) -> tuple[News | None, News | None]:
    row, _content = news.published_by_id(article_id)
    newer, older = news.neighbours(row)
    return (_news(newer) if newer else None, _news(older) if older else None)


def news_of(slug: str, most: int) -> Sequence[News]:
    found = parks.at_address(slug)
    if found is None:
        return ()
    return [_news(row) for row in news.published(news.Wanted(park_id=found.id, size=most)).rows]


def _news(row: Any, source: str = "", owner: str = "") -> News:
    return News(
        id=row.id,
        title=row.title,
        published_at=row.published_at,
        category=row.category,
        summary=row.summary,
        source=source or "",
        owner=owner,
        cover=row.cover_key or "",
        cover_alt=row.cover_alt,
        top=row.top,
    )


# -- the zone ----------------------------------------------------------------------------------
def figures() -> Figures | None:
    """How many parks, bases and enterprises there are today, from the registers."""
    shown = parks.all_shown()
    if not shown:
        return None
    bases = sum(one.kind == "base" for one in shown)
    with scope.unscoped():
        present = enterprises.status_counts().get(DEFAULT_STATUS, 0)
    return Figures(
        items=(
            (_("园区"), f"{len(shown) - bases:,}", items(len(shown) - bases), "building-warehouse"),
            (_("基地"), f"{bases:,}", items(bases), "building-community"),
            (_("在园企业"), f"{present:,}", firms(present), "building-store"),
        ),
        as_of=clock.today(),
        source=_("平台登记"),
    )


def addresses() -> Sequence[tuple[str, date]]:
    found = news.published(news.Wanted(size=1_000)).rows
    shown = parks.all_shown()
    slugs = parks.slugs_of([one.id for one in shown])
    return [
        *(
            (f"/news/{row.id}", calendar.local(row.published_at))
            for row in found
            if row.published_at
        ),
        *(
            (f"/parks/{slugs.get(one.id) or one.code.lower()}", calendar.local(one.updated_at))
            for one in shown
        ),
        *((one.address, calendar.local(one.published_at)) for one in rankings_public.rankings()),
    ]
