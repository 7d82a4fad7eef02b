"""统一社会信用代码 by GB 32100-2015: the signs, the order of the checks, the two check signs."""

from __future__ import annotations

import re
from operator import mul
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH: Final = 18
_VALUES: Final = {sign: value for value, sign in enumerate(ALPHABET)}
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_VALUES: Final = {sign: int(sign, 36) for sign in ALPHABET}
_ORGANISATION_SIGNS: Final = "0123456789X0"
_ODD_SIGN: Final = re.compile(f"[^{ALPHABET}]")
_DIVISION: Final = re.compile("[0-9]{6}")


def check_sign(body: str) -> str:
    """The 18th sign that belongs to the first 17; all of them must be of ``ALPHABET``."""
    values = map(_VALUES.__getitem__, body)
    return ALPHABET[-sum(map(mul, values, _WEIGHTS)) % 31]


def odd_signs(code: str) -> str:
    """The signs of ``code`` that no code may hold (I, O, S, V, Z and everything else), once each."""
    return "".join(dict.fromkeys(_ODD_SIGN.findall(code)))


def fault(code: str) -> str | None:
    """The first thing wrong with an upper-case ``code``: length, alphabet, division or check."""
    if len(code) != LENGTH:
        return "length"
    if _ODD_SIGN.search(code):
        return "alphabet"
    if not _DIVISION.fullmatch(code, 2, 8):
        return "division"
    return None if check_sign(code[:17]) == code[17] else "check"


def organisation_fault(code: str) -> bool:
    """Whether the organisation code inside (signs 9 to 17) fails its own check.

    Real companies exist where it does, so this is told to people and never refuses.
    """
    return organisation_sign(code[8:16]) != code[16]


def organisation_sign(body: str) -> str:
    """The 9th sign of an organisation code (GB 11714) that belongs to its first 8."""
    values = map(_ORGANISATION_VALUES.__getitem__, body)
    return _ORGANISATION_SIGNS[11 - sum(map(mul, values, _ORGANISATION_WEIGHTS)) % 11]
