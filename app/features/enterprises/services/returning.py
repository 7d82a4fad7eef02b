"""迁回: an enterprise comes back to a park that it once left. The record that the park kept goes on
with the values that come along, so that the park has one record of it, with its whole history.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.core.actor import Actor
from app.engines import trail
from app.engines.sheets.values import revive
from app.extensions import db
from app.features.enterprises import policy, queries
from app.features.enterprises.models import Enterprise
from app.features.enterprises.models.moves import EnterpriseMove
from app.features.enterprises.queries import moves
from app.features.enterprises.rules import BY_NAME, PERSONAL, YEARLY
from app.features.enterprises.rules.moves import UNDO_FOR
from app.features.enterprises.rules.origins import Origin
from app.features.enterprises.services import counts
from app.features.enterprises.services.certified import put
from app.features.enterprises.services.register import set_figures
from app.features.enterprises.services.staged import to_wire

#: In ``EnterpriseMove.kept``: the record was there before; what it held, until undoing is over.
RETURNED, BEFORE = "returned", "before"
AT_ONCE = 200


def hanging(enterprise_id: int) -> int:
    """How much of other features hangs on a record."""
    return sum(one.of([enterprise_id]).get(enterprise_id, 0) for one in policy.HANGING)


def come_back(
    actor: Actor,
    found: EnterpriseMove,
    item: Enterprise,
    values: Mapping[str, Any],
    figures: tuple[int, Mapping[str, Any]],
    *,
    now: datetime,
) -> dict[str, Any]:
    """``item``, locked, lives again with ``values`` and the year's ``figures``; answers with what
    changed. What stays as it was keeps its source; closed years are the park's own."""
    year, sums = figures
    found.kept = {
        **(found.kept or {}),
        RETURNED: hanging(item.id),
        BEFORE: _held(item, values, year),
    }
    status = item.status
    put(item, values, Origin.moved, {})
    item.moved_to, item.moved_from = None, found.enterprise_id
    item.updated_by, item.updated_at = actor.user_id, now
    changes = trail.changes_of(item, values)
    db.session.flush()
    changes |= set_figures(item, year, sums, Origin.moved)
    counts.move(item.park_id, gone=status, come=item.status)
    return changes


def _held(item: Enterprise, values: Mapping[str, Any], year: int) -> dict[str, Any]:
    row = queries.figures(item.id, year)
    told = row and {
        "origins": row.origins,
        **{name: to_wire(getattr(row, name)) for name in YEARLY},
    }
    now = {name: getattr(item, name) for name in values}
    return {
        "values": {name: to_wire(one) for name, one in now.items() if one != values[name]},
        **{name: getattr(item, name) for name in ("origins", "moved_to", "moved_from")},
        "year": year,
        "figures": told,
    }


def leave_again(actor: Actor, found: EnterpriseMove, item: Enterprise, now: datetime) -> None:
    """The coming back is undone: the record is what it was, read only."""
    kept = found.kept or {}
    before = kept[BEFORE]
    status = item.status
    values = {name: revive(BY_NAME[name].kind, one) for name, one in before["values"].items()}
    put(item, values, Origin.unknown, {})
    item.origins = before["origins"]
    item.moved_to, item.moved_from = before["moved_to"], before["moved_from"]
    item.updated_by, item.updated_at = actor.user_id, now
    changes = trail.changes_of(item, values)
    db.session.flush()
    changes |= _figures_back(item, before["year"], before["figures"])
    counts.move(item.park_id, gone=status, come=item.status)
    found.kept = {name: one for name, one in kept.items() if name != BEFORE}
    details = {"number": found.id}
    trail.record(
        actor, "enterprise.move_undone", item, changes=changes, details=details, personal=PERSONAL
    )


def _figures_back(
    item: Enterprise, year: int, told: Mapping[str, Any] | None
) -> dict[str, list[Any]]:
    wire = told or {}
    values = {name: revive(BY_NAME[name].kind, wire.get(name)) for name in YEARLY}
    changes = set_figures(item, year, values, Origin.unknown)
    row = queries.figures(item.id, year)
    if row is not None and told is None:
        db.session.delete(row)
    elif row is not None:
        row.origins = wire["origins"]
    db.session.flush()
    return changes


def forget(actor: Actor, now: datetime) -> int:
    """What a record held before its enterprise came back serves undoing that and holds contacts: it
    goes when undoing is over. By the clock; how many moves were cleared."""
    found = moves.holding(BEFORE, now - UNDO_FOR, AT_ONCE)
    for one in found:
        one.kept = {name: value for name, value in (one.kept or {}).items() if name != BEFORE}
        db.session.flush()
        details = {"number": one.id}
        target = trail.Ref("enterprise_move", one.id, label=one.name)
        trail.record(actor, "enterprise_move.forgotten", target, details=details)
    return len(found)
