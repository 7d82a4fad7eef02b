"""Reading what is stored. The caller has already asked ``may_read``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.engines.files.models import StoredFile
from app.engines.files.services import MIB, disk


def open_file(file: StoredFile) -> IO[bytes]:
    """The bytes; ``FileNotFoundError`` when the store lost them."""
    return disk().open(file.key)


@contextmanager
def local_path(file: StoredFile) -> Iterator[Path]:
    """A path another process can read while the block runs. Never write to it."""
    with disk().local(file.key) as path:
        yield path


def intact(file: StoredFile) -> bool:
    """Whether the bytes are there and still those that were stored."""
    digest = hashlib.sha256()
    try:
        with open_file(file) as stream:
            while chunk := stream.read(MIB):
                digest.update(chunk)
    except FileNotFoundError:
        return False
    return digest.hexdigest() == file.sha256
