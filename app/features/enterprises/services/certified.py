"""认证为准: what 海易办 or an examined licence says of a company stands above what parks write.

A certification that comes or changes is taken over into the records of all parks; each park sees it
in its own history and learns nothing of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock, scope
from app.core.actor import Actor
from app.engines import notices, trail
from app.extensions import db
from app.features.enterprises import queries
from app.features.enterprises.models import Enterprise
from app.features.enterprises.queries.certified import Certified, alive_everywhere, certified
from app.features.enterprises.rules import PERSONAL, name_key
from app.features.enterprises.rules.origins import Origin, relettered
from app.features.enterprises.rules.sameness import same_key
from app.features.enterprises.services import locks
from app.features.parks.queries import managers_of


def put(
    item: Enterprise, values: Mapping[str, Any], source: Origin, proven: Mapping[str, Origin]
) -> None:
    """Set plain columns of a record, with where they come from; what stays as it is keeps its own.

    Every write of single records goes through here.
    """
    changed = [name for name, value in values.items() if getattr(item, name) != value]
    for name in changed:
        setattr(item, name, values[name])
        item.origins = relettered(item.origins, (name,), proven.get(name, source))
    if "name" in changed:
        item.name_key, item.same_key = name_key(item.name), same_key(item.name)


def lags(uscc: str) -> bool:
    """Whether a record of any park says something else than what is certified."""
    with scope.unscoped():  # at a sign-in nobody's parks are in reach
        now = certified(uscc)
        return any(_differs(one, now) for one in alive_everywhere(uscc))


def follow(actor: Actor, uscc: str) -> int:
    """Take what is certified of a company into its records, wherever they are; how many changed.

    By a job, never at the sign-in itself: it waits for whoever writes by what was certified before.
    """
    with scope.unscoped():
        locks.certifying()
        now = certified(uscc)
        differing = [one for one in alive_everywhere(uscc) if _differs(one, now)]
        locks.parks(one.park_id for one in differing)
        for item in queries.locked_many([one.id for one in differing]):
            _adopt(actor, item, now)
    return len(differing)


def _differs(item: Enterprise, now: Certified) -> bool:
    return any(getattr(item, name) != value for name, value in now.values.items())


def adopt(actor: Actor, item: Enterprise) -> None:
    """The same for one locked record, which comes back from the recycle bin."""
    now = certified(item.uscc)
    if _differs(item, now):
        _adopt(actor, item, now)


def _adopt(actor: Actor, item: Enterprise, now: Certified) -> None:
    put(item, now.values, now.origin, {})
    changes = trail.changes_of(item, now.values)
    item.updated_by, item.updated_at = actor.user_id, clock.now()
    db.session.flush()
    told = {"source": now.origin.name}
    trail.record(
        actor, "enterprise.certified", item, changes=changes, details=told, personal=PERSONAL
    )
    _tell(item, changes)


def _tell(item: Enterprise, names: Iterable[str]) -> None:
    """To who looks after the park."""
    params = {"name": item.name, "fields": list(names)}
    link = f"/desk/enterprises/show/{item.id}"
    cause = f"enterprise_certified:{item.id}:{item.version}"
    notices.tell(managers_of(item.park_id), "enterprise.certified", params, link=link, cause=cause)
