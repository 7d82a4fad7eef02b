"""An article as another system knows it, by a key of that system's own (REST API)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from app.core.actor import Actor
from app.core.errors import Refusal, Stale
from app.engines import review
from app.extensions import db
from app.extensions.locks import lock
from app.features.news import policy, queries, rules
from app.features.news.models import Article
from app.features.news.services import articles
from app.features.news.services.checking import cleaned

OWN = "~"  # of an article without such a key: this sign and its number
Seen = Callable[[Article | None], None]


def by_key(actor: Actor, key: str) -> Article | None:
    """The article that the actor's own side calls by this key, in the recycle bin too."""
    if key.startswith(OWN):
        return queries.get(int(key[1:]))
    return queries.by_external_key(None if actor.sees_all else actor.acting_park_id, key)


def put(
    actor: Actor, key: str, values: Mapping[str, Any], *, send: bool | None, seen: Seen
) -> tuple[Article, str]:
    """The article and ``added``, ``changed`` or ``unchanged``; sent twice it is sent once.

    ``send``: whether it goes to review; unsaid, it does unless a draft would go with it.
    ``seen`` is shown what is there and raises when the caller meant something else.
    """
    park_id = None if actor.sees_all else actor.acting_park_id
    policy.require(actor, park_id)
    lock(articles.LOCKS, f"key:{park_id}:{key}")
    found = by_key(actor, key)
    if found is not None and found.deleted_at is not None:
        raise Refusal("news_in_bin")
    seen(found)
    if found is None:
        made = articles.write(actor, values, token=uuid.uuid4().hex, send=send is not False)
        made.external_key = key
        db.session.flush()
        return made, "added"
    policy.require(actor, found.park_id)
    pending = review.pending(rules.KIND, found.id)
    if send is None:
        review.send_only_own(pending)
    send = send is not False
    standing = pending or review.in_force(rules.KIND, found.id)
    if standing is not None and _same(actor, standing, values):
        done = pending is None or pending.state in articles.WAITING
        if done or not send:
            return found, "unchanged"
    version = 0 if pending is None else pending.version
    try:
        return articles.change(actor, found.id, values, seen=version, send=send), "changed"
    except review.Clash as clash:  # somebody saved on the screen meanwhile
        raise Stale from clash


def _same(actor: Actor, standing: review.Revision, values: Mapping[str, Any]) -> bool:
    now = {**rules.BLANK, **standing.content}
    kept = cleaned(actor, values, now)
    return all(now.get(name) == value for name, value in kept.items())
