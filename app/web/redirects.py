"""Redirect targets that come from a request: only paths of this site (security.md U43)."""

from __future__ import annotations

import re

# One leading slash, then no second slash or backslash; no control characters anywhere.
_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")


def safe_target(wanted: str | None, fallback: str) -> str:
    """``wanted`` if it is a plain path of this site, else ``fallback``."""
    return wanted if wanted and len(wanted) < 2000 and _PATH.fullmatch(wanted) else fallback
