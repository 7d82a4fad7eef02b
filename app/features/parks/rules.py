"""Rules of parks: what a code looks like."""

from __future__ import annotations

import re

CODE = re.compile(r"[A-Z][A-Z0-9]{1,15}")
NAME_MAX = 120
REASON_MAX = 200
