"""企业认证: what a company certified about itself, whose accounts are its, and its bank account.

A company is known by its credit code alone. What 海易办 says wins over an examined licence, and
nobody types over either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.core import clock, phones, scope
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal, Stale
from app.engines import dictionaries, files, notices, trail
from app.extensions import db
from app.extensions.locks import lock
from app.features.accounts import queries as accounts
from app.features.accounts.rules import SYSTEM_ROLES, ZONE_ROLES
from app.features.parks import queries
from app.features.parks.models import SEALED_ACCOUNT, Organisation, OrganisationUser
from app.features.parks.rules import BANK_ACCOUNT, NAME_MAX, PERSON_MAX, REASON_MAX, mask_account

LOCK_SPACE = 7_271
#: ``(credit code, changed)``: who keeps what a company certified in records of their own.
FOLLOWERS: list[Callable[..., object]] = []
LEVELS = "customs_credit_levels"
HAIYIBAN, LICENCE = "haiyiban", "licence"
PERSONAL = ("legal_representative", "contact_name", "contact_phone")
#: Field of ours -> what 海易办's company calls it, and how much of it is kept.
FIELDS = {
    "name": ("name", NAME_MAX),
    "legal_representative": ("representative", 60),
    "registered_address": ("address", 300),
}


def certified(actor: Actor, user_id: int, company: Mapping[str, str]) -> tuple[str, ...]:
    """A legal identity was shown: keep what it says and whose account it is.

    Returns the names of fields that changed since the last time; nothing the first time. Staff of
    the zone act for no company: theirs stays as it is.
    """
    roles = set(accounts.roles_of_many([user_id]).get(user_id, ()))
    if roles & (ZONE_ROLES | SYSTEM_ROLES):
        return ()
    values = {name: company.get(said, "")[:most] for name, (said, most) in FIELDS.items()}
    found, changes = certify(
        actor, company["uscc"], values, HAIYIBAN, now=clock.now(), user_id=user_id
    )
    link(actor, user_id, found)
    if changes:
        _tell_parks(actor, user_id, found, changes)
    return tuple(name for name, pair in changes.items() if pair[0])


def certify(
    actor: Actor,
    uscc: str,
    values: Mapping[str, str],
    source: str,
    *,
    now: datetime,
    user_id: int,
) -> tuple[Organisation, dict[str, list[Any]]]:
    """The company with the code, as it is certified now, and what that changed.

    ``user_id``: the account that the certification is for.
    """
    lock(LOCK_SPACE, uscc)  # two first sign-ins of one company must see each other
    found = queries.organisation_with_code(uscc)
    if found is None:
        found = Organisation(uscc=uscc, name="", created_by=actor.user_id)
        db.session.add(found)
        db.session.flush()
    else:
        found = queries.locked_organisation(found.id)
    if source == LICENCE and found.source == HAIYIBAN:
        return found, {}
    for name, value in values.items():
        if value:  # what is not said is not taken away
            setattr(found, name, value)
    found.source = source
    changes = trail.changes_of(found, [*FIELDS, "source"])
    found.certified_at, found.updated_by = now, actor.user_id
    db.session.flush()
    if changes:
        _tell_people(user_id, found, changes, now)
        trail.record(
            actor, "organisation.certified", found, changes=changes, personal=PERSONAL
        )  # fmt: skip
    for follow in FOLLOWERS:
        follow(found.uscc, changed=bool(changes))
    return found, changes


def link(actor: Actor, user_id: int, organisation: Organisation) -> None:
    """The account is the company's from now on, and of no other one; the first is its owner."""
    user = accounts.locked(user_id)
    queries.locked_organisation(organisation.id)
    known = queries.link_of(user_id)
    if known is not None and known.organisation_id == organisation.id:
        return
    if known is not None:
        _leave(actor, known, user.username)
    role = "member" if queries.links_of(organisation.id) else "owner"
    db.session.add(OrganisationUser(organisation_id=organisation.id, user_id=user_id, role=role))
    db.session.flush()
    changes = {"username": [None, user.username], "role": [None, role]}
    trail.record(actor, "organisation.joined", organisation, changes=changes)


def left(actor: Actor, user_id: int) -> None:
    """An account is closed: it is no company's any more, and its open claims end."""
    user = accounts.locked(user_id)
    known = queries.link_of(user_id)
    if known is not None:
        _leave(actor, known, user.username)
    for claim in queries.claims_of(user_id):
        if claim.state == "pending":
            files.keep_until(claim.file_key, clock.now())
            db.session.delete(claim)
    db.session.flush()


def _leave(actor: Actor, known: OrganisationUser, username: str) -> None:
    organisation = queries.locked_organisation(known.organisation_id)
    was = known.role
    db.session.delete(known)
    db.session.flush()
    changes: dict[str, list[Any]] = {"username": [username, None], "role": [was, None]}
    trail.record(actor, "organisation.left", organisation, changes=changes)
    others = queries.links_of(organisation.id)
    if was == "owner" and others:
        others[0].role = "owner"  # who has been there longest
        db.session.flush()
        trail.record(
            actor, "organisation.owner_changed", organisation, details={"user": others[0].user_id}
        )


def _tell_people(
    user_id: int, organisation: Organisation, changes: Mapping[str, Any], now: datetime
) -> None:
    """What was certified before and is different now: to the company's accounts and to who looks
    after the parks that it runs or that the account works for."""
    names = [name for name, (before, _) in changes.items() if name in FIELDS and before]
    if not names:
        return
    people = {one.user_id for one in queries.links_of(organisation.id)}
    with scope.unscoped():
        for park_id in _parks_of(user_id, organisation):
            people.update(queries.managers_of(park_id))
    params = {"name": organisation.name, "fields": names}
    cause = f"certified:{organisation.id}:{now.timestamp()}"
    notices.tell(people, "organisation.changed", params, link="/me/#company", cause=cause)


def _parks_of(user_id: int, organisation: Organisation) -> list[int]:
    ids = {row.park_id for row in queries.memberships_of(user_id)}
    return sorted(ids | {park.id for park in queries.parks_run_by(organisation.id)})


def _tell_parks(
    actor: Actor, user_id: int, organisation: Organisation, changes: Mapping[str, Any]
) -> None:
    """Parks that the account works for or that the company runs see it in their own history."""
    with scope.unscoped():  # at the sign-in nobody's parks are in reach yet
        for park_id in _parks_of(user_id, organisation):
            park = queries.by_id(park_id)
            target = trail.Ref("park", park.id, label=park.name, park_id=park.id)
            details = {"name": organisation.name}
            trail.record(
                actor,
                "park.company_changed",
                target,
                changes=changes,
                details=details,
                personal=PERSONAL,
            )


# -- what the company adds itself --------------------------------------------------------------
def own_organisation(actor: Actor, *, version: int | None = None) -> Organisation:
    """The actor's company, locked; refuses for who has none, ``Stale`` for another version."""
    known = queries.link_of(actor.user_id or 0)
    if known is None:
        raise Refusal("not_certified")
    found = queries.locked_organisation(known.organisation_id)
    if version is not None and found.version != version:
        raise Stale(found)
    return found


def change_company(
    actor: Actor, *, contact_name: str, contact_phone: str, credit_level: str, version: int
) -> Organisation:
    """Save what is not certified. A phone left masked stays as it is."""
    found = own_organisation(actor, version=version)
    name = " ".join(contact_name.split())
    if len(name) > PERSON_MAX:
        raise _no("contact_name", "person_long")
    level = credit_level.strip()
    offered = dictionaries.options(LEVELS, clock.today())
    if level not in ("", found.credit_level, *offered):
        raise _no("credit_level", "unknown_level")
    found.contact_phone = _phone(found, contact_phone)
    found.contact_name, found.credit_level = name, level
    names = ("contact_name", "contact_phone", "credit_level")
    return _saved(actor, found, "organisation.contact_changed", trail.changes_of(found, names))


def _phone(found: Organisation, text: str) -> str:
    text = text.strip()
    if not text or text == phones.mask_phone(found.contact_phone):
        return found.contact_phone if text else ""
    number = phones.normalise(text)
    if number is None:
        raise _no("contact_phone", "contact_phone_wrong")
    return number


def change_bank(
    actor: Actor, *, holder: str, account: str, bank: str, version: int
) -> Organisation:
    """Save the bank account, all three or none; an account left masked stays as it is."""
    found = own_organisation(actor, version=version)
    holder, bank = " ".join(holder.split()), " ".join(bank.split())
    shown = mask_account(found.bank_tail)
    digits = "".join(account.replace("-", "").split())
    kept = bool(shown) and account.strip() == shown
    given = {"bank_holder": holder, "bank_account": digits, "bank_name": bank}
    if any(given.values()):
        _check_bank(given, kept=kept)
    found.bank_holder, found.bank_name = holder, bank
    changes = trail.changes_of(found, ("bank_holder", "bank_name"))
    if not kept and digits != _opened(found):
        found.bank_tail, found.bank_account = digits[-4:], None
        if digits:
            SEALED_ACCOUNT.seal(found, digits)
        changes["bank_account"] = [shown, mask_account(found.bank_tail)]
    return _saved(actor, found, "organisation.bank_changed", changes)


def _check_bank(given: Mapping[str, str], *, kept: bool) -> None:
    wrong = {name: "required" for name, value in given.items() if not value}
    if given["bank_account"] and not kept and not BANK_ACCOUNT.fullmatch(given["bank_account"]):
        wrong["bank_account"] = "bank_account_wrong"
    for name in ("bank_holder", "bank_name"):
        if len(given[name]) > NAME_MAX:
            wrong[name] = "name_long"
    if wrong:
        raise Refusal(next(iter(wrong.values())), fields=wrong)


def _opened(found: Organisation) -> str:
    return SEALED_ACCOUNT.open(found) if found.bank_account else ""


def reveal_bank(actor: Actor, *, purpose: str) -> str:
    """The bank account in full, for a purpose that is written down."""
    found = own_organisation(actor)
    purpose = " ".join(purpose.split())[:REASON_MAX]
    if not found.bank_account:
        raise NotFound("bank account")
    if len(purpose) < 2:
        raise _no("purpose", "reveal_reason_missing")
    details = {"field": "bank_account", "purpose": purpose}
    trail.record(actor, "organisation.bank_revealed", found, details=details)
    return _opened(found)


def _saved(actor: Actor, found: Organisation, act: str, changes: dict[str, Any]) -> Organisation:
    if changes:
        found.updated_by, found.updated_at = actor.user_id, clock.now()
        db.session.flush()
        trail.record(actor, act, found, changes=changes, personal=PERSONAL)
    return found


def _no(field: str, code: str) -> Refusal:
    return Refusal(code, fields={field: code})
