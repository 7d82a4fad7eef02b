"""Registers of parks, organisations and who works for which park."""

from __future__ import annotations

from app.features.parks.views.card import parks_card
from app.features.parks.views.members import MembershipView
from app.features.parks.views.organisations import OrganisationView
from app.features.parks.views.parks import ParkView

__all__ = ["MembershipView", "OrganisationView", "ParkView", "parks_card"]
