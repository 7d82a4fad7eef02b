"""Static files with their content's hash in the address: cached for a year, never stale."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app


def init(app: Flask) -> None:
    app.url_defaults(_add_hash)


def _add_hash(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values and "filename" in values:
        folder = current_app.static_folder
        values["v"] = content_hash(f"{folder}/{values['filename']}")


@lru_cache(maxsize=512)
def content_hash(path: str) -> str:
    """First 12 hex digits of the file's SHA-256; empty when there is no such file."""
    file = Path(path)
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else ""
