"""Registers of parks, organisations and who works for which park; certification."""

from __future__ import annotations

from app.features.parks.views.card import (
    claim_todos,
    info_states,
    info_todos,
    parks_card,
    parks_chart,
    provider_steps,
)
from app.features.parks.views.certified import note_certified
from app.features.parks.views.figures import FiguresView
from app.features.parks.views.info import ParkInfoView
from app.features.parks.views.invitations import InvitationView, OwnParksView, first_of
from app.features.parks.views.kinds import declare
from app.features.parks.views.licences import LicenceClaimView, claims_card
from app.features.parks.views.members import MembershipView
from app.features.parks.views.organisations import OrganisationView
from app.features.parks.views.parks import ParkView
from app.features.parks.views.people import ParkPeopleView
from app.features.parks.views.provider import ProviderView
from app.features.parks.views.recycled import RECYCLED

__all__ = [
    "RECYCLED",
    "FiguresView",
    "InvitationView",
    "LicenceClaimView",
    "MembershipView",
    "OrganisationView",
    "OwnParksView",
    "ParkInfoView",
    "ParkPeopleView",
    "ParkView",
    "ProviderView",
    "claim_todos",
    "claims_card",
    "declare",
    "first_of",
    "info_states",
    "info_todos",
    "note_certified",
    "parks_card",
    "parks_chart",
    "provider_steps",
]
