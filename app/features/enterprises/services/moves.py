"""迁园: asking, answering, taking back; the move itself is ``services.moving``.

Who asks for an enterprise of another park learns nothing by asking: the answer is the same whether
it is there or not, and only so many may be asked for.
"""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from app.core import scope
from app.core import uscc as credit_code
from app.core.actor import Actor
from app.core.errors import Refusal, Stale
from app.engines import calendar, notices, trail
from app.extensions import db
from app.features.enterprises import policy
from app.features.enterprises.models.moves import EnterpriseMove
from app.features.enterprises.queries import accepted_codes, moves
from app.features.enterprises.rules.moves import (
    ANSWER_WITHIN,
    DAY,
    FARTHEST,
    MOST_A_DAY,
    MOST_OPEN,
    REASON_MAX,
    STEPS,
    Act,
    Side,
    State,
    may,
)
from app.features.enterprises.services import locks, moving
from app.features.parks.queries import managers_of


class Wish(Struct, frozen=True):
    """What is asked for, as it was typed."""

    uscc: str
    name: str
    from_park_id: int | None
    to_park_id: int | None
    reason: str = ""
    effective_on: date | None = None


def ask(actor: Actor, wish: Wish, *, now: datetime) -> EnterpriseMove:
    """申请迁园: asking is the consent of the park that asks."""
    own = _own_side(actor, wish)
    code = wish.uscc.strip().upper()
    _check(wish, code, now)
    assert wish.from_park_id is not None
    assert wish.to_park_id is not None
    # Two tabs: one asks. And the record stays there until the request names it: undoing an import
    # takes away what nothing hangs on.
    locks.parks({wish.from_park_id} if own is None else {wish.from_park_id, own})
    if own is not None:
        _within_limits(own, code, now)
    held = moves.record_in(wish.from_park_id, code)
    if held is None and own != wish.to_park_id:
        raise _no("uscc", "move_not_held")
    if own != wish.from_park_id and moves.record_in(wish.to_park_id, code) is not None:
        raise _no("uscc", "move_taken")
    named = held.name if held is not None and own != wish.to_park_id else wish.name.strip()
    made = EnterpriseMove(
        uscc=code,
        name=named[:120],
        enterprise_id=held.id if held is not None else None,
        from_park_id=wish.from_park_id,
        to_park_id=wish.to_park_id,
        asked_by_park_id=own,
        asked_by=actor.user_id,
        asked_at=now,
        reason=wish.reason.strip(),
        effective_on=wish.effective_on,
        from_ok_at=now if own == wish.from_park_id else None,
        to_ok_at=now if own == wish.to_park_id else None,
    )
    db.session.add(made)
    db.session.flush()
    for park_id in _missing(made):
        _tell(made, park_id, "asked")
    _record(actor, made, "asked", own)
    return made


def _own_side(actor: Actor, wish: Wish) -> int | None:
    """The park that asks, one of the two; ``None`` = the zone."""
    if actor.sees_all:
        return None
    own = actor.acting_park_id
    if own is None or own not in (wish.from_park_id, wish.to_park_id):
        raise _no("to_park_id", "move_not_ours")
    return own


def _check(wish: Wish, code: str, now: datetime) -> None:
    wrong = _wrong_parks(wish)
    if not code:
        wrong["uscc"] = "required"
    elif credit_code.fault(code) and code not in accepted_codes([code]):
        wrong["uscc"] = "bad_code"
    wrong |= {name: "required" for name in ("name", "reason") if not getattr(wish, name).strip()}
    if len(wish.reason.strip()) > REASON_MAX:
        wrong["reason"] = "move_long"
    today = calendar.local(now)
    if wish.effective_on is not None and not today <= wish.effective_on <= today + FARTHEST:
        wrong["effective_on"] = "move_day"
    if wrong:
        raise Refusal(next(iter(wrong.values())), fields=wrong)


def _wrong_parks(wish: Wish) -> dict[str, str]:
    names = moves.park_names(active=True)
    wrong = {}
    for name in ("from_park_id", "to_park_id"):
        if getattr(wish, name) not in names:
            wrong[name] = "required" if getattr(wish, name) is None else "move_no_park"
    if not wrong and wish.from_park_id == wish.to_park_id:
        wrong["to_park_id"] = "move_same_park"
    return wrong


def _within_limits(own: int, code: str, now: datetime) -> None:
    if moves.open_of(own, code) is not None:
        raise _no("uscc", "move_open")
    now_open, lately = moves.asked_by(own, now - DAY)
    if now_open >= MOST_OPEN or lately >= MOST_A_DAY:
        raise Refusal("move_too_many")


def consent(actor: Actor, move_id: int, *, seen: int, now: datetime) -> EnterpriseMove:
    """同意; the last consent lets it take effect, at once or on its day."""
    found = _begin(actor, move_id, Act.consent, seen)
    park_id = actor.acting_park_id
    if park_id == found.from_park_id:
        found.from_ok_at = now
    else:
        found.to_ok_at = now
    if _missing(found):
        _record(actor, found, "consented", park_id)
        return found
    moving.check(found, told_to=park_id)  # locks the registers ahead of the trail's head
    found.state, found.decided_at = STEPS[Act.consent].target, now
    _record(actor, found, "consented", park_id)
    if found.effective_on is None or found.effective_on <= calendar.local(now):
        moving.carry(actor, found, now=now, told_to=park_id)
        _tell_both(found, "done", but=park_id)
    else:
        _tell_both(found, "agreed", but=park_id)
    return found


def decline(actor: Actor, move_id: int, *, reason: str, seen: int, now: datetime) -> EnterpriseMove:
    """不同意, with the reason that the other side reads."""
    found = _begin(actor, move_id, Act.decline, seen)
    reason = reason.strip()[:REASON_MAX]
    if not reason:
        raise _no("reason", "move_reason")
    found.state, found.answer, found.decided_at = STEPS[Act.decline].target, reason, now
    _record(actor, found, "declined", actor.acting_park_id)
    _tell_both(found, "declined", but=actor.acting_park_id)
    return found


def take_back(actor: Actor, move_id: int, *, seen: int, now: datetime) -> EnterpriseMove:
    """撤回, as long as the other side has not answered."""
    found = _begin(actor, move_id, Act.take_back, seen)
    found.state, found.decided_at = STEPS[Act.take_back].target, now
    _record(actor, found, "taken_back", actor.acting_park_id)
    return found


def undo(actor: Actor, move_id: int, *, reason: str, seen: int, now: datetime) -> EnterpriseMove:
    """撤销迁园 (the zone, 30 days): everything as it was, if nobody changed either record since."""
    found = _begin(actor, move_id, Act.undo, seen)
    reason = reason.strip()[:REASON_MAX]
    if not reason:
        raise _no("reason", "move_reason")
    moving.back(actor, found, now=now)
    found.state, found.answer, found.decided_at = STEPS[Act.undo].target, reason, now
    _record(actor, found, "undone", None)
    _tell_both(found, "undone")
    return found


def tick(actor: Actor, now: datetime) -> bool:
    """By the clock, one at a time: what is due takes effect or is stopped, what nobody answered in
    time ends. Whether there was anything to do; the caller commits before the next."""
    for move_id in moves.due(calendar.local(now))[:1]:
        _fall_due(actor, moves.get(move_id, lock=True), now)
        return True
    for move_id in moves.unanswered(now - ANSWER_WITHIN)[:1]:
        found = moves.get(move_id, lock=True)
        if may(Act.expire, State(found.state), (Side.clock,)):
            found.state, found.decided_at = STEPS[Act.expire].target, now
            _record(actor, found, "expired", None)
        return True
    return False


def _fall_due(actor: Actor, found: EnterpriseMove, now: datetime) -> None:
    if not may(Act.carry, State(found.state), (Side.clock,)):
        return
    try:
        moving.carry(actor, found, now=now, told_to=None)
    except Refusal as refusal:  # nothing was written yet: ``check`` comes first
        found.state, found.decided_at = STEPS[Act.stop].target, now
        _record(actor, found, "stopped", None, stopped=refusal.code)
        _tell_both(found, "stopped")
    else:
        _tell_both(found, "done")


def _begin(actor: Actor, move_id: int, act: Act, seen: int) -> EnterpriseMove:
    """The move, locked, when this act may be done to it by this person."""
    found = moves.get(move_id, lock=True)
    if not may(act, State(found.state), policy.sides(actor, found)):
        raise Refusal("move_over" if found.state not in STEPS[act].origin else "move_not_yours")
    if found.version != seen:
        raise Stale(found)
    return found


def _missing(found: EnterpriseMove) -> list[int]:
    """Parks that have not consented yet."""
    missing = [found.from_park_id] if found.from_ok_at is None else []
    return [*missing, found.to_park_id] if found.to_ok_at is None else missing


def _record(
    actor: Actor, found: EnterpriseMove, act: str, park_id: int | None, **more: str
) -> None:
    target = trail.Ref("enterprise_move", found.id, label=found.name, park_id=park_id)
    names = moves.park_names()
    details = {
        "from": names.get(found.from_park_id, ""),
        "to": names.get(found.to_park_id, ""),
        **({"reason": found.answer or found.reason} if found.answer or found.reason else {}),
        **more,
    }
    trail.record(actor, f"enterprise_move.{act}", target, details=details)


def _tell_both(found: EnterpriseMove, kind: str, but: int | None = None) -> None:
    for park_id in (found.from_park_id, found.to_park_id):
        if park_id != but:
            _tell(found, park_id, kind)


def _tell(found: EnterpriseMove, park_id: int, kind: str) -> None:
    """To who looks after the park; a park that has no such enterprise is told nothing."""
    if park_id == found.from_park_id and found.enterprise_id is None:
        return
    names = moves.park_names()
    params = {
        "name": found.name,
        "from": names[found.from_park_id],
        "to": names[found.to_park_id],
    }
    if kind in ("declined", "undone"):
        params["reason"] = found.answer
    with scope.unscoped():
        people = managers_of(park_id)
    link = f"/desk/enterprises/moves/show/{found.id}"
    cause = f"enterprise_move:{found.id}:{kind}:{park_id}"
    notices.tell(people, f"enterprise_move.{kind}", params, link=link, cause=cause)


def _no(field: str, code: str) -> Refusal:
    return Refusal(code, fields={field: code})
