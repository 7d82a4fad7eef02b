"""Where the work of a round is done: from its page to the board, the reviews, the panel, the scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.features.assessments import policy
from app.features.assessments.models import AssessmentRound
from app.features.assessments.queries import rounds
from app.features.assessments.rules.rounds import RoundState
from app.web.acting import current_actor
from app.web.listing.page import Cell

#: Fact of the round's page -> its words.
PLACES: Mapping[str, Any] = {
    "to_board": _l("考核看板"),
    "to_reviews": _l("审核进度"),
    "to_queue": _l("填报审核"),
    "to_panel": _l("专家评审"),
    "to_scores": _l("计分"),
    "to_publication": _l("公示管理"),
}
_BEFORE = frozenset({RoundState.draft, RoundState.planned, RoundState.cancelled})
_REAL = frozenset({"to_board", "to_queue", "to_publication"})
_ADDRESS: Mapping[str, Callable[[int], str]] = {
    "to_board": lambda pk: f"/desk/assessment-board/?round={pk}",
    "to_reviews": lambda pk: f"/desk/filing-reviews/board/{pk}",
    "to_queue": lambda pk: f"/desk/filing-reviews/list/?round={pk}",
    "to_panel": lambda pk: f"/desk/expert-panel/lead/{pk}",
    "to_scores": lambda pk: f"/desk/scoring/round/{pk}",
    "to_publication": lambda pk: f"/desk/publications/{pk}",
}
_RIGHT: Mapping[str, tuple[str, str]] = {
    "to_reviews": ("can_list", policy.JUDGE_VIEW),
    "to_queue": ("can_list", policy.JUDGE_VIEW),
    "to_panel": ("can_lead", policy.PANEL_VIEW),
}


def place_of(item: AssessmentRound, name: str) -> Cell:
    """A link, or a dash where there is nothing yet, or not for a rehearsal."""
    if RoundState(item.state) in _BEFORE or (item.rehearsal_of_id and name in _REAL):
        return Cell("")
    if name in _RIGHT and not current_actor().can(*_RIGHT[name]):
        return Cell("")
    if name == "to_panel" and not rounds.scheme_of(item).experts:
        return Cell("")
    return Cell(_("查看%(what)s", what=PLACES[name]), url=_ADDRESS[name](item.id))
