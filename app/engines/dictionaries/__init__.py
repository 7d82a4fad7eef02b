"""Dictionaries with validity dates: what may be chosen on a day (face of the engine)."""

from __future__ import annotations

from app.engines.dictionaries.models import DictionaryEntry
from app.engines.dictionaries.queries import known, options, retired
from app.engines.dictionaries.seed import seed

__all__ = ["DictionaryEntry", "known", "options", "retired", "seed"]
