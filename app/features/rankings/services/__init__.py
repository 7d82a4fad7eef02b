"""Every write on publications: bare verbs, actor first; they flush, the caller commits."""

from __future__ import annotations

from app.features.rankings.services.confirming import (
    GUARDS,
    against_confirming,
    archive,
    confirm,
)
from app.features.rankings.services.consequences import Report, close, exported, reopen, report
from app.features.rankings.services.following import following
from app.features.rankings.services.messages import inform
from app.features.rankings.services.previous import carry
from app.features.rankings.services.publishing import (
    TELLERS,
    against_publishing,
    ahead,
    publicize,
    publish_anew,
    show_to_all,
    withdraw,
)
from app.features.rankings.services.verifying import broken, is_whole, look

__all__ = [
    "GUARDS",
    "TELLERS",
    "Report",
    "against_confirming",
    "against_publishing",
    "ahead",
    "archive",
    "broken",
    "carry",
    "close",
    "confirm",
    "exported",
    "following",
    "inform",
    "is_whole",
    "look",
    "publicize",
    "publish_anew",
    "reopen",
    "report",
    "show_to_all",
    "withdraw",
]
