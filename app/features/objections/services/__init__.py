"""Every write on objections: bare verbs, actor first; they flush, the caller commits."""

from __future__ import annotations

from app.features.objections.services.correcting import (
    against_confirming,
    corrections,
    note_corrected,
)
from app.features.objections.services.filing import (
    Claim,
    Upload,
    again,
    again_until,
    against_again,
    file,
    withdraw,
)
from app.features.objections.services.handling import (
    about,
    accept,
    all_said,
    answer,
    codes_of,
    decide,
    recall,
    refuse,
    reviewers,
    standing_of,
    verify,
    write,
)
from app.features.objections.services.messages import inform, nudge
from app.features.objections.services.noting import TELLERS
from app.features.objections.services.waiting import waiting_for

__all__ = [
    "TELLERS",
    "Claim",
    "Upload",
    "about",
    "accept",
    "again",
    "again_until",
    "against_again",
    "against_confirming",
    "all_said",
    "answer",
    "codes_of",
    "corrections",
    "decide",
    "file",
    "inform",
    "note_corrected",
    "nudge",
    "recall",
    "refuse",
    "reviewers",
    "standing_of",
    "verify",
    "waiting_for",
    "withdraw",
    "write",
]
