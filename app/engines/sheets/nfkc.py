"""The one form of signs that look alike, for what is compared and not stored."""

from __future__ import annotations

import unicodedata
from typing import Final

# No code, number, day, choice or address is that long. Putting accents into their order takes the
# square of their number: a cell of a million of them would be at it for minutes.
_LONGEST: Final = 300


def nfkc(text: str) -> str:
    """``text`` in NFKC; one that is too long to mean anything stays as it is."""
    return unicodedata.normalize("NFKC", text) if len(text) <= _LONGEST else text
