"""What the public pages show, asked of whoever has it: news, parks and figures.

The pages know these few plain shapes only. A feature fills ``PROVIDERS`` from wiring; what nobody
provides is an empty page with words. A provider hands over published things alone: these pages ask
no rights.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from app.features.enterprises.rules import name_key, search_text

Choices = Sequence[tuple[str, Any]]


class News(Struct, frozen=True):
    """A published article in a list. ``category`` are its words, ``cover`` a picture's key."""

    id: int
    title: str
    published_at: datetime
    category: Any = ""
    summary: str = ""
    source: str = ""  # as the writer named it
    owner: str = ""  # the park, or the zone, whose article it is; in lists
    cover: str = ""
    cover_alt: str = ""
    top: bool = False

    @property
    def address(self) -> str:
        return f"/news/{self.id}"


class Article(Struct, frozen=True):
    """``body`` is stored rich text. ``attachments``: (name, address, size in words)."""

    news: News
    body: str
    source_link: str = ""
    author: str = ""
    park: str = ""
    park_slug: str = ""
    attachments: Sequence[tuple[str, str, str]] = ()


class Park(Struct, frozen=True):
    """A 园区 or 基地 in a list. ``kind``, ``level`` and ``modes`` are words."""

    slug: str
    code: str
    name: str
    kind: Any = ""
    level: Any = ""
    modes: Sequence[Any] = ()
    address: str = ""
    summary: str = ""
    cover: str = ""
    cover_alt: str = ""
    logo: str = ""
    facts: Sequence[tuple[Any, str, Any]] = ()  # label, number, unit

    @property
    def url(self) -> str:
        return f"/parks/{self.slug}"


class ParkPage(Struct, frozen=True):
    """The approved profile. ``photos``: (key, alt); ``services``: (title, drawing)."""

    park: Park
    operator: str = ""
    introduction: str = ""
    photos: Sequence[tuple[str, str]] = ()
    services: Sequence[tuple[Any, Any]] = ()
    texts: Sequence[tuple[Any, str]] = ()  # further sections of plain text
    video: str = ""
    contacts: Sequence[tuple[Any, str]] = ()
    apply_facts: Sequence[tuple[Any, str]] = ()
    takes: bool = True  # whether one can apply to settle there
    updated_on: date | None = None


class Figures(Struct, frozen=True):
    """Figures of the zone, never without their day and their source."""

    items: Sequence[tuple[Any, str, Any, str]]  # label, number, unit, drawing
    as_of: date
    source: Any


class Ranking(Struct, frozen=True):
    """A ranking that the zone shows to everybody, in a list."""

    round_id: int
    name: str
    version: int
    published_at: datetime
    window_from: date
    window_until: date
    is_open: bool  # the publicity still runs

    @property
    def address(self) -> str:
        return f"/rankings/{self.round_id}"


class RankingLine(Struct, frozen=True):
    """What everybody may read of a park: no sums of sections, no values. ``note``: why no rank."""

    rank: int | None
    name: str
    kind: Any
    total: str
    grade: str
    note: str = ""


class RankingPage(Struct, frozen=True):
    """``code``: for ``/verify/``; ``digest``: the head of the publication's hash."""

    ranking: Ranking
    lines: Sequence[RankingLine]
    period: tuple[str, str]
    ranked: int
    code: str
    digest: str


class Found(Struct, frozen=True):
    """One page of a list and how many there are in all."""

    items: Sequence[Any] = ()
    count: int = 0


@dataclass
class Providers:
    """``q`` is what was typed; a provider looks for it as ``matches`` does.

    ``parks_page`` takes the filters ``type``, ``level``, ``mode`` and ``area``; ``park_choices``
    gives the choices of each.
    """

    news_page: Callable[..., Found] = lambda **_asked: Found()
    categories: Callable[[], Choices] = tuple
    article: Callable[[int], Article | None] = lambda _id: None
    neighbours: Callable[[int], tuple[News | None, News | None]] = lambda _id: (None, None)
    news_of: Callable[[str, int], Sequence[News]] = lambda _slug, _most: ()
    parks_page: Callable[..., Found] = lambda **_asked: Found()
    park_choices: Callable[[], Mapping[str, Choices]] = dict
    park: Callable[[str], ParkPage | None] = lambda _slug: None
    figures: Callable[[], Figures | None] = lambda: None
    rankings: Callable[[], Sequence[Ranking]] = tuple
    ranking: Callable[[int], RankingPage | None] = lambda _round_id: None
    addresses: Callable[[], Sequence[tuple[str, date]]] = tuple  # of the site map


PROVIDERS = Providers()


class Wanted(Struct, frozen=True):
    """What a list was asked for, in plain checked values."""

    q: str = ""
    page: int = 1
    chosen: Mapping[str, str] = field(default_factory=dict)


def matches(title: str, text: str) -> bool:
    """Whether a title answers a search: as it is written, in pinyin, or by initials."""
    wanted = search_text(text)
    if not wanted:
        return True
    return any(wanted in part for part in _keys(title))


@lru_cache(maxsize=20_000)
def _keys(title: str) -> tuple[str, ...]:
    folded = "".join(unicodedata.normalize("NFKC", title).lower().split())
    return (*name_key(title).split("|", 2)[:2], folded)
