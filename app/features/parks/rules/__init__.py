"""Rules of parks: what a code looks like."""

from __future__ import annotations

import re

CODE = re.compile(r"[A-Z][A-Z0-9]{1,15}")
NAME_MAX = 120
REASON_MAX = 200
BANK_ACCOUNT = re.compile(r"[0-9]{8,30}", re.ASCII)  # companies': of any length, without a check
PERSON_MAX = 40
ADDRESS_MAX = 300


def mask_account(tail: str) -> str:
    """``**** 1234``: what is shown of a bank account; nothing of one that is not there."""
    return f"**** {tail}" if tail else ""
