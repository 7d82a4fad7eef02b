"""Every write on revisions: bare verbs, actor first; they flush, the caller commits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from msgspec import Struct

from app.core import clock, scope
from app.core.actor import Actor
from app.core.errors import Forbidden, NotFound, Refusal, Stale
from app.engines import settings, trail
from app.engines.review import queries
from app.engines.review.models import ReviewEvent, Revision
from app.engines.review.registry import Kind, kind, stages_key
from app.engines.review.rules import (
    KEEPING,
    KEPT_SAVES,
    MOST_STAGES,
    REASON_MAX,
    WORKFLOW,
    Act,
    State,
    after,
    merged,
    refusal,
)
from app.engines.review.telling import tell
from app.extensions import db
from app.extensions.locks import lock
from app.extensions.phrases import listed

LOCKS = 7_281


def begin(
    actor: Actor,
    kind_name: str,
    subject_id: int,
    *,
    park_id: int | None,
    title: str,
    content: Mapping[str, Any],
) -> Revision:
    """The pending revision of a thing, or a new draft that starts from ``content``.

    Who finds a colleague's draft goes on with it: there is one at a time.
    """
    lock(LOCKS, f"{kind_name}:{subject_id}")
    open_one = queries.pending(kind_name, subject_id)
    if open_one is not None:
        return queries.get(actor, open_one.id)
    before = queries.last(kind_name, subject_id)
    if before is not None and not queries.author(actor, before):
        raise NotFound(f"{kind_name} {subject_id}")  # whatever park the caller says it is of
    declared = kind(kind_name)
    made = Revision(
        kind=kind_name,
        subject_id=subject_id,
        number=queries.next_number(kind_name, subject_id),
        park_id=park_id,
        title=title,
        content={name: value for name, value in content.items() if declared.named(name)},
        stages=stages_of(declared),
        created_by=actor.user_id,
        updated_by=actor.user_id,
    )
    if not queries.author(actor, made):
        raise Forbidden("review_not_author")
    with _reach(made):
        db.session.add(made)
        db.session.flush()
    _note(actor, made, "begin", content=made.content)
    return made


def stages_of(one: Kind) -> int:
    """How many persons must pass it: the zone's setting, or what the kind declares."""
    return min(max(int(settings.get(stages_key(one.name))), 1), MOST_STAGES)


def save(
    actor: Actor,
    revision_id: int,
    values: Mapping[str, Any],
    *,
    seen: int,
    title: str | None = None,
) -> Revision:
    """Keep what was typed. ``seen``: the version that the form showed.

    What a colleague saved meanwhile in other fields stays; the same field written differently
    raises ``Clash``. Fields that a correction did not ask for cannot change, and none is kept that
    the kind does not have: no reviewer would read it.
    """
    found = _for(actor, revision_id, Act.save)
    _known(found, set(values) - set(found.content))  # a field may have been there before
    wanted = _merged(found, values, seen)
    changed = {name for name, value in wanted.items() if value != found.content.get(name)}
    if not changed and (title is None or title == found.title):
        return found
    if found.returned_fields is not None and changed - set(found.returned_fields):
        raise Refusal("review_locked", fields=dict.fromkeys(changed, "review_locked"))
    found.content = wanted
    if title is not None:
        found.title = title
    _flush(actor, found)
    _note(actor, found, Act.save, content=found.content)
    with _reach(found):
        for old in queries.old_saves(found.id, KEPT_SAVES):
            db.session.delete(old)
        db.session.flush()
    return found


def _merged(found: Revision, values: Mapping[str, Any], seen: int) -> dict[str, Any]:
    if seen == found.version:
        return {**found.content, **values}
    before = queries.content_at(found.id, seen) if seen < found.version else None
    return merged(before, values, found.content)


def submit(actor: Actor, revision_id: int, *, seen: int) -> Revision:
    """提交: what was saved goes to the reviewers."""
    found = _for(actor, revision_id, Act.submit, seen=seen)
    _mended(found)
    kind(found.kind).check(actor, found)
    found.stages = stages_of(kind(found.kind))
    found.submitted_at, found.submitted_by = clock.now(), actor.user_id
    found.returned_fields, found.reason = None, ""
    return _step(actor, found, Act.submit)


class Subject(Struct, frozen=True):
    """The thing that a form is about: its kind, key and park, and what is in force of it."""

    kind: str
    id: int
    park_id: int | None
    title: str
    content: Mapping[str, Any]


def propose(
    actor: Actor, thing: Subject, values: Mapping[str, Any], *, seen: int, send: bool
) -> Revision:
    """What a form does: begin or go on with the draft, keep ``values``, submit when ``send``.

    ``seen`` is the version of the draft that the form showed; 0 when it showed what is in force.
    Raises ``Clash`` when a colleague changed the same fields meanwhile, ``Refusal``, ``Stale``.
    """
    open_one = queries.pending(thing.kind, thing.id)
    if open_one is None and seen:
        raise Stale  # the draft of this form was decided or thrown away
    if open_one is None:
        open_one = begin(
            *(actor, thing.kind, thing.id),
            park_id=thing.park_id,
            title=thing.title,
            content=thing.content,
        )
        seen = open_one.version
    elif not seen:
        values = merged(thing.content, values, open_one.content)
        seen = open_one.version
    kept = save(actor, open_one.id, values, seen=seen, title=thing.title)
    return submit(actor, kept.id, seen=kept.version) if send else kept


def send_only_own(thing: Revision | None) -> None:
    """Whoever did not say that the draft that is there shall go too does not send it along."""
    names = () if thing is None else queries.unsent_by(thing)
    if names:
        raise Refusal("review_draft_there", names=listed(names))


def withdraw(actor: Actor, revision_id: int) -> Revision:
    """撤回: back to a draft, as long as no reviewer has picked it up."""
    found = _for(actor, revision_id, Act.withdraw)
    # Asked for before anything changes: a SELECT would flush a revision of no park out of its reach.
    asked = queries.asked_for(found.id)
    found.submitted_at = found.submitted_by = None
    found.returned_fields = asked  # what a correction may touch stays so
    return _step(actor, found, Act.withdraw)


def discard(actor: Actor, revision_id: int) -> Revision:
    """Throw a draft away; what is in force stays as it is."""
    return _step(actor, _for(actor, revision_id, Act.discard), Act.discard)


def pick(actor: Actor, revision_id: int) -> Revision:
    """领取: the author can no longer withdraw, other reviewers see who has it."""
    found = _for(actor, revision_id, Act.pick)
    found.picked_by, found.picked_at = actor.user_id, clock.now()
    return _step(actor, found, Act.pick)


def release(actor: Actor, revision_id: int) -> Revision:
    """放回: somebody else may take it."""
    return _step(actor, _for(actor, revision_id, Act.release), Act.release)


def approve(actor: Actor, revision_id: int, *, seen: int, reason: str = "") -> Revision:
    """通过 this stage; after the last one the content is in force."""
    found = _for(actor, revision_id, Act.approve, seen=seen)
    if after(Act.approve, found.state, found.stage, found.stages)[0] is State.passed:
        with _reach(found):
            kind(found.kind).prepared(actor, found)
        before = queries.in_force(found.kind, found.subject_id)
        if before is not None:
            before.in_force = False
            _flush(actor, before)
        found.in_force = True
        found.decided_at, found.decided_by = clock.now(), actor.user_id
    done = _step(actor, found, Act.approve, reason=_reason(Act.approve, reason))
    if done.state is State.passed:
        with _reach(done):
            kind(done.kind).approved(actor, done)
    return done


def send_back(
    actor: Actor, revision_id: int, *, seen: int, reason: str, fields: Sequence[str] = ()
) -> Revision:
    """退回修改: the same revision, open again for its author; only ``fields`` (none: all)."""
    found = _for(actor, revision_id, Act.send_back, seen=seen)
    _known(found, fields)
    found.reason = _reason(Act.send_back, reason)
    found.returned_fields = list(fields) or None
    return _step(actor, found, Act.send_back, reason=found.reason, fields=found.returned_fields)


def refuse(actor: Actor, revision_id: int, *, seen: int, reason: str) -> Revision:
    """不予通过: this proposal ends; a new one may be made."""
    found = _for(actor, revision_id, Act.refuse, seen=seen)
    found.reason = _reason(Act.refuse, reason)
    found.decided_at, found.decided_by = clock.now(), actor.user_id
    return _step(actor, found, Act.refuse, reason=found.reason)


def revoke(actor: Actor, revision_id: int, *, seen: int, reason: str) -> Revision:
    """撤销 by the zone: what was approved is no longer in force."""
    found = _for(actor, revision_id, Act.revoke, seen=seen)
    declared = kind(found.kind)
    found.reason, found.in_force = _reason(Act.revoke, reason), False
    done = _step(actor, found, Act.revoke, reason=found.reason)
    before = queries.compared_with(done) if declared.falls_back else None
    with _reach(done):
        if before is not None and before.state is State.passed:
            before.in_force = True
            _flush(actor, before)
        declared.revoked(actor, done)
    return done


# -- shared ------------------------------------------------------------------------------------
def _known(found: Revision, names: Iterable[str]) -> None:
    """Refuses names that are no fields of the revision's kind."""
    if unknown := set(names) - {field.name for field in kind(found.kind).fields}:
        raise Refusal("review_unknown_field", name=min(unknown))


def _for(actor: Actor, revision_id: int, act: Act, *, seen: int | None = None) -> Revision:
    """The locked revision, when the act is open to this person on what they saw."""
    found = queries.locked(actor, revision_id)
    against = refusal(act, queries.standing(actor, found))
    stale = seen is not None and seen != found.version
    if against == "review_state" and stale:
        raise Stale(found)  # somebody was faster: say that, not that the act does not fit
    if against is not None:
        raise Refusal(against)
    if stale:
        raise Stale(found)
    return found


def _step(
    actor: Actor,
    found: Revision,
    act: Act,
    *,
    reason: str = "",
    fields: Sequence[str] | None = None,
) -> Revision:
    """Move on along the table, with its event, its trail entry and its notices."""
    stage_before, before = found.stage, found.state
    found.state, found.stage = after(act, found.state, found.stage, found.stages)
    if found.state is not State.picked:
        found.picked_by = found.picked_at = None
    _flush(actor, found)
    content = found.content if act in KEEPING else None
    event = _note(
        actor, found, act, stage=stage_before, reason=reason, fields=fields, content=content
    )
    tell(actor, found, event)
    details = {"reason": reason, "stage": stage_before, "sha256": event.sha256}
    trail.record(
        actor,
        f"review.{act}",
        trail.Ref(found.kind, found.subject_id, label=found.title, park_id=found.park_id),
        changes={"state": [before, found.state]},
        details={name: value for name, value in details.items() if value},
    )
    return found


def _note(  # noqa: PLR0913 - an event, field by field
    actor: Actor,
    found: Revision,
    act: str,
    *,
    stage: int | None = None,
    reason: str = "",
    fields: Sequence[str] | None = None,
    content: Mapping[str, Any] | None = None,
) -> ReviewEvent:
    made = ReviewEvent(
        revision_id=found.id,
        at=_now_after(found),
        actor_id=actor.user_id,
        actor_name=actor.name or actor.username,
        act=str(act),
        stage=found.stage if stage is None else stage,
        reason=reason,
        fields=None if fields is None else list(fields),
        version=found.version,
        content=None if content is None else dict(content),
        sha256=digest(found.content),
    )
    db.session.add(made)
    db.session.flush()
    return made


def _now_after(found: Revision) -> datetime:
    """Never before the submission it answers, whatever the clock does."""
    now = clock.now()
    return now if found.submitted_at is None else max(now, found.submitted_at)


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content in canonical JSON: what exactly was decided on."""
    text = json.dumps(dict(content), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _flush(actor: Actor, found: Revision) -> None:
    found.updated_by, found.updated_at = actor.user_id, clock.now()
    with _reach(found):
        db.session.flush()


@contextmanager
def _reach(found: Revision) -> Iterator[None]:
    """A revision of no park lies outside every row scope: its author was asked for above."""
    if found.park_id is not None:
        yield
        return
    with scope.unscoped():
        yield


def _mended(found: Revision) -> None:
    """What a return named by field comes back with a change in at least one of them."""
    asked = found.returned_fields or ()
    before = queries.content_returned(found.id) if asked else None
    if before is None or any(before.get(name) != found.content.get(name) for name in asked):
        return
    raise Refusal("review_not_mended", fields=dict.fromkeys(asked, "review_not_mended"))


def _reason(act: Act, text: str) -> str:
    reason = text.strip()
    if WORKFLOW[act].reason and not reason:
        raise Refusal("review_reason_missing", fields={"reason": "review_reason_missing"})
    if len(reason) > REASON_MAX:
        raise Refusal("review_reason_long", fields={"reason": "review_reason_long"})
    return reason
