"""What a move does to the records: the old one stays with its history, a new one begins in the other
park (or the one that it left there goes on, ``returning``), both or none. Works on two parks at once, so the caller has asked both."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.core import scope
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal
from app.engines import calendar, trail
from app.extensions import db
from app.features.enterprises import policy, queries
from app.features.enterprises.models import Enterprise, EnterpriseYear
from app.features.enterprises.models.moves import EnterpriseMove
from app.features.enterprises.queries import moves
from app.features.enterprises.rules import DEFAULT_STATUS, PERSONAL, PLAIN, YEARLY
from app.features.enterprises.rules.moves import STEPS, UNDO_FOR, Act
from app.features.enterprises.rules.origins import Origin, fresh
from app.features.enterprises.services import counts, locks, returning
from app.features.enterprises.services.certified import put

GONE = "迁出"


def check(found: EnterpriseMove, *, told_to: int | None) -> Enterprise:
    """The record, locked with both parks' registers, when it may move now.

    ``told_to``: the park that reads a refusal: what stands in the other park's register is not told.
    """
    with scope.unscoped():
        locks.parks((found.from_park_id, found.to_park_id))
        try:
            old = queries.locked(found.enterprise_id or 0)
        except NotFound:
            raise Refusal("move_gone") from None
        if old.moved_to is not None or old.uscc != found.uscc or old.park_id != found.from_park_id:
            raise Refusal("move_gone")
        there = queries.alive_with_code(found.to_park_id, found.uscc)
        if there is not None and there.moved_to is None:
            raise Refusal("move_not_now" if told_to == found.from_park_id else "move_taken")
        refusal = next((no for guard in policy.MOVE_GUARDS if (no := guard(old))), None)
    if refusal is not None:
        raise Refusal("move_not_now") if told_to == found.to_park_id else refusal
    return old


def carry(actor: Actor, found: EnterpriseMove, *, now: datetime, told_to: int | None) -> None:
    """The move takes effect."""
    old = check(found, told_to=told_to)
    with scope.unscoped():
        found.kept = {"status": old.status, "origins": old.origins}
        new = _arrived(actor, found, old, now)
        before = old.status
        put(old, {"status": GONE}, Origin.moved, {})
        old.moved_to = new.id
        changes = trail.changes_of(old, ("status",))
        old.updated_by, old.updated_at = actor.user_id, now
        db.session.flush()
        counts.move(old.park_id, gone=before, come=GONE)
        names = moves.park_names()
        told: dict[str, Any] = {"to": names[found.to_park_id], "number": found.id}
        trail.record(actor, "enterprise.moved_out", old, changes=changes, details=told)
    found.kept = {**found.kept, "old": old.version, "new": new.version}
    found.state, found.done_at, found.new_id = STEPS[Act.carry].target, now, new.id
    db.session.flush()


def _arrived(actor: Actor, found: EnterpriseMove, old: Enterprise, now: datetime) -> Enterprise:
    """The record in the other park, with the figures of the year that is under way: a new one, or
    the one that was left there when the enterprise moved away."""
    day = calendar.local(now)
    values = {name: getattr(old, name) for name in PLAIN}
    values |= {"status": DEFAULT_STATUS, "settled_on": found.effective_on or day}
    figures = queries.figures(old.id, day.year)
    sums = {name: getattr(figures, name) for name in YEARLY} if figures is not None else {}
    there = queries.alive_with_code(found.to_park_id, found.uscc)
    if there is None:
        new, changes = _begun(actor, found, old, values, (day.year, sums))
    else:
        new = queries.locked(there.id)
        changes = returning.come_back(actor, found, new, values, (day.year, sums), now=now)
    told = {"from": moves.park_names()[found.from_park_id], "number": found.id}
    trail.record(
        actor, "enterprise.moved_in", new, changes=changes, details=told, personal=PERSONAL
    )
    return new


def _begun(
    actor: Actor,
    found: EnterpriseMove,
    old: Enterprise,
    values: dict[str, Any],
    figures: tuple[int, dict[str, Any]],
) -> tuple[Enterprise, dict[str, list[Any]]]:
    """A new record, and what the trail tells of it."""
    year, sums = figures
    new = Enterprise(
        **values,
        park_id=found.to_park_id,
        name_key=old.name_key,
        same_key=old.same_key,
        source=old.source,
        origins=fresh(PLAIN, values, Origin.moved, {}),
        moved_from=old.id,
        created_by=actor.user_id,
        updated_by=actor.user_id,
    )
    db.session.add(new)
    changes = trail.changes_of(new, values)
    db.session.flush()
    if sums:
        letters = fresh(YEARLY, sums, Origin.moved, {})
        db.session.add(
            EnterpriseYear(
                enterprise_id=new.id, park_id=new.park_id, year=year, origins=letters, **sums
            )
        )
        db.session.flush()
    counts.move(new.park_id, come=new.status)
    return new, changes


def back(actor: Actor, found: EnterpriseMove, *, now: datetime) -> None:
    """As if it had not moved; refused when somebody changed either record since."""
    if found.done_at is None or now - found.done_at > UNDO_FOR:
        raise Refusal("move_undo_late")
    with scope.unscoped():
        locks.parks((found.from_park_id, found.to_park_id))
        kept = found.kept or {}
        try:
            old = queries.locked(found.enterprise_id or 0)
            new = queries.locked(found.new_id or 0)
        except NotFound:
            raise Refusal("move_undo_changed") from None
        used = returning.hanging(new.id) > kept.get(returning.RETURNED, 0)
        if used or (old.version, new.version) != (kept.get("old"), kept.get("new")):
            raise Refusal("move_undo_changed")
        if returning.RETURNED in kept:
            returning.leave_again(actor, found, new, now)
        else:
            counts.move(new.park_id, gone=new.status)
            trail.record(actor, "enterprise.move_undone", new, details={"number": found.id})
            db.session.delete(new)
        old.status, old.origins, old.moved_to = kept["status"], kept["origins"], None
        changes = trail.changes_of(old, ("status",))
        old.updated_by, old.updated_at = actor.user_id, now
        db.session.flush()
        counts.move(old.park_id, gone=GONE, come=old.status)
        details = {"number": found.id}
        trail.record(actor, "enterprise.move_undone", old, changes=changes, details=details)
