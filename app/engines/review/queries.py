"""Every SELECT on revisions and their events."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.core import clock, scope
from app.core.actor import Actor
from app.core.errors import NotFound
from app.engines.review.models import ReviewEvent, Revision
from app.engines.review.registry import kind
from app.engines.review.rules import DECISIONS, PENDING, Act, Side, Standing, State
from app.extensions import db

DECIDE_VIEW = "ReviewView"
WRITING = ("begin", str(Act.save), str(Act.submit))


def may_decide(actor: Actor) -> bool:
    """Whether somebody sits on the reviewers' side at all."""
    return actor.sees_all and actor.can("can_decide", DECIDE_VIEW)


def get(actor: Actor, revision_id: int) -> Revision:
    """The revision if this actor may see it, otherwise ``NotFound``."""
    return _mine(actor, sa.select(Revision).where(Revision.id == revision_id), revision_id)


def locked(actor: Actor, revision_id: int) -> Revision:
    """The same, read again and locked until the transaction ends."""
    query = sa.select(Revision).where(Revision.id == revision_id).with_for_update()
    return _mine(actor, query, revision_id)


def _mine(actor: Actor, query: Any, revision_id: int) -> Revision:
    with scope.unscoped():  # a revision of no park is in nobody's row scope; asked for below
        found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None or not visible(actor, found):
        raise NotFound(f"revision {revision_id}")
    return found


def visible(actor: Actor, revision: Revision) -> bool:
    """The zone's reviewers see what was submitted once; authors what is theirs."""
    if author(actor, revision):
        return True
    return may_decide(actor) and revision.submitted_at is not None


def author(actor: Actor, revision: Revision) -> bool:
    """Whether the actor stands on the author's side of this revision."""
    declared = kind(revision.kind)
    if actor.user_id is None or not actor.can("can_edit", declared.author_view):
        return False
    if declared.writes is not None:
        return declared.writes(actor, revision.park_id)
    if revision.park_id is None:
        return revision.created_by == actor.user_id
    parks = actor.scope_park_ids
    return parks is None or revision.park_id in parks


def standing(actor: Actor, revision: Revision) -> Standing:
    """What decides on this person's acts."""
    sides = set()
    if author(actor, revision):
        sides.add(Side.author)
    if may_decide(actor):
        sides.add(Side.reviewer)
    if actor.sees_all and actor.can("can_revoke", DECIDE_VIEW):
        sides.add(Side.zone)
    return Standing(
        state=revision.state,
        actor_id=actor.user_id,
        hands=hands(revision.id),
        passed_by=_passed_by(revision),
        picked_by=revision.picked_by,
        picked_at=revision.picked_at,
        now=clock.now(),
        in_force=revision.in_force,
        sides=frozenset(sides),
    )


def hands(revision_id: int) -> frozenset[int]:
    """Who wrote in it."""
    query = sa.select(ReviewEvent.actor_id).where(
        ReviewEvent.revision_id == revision_id,
        ReviewEvent.act.in_(WRITING),
        ReviewEvent.actor_id.is_not(None),
    )
    return frozenset(db.session.scalars(query.distinct()))


def _passed_by(revision: Revision) -> frozenset[int]:
    """Who passed an earlier stage since the last submission."""
    last = (
        sa.select(sa.func.max(ReviewEvent.id))
        .where(ReviewEvent.revision_id == revision.id, ReviewEvent.act == Act.submit)
        .scalar_subquery()
    )
    query = sa.select(ReviewEvent.actor_id).where(
        ReviewEvent.revision_id == revision.id,
        ReviewEvent.act == Act.approve,
        ReviewEvent.id > last,
        ReviewEvent.actor_id.is_not(None),
    )
    return frozenset(db.session.scalars(query))


# -- of one thing ------------------------------------------------------------------------------
def pending(kind_name: str, subject_id: int) -> Revision | None:
    """The one revision of a thing that is not decided yet. For services: asks nobody's right."""
    return _one(kind_name, subject_id, Revision.state.in_(PENDING))


def in_force(kind_name: str, subject_id: int) -> Revision | None:
    """The approved revision that pages show."""
    return _one(kind_name, subject_id, Revision.in_force.is_(True))


def last(kind_name: str, subject_id: int) -> Revision | None:
    """The newest revision of a thing in whatever state, but for those thrown away."""
    return _one(kind_name, subject_id, Revision.state != State.discarded)


def _one(kind_name: str, subject_id: int, clause: Any) -> Revision | None:
    query = sa.select(Revision).where(
        Revision.kind == kind_name, Revision.subject_id == subject_id, clause
    )
    with scope.unscoped():
        return db.session.scalar(query.order_by(Revision.number.desc()).limit(1))


def pending_of(kind_name: str, subjects: Collection[int]) -> Mapping[int, Revision]:
    """Thing -> its undecided revision, for lists."""
    query = sa.select(Revision).where(
        Revision.kind == kind_name,
        Revision.subject_id.in_(subjects),
        Revision.state.in_(PENDING),
    )
    with scope.unscoped():
        return {row.subject_id: row for row in db.session.scalars(query)}


def versions(revision: Revision) -> Sequence[Revision]:
    """What was approved of the same thing, newest first, this revision left out."""
    query = sa.select(Revision).where(
        Revision.kind == revision.kind,
        Revision.subject_id == revision.subject_id,
        Revision.id != revision.id,
        Revision.state.in_((State.passed, State.revoked)),
    )
    with scope.unscoped():
        return list(db.session.scalars(query.order_by(Revision.number.desc())))


def compared_with(revision: Revision) -> Revision | None:
    """The approved version before this one: what a reviewer compares with at first."""
    return next((one for one in versions(revision) if one.number < revision.number), None)


def next_number(kind_name: str, subject_id: int) -> int:
    query = sa.select(sa.func.max(Revision.number)).where(
        Revision.kind == kind_name, Revision.subject_id == subject_id
    )
    with scope.unscoped():
        return int(db.session.scalar(query) or 0) + 1


# -- timeline ----------------------------------------------------------------------------------
def events(revision: Revision) -> Sequence[ReviewEvent]:
    """Everything that happened, oldest first, without the single saves."""
    query = sa.select(ReviewEvent).where(
        ReviewEvent.revision_id == revision.id, ReviewEvent.act != Act.save
    )
    return list(db.session.scalars(query.order_by(ReviewEvent.id)))


def unsent_by(revision: Revision) -> tuple[str, ...]:
    """Who wrote what no reviewer was sent: a draft, also one taken back, or what was typed after
    it was sent back."""
    if revision.state not in (State.draft, State.returned):
        return ()
    acts = {*WRITING, str(Act.withdraw)}
    found = [(one.act, one.actor_name) for one in _every_event(revision) if one.act in acts]
    if revision.state is State.returned:
        sent = [place for place, (act, _name) in enumerate(found) if act == Act.submit]
        found = found[max(sent, default=-1) + 1 :]
    return tuple(dict.fromkeys(name for _act, name in found))


def _every_event(revision: Revision) -> Sequence[ReviewEvent]:
    query = sa.select(ReviewEvent).where(ReviewEvent.revision_id == revision.id)
    return list(db.session.scalars(query.order_by(ReviewEvent.id)))


def shown_content(actor: Actor, revision: Revision) -> dict[str, Any]:
    """What this person may read: while the author mends it, others read what was submitted."""
    if revision.state in (State.draft, State.returned) and not author(actor, revision):
        sent = submissions(revision)
        return dict(sent[-1].content or {}) if sent else {}
    return dict(revision.content)


def submissions(revision: Revision) -> Sequence[ReviewEvent]:
    """Each text that was submitted, oldest first: what a correction is compared with."""
    query = sa.select(ReviewEvent).where(
        ReviewEvent.revision_id == revision.id, ReviewEvent.act == Act.submit
    )
    return list(db.session.scalars(query.order_by(ReviewEvent.id)))


def asked_for(revision_id: int) -> list[str] | None:
    """The fields that the last 退回修改 named; ``None``: all, or it never was sent back."""
    query = (
        sa.select(ReviewEvent)
        .where(ReviewEvent.revision_id == revision_id, ReviewEvent.act == Act.send_back)
        .order_by(ReviewEvent.id.desc())
        .limit(1)
    )
    found = db.session.scalar(query)
    return None if found is None else found.fields


def content_returned(revision_id: int) -> dict[str, Any] | None:
    """What the last 退回修改 was about: the text that was submitted before it."""
    returned = (
        sa.select(sa.func.max(ReviewEvent.id))
        .where(ReviewEvent.revision_id == revision_id, ReviewEvent.act == Act.send_back)
        .scalar_subquery()
    )
    query = (
        sa.select(ReviewEvent)
        .where(
            ReviewEvent.revision_id == revision_id,
            ReviewEvent.act == Act.submit,
            ReviewEvent.id < returned,
        )
        .order_by(ReviewEvent.id.desc())
        .limit(1)
    )
    found = db.session.scalar(query)
    return None if found is None else found.content


def content_at(revision_id: int, version: int) -> dict[str, Any] | None:
    """What a form opened at ``version`` showed; ``None`` when it is not kept any more."""
    query = (
        sa.select(ReviewEvent)
        .where(
            ReviewEvent.revision_id == revision_id,
            ReviewEvent.version <= version,
            ReviewEvent.content.is_not(None),
        )
        .order_by(ReviewEvent.version.desc(), ReviewEvent.id.desc())
        .limit(1)
    )
    found = db.session.scalar(query)
    return None if found is None else found.content


def old_saves(revision_id: int, keep: int) -> Sequence[ReviewEvent]:
    """Single saves beyond the newest ``keep``; each person's last one stays, for ``hands``."""
    saves = (ReviewEvent.revision_id == revision_id, ReviewEvent.act == Act.save)
    newest = sa.select(sa.func.max(ReviewEvent.id)).where(*saves).group_by(ReviewEvent.actor_id)
    query = sa.select(ReviewEvent).where(*saves, ReviewEvent.id.not_in(newest))
    return list(db.session.scalars(query.order_by(ReviewEvent.id.desc()).offset(keep)))


# -- queue -------------------------------------------------------------------------------------
WAITING = (State.submitted, State.picked)


def waiting_for(actor: Actor) -> Any:
    """Clause: what this reviewer could decide (not their own, not passed by them before)."""
    passed = sa.and_(ReviewEvent.act == Act.approve, ReviewEvent.at >= Revision.submitted_at)
    mine = sa.select(ReviewEvent.id).where(
        ReviewEvent.revision_id == Revision.id,
        ReviewEvent.actor_id == actor.user_id,
        sa.or_(ReviewEvent.act.in_(WRITING), passed),
    )
    return sa.and_(Revision.state.in_(WAITING), ~mine.exists())


def decided_by(actor: Actor) -> Any:
    """Clause: what this reviewer decided once, at whatever stage."""
    acts = (*(str(act) for act in DECISIONS), str(Act.revoke))
    decided = sa.select(ReviewEvent.id).where(
        ReviewEvent.revision_id == Revision.id,
        ReviewEvent.actor_id == actor.user_id,
        ReviewEvent.act.in_(acts),
    )
    return decided.exists()


def started_by(actor: Actor) -> Any:
    """Clause: what this person began or submitted."""
    return sa.or_(Revision.created_by == actor.user_id, Revision.submitted_by == actor.user_id) & (
        Revision.state != State.discarded
    )


def count(clause: Any) -> int:
    query = sa.select(sa.func.count()).select_from(Revision).where(clause)
    with scope.unscoped():
        return int(db.session.scalar(query) or 0)
