"""The list of articles: columns, filters, search, and what each tab holds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import g
from flask_babel import gettext as _

from app.core import clock
from app.core.values import replace
from app.engines import dictionaries
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter, DayRangeFilter, Filter, Options
from app.features.news import queries
from app.features.news.labels import HEADINGS, SHOWN_WORDS, STATE_WORDS
from app.features.news.models import Article
from app.features.news.rules import CATEGORIES, Shown, State
from app.features.parks import queries as parks
from app.features.parks.models import Park
from app.web.acting import current_actor
from app.web.listing.build import Field

PARK_NAME = (
    sa.select(Park.name).where(Park.id == Article.park_id).correlate(Article).scalar_subquery()
)
#: Tab -> its words; what is shown counts an article that is being edited, too.
TABS: dict[str, Any] = {
    **{state: STATE_WORDS[state] for state in (State.draft, State.waiting, State.returned)},
    **{str(one): words for one, words in SHOWN_WORDS.items()},
    **{state: STATE_WORDS[state] for state in (State.refused, State.revoked)},
}
ZONE = "zone"


class TabFilter(ChoiceFilter, frozen=True):
    """A state of the newest revision, or what readers have of an approved one."""

    def where(self, value: Any) -> Any:
        if value in SHOWN_WORDS:
            return sa.and_(*queries.is_shown(Shown(value), clock.now()))
        return Article.state == value


class ParkFilter(ChoiceFilter, frozen=True):
    """One of the parks, or the zone itself."""

    def where(self, value: Any) -> Any:
        return Article.park_id.is_(None) if value == ZONE else Article.park_id == int(value)


def categories() -> Options:
    if "news_categories" not in g:
        g.news_categories = tuple((word, word) for word in dictionaries.known(CATEGORIES))
    found: Options = g.news_categories
    return found


def owners() -> Options:
    """The zone first, then the parks in reach; read once per page."""
    if "news_owners" not in g:
        rows = ((str(park.id), park.name) for park in parks.all_by_code())
        g.news_owners = ((ZONE, _("综试区")), *rows)
    found: Options = g.news_owners
    return found


FILTERS: tuple[Filter, ...] = (
    TabFilter("state", HEADINGS["state"], Article.state, options=tuple(TABS.items())),
    ChoiceFilter(
        "category", HEADINGS["category"], Article.category, promoted=True, options=categories
    ),
    DayRangeFilter("published_at", HEADINGS["published_at"], Article.published_at, promoted=True),
)
ZONE_FILTERS = (
    *FILTERS,
    ParkFilter("park", HEADINGS["park"], Article.park_id, promoted=True, options=owners),
)
FIELDS: tuple[Field, ...] = (
    Field("title", HEADINGS["title"], frozen=True),
    Field("category", HEADINGS["category"]),
    Field("state", HEADINGS["state"], sortable=False),
    Field("public", HEADINGS["public"], sortable=False, asked=False),
    Field("published_at", HEADINGS["published_at"]),
    Field("top", HEADINGS["top"], sortable=False, asked=False),
    Field("updated_at", HEADINGS["updated_at"]),
    Field("expires_at", HEADINGS["expires_at"], shown=False),
)
PARK = Field("park", HEADINGS["park"])
ZONE_FIELDS = (FIELDS[0], PARK, *FIELDS[1:-1], replace(FIELDS[-1], shown=False))
NAMES = (
    *("title", "category", "state", "public", "published_at", "expires_at", "top"),
    *("updated_at", "park_id", "external_key"),
)


class ArticleSource(ListSource):
    """The living articles."""

    def __init__(self) -> None:
        columns: dict[str, Any] = {name: getattr(Article, name) for name in NAMES}
        super().__init__(
            Article,
            {**columns, "park": PARK_NAME},
            search=queries.matches,
            where=lambda _criteria: (queries.ALIVE, queries.visible_to(current_actor())),
        )
