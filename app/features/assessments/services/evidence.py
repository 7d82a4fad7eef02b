"""Papers behind the values, and the signed commitment: replaced and removed ones stay, in time."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import NotFound, Refusal
from app.engines import files, trail
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import AssessmentFiling, FilingEvidence
from app.features.assessments.queries import filings, rounds
from app.features.assessments.rules import form
from app.features.assessments.rules.filing import Act
from app.features.assessments.rules.form import PARK
from app.features.assessments.services.filling import begin, open_here

TYPES = frozenset({"pdf", "png", "jpeg", "docx", "xlsx"})
COMMITMENT_TYPES = frozenset({"pdf", "png", "jpeg"})
#: Files that count at once for one value.
MOST = 20


class Upload(Struct, frozen=True):
    """A file as it came; ``most`` bytes may it have."""

    stream: IO[bytes]
    name: str
    most: int


def attach(
    actor: Actor,
    filing_id: int,
    code: str,
    upload: Upload,
    *,
    now: datetime,
    replaces: int | None = None,
) -> FilingEvidence:
    """Keep a file for a value; ``replaces``: the one that it is a new version of."""
    filing = _open_for(actor, filing_id, code, now)
    there = filings.evidence(filing_id).get(code, ())
    old = filings.paper(replaces, filing_id) if replaces is not None else None
    if old is not None and old.code != code:  # another value's: it may not be open to changes
        raise NotFound(f"evidence {old.id} of {code}")
    if old is None and len(there) >= MOST:
        raise Refusal("evidence_many", most=MOST)
    stored = _store(actor, filing, upload, policy.EVIDENCE, TYPES)
    made = FilingEvidence(
        filing_id=filing_id,
        park_id=filing.park_id,
        code=code,
        file_key=stored.key,
        name=stored.name,
        size=stored.size,
        sha256=stored.sha256,
        at=now,
        by_id=actor.user_id,
        replaces_id=old.id if old is not None else None,
    )
    db.session.add(made)
    if old is not None:
        old.removed_at, old.removed_by = now, actor.user_id
    db.session.flush()
    details = {"code": code, "name": made.name, "sha256": made.sha256}
    trail.record(actor, "assessment.evidence_added", filing, details=details)
    return made


def remove(actor: Actor, filing_id: int, evidence_id: int, *, now: datetime) -> FilingEvidence:
    """It counts no more; the file stays with its time."""
    begin(actor, filing_id, Act.save, now)
    found = filings.paper(evidence_id, filing_id)
    filing = _open_for(actor, filing_id, found.code, now)
    found.removed_at, found.removed_by = now, actor.user_id
    db.session.flush()
    details = {"code": found.code, "name": found.name, "sha256": found.sha256}
    trail.record(actor, "assessment.evidence_removed", filing, details=details)
    return found


def commit_to(actor: Actor, filing_id: int, upload: Upload, *, now: datetime) -> AssessmentFiling:
    """The commitment, signed and scanned; a later one counts in its place."""
    _found, filing = begin(actor, filing_id, Act.save, now)
    stored = _store(actor, filing, upload, policy.COMMITMENT, COMMITMENT_TYPES)
    filing.commitment_key = stored.key
    filing.updated_by = actor.user_id
    db.session.flush()
    details = {"name": stored.name, "sha256": stored.sha256}
    trail.record(actor, "assessment.commitment_added", filing, details=details)
    return filing


def _open_for(actor: Actor, filing_id: int, code: str, now: datetime) -> AssessmentFiling:
    found, filing = begin(actor, filing_id, Act.save, now)
    ask = form.asks(rounds.scheme_of(found)).get(code)
    if ask is None:
        raise Refusal("value_unknown")
    if ask.owner != PARK:
        raise Refusal("value_locked")
    open_here(filing, filings.value_locked(filing_id, code))
    return filing


def _store(
    actor: Actor, filing: AssessmentFiling, upload: Upload, kind: str, allowed: frozenset[str]
) -> files.StoredFile:
    return files.store(
        actor,
        upload.stream,
        upload.name,
        kind=kind,
        allowed=allowed,
        max_bytes=upload.most,
        park_id=filing.park_id,
    )
