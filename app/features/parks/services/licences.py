"""人工核验 of a licence: for who has no legal identity at 海易办. Somebody else decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import Refusal, refuse_if
from app.engines import files, notices, trail
from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.parks import policy, queries
from app.features.parks.models import LicenceClaim
from app.features.parks.rules import ADDRESS_MAX, NAME_MAX, REASON_MAX
from app.features.parks.services.certification import FIELDS, LICENCE, certify, link
from app.features.parks.services.codes import code_stands

LICENCE_KIND = "licence_scan"
LICENCE_TYPES = frozenset({"pdf", "png", "jpeg"})
LICENCE_MOST = 10 * 1024 * 1024
#: A refused scan proves nothing that is worth keeping for longer.
KEEP_REFUSED = timedelta(days=30)


class Licence(Struct, frozen=True):
    """The scan as it was uploaded."""

    stream: Any
    name: str


def claim_by_licence(
    actor: Actor,
    *,
    uscc: str,
    name: str,
    representative: str,
    address: str,
    file: Licence | None,
) -> LicenceClaim:
    """Ask for certification upon a licence; one open claim a person."""
    assert actor.user_id is not None
    accounts.locked(actor.user_id)
    if any(one.state == "pending" for one in queries.claims_of(actor.user_id)):
        raise Refusal("claim_pending")
    values = {
        "uscc": uscc.strip().upper(),
        "name": " ".join(name.split()),
        "legal_representative": " ".join(representative.split()),
        "registered_address": " ".join(address.split()),
    }
    _check(values, file)
    assert file is not None
    made = LicenceClaim(user_id=actor.user_id, file_key=_keep(actor, file), **values)
    db.session.add(made)
    db.session.flush()
    trail.record(actor, "licence.claimed", made, details={"name": made.name})
    return made


def _check(values: dict[str, str], file: Licence | None) -> None:
    wrong = {name: "required" for name, value in values.items() if not value}
    if values["uscc"] and not code_stands(values["uscc"]):
        wrong["uscc"] = "bad_code"
    most = {"name": NAME_MAX, "legal_representative": 60, "registered_address": ADDRESS_MAX}
    wrong |= {name: "too_long" for name, limit in most.items() if len(values[name]) > limit}
    if file is None or not file.name:
        wrong["file"] = "file_missing"
    if wrong:
        raise Refusal(next(iter(wrong.values())), fields=wrong)


def _keep(actor: Actor, file: Licence) -> str:
    try:
        kept = files.store(
            actor,
            file.stream,
            file.name,
            kind=LICENCE_KIND,
            allowed=LICENCE_TYPES,
            max_bytes=LICENCE_MOST,
        )
    except files.StorageUnavailable:
        raise
    except Refusal as refusal:
        raise Refusal(refusal.code, fields={"file": refusal.code}, **refusal.params) from refusal
    return kept.key


def pass_claim(actor: Actor, claim_id: int, *, now: datetime) -> LicenceClaim:
    """通过: the company is certified (人工核验) and the account is its."""
    claim = _open(actor, claim_id)
    if not code_stands(claim.uscc):  # its 人工核验 was revoked since
        raise Refusal("bad_code")
    values = {name: getattr(claim, name) for name in FIELDS}
    organisation, _ = certify(actor, claim.uscc, values, LICENCE, now=now, user_id=claim.user_id)
    link(actor, claim.user_id, organisation)
    return _decided(actor, claim, "passed", "", now)


def refuse_claim(actor: Actor, claim_id: int, *, reason: str, now: datetime) -> LicenceClaim:
    """不予通过, with the reason that the person is told."""
    claim = _open(actor, claim_id)
    reason = " ".join(reason.split())[:REASON_MAX]
    if not reason:
        raise Refusal("refuse_reason_missing", fields={"reason": "refuse_reason_missing"})
    files.keep_until(claim.file_key, now + KEEP_REFUSED)
    return _decided(actor, claim, "refused", reason, now)


def withdraw_claim(actor: Actor, *, now: datetime) -> LicenceClaim:
    """撤回: the claimant takes an open claim back; the scan goes at once."""
    assert actor.user_id is not None
    accounts.locked(actor.user_id)
    found = next((one for one in queries.claims_of(actor.user_id) if one.state == "pending"), None)
    claim = queries.locked_claim(found.id) if found is not None else None
    if claim is None or claim.state != "pending":
        raise Refusal("claim_none")
    files.keep_until(claim.file_key, now)
    return _decided(actor, claim, "withdrawn", "", now)


def _open(actor: Actor, claim_id: int) -> LicenceClaim:
    claim = queries.locked_claim(claim_id)
    refuse_if(policy.deciding(actor, claim.user_id))
    if claim.state != "pending":
        raise Refusal("claim_withdrawn" if claim.state == "withdrawn" else "claim_decided")
    if not accounts.locked(claim.user_id).active:
        raise Refusal("inactive_person")
    return claim


def _decided(
    actor: Actor, claim: LicenceClaim, state: str, reason: str, now: datetime
) -> LicenceClaim:
    claim.state, claim.reason = state, reason
    claim.decided_at, claim.decided_by = now, actor.user_id
    db.session.flush()
    details = {"reason": reason} if reason else {}
    told = {"name": claim.name, **details}
    link, cause = "/me/#company", f"licence:{claim.id}"
    if claim.user_id != actor.user_id:  # who withdrew it knows
        notices.tell([claim.user_id], f"licence.{state}", told, link=link, cause=cause)
    trail.record(actor, f"licence.{state}", claim, details=details)
    return claim
