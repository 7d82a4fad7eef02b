"""All that was ever proposed for a thing goes, once the thing itself is deleted for good."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from app.core import scope
from app.core.actor import Actor
from app.engines.review.models import ReviewEvent, Revision
from app.extensions import db
from app.extensions.lists.spec import contains


def forget(_actor: Actor, kind_name: str, subject_id: int) -> list[dict[str, Any]]:
    """Delete a thing's revisions and their events; answers with what they held.

    For services that have locked the thing: asks nobody's right.
    """
    query = sa.select(Revision).where(Revision.kind == kind_name, Revision.subject_id == subject_id)
    with scope.unscoped():
        found = list(db.session.scalars(query.order_by(Revision.id)))
        held = [{"number": one.number, "state": one.state, "content": one.content} for one in found]
        events = ReviewEvent.revision_id.in_([one.id for one in found])
        held += _delete(db.session.scalars(sa.select(ReviewEvent).where(events)).all())
        for one in found:
            db.session.delete(one)
        db.session.flush()
    return held


def _delete(events: Sequence[ReviewEvent]) -> list[dict[str, Any]]:
    """What was saved on the way names files too."""
    held = [{"act": one.act, "content": one.content} for one in events if one.content]
    for one in events:
        db.session.delete(one)
    db.session.flush()
    return held


def naming(keys: Collection[str]) -> set[str]:
    """Those of the keys of files that a revision of anything still names."""
    text = sa.type_coerce(Revision.content, sa.Text)
    with scope.unscoped():
        return {
            key
            for key in keys
            if db.session.scalar(sa.select(Revision.id).where(contains(text, key)).limit(1))
        }
