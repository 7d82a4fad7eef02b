"""Single records: add, change, delete into the recycle bin, restore."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.core import clock
from app.core import uscc as credit_code
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal, Stale, refuse_if
from app.core.phones import mask_email, mask_name, mask_phone
from app.engines import recycling, trail
from app.extensions import db
from app.features.enterprises import policy, queries
from app.features.enterprises.models import Enterprise, EnterpriseYear
from app.features.enterprises.queries import duplicates
from app.features.enterprises.queries.certified import certified
from app.features.enterprises.rules import BY_NAME, MASK, PERSONAL, PLAIN, YEARLY, name_key
from app.features.enterprises.rules.origins import (
    NOTHING_YEARLY,
    OF_RECORD,
    Origin,
    fresh,
    relettered,
)
from app.features.enterprises.rules.sameness import same_key
from app.features.enterprises.services import counts, locks
from app.features.enterprises.services.certified import adopt, put

MASKS = {"contact_phone": mask_phone, "email": mask_email}
HIDES = {**MASKS, "contact_name": mask_name}


def masked(name: str, value: str | None) -> str:
    """A personal value as shown without a reveal, to whoever may see personal columns."""
    return MASKS[name](value) if value and name in MASKS else (value or "")


def hidden(name: str, value: str | None) -> str:
    """A personal value as shown to whoever may not see personal columns."""
    return HIDES[name](value) if value and name in HIDES else (value or "")


def add(actor: Actor, park_id: int, values: Mapping[str, Any], *, year: int) -> Enterprise:
    """A new record of a park; ``values`` hold parsed values by column name.

    What is certified of the company stands, whatever was typed.
    """
    if actor.scope_park_ids is not None and park_id not in actor.scope_park_ids:
        raise NotFound("park outside the scope")
    _check(values, masked_ok=False)
    locks.park(park_id)
    if queries.alive_with_code(park_id, values["uscc"]) is not None:
        raise Refusal("code_taken", fields={"uscc": "code_taken"})
    _not_merged(park_id, values["uscc"])
    proven = certified(values["uscc"])
    values = {**values, **proven.values}
    plain = {name: value for name, value in values.items() if name not in YEARLY}
    plain["status"] = plain.get("status") or BY_NAME["status"].default
    source = OF_RECORD[plain.get("source", "typed")]
    item = Enterprise(
        **plain,
        origins=fresh(PLAIN, plain, source, proven.origins),
        park_id=park_id,
        name_key=name_key(plain["name"]),
        same_key=same_key(plain["name"]),
        created_by=actor.user_id,
        updated_by=actor.user_id,
    )
    db.session.add(item)
    changes = trail.changes_of(item, plain)
    db.session.flush()
    changes |= set_figures(item, year, values, source)
    counts.move(park_id, come=item.status)
    trail.record(actor, "enterprise.added", item, changes=changes, personal=PERSONAL)
    return item


def change(
    actor: Actor, enterprise_id: int, values: Mapping[str, Any], *, version: int, year: int
) -> Enterprise:
    """Save an edit made on ``version``; raises ``Stale`` when somebody saved meanwhile.

    What is certified of the company stands, whatever was typed.
    """
    item = _locked(enterprise_id)
    refuse_if(policy.changing(item))
    if item.version != version:
        raise Stale(item)
    values = keep_masked(item, values)
    _check({**_current(item), **values}, masked_ok=True, had=item.uscc)
    other = queries.alive_with_code(item.park_id, values.get("uscc", item.uscc))
    if other is not None and other.id != item.id:
        raise Refusal("code_taken", fields={"uscc": "code_taken"})
    if values.get("uscc", item.uscc) != item.uscc:
        _not_merged(item.park_id, values["uscc"], into=item.id)
    proven = certified(values.get("uscc", item.uscc))
    values |= proven.values
    before = item.status
    plain = {name: value for name, value in values.items() if name not in YEARLY}
    put(item, plain, Origin.typed, proven.origins)
    changes = trail.changes_of(item, plain)
    if changes:
        _stamp(actor, item)  # ahead of what flushes: one save is one version
    figures = set_figures(item, year, values, Origin.typed)
    if not changes and not figures:
        db.session.expire(item)
        return queries.get(enterprise_id)
    if not changes:
        _stamp(actor, item)
    db.session.flush()
    counts.move(item.park_id, gone=before, come=item.status)
    trail.record(
        actor, "enterprise.changed", item, changes={**changes, **figures}, personal=PERSONAL
    )
    return item


def _stamp(actor: Actor, item: Enterprise) -> None:
    item.updated_by = actor.user_id
    item.updated_at = clock.now()


def keep_masked(item: Enterprise, values: Mapping[str, Any]) -> dict[str, Any]:
    """A masked field left alone stays unchanged; any other ``*`` in a personal field is refused."""
    kept = dict(values)
    for name in PERSONAL:
        value = kept.get(name)
        if isinstance(value, str) and MASK in value:
            if value not in (masked(name, getattr(item, name)), hidden(name, getattr(item, name))):
                raise Refusal("masked_value", fields={name: "masked_value"})
            del kept[name]
    return kept


def discard(actor: Actor, enterprise_id: int, *, reason: str, now: datetime) -> Enterprise:
    """Move a record to the recycle bin."""
    item = _locked(enterprise_id)
    refuse_if(policy.discarding(item))
    values = binned(actor, reason, now)
    for name, value in values.items():
        setattr(item, name, value)
    db.session.flush()
    recycling.put(actor, [in_bin(item)], reason=values["delete_reason"], now=now)
    counts.move(item.park_id, gone=item.status)
    details = {"reason": item.delete_reason}
    trail.record(actor, "enterprise.deleted", item, details=details)
    return item


def binned(actor: Actor, reason: str, now: datetime) -> dict[str, Any]:
    """What a record in the recycle bin carries."""
    reason = reason.strip()[:200] or "—"
    return {"deleted_at": now, "deleted_by": actor.user_id, "delete_reason": reason}


def in_bin(item: Enterprise) -> recycling.Gone:
    """The record as the recycle bin lists it: nothing personal."""
    return recycling.Gone(
        Enterprise.__tablename__,
        item.id,
        item.name,
        park_id=item.park_id,
        search=f"{item.name_key}|{item.uscc.lower()}",
        facts={"uscc": item.uscc, "status": item.status},
    )


def restore(actor: Actor, enterprise_id: int) -> Enterprise:
    """Take a record back; refused, naming the live row, when its code is in use again."""
    item = _locked(enterprise_id, deleted=True)
    live = queries.alive_with_code(item.park_id, item.uscc)
    if live is not None:
        raise Refusal("restore_code_taken", name=live.name, live=live.id)
    item.deleted_at = item.deleted_by = item.delete_reason = None
    db.session.flush()
    recycling.drop(Enterprise.__tablename__, item.id)
    counts.move(item.park_id, come=item.status)
    trail.record(actor, "enterprise.restored", item)
    adopt(actor, item)
    return item


def reveal(actor: Actor, enterprise_id: int, name: str, *, purpose: str) -> str:
    """A personal value in full, for a purpose; the reveal itself is recorded."""
    if name not in MASKS or not policy.personal(actor):
        raise NotFound("nothing to reveal")
    item = queries.get(enterprise_id)
    if len(purpose.strip()) < 2:
        raise Refusal("reveal_reason_missing", fields={"purpose": "reveal_reason_missing"})
    trail.record(actor, "enterprise.revealed", item, details={"field": name, "purpose": purpose})
    return getattr(item, name) or ""


def _locked(enterprise_id: int, *, deleted: bool = False) -> Enterprise:
    """A record to be changed, with its park's register; in this order, as an import does."""
    locks.park(queries.get(enterprise_id, deleted=deleted).park_id)
    return queries.locked(enterprise_id, deleted=deleted)


def set_figures(
    item: Enterprise, year: int, values: Mapping[str, Any], source: Origin
) -> dict[str, list[Any]]:
    """Write the yearly figures among ``values``; what changed, by field and year."""
    wanted = {name: values[name] for name in YEARLY if name in values}
    row = queries.figures(item.id, year)
    if row is None:
        if all(value is None for value in wanted.values()):
            return {}
        row = EnterpriseYear(
            enterprise_id=item.id, park_id=item.park_id, year=year, origins=NOTHING_YEARLY
        )
        db.session.add(row)
    for name, value in wanted.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            row.origins = relettered(row.origins, (name,), source)
    changes = trail.changes_of(row, wanted)
    db.session.flush()
    return {f"{name}@{year}": pair for name, pair in changes.items()}


def _not_merged(park_id: int, uscc: str, *, into: int | None = None) -> None:
    """Who types the code of a record that was merged would make the duplicate once more; but for the
    one that it was merged ``into``, whose code it may turn out to be."""
    found = duplicates.codes_merged(park_id, [uscc]).get(uscc)
    if found is not None and found.id != into:
        raise Refusal("code_merged", fields={"uscc": "code_merged"}, name=found.name)


def _current(item: Enterprise) -> dict[str, Any]:
    return {name: getattr(item, name) for name in BY_NAME if name not in YEARLY}


def _check(values: Mapping[str, Any], *, masked_ok: bool, had: str = "") -> None:
    """``had``: the code that the record carries already; only another one is looked at."""
    missing = [
        column.name
        for column in BY_NAME.values()
        if column.required and values.get(column.name) in (None, "", ())
    ]
    if missing:
        raise Refusal("required", fields=dict.fromkeys(missing, "required"))
    fault = credit_code.fault(values["uscc"]) if values["uscc"] != had else None
    if fault is not None and values["uscc"] not in queries.accepted_codes([values["uscc"]]):
        raise Refusal("bad_code", fields={"uscc": "bad_code"})
    if masked_ok:
        return
    hidden = [name for name in PERSONAL if MASK in str(values.get(name) or "")]
    if hidden:
        raise Refusal("masked_value", fields=dict.fromkeys(hidden, "masked_value"))
