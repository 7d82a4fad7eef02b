"""Every SELECT on parks and memberships."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import scope
from app.core.errors import NotFound
from app.engines import trail
from app.extensions import by_key, db
from app.features.accounts import queries as accounts
from app.features.accounts.rules import ZONE_ROLES, zone_and_park
from app.features.parks.models import (
    LicenceClaim,
    Organisation,
    OrganisationUser,
    Park,
    ParkMembership,
)
from app.features.parks.rules import mask_account

#: Every request of a signed-in person asks this: put together once.
_MEMBERSHIPS = (
    sa.select(
        ParkMembership.park_id,
        Park.name.label("park_name"),
        Park.code.label("park_code"),
        Park.status.label("park_status"),
        ParkMembership.role,
        ParkMembership.id.label("membership_id"),
    )
    .join(Park, Park.id == ParkMembership.park_id)
    .where(ParkMembership.user_id == sa.bindparam("user_id"))
    .order_by(Park.code)
)


def memberships_of(user_id: int) -> list[Any]:
    """Rows ``(park_id, park_name, park_code, role)`` of a person, by code."""
    return list(db.session.execute(_MEMBERSHIPS, {"user_id": user_id}))


def why_suspended(park_id: int) -> str:
    """The reason that the zone gave with the last change of the park's state."""
    for entry in trail.history("park", park_id, only=("park.changed",)):
        if "status" in entry.changes:
            return str(entry.details.get("reason", ""))
    return ""


def by_code(code: str) -> Park:
    """The park with ``code`` in the current scope, or ``NotFound``."""
    park = db.session.scalar(sa.select(Park).where(Park.code == code))
    if park is None:
        raise NotFound(f"park {code}")
    return park


def all_shown() -> list[Park]:
    """The parks in operation, as everybody may see them, by code."""
    query = sa.select(Park).where(Park.status == "active").order_by(Park.code)
    with scope.unscoped():
        return list(db.session.scalars(query))


def shown(park_id: int) -> Park | None:
    """One of them by its key."""
    return next((one for one in all_shown() if one.id == park_id), None)


def shown_by_code(code: str) -> Park | None:
    """One of them by its code."""
    return next((one for one in all_shown() if one.code == code), None)


def by_id(park_id: int) -> Park:
    """The park in the current scope, or ``NotFound``."""
    return by_key.one(Park, park_id)


_BY_CODE = sa.select(Park).order_by(Park.code)


def all_by_code() -> list[Park]:
    """Parks in the current scope, by code."""
    return list(db.session.scalars(_BY_CODE))


def status_counts() -> dict[str, int]:
    query = sa.select(Park.status, sa.func.count()).group_by(Park.status)
    return {status: int(number) for status, number in db.session.execute(query)}


def kind_counts(status: str) -> dict[str, int]:
    """Kind -> number of the parks of a status."""
    query = sa.select(Park.kind, sa.func.count()).where(Park.status == status)
    return {kind: int(number) for kind, number in db.session.execute(query.group_by(Park.kind))}


def locked(park_id: int) -> Park:
    """The park, read again and locked until the transaction ends."""
    return by_key.locked(Park, park_id)


def code_taken(code: str) -> bool:
    return db.session.scalar(sa.select(Park.id).where(Park.code == code)) is not None


def park_with(code: str, name: str) -> Park | None:
    """The park that has the code, else the name."""
    query = sa.select(Park).where(sa.or_(Park.code == code, Park.name == name))
    return db.session.scalar(query.order_by(Park.code != code).limit(1))


def name_taken(name: str, but: int | None = None) -> bool:
    query = sa.select(Park.id).where(Park.name == name, Park.id != (but or 0))
    return db.session.scalar(query) is not None


# -- organisations -----------------------------------------------------------------------------
def organisation(organisation_id: int) -> Organisation:
    return by_key.one(Organisation, organisation_id)


def owner_of(park: Park) -> Organisation | None:
    """Who runs the park."""
    return None if park.organisation_id is None else organisation(park.organisation_id)


def parks_run_by(organisation_id: int) -> list[Park]:
    query = sa.select(Park).where(Park.organisation_id == organisation_id).order_by(Park.code)
    return list(db.session.scalars(query))


def locked_organisation(organisation_id: int) -> Organisation:
    return by_key.locked(Organisation, organisation_id)


def organisation_with_code(uscc: str) -> Organisation | None:
    return db.session.scalar(sa.select(Organisation).where(Organisation.uscc == uscc))


# -- accounts of a company, claims by licence ---------------------------------------------------
def link_of(user_id: int) -> OrganisationUser | None:
    """Which company's the account is."""
    return db.session.scalar(
        sa.select(OrganisationUser).where(OrganisationUser.user_id == user_id)
    )  # fmt: skip


def links_of(organisation_id: int) -> list[OrganisationUser]:
    """The accounts of a company, who has been there longest first."""
    query = sa.select(OrganisationUser).where(OrganisationUser.organisation_id == organisation_id)
    return list(db.session.scalars(query.order_by(OrganisationUser.since, OrganisationUser.id)))


def organisation_of(user_id: int) -> Organisation | None:
    """The company that the account was certified for."""
    query = sa.select(Organisation).join(OrganisationUser)
    return db.session.scalar(query.where(OrganisationUser.user_id == user_id))


def claim(claim_id: int) -> LicenceClaim:
    return by_key.one(LicenceClaim, claim_id)


def locked_claim(claim_id: int) -> LicenceClaim:
    return by_key.locked(LicenceClaim, claim_id)


def claims_of(user_id: int) -> list[LicenceClaim]:
    """A person's claims, the newest first."""
    query = sa.select(LicenceClaim).where(LicenceClaim.user_id == user_id)
    return list(db.session.scalars(query.order_by(LicenceClaim.id.desc())))


def claim_counts() -> dict[str, int]:
    query = sa.select(LicenceClaim.state, sa.func.count()).group_by(LicenceClaim.state)
    return {state: int(number) for state, number in db.session.execute(query)}


def oldest_claim() -> datetime | None:
    """Since when the first of the claims that nobody has decided has waited."""
    query = sa.select(sa.func.min(LicenceClaim.created_at)).where(LicenceClaim.state == "pending")
    return db.session.scalar(query)


def facts_of(user_id: int) -> dict[str, Any]:
    """What the parks keep about a person, in plain values; a bank account is the company's."""
    link, company = link_of(user_id), organisation_of(user_id)
    fields = ("name", "uscc", "legal_representative", "registered_address", "source")
    more = ("certified_at", "credit_level", "contact_name", "contact_phone", "bank_holder")
    with scope.unscoped():
        parks = memberships_of(user_id)
    return {
        "memberships": [{"park": row.park_name, "role": row.role} for row in parks],
        "company": None
        if link is None
        else {
            **{name: getattr(company, name) for name in (*fields, *more, "bank_name")},
            "bank_account": mask_account(company.bank_tail if company else ""),
            "role": link.role,
            "since": link.since,
        },
        "licence_claims": [
            {
                name: getattr(one, name)
                for name in ("name", "uscc", "state", "reason", "created_at", "decided_at")
            }
            for one in claims_of(user_id)
        ],
    }


# -- memberships -------------------------------------------------------------------------------
def membership(membership_id: int) -> Any:
    """``(id, version, role, since, user_id, username, person, park_id, park)`` or ``NotFound``."""
    query = (
        sa.select(
            ParkMembership.id,
            ParkMembership.version,
            ParkMembership.role,
            ParkMembership.since,
            ParkMembership.user_id,
            ParkMembership.park_id,
            User.username,
            (User.last_name + User.first_name).label("person"),
            (Park.code + " " + Park.name).label("park"),
        )
        .join(User, User.id == ParkMembership.user_id)
        .join(Park, Park.id == ParkMembership.park_id)
        .where(ParkMembership.id == membership_id)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"membership {membership_id}")
    return row


def locked_membership(membership_id: int) -> ParkMembership:
    return by_key.locked(ParkMembership, membership_id)


def membership_of(user_id: int, park_id: int | None = None) -> ParkMembership | None:
    """A membership of the person, in this park or in any."""
    query = sa.select(ParkMembership).where(ParkMembership.user_id == user_id)
    if park_id is not None:
        query = query.where(ParkMembership.park_id == park_id)
    return db.session.scalar(query.limit(1))


def belonging_to_a_park(user_ids: Collection[int]) -> frozenset[int]:
    """Those of the people who act for a park."""
    query = sa.select(ParkMembership.user_id).where(ParkMembership.user_id.in_(user_ids))
    return frozenset(db.session.scalars(query))


def seeing_all_and_of_a_park() -> list[str]:
    """User names of those who hold a zone role and also act for a park: refused since, not before."""
    people = accounts.holding_any(ZONE_ROLES)
    roles = accounts.roles_of_many(people)
    members = belonging_to_a_park(people)
    return [
        username
        for user_id, username in people.items()
        if user_id in members or zone_and_park(frozenset(roles[user_id]))
    ]


def membership_counts() -> dict[str, int]:
    query = sa.select(ParkMembership.role, sa.func.count()).group_by(ParkMembership.role)
    return {role: int(number) for role, number in db.session.execute(query)}


def names_of_many(user_ids: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    """Names of the parks of several people, for whoever may see the people (one statement)."""
    found: dict[int, tuple[str, ...]] = {}
    query = (
        sa.select(ParkMembership.user_id, Park.name)
        .join(Park, Park.id == ParkMembership.park_id)
        .where(ParkMembership.user_id.in_(user_ids))
        .order_by(Park.code)
    )
    with scope.unscoped():  # 系统管理员 has no parks and sees who belongs where
        for user_id, name in db.session.execute(query):
            found[user_id] = (*found.get(user_id, ()), name)
    return found


def options() -> tuple[tuple[str, str], ...]:
    """Every park as ``(id, code and name)`` for pickers of the zone and the auditor."""
    query = sa.select(Park.id, Park.code, Park.name).order_by(Park.code)
    with scope.unscoped():
        return tuple((str(row.id), f"{row.code} {row.name}") for row in db.session.execute(query))


def own_options() -> tuple[tuple[str, str], ...]:
    """The parks in the current scope, for pickers of who may belong to one of them."""
    return tuple((str(park.id), f"{park.code} {park.name}") for park in all_by_code())
