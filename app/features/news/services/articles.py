"""Writing an article, throwing a draft away, the recycle bin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Forbidden, NotFound, Refusal
from app.engines import files, recycling, review, trail
from app.engines.review import Revision
from app.extensions import db
from app.extensions.locks import lock
from app.features.news import policy, queries, rules
from app.features.news.models import Article
from app.features.news.services import publishing
from app.features.news.services.checking import cleaned

LOCKS = 7_291
WAITING = frozenset({review.State.submitted, review.State.picked})


def write(actor: Actor, values: Mapping[str, Any], *, token: str, send: bool) -> Article:
    """A new article of the actor's park, or of the zone. The same ``token`` makes one article."""
    park_id = None if actor.sees_all else actor.acting_park_id
    policy.require(actor, park_id)
    if park_id is None and not actor.sees_all:
        raise NotFound("no park to act for")
    lock(LOCKS, f"{actor.user_id}:{token}")
    made = queries.by_token(actor.user_id, token)
    if made is not None:
        return _propose(actor, made, values, seen=0, send=send)
    article = Article(
        park_id=park_id, token=token, created_by=actor.user_id, updated_by=actor.user_id
    )
    db.session.add(article)
    db.session.flush()
    _propose(actor, article, values, seen=0, send=send)
    trail.record(actor, "news.created", _ref(article))
    return article


def change(
    actor: Actor, article_id: int, values: Mapping[str, Any], *, seen: int, send: bool
) -> Article:
    """What the form of an article does. ``seen``: the version of the draft that it showed."""
    article = queries.get(article_id)
    policy.require(actor, article.park_id)
    return _propose(actor, article, values, seen=seen, send=send)


def _propose(
    actor: Actor, article: Article, values: Mapping[str, Any], *, seen: int, send: bool
) -> Article:
    if article.deleted_at is not None:
        raise NotFound(f"article {article.id}")
    pending, earlier = review.pending(rules.KIND, article.id), queries.before(article.id)
    base: Mapping[str, Any] = {**rules.BLANK, **(earlier.content if earlier else {})}
    now = base if pending is None else pending.content
    kept = cleaned(actor, values, now)
    if pending is not None and _same(pending, kept):
        if pending.state in WAITING and send:
            return article  # 确定 pressed twice
        seen = seen or pending.version  # the form of a new article, sent twice
    title = kept.get("title", now["title"])
    thing = review.Subject(rules.KIND, article.id, article.park_id, title, base)
    revision = review.propose(actor, thing, kept, seen=seen, send=send)
    files.keep(publishing.pictures_of(revision.content))
    files.keep_files(one["key"] for one in revision.content["attachments"])
    article = queries.locked(article.id)
    if article.deleted_at is not None:
        raise NotFound(f"article {article.id}")  # deleted while it was being written
    if not article.public:
        publishing.fill(article, revision.content)
    article.state = queries.state_of(article.id)
    article.updated_by, article.updated_at = actor.user_id, clock.now()
    db.session.flush()
    return article


def _same(revision: Revision, values: Mapping[str, Any]) -> bool:
    return all(revision.content.get(name) == value for name, value in values.items())


def withdraw(actor: Actor, article_id: int) -> Article:
    """撤回: back to a draft, as long as no reviewer has picked it up."""
    review.withdraw(actor, _pending(actor, article_id).id)
    return queries.get(article_id)


def discard(actor: Actor, article_id: int) -> Article:
    """放弃: the draft goes; what was approved stays. An article that is nothing else goes along."""
    pending = _pending(actor, article_id)
    review.discard(actor, pending.id)
    article = queries.locked(article_id)
    if review.last(rules.KIND, article_id) is None:
        _bin(actor, article, "", private=True)
        trail.record(actor, "news.deleted", _ref(article))
    else:
        standing = review.in_force(rules.KIND, article_id) or review.last(rules.KIND, article_id)
        assert standing is not None
        if not article.public:
            publishing.fill(article, standing.content)
    db.session.flush()
    return article


def _pending(actor: Actor, article_id: int) -> Revision:
    policy.require(actor, queries.get(article_id).park_id)
    found = review.pending(rules.KIND, article_id)
    if found is None:
        raise Refusal("review_state")
    return found


def remove(actor: Actor, article_id: int, *, reason: str) -> Article:
    """删除: into the recycle bin; readers lose it at once."""
    _may_remove(actor, queries.get(article_id))
    queries.lock_revisions(article_id)
    article = queries.locked(article_id)
    if article.deleted_at is not None:
        raise NotFound(f"article {article_id}")
    pending = review.pending(rules.KIND, article_id)
    if pending is not None and pending.state is review.State.picked:
        raise Refusal("news_being_reviewed")
    private = not article.public and article.state is rules.State.draft
    if pending is not None and pending.state is review.State.submitted:
        review.withdraw(actor, pending.id)
    in_force = review.in_force(rules.KIND, article_id)
    if article.public and in_force is not None:
        publishing.hide(article, in_force.content)
    _bin(actor, article, reason, private=private)
    trail.record(actor, "news.deleted", _ref(article), details=_told(article))
    return article


def restore(actor: Actor, article_id: int) -> Article:
    """恢复: as it was; what was approved is public again."""
    _may_remove(actor, queries.get(article_id, deleted=True))
    queries.lock_revisions(article_id)
    article = queries.locked(article_id)
    if article.deleted_at is None:
        raise NotFound(f"article {article_id}")
    article.deleted_at = article.deleted_by = article.delete_reason = None
    in_force = review.in_force(rules.KIND, article_id)
    if in_force is not None:
        publishing.show(article, in_force.content)
    db.session.flush()
    recycling.drop(rules.KIND, article.id)
    trail.record(actor, "news.restored", _ref(article))
    return article


def _may_remove(actor: Actor, article: Article) -> None:
    if not actor.can("can_delete", policy.VIEW):
        raise Forbidden("news_not_yours")
    policy.require(actor, article.park_id)


def purge(actor: Actor, article_id: int) -> dict[str, Any]:
    """Delete for good: the article, all its versions, and the files that nothing else shows."""
    queries.lock_revisions(article_id)
    article = queries.locked(article_id)
    if article.deleted_at is None:
        raise NotFound(f"article {article_id}")
    versions = review.forget(actor, rules.KIND, article_id)
    facts = {"article": recycling.frozen(article), "versions": versions}
    db.session.delete(article)
    db.session.flush()
    keys = {key for one in versions for key in publishing.files_of(one["content"])}
    for key in sorted(keys - review.naming(keys)):
        files.keep_until(key, clock.now())  # the sweeper takes it
    return facts


def _bin(actor: Actor, article: Article, reason: str, *, private: bool) -> None:
    """``private``: its park has sent it to nobody yet."""
    article.deleted_at, article.deleted_by = clock.now(), actor.user_id
    article.delete_reason = reason.strip()[:200]
    db.session.flush()
    gone = recycling.Gone(
        rules.KIND,
        article.id,
        article.title,
        park_id=article.park_id,
        search=article.title_key,
        facts={"category": article.category},
        private=private and article.park_id is not None,
    )
    recycling.put(actor, [gone], reason=article.delete_reason, now=article.deleted_at)


def _told(article: Article) -> dict[str, Any]:
    return {"reason": article.delete_reason} if article.delete_reason else {}


def _ref(article: Article) -> trail.Ref:
    """The same name that the review loop gives its entries: one history."""
    return trail.Ref(rules.KIND, article.id, label=article.title, park_id=article.park_id)
