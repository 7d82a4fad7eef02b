"""Values: immutable records that are made in great numbers (docs/adr/0023).

A value is a ``class Name(Struct, frozen=True)`` of msgspec: it is declared thirty times, and made nine
times, as fast as a frozen dataclass. Dataclasses stay where a field is hidden from ``repr``, where a
record has state of its own, and in what the child that reads workbooks loads.
"""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

from msgspec import Struct, structs

T = TypeVar("T")


def replace(value: T, /, **changes: Any) -> T:
    """A copy of a value or a dataclass with some fields changed. Raises ``TypeError`` for others."""
    if isinstance(value, Struct):
        return structs.replace(value, **changes)
    return dataclasses.replace(value, **changes)  # type: ignore[type-var]
