"""Every write on the register: single records, and imports as a whole."""

from __future__ import annotations

from app.features.enterprises.services.codes import (
    EVIDENCE_KIND,
    Evidence,
    accept_code,
    revoke_code,
)
from app.features.enterprises.services.purging import purge
from app.features.enterprises.services.putting import put
from app.features.enterprises.services.register import (
    add,
    change,
    discard,
    restore,
    reveal,
)

__all__ = [
    "EVIDENCE_KIND",
    "Evidence",
    "accept_code",
    "add",
    "change",
    "discard",
    "purge",
    "put",
    "restore",
    "reveal",
    "revoke_code",
]
