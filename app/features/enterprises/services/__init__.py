"""Every write on the register: single records, and imports as a whole."""

from __future__ import annotations

from app.features.enterprises.services.register import (
    accept_code,
    add,
    change,
    discard,
    restore,
    reveal,
)

__all__ = ["accept_code", "add", "change", "discard", "restore", "reveal"]
