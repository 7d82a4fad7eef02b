"""Stored files: the row decides. On disk a file is known by a random key and nothing else.

A file is written under a temporary name, synced and renamed before its row is committed; when the
row is rolled back the file goes, and what a killed process leaves behind the sweeper takes. A
removed file goes after the commit that removes its row.
"""

from __future__ import annotations

from app.engines.files.disk import Disk
from app.engines.files.models import StoredFile
from app.engines.files.queries import by_key, is_kept
from app.engines.files.reading import intact, local_path, open_file
from app.engines.files.refusals import LABELS, StorageUnavailable
from app.engines.files.rights import kind, may_read
from app.engines.files.services import keep_until, open_store, remove, store
from app.engines.files.sweeping import Swept, sweep

__all__ = [
    "LABELS",
    "Disk",
    "StorageUnavailable",
    "StoredFile",
    "Swept",
    "by_key",
    "intact",
    "is_kept",
    "keep_until",
    "kind",
    "local_path",
    "may_read",
    "open_file",
    "open_store",
    "remove",
    "store",
    "sweep",
]
