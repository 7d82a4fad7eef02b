"""Values as they lie in ``import_row``: JSON's own types, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.engines.sheets.values import revive
from app.features.enterprises.rules import BY_NAME


def to_wire(value: Any) -> Any:
    """A value in JSON's own types; nothing ticked and nothing written are both ``None``."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value) or None
    return value


def wired(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: to_wire(value) for name, value in values.items()}


def revived(values: Mapping[str, Any], names: Iterable[str] | None = None) -> dict[str, Any]:
    """Typed values of a staged row, all or the named ones."""
    wanted = values if names is None else names
    return {name: revive(BY_NAME[name].kind, values.get(name)) for name in wanted}
