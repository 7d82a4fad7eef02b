"""Tables of parks, their companies, people and profiles."""

from __future__ import annotations

from app.features.parks.models.profile import ParkFigures, ParkProfile
from app.features.parks.models.register import (
    INVITED_ROLES,
    MANAGERS,
    MEMBER_ROLES,
    PARK_STATUSES,
    PARK_TYPES,
    SEALED_ACCOUNT,
    SEALED_INVITED,
    LicenceClaim,
    Organisation,
    OrganisationUser,
    Park,
    ParkInvitation,
    ParkMembership,
    ParkTransfer,
)

__all__ = [
    "INVITED_ROLES",
    "MANAGERS",
    "MEMBER_ROLES",
    "PARK_STATUSES",
    "PARK_TYPES",
    "SEALED_ACCOUNT",
    "SEALED_INVITED",
    "LicenceClaim",
    "Organisation",
    "OrganisationUser",
    "Park",
    "ParkFigures",
    "ParkInvitation",
    "ParkMembership",
    "ParkProfile",
    "ParkTransfer",
]
