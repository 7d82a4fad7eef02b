"""Schemes: taken in, drafted, changed while a draft, frozen once a round rests on them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.core.actor import Actor
from app.core.errors import Forbidden, Refusal, Stale
from app.engines import scoring, trail
from app.engines.scoring import documents
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import AssessmentScheme, SchemeVersion
from app.features.assessments.queries import schemes as queries
from app.features.assessments.rules import form

NAME_MAX, CODE_MAX = 120, 40


def plain(source: Any) -> Any:
    """A read document as JSON data: every scalar a text, ``None`` for null."""
    if isinstance(source, Mapping):
        return {str(key): plain(value) for key, value in source.items()}
    if isinstance(source, list | tuple):
        return [plain(one) for one in source]
    return None if source is None else str(source)


def content_of(text: bytes | str) -> dict[str, Any]:
    """The content of a YAML text; raises ``scoring.Refused`` for what is no YAML mapping."""
    found = documents.load(text)
    if not isinstance(found, Mapping):
        raise scoring.Refused([scoring.Fault("", "not_a_mapping")])
    made: dict[str, Any] = plain(found)
    made.pop("examples", None)
    return made


def digest_of(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def faults(content: Mapping[str, Any]) -> tuple[scoring.Fault, ...]:
    """Everything that stands against using the content in a round."""
    try:
        scheme = scoring.read_scheme(content)
    except scoring.Refused as refused:
        return refused.faults
    return tuple(
        scoring.Fault(f"data_items.{code}", "code_twice", params={"value": code})
        for code in form.clashing(scheme)
    )


def create(
    actor: Actor, content: Mapping[str, Any], *, code: str, name: str, note: str = ""
) -> SchemeVersion:
    """A new scheme with its first draft, which may still have faults."""
    _require(actor)
    code, name = code.strip(), name.strip()
    if not code or len(code) > CODE_MAX:
        raise Refusal("scheme_code", fields={"code": "scheme_code"})
    if not name or len(name) > NAME_MAX:
        raise Refusal("scheme_name", fields={"name": "scheme_name"})
    if queries.with_code(code) is not None:
        raise Refusal("scheme_code_taken", fields={"code": "scheme_code_taken"})
    made = AssessmentScheme(
        code=code, name=name, created_by=actor.user_id, updated_by=actor.user_id
    )
    db.session.add(made)
    db.session.flush()
    return _draft(actor, made, content, number=1, note=note, based_on=None)


def draft(actor: Actor, scheme_id: int, *, based_on: int | None = None) -> SchemeVersion:
    """The next version as a draft, a copy of ``based_on`` (else of the newest); one at a time."""
    _require(actor)
    scheme = queries.get(scheme_id)
    if queries.draft_of(scheme_id) is not None:
        raise Refusal("scheme_draft_there")
    known = queries.versions(scheme_id)
    base = next((one for one in known if one.id == based_on), known[0])
    return _draft(
        actor, scheme, base.content, number=known[0].number + 1, note="", based_on=base.id
    )


def _draft(
    actor: Actor,
    scheme: AssessmentScheme,
    content: Mapping[str, Any],
    *,
    number: int,
    note: str,
    based_on: int | None,
) -> SchemeVersion:
    made = SchemeVersion(
        scheme_id=scheme.id,
        number=number,
        content=dict(content),
        digest=digest_of(content),
        note=note[:500],
        based_on_id=based_on,
        created_by=actor.user_id,
        updated_by=actor.user_id,
    )
    db.session.add(made)
    db.session.flush()
    trail.record(actor, "assessment.scheme_drafted", made, details={"scheme": scheme.code})
    return made


def change(
    actor: Actor, version_id: int, content: Mapping[str, Any], *, seen: int
) -> SchemeVersion:
    """The draft's content anew; raises ``Stale`` when somebody saved it since."""
    _require(actor)
    found = queries.locked(version_id)
    if found.state != "draft":
        raise Refusal("scheme_frozen")
    if found.version != seen:
        raise Stale(found)
    before = found.digest
    found.content, found.digest = dict(content), digest_of(content)
    found.updated_by = actor.user_id
    db.session.flush()
    if before != found.digest:
        details = {"before": before[:12], "after": found.digest[:12]}
        trail.record(actor, "assessment.scheme_changed", found, details=details)
    return found


def freeze(actor: Actor, found: SchemeVersion, now: datetime) -> None:
    """From now on the version never changes; refuses one with faults. The caller holds its lock."""
    if found.state == "frozen":
        return
    if faults(found.content):
        raise Refusal("scheme_faulty")
    found.state, found.frozen_at = "frozen", now
    db.session.flush()
    trail.record(actor, "assessment.scheme_frozen", found, details={"digest": found.digest})


def _require(actor: Actor) -> None:
    process = actor.user_id is None and actor.username.startswith("system")
    if not (actor.sees_all and (process or actor.can("can_edit", policy.SCHEME_VIEW))):
        raise Forbidden("scheme_not_operator")
