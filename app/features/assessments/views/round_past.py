"""变更记录 of a round: what was done to it, and to its parks one by one."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.engines import trail
from app.features.assessments.labels import ACTS
from app.features.assessments.labels.zone import ROUND_HEADINGS
from app.features.assessments.queries import round_board
from app.web import cells
from app.web.listing.page import HistoryItem

#: Acts on a filing that are the round's matter.
OF_PARKS = (
    "assessment.filing_extended",
    "assessment.filing_left_out",
    "assessment.filing_taken_in",
)


def past_of(round_id: int) -> tuple[HistoryItem, ...]:
    """The newest first."""
    names = {one.filing.id: one.park.name for one in round_board.parks_of(round_id)}
    entries = [
        *trail.history("assessment_round", round_id),
        *trail.history_of("assessment_filing", names, OF_PARKS),
    ]
    return tuple(_item(one, names) for one in sorted(entries, key=lambda one: -one.id))


def _item(entry: Any, names: dict[int, str]) -> HistoryItem:
    changes = tuple(
        (ROUND_HEADINGS.get(name, name), cells.words(old), cells.words(new))
        for name, (old, new) in entry.changes.items()
        if name in ROUND_HEADINGS
    )
    note = entry.details.get("reason", "")
    if entry.object_type == "assessment_filing":
        note = _park_note(names[int(entry.object_id)], entry.details)
    return HistoryItem(
        at=entry.at,
        actor=entry.actor_name,
        action=ACTS.get(entry.action, entry.action),
        changes=changes,
        note=note,
    )


def _park_note(park: str, details: dict[str, str]) -> str:
    """Which park, and why."""
    told = {"park": park, "day": details.get("until", ""), "reason": details.get("reason", "")}
    if told["day"]:
        return str(_("%(park)s：截止日改为 %(day)s，原因：%(reason)s", **told))
    return str(_("%(park)s：%(reason)s", **told)) if told["reason"] else park
