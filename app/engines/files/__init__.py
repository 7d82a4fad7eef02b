"""Stored files: the row decides. On disk a file is known by a random key and nothing else.

A file is written under a temporary name, synced and renamed before its row is committed; when the
row is rolled back the file goes, and what a killed process leaves behind the sweeper takes. A
removed file goes after the commit that removes its row.
"""

from __future__ import annotations

from app.engines.files.disk import Disk
from app.engines.files.models import StoredFile
from app.engines.files.pictures import (
    CONTENT,
    drawn,
    keep,
    may_use,
    publish,
    shown_by,
    store_picture,
    unused_until,
    withdraw,
)
from app.engines.files.queries import by_key, is_kept, original_of
from app.engines.files.reading import intact, local_path, open_file
from app.engines.files.refusals import LABELS, StorageUnavailable
from app.engines.files.rights import creator_or_same_park, is_public, kind, may_read, publishable
from app.engines.files.services import keep_files, keep_until, open_store, remove, store
from app.engines.files.sweeping import Swept, sweep

__all__ = [
    "CONTENT",
    "LABELS",
    "Disk",
    "StorageUnavailable",
    "StoredFile",
    "Swept",
    "by_key",
    "creator_or_same_park",
    "drawn",
    "intact",
    "is_kept",
    "is_public",
    "keep",
    "keep_files",
    "keep_until",
    "kind",
    "local_path",
    "may_read",
    "may_use",
    "open_file",
    "open_store",
    "original_of",
    "publish",
    "publishable",
    "remove",
    "shown_by",
    "store",
    "store_picture",
    "sweep",
    "unused_until",
    "withdraw",
]
