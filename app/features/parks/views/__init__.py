"""Registers of parks, organisations and who works for which park; certification."""

from __future__ import annotations

from app.features.parks.views.card import parks_card
from app.features.parks.views.certified import note_certified
from app.features.parks.views.invitations import InvitationView, OwnParksView, first_of
from app.features.parks.views.licences import LicenceClaimView, claims_card
from app.features.parks.views.members import MembershipView
from app.features.parks.views.organisations import OrganisationView
from app.features.parks.views.parks import ParkView
from app.features.parks.views.people import ParkPeopleView

__all__ = [
    "InvitationView",
    "LicenceClaimView",
    "MembershipView",
    "OrganisationView",
    "OwnParksView",
    "ParkPeopleView",
    "ParkView",
    "claims_card",
    "first_of",
    "note_certified",
    "parks_card",
]
