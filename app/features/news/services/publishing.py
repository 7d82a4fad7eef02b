"""What a decision does to an article: hooks of the review loop, in the decision's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.core import clock
from app.core.actor import Actor
from app.engines import files, review, richtext
from app.extensions import db
from app.features.enterprises.rules import name_key
from app.features.news import queries, rules
from app.features.news.models import Article


def pictures_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of all pictures that readers of the article see."""
    cover = (content.get("cover") or {}).get("key")
    return (*((cover,) if cover else ()), *richtext.pictures(content.get("body") or ""))


def files_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of all files that the content names: pictures and attachments."""
    attached = (one["key"] for one in content.get("attachments") or ())
    return (*pictures_of(content), *attached)


def fill(article: Article, content: Mapping[str, Any]) -> None:
    """Repeat in the row what lists sort and search by."""
    cover = content.get("cover") or {}
    article.title = content.get("title") or ""
    article.title_key = name_key(article.title)
    article.category = content.get("category") or ""
    article.summary = content.get("summary") or richtext.summary(content.get("body") or "")
    article.cover_key, article.cover_alt = cover.get("key"), cover.get("alt") or ""
    article.top = bool(content.get("top"))
    article.expires_at = rules.moment(content.get("expire_at") or "")


def follow(_actor: Actor, revision: review.Revision, _event: review.ReviewEvent) -> None:
    """After every act on a revision: the article says where it stands."""
    if revision.kind != rules.KIND:
        return
    article = queries.locked(revision.subject_id)
    article.state = queries.state_of(article.id)
    db.session.flush()


def approved(_actor: Actor, revision: review.Revision) -> None:
    """The content is what readers see from now, or from its time of publication, on."""
    article = queries.locked(revision.subject_id)
    before = review.compared_with(revision) if article.public else None
    wanted = rules.moment(revision.content.get("publish_at") or "")
    fill(article, revision.content)
    if wanted is not None or not article.public or article.published_at is None:
        article.published_at = wanted or clock.now()
    article.public = article.deleted_at is None
    db.session.flush()
    new = pictures_of(revision.content)
    if article.public:
        files.publish(new)
    if before is not None:
        files.withdraw(set(pictures_of(before.content)) - set(new))


def revoked(_actor: Actor, revision: review.Revision) -> None:
    """撤稿: nobody reads it from now on; no earlier version takes its place."""
    article = queries.locked(revision.subject_id)
    hide(article, revision.content)


def show(article: Article, content: Mapping[str, Any]) -> None:
    article.public = True
    db.session.flush()
    files.publish(pictures_of(content))


def hide(article: Article, content: Mapping[str, Any]) -> None:
    article.public = False
    db.session.flush()
    files.withdraw(pictures_of(content))


def shown_of(keys: Collection[str]) -> set[str]:
    """Those of the pictures that an article shows that is not taken back or in the bin."""
    return {
        key for key in keys for content in queries.public_with(key) if key in pictures_of(content)
    }
