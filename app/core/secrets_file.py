"""The secret key: read from a file, made once on a machine that has none."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

MIN_BYTES = 32


def read_or_make(path: Path) -> str:
    """The key in ``path``; made (64 hex digits, owner-readable only) when there is no file.

    Raises ``ValueError`` when the file holds fewer than 32 bytes.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_exclusively(path, secrets.token_hex(32))
    key = path.read_text().strip()
    if len(key) < MIN_BYTES:
        msg = f"{path.name}: a secret key needs at least {MIN_BYTES} bytes"
        raise ValueError(msg)
    return key


def write_exclusively(path: Path, text: str) -> None:
    """Write a secret file, owner-readable only, unless another process was faster."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
