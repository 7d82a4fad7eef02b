"""How passwords are kept: argon2id. Hashes from before (Werkzeug's scrypt) still open, once."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from werkzeug.security import check_password_hash, generate_password_hash

from app.features.accounts.rules import PASSWORD_MAX

#: About 50 ms and 32 MiB: eight sign-ins at once still fit a small machine.
_HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)


def hashed(password: str) -> str:
    return _HASHER.hash(password)


def matches(stored: str | None, password: str, *, old_ones: bool = True) -> bool:
    """Whether ``stored`` opens with ``password``; nobody's hash is ``None`` and takes as long.

    ``old_ones``: somebody still has a hash from before. Then each check is made in both ways, so
    that the time does not tell whose hash is of which kind, nor who is nobody.
    """
    fits = len(password) <= PASSWORD_MAX and "\x00" not in password
    given = password if fits else ""  # a giant text costs no more than a short one
    kept = stored or ""
    before = bool(kept) and is_old(kept)
    good = _argon2(_nobody() if before or not kept else kept, given)
    if old_ones or before:
        opened = _werkzeug(kept if before else _old_nobody(), given)
        good = opened if before else good
    return fits and bool(kept) and good


def is_old(stored: str) -> bool:
    return not stored.startswith("$argon2id$")


def outdated(stored: str) -> bool:
    """Whether the next good sign-in should hash the password again."""
    return is_old(stored) or _HASHER.check_needs_rehash(stored)


def _argon2(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _werkzeug(stored: str, password: str) -> bool:
    try:
        return check_password_hash(stored, password)
    except ValueError:  # no hash at all: it opens for nobody
        return False


@cache
def _nobody() -> str:
    return hashed("nobody has this password")


@cache
def _old_nobody() -> str:
    return generate_password_hash("nobody has this password")
