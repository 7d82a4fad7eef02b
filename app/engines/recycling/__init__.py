"""回收站: what was deleted, what hangs on it, restoring it, and letting it go for good (face).

A feature registers each of its kinds; the page, its rights and its two persons are here once.
"""

from __future__ import annotations

from app.engines.recycling.freezing import frozen, thawed, unfrozen
from app.engines.recycling.labels import ACTS, HEADINGS, KIND_WORDS, REFUSALS, STAGE_WORDS, VIEW
from app.engines.recycling.models import BinItem
from app.engines.recycling.queries import (
    STAGES,
    at_stage,
    counts,
    deleted_at_once,
    drop,
    get,
    names_of,
    of,
    visible_to,
    waiting,
)
from app.engines.recycling.registry import (
    Kind,
    forbids,
    hanging,
    hangs,
    kind,
    kinds_for,
    refusals,
    register,
)
from app.engines.recycling.retention import KEEP_DAYS, keep_days, kept_until
from app.engines.recycling.services import (
    Gone,
    alone,
    confirm,
    deletable,
    propose,
    put,
    reject,
    restore,
    take_back,
)
from app.engines.recycling.telling import DECIDERS

__all__ = [
    "ACTS",
    "DECIDERS",
    "HEADINGS",
    "KEEP_DAYS",
    "KIND_WORDS",
    "REFUSALS",
    "STAGES",
    "STAGE_WORDS",
    "VIEW",
    "BinItem",
    "Gone",
    "Kind",
    "alone",
    "at_stage",
    "confirm",
    "counts",
    "deletable",
    "deleted_at_once",
    "drop",
    "forbids",
    "frozen",
    "get",
    "hanging",
    "hangs",
    "keep_days",
    "kept_until",
    "kind",
    "kinds_for",
    "names_of",
    "of",
    "propose",
    "put",
    "refusals",
    "register",
    "reject",
    "restore",
    "take_back",
    "thawed",
    "unfrozen",
    "visible_to",
    "waiting",
]
