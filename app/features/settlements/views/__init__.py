"""Pages of applications: the public form, the park's desk, the applicant's own."""

from __future__ import annotations

from app.features.settlements.views.applying import SettlementApplyView
from app.features.settlements.views.card import (
    late_settlements_card,
    own_applications_card,
    settlement_todos,
    settlements_card,
    settlements_chart,
)
from app.features.settlements.views.own import OwnApplicationsView
from app.features.settlements.views.register import SettlementView

__all__ = [
    "OwnApplicationsView",
    "SettlementApplyView",
    "SettlementView",
    "late_settlements_card",
    "own_applications_card",
    "settlement_todos",
    "settlements_card",
    "settlements_chart",
]
