"""Audit trail: who did what to which object, in a chain that shows any later change.

``record`` writes in the caller's transaction: without its entry the act itself does not happen.
Call it after the writes it tells of: on PostgreSQL it holds the chain's head row until the commit,
so everything that comes between makes the others wait.
"""

from __future__ import annotations

from app.engines.trail.changes import changes_of, plain
from app.engines.trail.models import AuditEntry
from app.engines.trail.reading import LOOKS, history, history_of, last_number, shown_changes
from app.engines.trail.recording import Ref, denied, record, record_many
from app.engines.trail.verification import Verification, verify

__all__ = [
    "LOOKS",
    "AuditEntry",
    "Ref",
    "Verification",
    "changes_of",
    "denied",
    "history",
    "history_of",
    "last_number",
    "plain",
    "record",
    "record_many",
    "shown_changes",
    "verify",
]
