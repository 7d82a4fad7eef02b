"""依据文件: papers that values, vetoes and grades of a round rest on."""

from __future__ import annotations

from datetime import date, datetime
from typing import IO

from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import files, trail
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import AssessmentDocument
from app.features.assessments.queries import rounds
from app.features.assessments.rules.rounds import RUNNING, RoundState

TITLE_MAX, NUMBER_MAX, ISSUER_MAX = 200, 80, 120
ALLOWED = frozenset({"pdf", "png", "jpeg", "docx", "xlsx"})
#: As long as a value, a veto or a grade can still rest on a new one.
OPEN_TO_DOCUMENTS = RUNNING | {RoundState.publicized}
MOST = 20 * 1024 * 1024


class Paper(Struct, frozen=True):
    """A document as it was typed; the file may be missing where the paper lies elsewhere."""

    title: str
    number: str = ""
    issued_by: str = ""
    issued_on: date | None = None
    stream: IO[bytes] | None = None
    name: str = ""


def add_document(actor: Actor, round_id: int, paper: Paper, *, now: datetime) -> AssessmentDocument:
    """登记依据文件. Reviewers and operators may."""
    found = rounds.locked(round_id)
    if not policy.may_lead(actor, found) and not actor.can("can_judge", policy.JUDGE_VIEW):
        policy.decides(actor)
    if RoundState(found.state) not in OPEN_TO_DOCUMENTS:
        raise Refusal("round_state")
    title = paper.title.strip()
    if not title or len(title) > TITLE_MAX:
        raise Refusal("document_title", fields={"title": "document_title"})
    made = AssessmentDocument(
        round_id=round_id,
        title=title,
        number=paper.number.strip()[:NUMBER_MAX],
        issued_by=paper.issued_by.strip()[:ISSUER_MAX],
        issued_on=paper.issued_on,
        at=now,
        created_by=actor.user_id,
        updated_by=actor.user_id,
    )
    if paper.stream is not None and paper.name:
        stored = files.store(
            actor,
            paper.stream,
            paper.name,
            kind=policy.DOCUMENT,
            allowed=ALLOWED,
            max_bytes=MOST,
        )
        made.file_key = stored.key
    db.session.add(made)
    db.session.flush()
    trail.record(actor, "assessment.document_added", made, details={"round": found.name})
    return made
