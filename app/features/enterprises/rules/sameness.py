"""When two records may be one enterprise: names without what does not tell enterprises apart, names
that are nearly the same, and the reasons in their order. Pure; nothing here decides by itself.

No library in use turns traditional signs into simplified ones; they read the same, so that a pair
written both ways is met as one of the same sound.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
_PLACES = (
    "三亚|海口|儋州|三沙|琼海|万宁|文昌|东方|五指山|澄迈|临高|定安|屯昌|陵水|昌江|保亭|琼中|白沙|乐东|洋浦"
    "|北京|上海|天津|重庆|广州|深圳|杭州|宁波|厦门|青岛|成都|武汉|郑州|西安|南京|苏州|长沙|珠海|东莞"
)
_PROVINCE = "海南|广东|广西|浙江|江苏|福建|山东|四川|湖北|湖南|河南|陕西"
_IN_BRACKETS = re.compile(rf"[(（\[【](?:中国|{_PROVINCE}|{_PLACES})[省市县]?[)）\]】]")
_IN_FRONT = re.compile(rf"^(?:中国)?(?:(?:{_PROVINCE})省?)?(?:(?:{_PLACES})[市县]?)?")
_KEPT = re.compile(r"[^0-9a-z\u3400-\u9fff\U00020000-\U0003ffff]+")
_DIGITS = re.compile(r"\d+")
LONG_NAME = 8  # signs from which two of them may differ
SHORT_NAME = 3  # signs below which none may


def same_key(name: str) -> str:
    """What of a name tells one enterprise from another: width, case, brackets, spaces and dots,
    the place in front and the legal form at the end do not."""
    folded = unicodedata.normalize("NFKC", name).lower()
    plain = _KEPT.sub("", _IN_BRACKETS.sub("", folded)) or _KEPT.sub("", folded)
    bare = _without_form(plain)
    short = _IN_FRONT.sub("", bare, count=1)
    found = next((one for one in (short, bare, plain) if len(one) >= KEY_MIN), plain or folded)
    return found[:KEY_MAX]


def _without_form(plain: str) -> str:
    if plain.endswith(_BRANCH):
        return plain
    for form in _FORMS:
        if plain.endswith(form) and len(plain) - len(form) >= KEY_MIN:
            return plain.removesuffix(form)
    return plain


#: Reasons, strongest first: what each says, and how much it weighs beside another pair's.
REASONS = ("code", "name", "sound", "near", "phone", "legal", "address")
WEIGHTS: Mapping[str, int] = {
    "code": 1000,
    "name": 400,
    "sound": 200,
    "near": 100,
    "phone": 30,
    "legal": 20,
    "address": 10,
}


@dataclass(frozen=True, slots=True)
class Trait:
    """What of a record is compared."""

    id: int
    park_id: int
    uscc: str
    key: str
    legal: str | None
    phone: str | None
    address: str | None


def reasons_of(one: Trait, other: Trait) -> tuple[str, ...]:
    """Why the two may be one, strongest first; () = nothing that is enough.

    Names that are only near say nothing by themselves: another fact has to be shared.
    """
    found = {
        name for name in ("legal", "phone", "address")
        if (value := getattr(one, name)) and value == getattr(other, name)
    }  # fmt: skip
    names = _names(one.key, other.key, wanted=bool(found))
    if one.uscc == other.uscc:
        found.add("code")
    if not names and "code" not in found:
        return ()
    found |= names
    return tuple(name for name in REASONS if name in found)


def _names(one: str, other: str, *, wanted: bool) -> set[str]:
    if one == other:
        return {"name"} if one else set()
    if not wanted or _DIGITS.findall(one) != _DIGITS.findall(other):
        return set()  # 一号店 and 二号店 written in figures are two
    if _sound(one) == _sound(other):
        return {"sound"}
    return {"near"} if _near(one, other) else set()


def _sound(key: str) -> str:
    return name_key(key).partition("|")[0]


def _near(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    if shorter <= SHORT_NAME:
        return False
    return within(one, other, 2 if shorter >= LONG_NAME else 1)


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
