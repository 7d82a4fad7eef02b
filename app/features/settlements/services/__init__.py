"""Every write on applications: bare verbs, actor first; they flush, the caller commits."""

from __future__ import annotations

from app.features.settlements.services.applying import (
    Sent,
    adopt,
    agreed,
    apply,
    check,
    earlier,
    forget,
    form_key,
    privacy,
    withdraw,
)
from app.features.settlements.services.handling import (
    Landing,
    decline,
    follow,
    land,
    move,
    prove,
    reopen,
    reveal,
)
from app.features.settlements.services.messages import inform
from app.features.settlements.services.noting import Upload
from app.features.settlements.services.nudging import nudge
from app.features.settlements.services.telling import TELLERS, told

__all__ = [
    "TELLERS",
    "Landing",
    "Sent",
    "Upload",
    "adopt",
    "agreed",
    "apply",
    "check",
    "decline",
    "earlier",
    "follow",
    "forget",
    "form_key",
    "inform",
    "land",
    "move",
    "nudge",
    "privacy",
    "prove",
    "reopen",
    "reveal",
    "told",
    "withdraw",
]
