"""Pages of the register."""

from __future__ import annotations

from app.features.enterprises.views.bin import EnterpriseBinView
from app.features.enterprises.views.card import enterprises_card
from app.features.enterprises.views.imports import EnterpriseImportView
from app.features.enterprises.views.register import EnterpriseView

__all__ = ["EnterpriseBinView", "EnterpriseImportView", "EnterpriseView", "enterprises_card"]
