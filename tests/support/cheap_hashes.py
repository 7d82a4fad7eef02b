"""Passwords cost 50 ms each as shipped, a quarter of the suite's time; test_passwords.py holds what
is shipped, every other test signs in at the least cost that the two methods know."""

from __future__ import annotations

from argon2 import PasswordHasher
from werkzeug.security import generate_password_hash

from app.features.accounts.services import hashing

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CHEAP_OLD = "pbkdf2:sha256:1"


def make_passwords_cheap() -> None:
    """For this process; before anything is hashed."""
    old_nobody = generate_password_hash("nobody has this password", CHEAP_OLD)
    hashing._HASHER = CHEAP
    hashing._old_nobody = lambda: old_nobody
