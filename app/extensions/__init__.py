"""Objects without an app: database, migrations, CSRF, the queue; and the hooks that guard them."""

from __future__ import annotations

from app.extensions.database import after_commit, db, run_after_commit, writing
from app.extensions.model import (
    JsonText,
    Money,
    ParkOwned,
    PlainModel,
    Scaled,
    Stamped,
    StringList,
    UtcDateTime,
    Versioned,
)
from app.extensions.others import compress, csrf, huey, migrate

__all__ = [
    "JsonText",
    "Money",
    "ParkOwned",
    "PlainModel",
    "Scaled",
    "Stamped",
    "StringList",
    "UtcDateTime",
    "Versioned",
    "after_commit",
    "compress",
    "csrf",
    "db",
    "huey",
    "migrate",
    "run_after_commit",
    "writing",
]
