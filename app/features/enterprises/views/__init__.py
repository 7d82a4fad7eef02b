"""Pages of the register."""

from __future__ import annotations

from app.features.enterprises.views.card import (
    enterprises_card,
    import_door,
    modes_chart,
    park_firms_chart,
    roles_chart,
)
from app.features.enterprises.views.codes import AcceptedCodeView, codes_card
from app.features.enterprises.views.duplicates import DuplicateView, duplicates_card
from app.features.enterprises.views.imports import EnterpriseImportView
from app.features.enterprises.views.merges import MergeView
from app.features.enterprises.views.moves import EnterpriseMoveView, move_todos
from app.features.enterprises.views.recycled import RECYCLED
from app.features.enterprises.views.register import EnterpriseView

__all__ = [
    "RECYCLED",
    "AcceptedCodeView",
    "DuplicateView",
    "EnterpriseImportView",
    "EnterpriseMoveView",
    "EnterpriseView",
    "MergeView",
    "codes_card",
    "duplicates_card",
    "enterprises_card",
    "import_door",
    "modes_chart",
    "move_todos",
    "park_firms_chart",
    "roles_chart",
]
