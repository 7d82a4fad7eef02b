"""变更记录 of a park: what the reviews of 信息维护 changed, beside the acts on the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.engines import review, trail
from app.features.accounts import queries as accounts
from app.features.parks import queries
from app.features.parks.models import Park
from app.features.parks.services import profiles
from app.features.parks.views.kinds import PROFILE, words_of
from app.web.listing.page import HistoryItem

#: So many signs of a text tell what it was.
BRIEF = 60


def moment(item: HistoryItem) -> datetime:
    found: datetime = item.at
    return found


def reviewed(park: Park) -> Iterator[HistoryItem]:
    """Each approved version against the one before, and each revocation with its reason."""
    last = review.last(profiles.KIND, park.id)
    if last is None:
        return
    states = (review.State.passed, review.State.revoked)
    newest = [last] if last.state in states else []
    before = queries.origin_of(park.id)
    for one in reversed([*newest, *review.versions(last)]):
        by = accounts.account(one.decided_by).name if one.decided_by else ""
        yield HistoryItem(one.decided_at, by, _("信息维护审核通过"), _changes(before, one.content))
        before = one.content
    for entry in trail.history(profiles.KIND, park.id, only=("review.revoke",)):
        reason = str(entry.details.get("reason", ""))
        yield HistoryItem(entry.at, entry.actor_name, _("撤销信息维护"), note=reason)


def _changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> tuple[tuple[str, str, str], ...]:
    found = review.difference(PROFILE, before, after)
    return tuple(
        (str(one.field.heading), _brief(one.field.name, one.old), _brief(one.field.name, one.new))
        for one in found
        if one.change is not review.Change.same
    )


def _brief(name: str, value: object) -> str:
    words = words_of(name, value)
    return words if len(words) <= BRIEF else f"{words[:BRIEF]}…"
