"""When two records may be one enterprise: names without what does not tell enterprises apart, names
that are nearly the same, and the reasons in their order. Pure; nothing here decides by itself.

No library in use turns traditional signs into simplified ones; they read the same, so that a pair
written both ways is met as one of the same sound.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.features.enterprises.rules import name_key

KEY_MAX = 120
#: A key of one sign would say too little: the name stays longer then.
KEY_MIN = 2
#: Longest first: what a name ends with, whoever it is of. A branch (分公司) is somebody else.
_FORMS = (
    *("有限责任公司", "股份有限公司", "有限公司", "股份公司", "有限合伙", "普通合伙", "合伙企业"),
    *("个人独资企业", "个体工商户", "公司", "coltd", "limited", "ltd", "inc", "llc"),
)
_BRANCH = "分公司"
#: Provinces and cities of the country: the platform is any zone's. Left out are those that name more
#: companies as a word (东方, 朝阳) than as a place.
_SAID = json.loads(Path(__file__).with_name("places.json").read_text(encoding="utf-8"))
_PROVINCE, _CITY = ("|".join(_SAID[kind]) for kind in ("provinces", "cities"))
_IN_BRACKETS = re.compile(rf"\((?:中国|{_PROVINCE}|{_CITY})[省市县]?\)")  # NFKC made them narrow
_IN_FRONT = re.compile(rf"^(?:中国)?(?:(?:{_PROVINCE})[省市]?)?(?:(?:{_CITY})[市县]?)?")
_PLACE = re.compile(f"{_PROVINCE}|{_CITY}")
_KEPT = re.compile(r"[^0-9a-z\u3400-\u9fff\U00020000-\U0003ffff]+")
_DIGITS = re.compile(r"\d+")
FAR = 2  # signs that near names differ by at most
LONG_NAME = 8  # signs from which two of them may differ
SHORT_NAME = 4  # signs up to which none may


def same_key(name: str) -> str:
    """What of a name tells one enterprise from another: width, case, brackets, spaces and dots,
    the place in front and the legal form at the end do not."""
    folded = unicodedata.normalize("NFKC", name).lower()
    plain = _KEPT.sub("", _IN_BRACKETS.sub("", folded)) or _KEPT.sub("", folded)
    bare = _without_form(plain)
    short = _IN_FRONT.sub("", bare, count=1)
    found = next((one for one in (short, bare, plain) if len(one) >= KEY_MIN), plain or folded)
    return found[:KEY_MAX]


def places(name: str) -> frozenset[str]:
    """The places that a name says, in front or in brackets."""
    folded = unicodedata.normalize("NFKC", name).lower()
    front = _IN_FRONT.match(_KEPT.sub("", _IN_BRACKETS.sub("", folded)))
    said = "".join([*_IN_BRACKETS.findall(folded), front[0] if front else ""])
    return frozenset(_PLACE.findall(said))


def _without_form(plain: str) -> str:
    if plain.endswith(_BRANCH):
        return plain
    for form in _FORMS:
        if plain.endswith(form) and len(plain) - len(form) >= KEY_MIN:
            return plain.removesuffix(form)
    return plain


#: Reasons, strongest first: what each says, and how much it weighs beside another pair's.
REASONS = ("code", "name", "core", "sound", "near", "phone", "legal", "address")
WEIGHTS: Mapping[str, int] = {
    "code": 1000,
    "name": 800,
    "core": 400,
    "sound": 200,
    "near": 100,
    "phone": 30,
    "legal": 20,
    "address": 10,
}


class Trait(Struct, frozen=True):
    """What of a record is compared."""

    id: int
    park_id: int
    uscc: str
    name: str
    key: str
    legal: str | None
    phone: str | None
    address: str | None


def reasons_of(one: Trait, other: Trait) -> tuple[str, ...]:
    """Why the two may be one, strongest first; () = nothing that is enough.

    Names that are only near, or the same but for two different places, say nothing by themselves:
    another fact has to be shared.
    """
    if one.uscc != other.uscc and one.key != other.key and not _worth(one.key, other.key):
        return ()
    found = {
        name for name in ("legal", "phone", "address")
        if (value := getattr(one, name)) and value == getattr(other, name)
    }  # fmt: skip
    names = _names(one, other, found)
    if one.uscc == other.uscc:
        found.add("code")
    if not names and "code" not in found:
        return ()
    found |= names
    return tuple(name for name in REASONS if name in found)


def _names(one: Trait, other: Trait, shared: Collection[str]) -> set[str]:
    if one.key == other.key:
        here, there = places(one.name), places(other.name)
        if not here or not there or here & there:
            return {"name"} if one.key else set()
        return {"core"} if shared or one.uscc == other.uscc else set()
    if not shared:
        return set()
    mine, theirs = _read(one.key), _read(other.key)
    if mine.digits != theirs.digits:
        return set()  # shop 1 and shop 2 are two
    if mine.sound == theirs.sound:
        return {"sound"}
    # Many people have one name and many firms one address: alone they carry one sign of a long name.
    strong = "phone" in shared or len(shared) > 1
    return {"near"} if _near(one.key, other.key, strong=strong) else set()


def _worth(one: str, other: str) -> bool:
    """Whether two keys may be near at all: asked of millions, so nothing is counted here. Each sign
    that is changed leaves two that only one of the keys has."""
    mine, theirs = _read(one), _read(other)
    most = FAR if min(len(one), len(other)) >= LONG_NAME else 1
    return len(mine.signs ^ theirs.signs) <= 2 * most or mine.sound == theirs.sound


class _Reading(Struct, frozen=True):
    digits: tuple[str, ...]
    sound: str
    signs: frozenset[str]


@lru_cache(maxsize=4_096)  # neighbours are compared again and again
def _read(key: str) -> _Reading:
    sound = name_key(key).partition("|")[0]
    return _Reading(tuple(_DIGITS.findall(key)), sound, frozenset(key))


def _near(one: str, other: str, *, strong: bool) -> bool:
    shorter = min(len(one), len(other))
    if shorter <= SHORT_NAME or (not strong and shorter < LONG_NAME):
        return False
    return within(one, other, FAR if strong and shorter >= LONG_NAME else 1)


def within(one: str, other: str, most: int) -> bool:
    """Whether at most ``most`` signs were put in, left out or changed (a band of the usual table)."""
    if abs(len(one) - len(other)) > most:
        return False
    before = list(range(len(other) + 1))
    for row, sign in enumerate(one, 1):
        now = [row]
        for column, theirs in enumerate(other, 1):
            step = before[column - 1] + (sign != theirs)
            now.append(min(step, before[column] + 1, now[column - 1] + 1))
        if min(now) > most:
            return False
        before = now
    return before[-1] <= most


def score(reasons: tuple[str, ...]) -> int:
    """How strong reasons are together: what a list is sorted by."""
    return sum(WEIGHTS[name] for name in reasons)


# -- what stays ----------------------------------------------------------------------------------
#: What 海易办 certifies of a company, among the register's columns.
CERTIFIED = ("uscc", "name", "legal_representative", "registered_address")


def proposed(name: str, mine: Any, theirs: Any, *, sure: str = "", newer: str = "kept") -> str:
    """Which value is proposed to stay: ``kept`` (of the record that stays) or ``gone``.

    The certified one (``sure``), else the only one there is, else for the code, the name and the
    day of settling the staying record's own, else the one that was written last.
    """
    if sure:
        return sure
    empty = (None, "", ())
    if mine in empty or theirs in empty:
        return "gone" if mine in empty and theirs not in empty else "kept"
    return "kept" if name in ("uscc", "name", "settled_on") else newer
