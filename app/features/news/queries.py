"""Every SELECT on articles: those of the desk in the caller's scope, those of the public site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from app.core import clock, scope
from app.core.actor import Actor
from app.core.errors import NotFound
from app.engines import review
from app.extensions import db
from app.extensions.lists.spec import contains
from app.features.enterprises.rules import search_text
from app.features.news import policy
from app.features.news.models import Article, WordList
from app.features.news.rules import KIND, STATE_OF, Shown, State

ALIVE = Article.deleted_at.is_(None)
Revision = review.Revision


# -- of the desk -------------------------------------------------------------------------------
def get(article_id: int, *, deleted: bool = False) -> Article:
    """An article in scope: alive, or with ``deleted`` one in the recycle bin; else ``NotFound``."""
    state = Article.deleted_at.is_not(None) if deleted else ALIVE
    return _one(sa.select(Article).where(Article.id == article_id, state), article_id)


def either(article_id: int) -> Article:
    return _one(sa.select(Article).where(Article.id == article_id), article_id)


def locked(article_id: int) -> Article:
    """An article alive or deleted, read again and locked for this transaction."""
    return _one(sa.select(Article).where(Article.id == article_id).with_for_update(), article_id)


def _one(query: Any, article_id: int) -> Article:
    found: Article | None = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"article {article_id}")
    return found


def by_token(user_id: int | None, token: str) -> Article | None:
    """The article that this form has made already."""
    query = sa.select(Article).where(Article.created_by == user_id, Article.token == token)
    return db.session.scalar(query)


class Behind(Struct, frozen=True):
    """What stands behind an article: how many versions, what the newest attaches, whether one is
    in force, and the row itself."""

    article: Article
    versions: int
    attachments: int
    in_force: bool


def behind(ids: Sequence[int]) -> dict[int, Behind]:
    """Of articles living or deleted, in two questions however many they are."""
    mine = (Revision.kind == KIND, Revision.subject_id.in_(ids))
    newest = (
        sa.select(sa.func.max(Revision.id))
        .where(*mine, Revision.state != review.State.discarded)
        .group_by(Revision.subject_id)
    )
    wanted = sa.or_(Revision.in_force.is_(True), Revision.id.in_(newest))
    with scope.unscoped():
        found = list(db.session.scalars(sa.select(Revision).where(*mine, wanted)))
    told = {}
    for article in db.session.scalars(sa.select(Article).where(Article.id.in_(ids))):
        own = [one for one in found if one.subject_id == article.id]
        last = max(own, key=lambda one: one.number, default=None)
        told[article.id] = Behind(
            article,
            last.number if last else 0,
            len(last.content.get("attachments") or ()) if last else 0,
            any(one.in_force for one in own),
        )
    return told


def by_external_key(park_id: int | None, key: str) -> Article | None:
    """What a park, or the zone (none), calls by a key of its own system."""
    of = Article.park_id.is_(None) if park_id is None else Article.park_id == park_id
    return db.session.scalar(sa.select(Article).where(of, Article.external_key == key))


def before(article_id: int) -> Revision | None:
    """What a new draft begins with: the newest decided revision, else one thrown away."""
    query = sa.select(Revision).where(
        Revision.kind == KIND,
        Revision.subject_id == article_id,
        Revision.state.not_in(review.PENDING),
    )
    thrown = sa.case((Revision.state == review.State.discarded, 1), else_=0)
    with scope.unscoped():
        return db.session.scalar(query.order_by(thrown, Revision.number.desc()).limit(1))


def visible_to(actor: Actor) -> Any:
    """Beyond row scope: the zone reads of a park what the park has sent, not its first drafts."""
    if not actor.sees_all:
        return sa.true()
    sent = sa.or_(Article.state != State.draft, Article.public.is_(True))
    own = Article.park_id.is_(None) if policy.writes(actor, None) else sa.false()
    return sa.or_(own, sent)


def last_writer(revision: Revision) -> str:
    """Who wrote in it last."""
    event = review.ReviewEvent
    query = sa.select(event.actor_name).where(
        event.revision_id == revision.id, event.act.in_(("begin", "save", "submit"))
    )
    return str(db.session.scalar(query.order_by(event.id.desc()).limit(1)) or "")


def lock_revisions(article_id: int) -> None:
    """Wait for whoever acts on the article's revisions: they lock the revision first."""
    query = sa.select(Revision.id).where(Revision.kind == KIND, Revision.subject_id == article_id)
    with scope.unscoped():
        db.session.scalars(query.order_by(Revision.id).with_for_update()).all()


def state_of(article_id: int) -> State:
    """Where the newest revision stands, those thrown away left out."""
    found = review.last(KIND, article_id)
    return State.draft if found is None else STATE_OF[str(found.state)]


def matches(text: str) -> Any:
    """The search box: title, pinyin or initials."""
    folded = search_text(text)
    return contains(Article.title_key, folded) if folded else sa.true()


def count(*clauses: Any) -> int:
    query = sa.select(sa.func.count()).select_from(Article).where(ALIVE, *clauses)
    return int(db.session.scalar(query) or 0)


def state_counts(actor: Actor, now: datetime | None = None) -> dict[str, int]:
    """State -> number that the actor sees; ``Shown`` -> number of those approved, by what is shown.

    An article in public that is being edited counts in both.
    """
    seen, now = visible_to(actor), now or clock.now()
    query = sa.select(Article.state, sa.func.count()).where(ALIVE, seen).group_by(Article.state)
    found = {str(state): int(number) for state, number in db.session.execute(query)}
    shown = [sa.func.count().filter(sa.and_(*is_shown(one, now))) for one in Shown]
    numbers = db.session.execute(sa.select(*shown).where(ALIVE, seen)).one()
    return {**found, **dict(zip(map(str, Shown), numbers, strict=True))}


def is_shown(what: Shown, now: datetime) -> tuple[Any, ...]:
    """What ``rules.shown`` says, as clauses on approved articles."""
    begun = Article.published_at <= now
    ended = sa.and_(Article.expires_at.is_not(None), Article.expires_at <= now)
    clause = {
        Shown.now: sa.and_(begun, sa.not_(ended)),
        Shown.later: Article.published_at > now,
        Shown.over: sa.and_(begun, ended),
    }[what]
    return (Article.public.is_(True), clause)


def public_with(key: str) -> list[dict[str, Any]]:
    """Contents in force of articles in public that name the key, of whatever park."""
    query = (
        sa.select(Revision.content)
        .join(Article, Article.id == Revision.subject_id)
        .where(Revision.kind == KIND, Revision.in_force.is_(True), Article.public.is_(True))
        .where(contains(sa.type_coerce(Revision.content, sa.Text), key))
    )
    with scope.unscoped():
        return list(db.session.scalars(query))


# -- sensitive words ---------------------------------------------------------------------------
def word_list() -> WordList | None:
    """The list that counts; ``None`` as shipped."""
    return db.session.scalar(sa.select(WordList).order_by(WordList.id.desc()).limit(1))


def locked_word_list() -> WordList | None:
    query = sa.select(WordList).order_by(WordList.id.desc()).limit(1)
    return db.session.scalar(query.with_for_update())


# -- of the public site ------------------------------------------------------------------------
class Wanted(Struct, frozen=True):
    """What a public list asks for. ``park_id``: of one park; ``zone``: the zone's own only."""

    park_id: int | None = None
    zone: bool = False
    category: str = ""
    q: str = ""
    page: int = 1
    size: int = 20


class Found(Struct, frozen=True):
    """A page of articles, and how many match in all."""

    rows: Sequence[Article]
    total: int


def _public(now: datetime, park_id: int | None = None, *, zone: bool = False) -> list[Any]:
    clauses = [ALIVE, *is_shown(Shown.now, now)]
    if zone:
        clauses.append(Article.park_id.is_(None))
    elif park_id is not None:
        clauses.append(Article.park_id == park_id)
    return clauses


ORDER = (Article.top.desc(), Article.published_at.desc(), Article.id.desc())


def published(wanted: Wanted | None = None, *, now: datetime | None = None) -> Found:
    """What everybody may read now: top articles first, then the newest."""
    wanted = wanted or Wanted()
    clauses = _public(now or clock.now(), wanted.park_id, zone=wanted.zone)
    if wanted.category:
        clauses.append(Article.category == wanted.category)
    if wanted.q:
        clauses.append(matches(wanted.q))
    query = sa.select(Article).where(*clauses).order_by(*ORDER)
    number = sa.select(sa.func.count()).select_from(Article).where(*clauses)
    with scope.unscoped():
        total = int(db.session.scalar(number) or 0)
        rows = query.limit(wanted.size).offset((max(1, wanted.page) - 1) * wanted.size)
        return Found(list(db.session.scalars(rows)), total)


def published_by_id(
    article_id: int, *, now: datetime | None = None
) -> tuple[Article, Mapping[str, Any]]:
    """An article that everybody may read now and its approved content; else ``NotFound``."""
    query = sa.select(Article).where(Article.id == article_id, *_public(now or clock.now()))
    with scope.unscoped():
        found = db.session.scalar(query)
        approved = None if found is None else review.in_force(KIND, article_id)
    if found is None or approved is None:
        raise NotFound(f"article {article_id}")
    return found, approved.content


def neighbours(
    article: Article, *, park_id: int | None = None, now: datetime | None = None
) -> tuple[Article | None, Article | None]:
    """上一篇 (the next newer) and 下一篇 (the next older), of the site or of one park."""
    clauses = _public(now or clock.now(), park_id)
    place = sa.tuple_(Article.published_at, Article.id)
    here = sa.tuple_(
        sa.literal(article.published_at, Article.published_at.type), sa.literal(article.id)
    )
    newer = sa.select(Article).where(*clauses, place > here)
    older = sa.select(Article).where(*clauses, place < here)
    with scope.unscoped():
        return (
            db.session.scalar(newer.order_by(Article.published_at, Article.id).limit(1)),
            db.session.scalar(
                older.order_by(Article.published_at.desc(), Article.id.desc()).limit(1)
            ),
        )


def category_counts(park_id: int | None = None, *, now: datetime | None = None) -> dict[str, int]:
    """Category -> number of articles that everybody may read now."""
    query = sa.select(Article.category, sa.func.count()).where(
        *_public(now or clock.now(), park_id)
    )
    with scope.unscoped():
        rows = db.session.execute(query.group_by(Article.category).order_by(Article.category))
        return {category: int(number) for category, number in rows}
