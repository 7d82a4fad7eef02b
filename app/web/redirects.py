"""Redirect targets that come from a request: only paths of this site (security.md U43)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from flask import abort
from werkzeug.datastructures import MultiDict

# One leading slash, then no second slash or backslash; no control characters anywhere.
LONGEST = 6_000  # a list's address with many conditions
_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")


def safe_target(wanted: str | None, fallback: str) -> str:
    """``wanted`` if it is a plain path of this site, else ``fallback``."""
    return wanted if wanted and len(wanted) < LONGEST and _PATH.fullmatch(wanted) else fallback


def query_arguments(text: str) -> Any:
    """A query string that a form carries, as request arguments. What is longer than any of ours is
    refused: a part of it would ask for more rows than the whole."""
    if len(text) > LONGEST:
        abort(400)
    return MultiDict(parse_qsl(text.lstrip("?"), keep_blank_values=False))
