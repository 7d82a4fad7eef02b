"""Taking away what expired and what killed processes left behind."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

from msgspec import Struct

from app.core import clock
from app.engines.files import queries
from app.engines.files.services import disk, remove

ORPHAN_AFTER = timedelta(hours=24)
BATCH = 500


class Swept(Struct, frozen=True):
    """How many rows had expired, files had no row, uploads were unfinished."""

    expired: int = 0
    orphans: int = 0
    unfinished: int = 0


def sweep() -> Swept:
    """Remove expired files, and files older than a day that have no row.

    Runs in the caller's transaction, which must see every park. A younger file may belong to a
    transaction that is not committed yet.
    """
    old = clock.now() - ORPHAN_AFTER
    keys = iter(list(disk().keys_before(old)))  # before the first statement takes a lock
    unfinished = disk().clear_incoming(old)
    expired = queries.all_expired(BATCH)
    for file in expired:
        remove(file)
    gone = {file.key for file in expired}
    orphans = 0
    while batch := list(islice(keys, BATCH)):
        # A file whose row expired just now goes after the commit, not before it.
        for key in set(batch) - queries.known(batch) - gone:
            disk().remove(key)
            orphans += 1
    return Swept(len(expired), orphans, unfinished)
