"""What a park does with an application: 跟进, 已落地, 未落地, 转其他园区, and opening it again.

Each act names the version that its page showed: who comes second is told, and nothing happens.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from msgspec import Struct

from app.core import clock, scope
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal
from app.engines import calendar, trail
from app.engines.files import StoredFile
from app.extensions import db
from app.features.enterprises import queries as enterprises
from app.features.enterprises import services as register
from app.features.enterprises.models import Enterprise
from app.features.enterprises.services import locks
from app.features.settlements import policy, queries, rules
from app.features.settlements.models import SettlementApplication, SettlementFile
from app.features.settlements.rules import CONTACTS, REASON_MAX, Act, Side, State
from app.features.settlements.services.noting import Line, Upload, keep, note, write

IN_PARK = "在园"
REVEALED = ("contact_name", "contact_phone", "email")
#: What of an application is about a person, and goes along to the next park.
PERSONAL = ("contact_name", "contact_phone", "email", "message")


class Landing(Struct, frozen=True):
    """已落地: as which enterprise, since when, proven by what (may come later)."""

    uscc: str
    name: str
    settled_on: date
    proof: Upload | None = None


def follow(
    actor: Actor, application_id: int, text: str, *, seen: int, now: datetime
) -> SettlementApplication:
    """跟进: what was spoken about."""
    found = _begin(actor, application_id, Act.follow, seen)
    text = _needed(text, "text", rules.NOTE_MAX)
    return _done(actor, found, Act.follow, Line(Act.follow.value, text), now)


def decline(
    actor: Actor, application_id: int, code: str, text: str, *, seen: int, now: datetime
) -> SettlementApplication:
    """未落地, with a coded reason; 其他 needs words."""
    found = _begin(actor, application_id, Act.decline, seen)
    if code not in rules.REASONS:
        raise Refusal("reason_missing", fields={"reason_code": "reason_missing"})
    text = text.strip()
    if code == "other" and not text:
        raise Refusal("reason_text_missing", fields={"reason": "reason_text_missing"})
    text = _fitting(text, "reason", REASON_MAX)
    found.reason_code, found.reason = code, text
    found.decided_at = now
    return _done(actor, found, Act.decline, Line(Act.decline.value, text, code), now)


def land(
    actor: Actor, application_id: int, landing: Landing, *, seen: int, now: datetime
) -> tuple[SettlementApplication, bool]:
    """已落地: linked with the enterprise of this code, or with a new one (``True``)."""
    found = _begin(actor, application_id, Act.land, seen)
    if landing.settled_on > calendar.local(now):
        raise Refusal("landed_later", fields={"settled_on": "landed_later"})
    enterprise, made = _enterprise(actor, found, landing)
    if landing.proof is not None:
        _keep_proof(actor, found, landing.proof, now)
    found.enterprise_id, found.landed_on = enterprise.id, landing.settled_on
    found.decided_at = now
    details = {"enterprise": enterprise.id, "name": enterprise.name, "new": made}
    _done(actor, found, Act.land, Line(Act.land.value, enterprise.name, details=details), now)
    return found, made


def _enterprise(
    actor: Actor, found: SettlementApplication, landing: Landing
) -> tuple[Enterprise, bool]:
    """The living record of this code, or a new one; what stands against it is said in words."""
    code = landing.uscc.strip().upper()
    if not code:
        raise Refusal("required", fields={"uscc": "required"})
    if rules.code_fault(code) and code not in enterprises.accepted_codes([code]):
        raise Refusal("code_wrong_sign", fields={"uscc": "code_wrong_sign"})
    locks.park(found.park_id)
    known = enterprises.alive_with_code(found.park_id, code)
    if known is not None:
        return _known(found, known), False
    if enterprises.codes_in_bin(found.park_id, [code]):
        raise Refusal("enterprise_in_bin", fields={"uscc": "enterprise_in_bin"})
    values: dict[str, Any] = {
        "uscc": code,
        "name": " ".join(landing.name.split()),
        "roles": rules.in_order("roles", found.roles),
        "customs_modes": rules.in_order("modes", found.modes),
        "contact_name": found.contact_name,
        "contact_phone": found.contact_phone,
        "email": found.email or None,
        "settled_on": landing.settled_on,
        "status": IN_PARK,
        "source": "settlement",
    }
    if not values["name"]:
        raise Refusal("required", fields={"name": "required"})
    return register.add(actor, found.park_id, values, year=clock.last_full_year()), True


def _known(found: SettlementApplication, known: Enterprise) -> Enterprise:
    if known.status != IN_PARK:
        raise Refusal("enterprise_not_in_park", fields={"uscc": "enterprise_not_in_park"})
    other = queries.landed_for(known.id, found.id)
    if other is not None:
        fields = {"uscc": "enterprise_landed"}
        raise Refusal("enterprise_landed", fields=fields, number=other.number, name=known.name)
    return known


def prove(
    actor: Actor, application_id: int, proof: Upload | None, *, seen: int, now: datetime
) -> SettlementApplication:
    """补合同: the contract or licence of a landing, when it comes later (or another one)."""
    found = _begin(actor, application_id, Act.prove, seen)
    if proof is None:
        raise Refusal("file_missing", fields={"proof": "file_missing"})
    _keep_proof(actor, found, proof, now)
    return _done(actor, found, Act.prove, Line(Act.prove.value, proof.name[:200]), now)


def _keep_proof(actor: Actor, found: SettlementApplication, proof: Upload, now: datetime) -> None:
    keep(
        actor,
        found,
        proof,
        kind="contract",
        store=policy.CONTRACT_FILE,
        allowed=rules.CONTRACT_TYPES,
        most=rules.CONTRACT_MOST,
        field="proof",
    )
    found.proven_at = found.proven_at or now


def reopen(
    actor: Actor, application_id: int, text: str, *, seen: int, now: datetime
) -> SettlementApplication:
    """Open it again: the earlier outcome stays in the log, an enterprise stays in the register."""
    found = _begin(actor, application_id, Act.reopen, seen)
    text = _needed(text, "text", REASON_MAX)
    was = {
        "state": found.state,
        "enterprise": found.enterprise_id,
        "landed_on": found.landed_on.isoformat() if found.landed_on else None,
        "reason": found.reason,
    }
    line = Line(Act.reopen.value, text, found.reason_code, was)
    found.enterprise_id = found.landed_on = found.decided_at = found.proven_at = None
    found.reason_code, found.reason = None, ""
    return _done(actor, found, Act.reopen, line, now)


def move(
    actor: Actor, application_id: int, park_id: int, text: str, *, seen: int, now: datetime
) -> SettlementApplication:
    """转其他园区: goes on there as a new application; here its log stays, without the person.

    Returns what the other park has now.
    """
    found = _begin(actor, application_id, Act.move, seen)
    target = dict(queries.other_parks(found.park_id)).get(str(park_id))
    if target is None:
        raise Refusal("park_not_there", fields={"park_id": "park_not_there"})
    text = _needed(text, "text", REASON_MAX)
    here = queries.park_names([found.park_id])[found.park_id]
    with scope.unscoped():
        there = _copy(found, park_id, now)
        _take_along(found, there)
        write(actor, there, Line("arrive", text, details={"park": here}), now=now)
        found.moved_to_id, found.decided_at = park_id, now
        line = Line(Act.move.value, text, details={"park": target})
        _done(actor, found, Act.move, line, now)
        trail.record(actor, "settlement.arrive", there)
    return there


def _copy(found: SettlementApplication, park_id: int, now: datetime) -> SettlementApplication:
    """The application in the other park, as new; its first contact counts from now."""
    same = (
        *("company", "preparing", "uscc", "phone_index", "user_id", "roles", "modes", "needs"),
        *("goods", "markets", "office_area", "warehouse_area", "budget", "expected_on"),
        *("staff_count", "expected_value", "document_id", "agreed_at", "agreed_address"),
        *("submitted_at", *PERSONAL),
    )
    made = SettlementApplication(
        **{name: getattr(found, name) for name in same},
        park_id=park_id,
        number=rules.number(calendar.local(now)),
        due_on=calendar.due(now, rules.FIRST_CONTACT_DAYS),
        origin_id=found.id,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _take_along(found: SettlementApplication, there: SettlementApplication) -> None:
    """The applicant's files and whatever says who it was go to the other park; a contract, of a
    landing that was opened again, is this park's own."""
    for one, stored in queries.files_of(found.id):
        if one.kind == "applicant":
            _rehome(one, stored, there)
    for name in PERSONAL:
        setattr(found, name, "")
    found.phone_index = found.user_id = None
    found.agreed_address = ""


def _rehome(one: SettlementFile, stored: StoredFile | None, there: SettlementApplication) -> None:
    one.application_id, one.park_id = there.id, there.park_id
    if stored is not None:
        stored.park_id = there.park_id


def reveal(actor: Actor, application_id: int, name: str) -> str:
    """A personal value in full; the reveal itself is recorded."""
    if name not in REVEALED or not policy.personal(actor):
        raise NotFound("nothing to reveal")
    found = queries.get(application_id)
    trail.record(actor, "settlement.revealed", found, details={"field": name})
    value: str = getattr(found, name)
    return value


# -- what every act begins and ends with ----------------------------------------------------------
def _begin(actor: Actor, application_id: int, act: Act, seen: int) -> SettlementApplication:
    """The application, locked; refuses who is not the park's, and who looked at an older state."""
    found = queries.locked(application_id)
    policy.require(actor, found, act, Side.park)
    if found.version != seen:
        raise Refusal("settlement_changed")
    queries.hold_applicant(found.user_id)
    return found


def _done(
    actor: Actor, found: SettlementApplication, act: Act, line: Line, now: datetime
) -> SettlementApplication:
    found.state = rules.after(act, State(found.state)).value
    if act in CONTACTS and found.contacted_at is None:
        found.contacted_at = now
    found.handler_id = found.updated_by = actor.user_id
    found.updated_at = now
    db.session.flush()
    note(actor, found, line, now=now)
    return found


def _needed(text: str, field: str, most: int) -> str:
    text = text.strip()
    if not text:
        raise Refusal("text_missing", fields={field: "text_missing"})
    return _fitting(text, field, most)


def _fitting(text: str, field: str, most: int) -> str:
    if len(text) > most:
        raise Refusal("too_long", fields={field: "too_long"})
    return text
