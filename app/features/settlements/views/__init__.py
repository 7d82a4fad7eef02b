"""Pages of applications: the public form, the park's desk, the applicant's own."""

from __future__ import annotations

from app.features.settlements.views.applying import SettlementApplyView
from app.features.settlements.views.card import late_settlements_card, settlements_card
from app.features.settlements.views.own import OwnApplicationsView
from app.features.settlements.views.register import SettlementView

__all__ = [
    "OwnApplicationsView",
    "SettlementApplyView",
    "SettlementView",
    "late_settlements_card",
    "settlements_card",
]
