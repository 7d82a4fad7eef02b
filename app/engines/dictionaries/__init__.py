"""Dictionaries with validity dates: what may be chosen on a day (face of the engine)."""

from __future__ import annotations

from app.engines.dictionaries.labels import TITLES
from app.engines.dictionaries.models import DictionaryEntry
from app.engines.dictionaries.queries import (
    USES,
    counts,
    get,
    known,
    options,
    retired,
    several,
    uses,
    validity,
)
from app.engines.dictionaries.seed import seed, shipped
from app.engines.dictionaries.services import add, change, delete, restore

__all__ = [
    "TITLES",
    "USES",
    "DictionaryEntry",
    "add",
    "change",
    "counts",
    "delete",
    "get",
    "known",
    "options",
    "restore",
    "retired",
    "seed",
    "several",
    "shipped",
    "uses",
    "validity",
]
