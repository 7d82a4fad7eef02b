"""Digests: a publication's own, chained to the one before it, so that none can be exchanged."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from app.features.rankings.rules.rows import Published

FIRST = "0" * 64
#: Letters and digits that nobody mistakes for another.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 10


def canonical(data: Any) -> str:
    """One text for equal data, whatever its order."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def digest(head: Mapping[str, Any], rows: Sequence[Published], previous: str) -> str:
    """SHA-256 over the head, every row in its order, and the digest before."""
    told = {"head": dict(head), "rows": [one.told() for one in rows], "previous": previous}
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def short_code() -> str:
    """``7K3M-9QX2-WD``: 50 bits, for typing off a sheet of paper."""
    return "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def typed_code(text: str) -> str:
    """What somebody typed, as it is kept; "" for what no code can be."""
    found = "".join(sign for sign in text.upper() if sign not in " -—－")
    good = len(found) == CODE_LENGTH and all(sign in SIGNS for sign in found)
    return found if good else ""


def key() -> str:
    """An address that nobody guesses."""
    return secrets.token_urlsafe(24)
