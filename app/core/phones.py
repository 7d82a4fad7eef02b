"""Chinese phone numbers: one written form for each, and what may be shown of personal data."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# The numbering blocks of mobile phones; a test compares them with the phonenumbers package,
# which itself takes 50 us a number: too slow for a file of 100,000 rows.
_MOBILE: Final = r"1(?:[38]\d|4[57]|[59][0-35-9]|6[25-7]|7[0-35-8])\d{8}|1(?:610\d|740[0-5])\d{6}"
_LANDLINE: Final = r"(10|2\d)([2-9]\d{7})|([3-9]\d{2})([2-9]\d{6,7})"
_MOBILE_FORM: Final = re.compile(rf"(?:\+86|0086|86)?({_MOBILE})", re.ASCII)
_LANDLINE_FORM: Final = re.compile(rf"(?:(?:\+86|0086|86)?0|\+86|0086)(?:{_LANDLINE})", re.ASCII)
#: E-mail, mobile number, identity card, bank account; a credit code of digits alone begins with 9.
_PERSONAL: Final = re.compile(
    r"(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![0-9A-Za-z])(?:(?P<mobile>1[3-9]\d{9})"
    r"|(?P<identity>[1-8]\d{16}[\dXx])"
    r"|(?P<bank>(?!9\d{17}(?!\d))\d{16,19}))(?![0-9A-Za-z])",
    re.ASCII,
)
_BETWEEN: Final = re.compile(r"[\s()\-\u2010-\u2014\u200b\ufeff]")


def normalise(text: str) -> str | None:
    """``13800138000`` or ``0898-88812345``; ``None`` for what is not one phone number.

    The country code, spaces, brackets and hyphens go; a landline must come with its 0 or with +86,
    because 88812345 alone rings somewhere else in every city.
    """
    if len(text) == 11 and _MOBILE_FORM.fullmatch(text):
        return text
    compact = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    mobile = _MOBILE_FORM.fullmatch(compact)
    if mobile:
        return mobile[1]
    landline = _LANDLINE_FORM.fullmatch(compact)
    if landline is None:
        return None
    area, local = landline[1] or landline[3], landline[2] or landline[4]
    return f"0{area}-{local}"


def mask_phone(phone: str) -> str:
    """``138****8000``, ``0898-****2345``: who knows the number recognises it, others cannot ring."""
    area, hyphen, local = phone.rpartition("-")
    if hyphen:
        return f"{area}-****{local[-4:]}"
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)


def redacted(text: str) -> str:
    """A free text without the numbers and addresses of persons that somebody wrote into it."""
    return _PERSONAL.sub(_masked, text)


def personal_in(text: str) -> tuple[str, ...]:
    """What somebody wrote into a free text that belongs to a person, each masked, in its order."""
    return tuple(_masked(found) for found in _PERSONAL.finditer(text))


def _masked(found: re.Match[str]) -> str:
    kind, text = found.lastgroup, found[0]
    if kind == "email":
        return mask_email(text)
    if kind == "mobile":
        return mask_phone(text)
    return f"{text[:3]}***{text[-2:]}" if kind == "identity" else f"**** {text[-4:]}"


def mask_name(name: str) -> str:
    """``张*``, ``欧**``: the first sign only."""
    return name[:1] + "*" * max(len(name) - 1, 0)


def mask_email(email: str) -> str:
    """``z***@example.com``; the number of stars tells nothing of the length."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}***{at}{domain}" if at else "***"
