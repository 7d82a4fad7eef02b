"""Settings that an operator changes in the back office (face of the engine).

What a deployment decides (addresses, keys, limits) stays in the environment: ``config.py``.
"""

from __future__ import annotations

from app.engines.settings.labels import REFUSALS
from app.engines.settings.queries import get, stored, versions
from app.engines.settings.registry import Shape, Spec, define, spec, specs
from app.engines.settings.services import change

__all__ = [
    "REFUSALS",
    "Shape",
    "Spec",
    "change",
    "define",
    "get",
    "spec",
    "specs",
    "stored",
    "versions",
]
