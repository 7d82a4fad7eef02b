"""Rules of parks: what a code looks like."""

from __future__ import annotations

import re
from datetime import timedelta

CODE = re.compile(r"[A-Z][A-Z0-9]{1,15}")
NAME_MAX = 120
REASON_MAX = 200
BANK_ACCOUNT = re.compile(r"[0-9]{8,30}", re.ASCII)  # companies': of any length, without a check
PERSON_MAX = 40
ADDRESS_MAX = 300

INVITATION_DAYS = 7
OPEN_FOR = timedelta(days=INVITATION_DAYS)  # an invitation, an offer to hand a park over
RESEND_AFTER = timedelta(minutes=10)
MOST_SENDS = 3
DAY = timedelta(days=1)
PARK_A_DAY = 20
#: window -> most invitations to one number, from whatever park.
PER_NUMBER = ((DAY, 3), (timedelta(days=30), 10))


def mask_account(tail: str) -> str:
    """``**** 1234``: what is shown of a bank account; nothing of one that is not there."""
    return f"**** {tail}" if tail else ""
