"""人工核验: credit codes that fail the check sign and are real all the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from app.core import clock
from app.core import uscc as credit_code
from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import files, trail
from app.extensions import db
from app.features.enterprises import queries
from app.features.enterprises.models import AcceptedCode

EVIDENCE_KIND = "code_evidence"
EVIDENCE_TYPES = frozenset({"pdf", "png", "jpeg"})
EVIDENCE_MOST = 10 * 1024 * 1024


class Evidence(Struct, frozen=True):
    """The scan of the licence as it was uploaded."""

    stream: Any
    name: str


def accept_code(
    actor: Actor, code: str, *, evidence: str, name: str = "", file: Evidence | None = None
) -> AcceptedCode:
    """人工核验通过: from now on the code passes everywhere."""
    code = code.strip().upper()
    if not evidence.strip():
        raise Refusal("evidence_missing", fields={"evidence": "evidence_missing"})
    if credit_code.fault(code) != "check":
        raise Refusal("code_needs_no_acceptance", fields={"uscc": "code_needs_no_acceptance"})
    row = queries.accepted_row(code, lock=True)
    if row is not None and row.revoked_at is None:
        raise Refusal("code_accepted_already", fields={"uscc": "code_accepted_already"})
    if row is None:
        row = AcceptedCode(uscc=code)
        db.session.add(row)
    row.name, row.evidence = name.strip()[:120], evidence.strip()[:500]
    row.accepted_at, row.accepted_by = clock.now(), actor.user_id
    row.revoked_at = row.revoke_reason = None
    details = {"name": row.name, "evidence": row.evidence}
    if file is not None:
        kept = _keep(actor, file)
        files.keep_until(row.file_key, clock.now())  # the scan of an earlier acceptance
        row.file_key = kept.key
        details["file"] = kept.sha256
    db.session.flush()
    trail.record(actor, "code.accepted", row, label=code, details=details)
    return row


def _keep(actor: Actor, file: Evidence) -> files.StoredFile:
    try:
        return files.store(
            actor,
            file.stream,
            file.name,
            kind=EVIDENCE_KIND,
            allowed=EVIDENCE_TYPES,
            max_bytes=EVIDENCE_MOST,
        )
    except files.StorageUnavailable:
        raise
    except Refusal as refusal:
        raise Refusal(refusal.code, fields={"file": refusal.code}, **refusal.params) from refusal


def revoke_code(actor: Actor, pk: int, *, reason: str, now: datetime) -> AcceptedCode:
    """From now on the code fails again; enterprises that carry it stay as they are."""
    row = queries.accepted_row(queries.accepted_code(pk).uscc, lock=True)
    if row is None or row.revoked_at is not None:
        raise Refusal("code_revoked_already")
    if not reason.strip():
        raise Refusal("revoke_reason_missing", fields={"reason": "revoke_reason_missing"})
    row.revoked_at, row.revoke_reason = now, reason.strip()[:200]
    db.session.flush()
    trail.record(actor, "code.revoked", row, label=row.uscc, details={"reason": row.revoke_reason})
    return row
