"""The profile of a park (domain.md 2.1): its fields, how they are read, what is wrong with them.

Plain Python. What a person types is kept as typed while it is a draft; ``faults`` says what stands
against sending it to review. Numbers are exact decimals as text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from app.core import clock, phones
from app.core import uscc as credit_code

SUBTYPES = ("cluster", "supervision", "incubation", "live", "logistics", "other")
LEVELS = ("national", "provincial", "city", "district", "none")
NATURES = ("state", "private", "foreign", "mixed", "public", "other")
MODES = ("9610", "9710", "9810", "1210", "1239")
SERVICES = ("register", "filing", "customs", "storage", "logistics", "finance", "tax", "training",
            "marketing", "live", "legal", "talent")  # fmt: skip
STORES = ("bonded", "plain", "cold", "overseas")

#: Field -> most signs of a text.
TEXTS = {
    "name": 120,
    "short_name": 40,
    "title_no": 60,
    "address": 300,
    "customs_area_name": 120,
    "operator_name": 120,
    "uscc": 18,
    "legal_representative": 60,
    "contact_name": 40,
    "contact_phone": 20,
    "email": 120,
    "categories": 200,
    "markets": 200,
    "platforms": 200,
    "rent_range": 120,
    "service_phone": 20,
    "hours": 120,
    "transport": 500,
    "video": 300,
    "policies": 3000,
}
LONG = ("policies", "transport")
#: Field -> (lowest, highest, decimals).
NUMBERS = {
    "longitude": ("-180", "180", 6),
    "latitude": ("-90", "90", 6),
    **dict.fromkeys(
        ("built_area", "usable_area", "cbec_area", "leasable_area", "leased_area"),
        ("0", "99999999.99", 2),
    ),
    "staff_count": ("0", "999999", 0),
    "investment": ("0", "99999999.99", 2),
}
DATES = ("title_on", "title_until", "opened_on")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": ("park", "base"),
    "subtype": SUBTYPES,
    "level": LEVELS,
    "nature": NATURES,
}
MANY: Mapping[str, tuple[str, ...]] = {"customs_modes": MODES, "services": SERVICES}
FLAGS = ("customs_area",)
COLUMNS = ("kind", "area", "operator")

REQUIRED = ("name", "kind", "level", "division", "address", "cbec_area", "leasable_area",
            "operator_name", "uscc", "contact_name", "contact_phone", "opened_on",
            "introduction")  # fmt: skip
#: Changing one of these asks for evidence.
KEYS = ("name", "kind", "level", "operator_name", "uscc")
#: Each is no more than the next: (smaller, larger).
WITHIN = (
    ("leased_area", "leasable_area"),
    ("leasable_area", "usable_area"),
    ("cbec_area", "usable_area"),
    ("usable_area", "built_area"),
    ("leasable_area", "built_area"),
)
MOST_PHOTOS, MOST_STORES, MOST_FILES = 12, 20, 6
ALT_MAX = 100
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,8})?", re.ASCII)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)


def clean(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, in the shape each field has; ``introduction`` is the caller's to clean.

    Anything of another shape than its field's counts as not filled in: it did not come from our
    form.
    """
    found: dict[str, Any] = {name: _text(raw.get(name), name in LONG) for name in TEXTS}
    found["uscc"] = found["uscc"].upper()
    for name in NUMBERS:
        found[name] = number(_text(raw.get(name)))
    for name in (*DATES, "division"):
        found[name] = _text(raw.get(name))
    for name, allowed in CHOICES.items():
        value = raw.get(name)
        found[name] = value if isinstance(value, str) and value in allowed else ""
    for name, allowed in MANY.items():
        given = raw.get(name)
        ticked = given if isinstance(given, list | tuple) else ()
        found[name] = [one for one in allowed if one in ticked]
    found["customs_area"] = raw.get("customs_area") is True
    if not found["customs_area"]:
        found["customs_area_name"] = ""
    found["warehouses"] = _stores(raw.get("warehouses"))
    logo = raw.get("logo")
    found["logo"] = (_pictures([logo]) or [{}])[0]
    found["photos"] = _pictures(raw.get("photos"))
    found["evidence"] = _files(raw.get("evidence"))
    for name in ("contact_phone", "service_phone"):
        found[name] = phones.normalise(found[name]) or found[name]
    return found


def _text(value: Any, lines: bool = False) -> str:  # noqa: FBT001, FBT002 - private
    if not isinstance(value, str):
        return ""
    text = "".join(sign for sign in value.replace("\r\n", "\n") if sign >= " " or sign == "\n")
    return text.strip() if lines else " ".join(text.split())


def number(text: str) -> str:
    """``1,200.50`` as ``1200.50``; what is no number stays as it was typed."""
    plain = text.replace(",", "").replace("，", "")
    return plain if _NUMBER.fullmatch(plain) else text


def _entries(value: Any, most: int) -> list[Mapping[str, Any]]:
    given = value if isinstance(value, list) else []
    return [one for one in given[: most + 1] if isinstance(one, Mapping)]


def _stores(value: Any) -> list[dict[str, str]]:
    rows = [
        {
            "kind": row["kind"] if row.get("kind") in STORES else "",
            "area": number(_text(row.get("area"))),
            "operator": _text(row.get("operator")),
        }
        for row in _entries(value, MOST_STORES)
    ]
    return [row for row in rows if any(row.values())]


def _pictures(value: Any) -> list[dict[str, str]]:
    return [
        {"key": one["key"], "alt": _text(one.get("alt"))}
        for one in _entries(value, MOST_PHOTOS)
        if isinstance(one.get("key"), str) and _KEY.fullmatch(one["key"])
    ]


def _files(value: Any) -> list[dict[str, str]]:
    return [
        {"key": one["key"], "name": _text(one.get("name"))[:200]}
        for one in _entries(value, MOST_FILES)
        if isinstance(one.get("key"), str) and _KEY.fullmatch(one["key"])
    ]


# -- what stands against it ----------------------------------------------------------------------
def faults(
    content: Mapping[str, Any], *, today: date, divisions: Collection[str]
) -> dict[str, str]:
    """Field -> code of what is wrong, for sending it to review."""
    wrong = {name: "required" for name in REQUIRED if not content.get(name)}
    for check in (_texts, _numbers, _dates, _lists):
        wrong = {**check(content), **wrong}
    if content.get("division") and content["division"] not in divisions:
        wrong["division"] = "division_unknown"
    for name in DATES[:1] + DATES[2:]:  # a title's end lies ahead, the others do not
        found = day(content.get(name, ""))
        if found is not None and found > today:
            wrong.setdefault(name, "date_ahead")
    if content.get("customs_area") and not content.get("customs_area_name"):
        wrong["customs_area_name"] = "required"
    return wrong


def _texts(content: Mapping[str, Any]) -> dict[str, str]:
    wrong = {name: "too_long" for name, most in TEXTS.items() if len(content.get(name, "")) > most}
    if content.get("uscc") and credit_code.fault(content["uscc"]) is not None:
        wrong["uscc"] = "bad_code"
    for name in ("contact_phone", "service_phone"):
        if content.get(name) and phones.normalise(content[name]) is None:
            wrong[name] = "phone_wrong"
    if content.get("email") and not _EMAIL.fullmatch(content["email"]):
        wrong["email"] = "email_wrong"
    if content.get("video") and not address(content["video"]):
        wrong["video"] = "url_wrong"
    return wrong


def _numbers(content: Mapping[str, Any]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for name, (low, high, places) in NUMBERS.items():
        if content.get(name):
            code = _number_fault(content[name], Decimal(low), Decimal(high), places)
            if code:
                wrong[name] = code
    for small, large in WITHIN:
        one, other = amount(content.get(small)), amount(content.get(large))
        if one is not None and other is not None and one > other:
            wrong.setdefault(small, f"{small}_over_{large}")
    if bool(content.get("longitude")) != bool(content.get("latitude")):
        wrong.setdefault("latitude" if content.get("longitude") else "longitude", "coordinate_half")
    return wrong


def _number_fault(text: str, low: Decimal, high: Decimal, places: int) -> str:
    value = amount(text)
    if value is None:
        return "number_wrong"
    if not low <= value <= high:
        return "number_range"
    _sign, _digits, exponent = value.as_tuple()
    return "number_places" if isinstance(exponent, int) and -exponent > places else ""


def amount(text: Any) -> Decimal | None:
    """The number, or ``None`` for what is none."""
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern lets nothing else through
        return None


def grouped(text: str) -> str:
    """``1234.50`` as ``1,234.5``; what is no number stays as it is."""
    whole, dot, rest = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    if not digits.isdecimal() or not (rest.isdecimal() or not dot):
        return text
    rest = rest.rstrip("0")
    return f"{sign}{int(digits):,}{dot if rest else ''}{rest}"


def _dates(content: Mapping[str, Any]) -> dict[str, str]:
    wrong = {
        name: "date_wrong" for name in DATES if content.get(name) and day(content[name]) is None
    }
    begins, ends = day(content.get("title_on", "")), day(content.get("title_until", ""))
    if begins and ends and ends < begins:
        wrong["title_until"] = "date_before"
    return wrong


def day(text: str) -> date | None:
    """``2024-05-01`` as a date, or ``None``."""
    try:
        found = clock.day_of(text)
    except ValueError:
        return None
    return found if found.year > 1900 else None


def _lists(content: Mapping[str, Any]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for row in content.get("warehouses") or ():
        area = amount(row["area"])
        if not row["kind"] or area is None or area <= 0 or len(row["operator"]) > TEXTS["name"]:
            wrong["warehouses"] = "warehouse_row"
    pictures = [*(content.get("photos") or ()), *filter(None, [content.get("logo")])]
    if any(not one["alt"] for one in pictures):
        wrong["photos"] = "alt_missing"
    elif any(len(one["alt"]) > ALT_MAX for one in pictures):
        wrong["photos"] = "too_long"
    limits = {"photos": MOST_PHOTOS, "warehouses": MOST_STORES, "evidence": MOST_FILES}
    for name, most in limits.items():
        if len(content.get(name) or ()) > most:
            wrong[name] = "too_many"
    return wrong


def evidence_missing(before: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
    """Whether a key field changes without a file that was not there before."""
    if all(before.get(name, "") == content.get(name, "") for name in KEYS):
        return False
    known = {one["key"] for one in before.get("evidence") or ()}
    return not any(one["key"] not in known for one in content.get("evidence") or ())


def address(text: str) -> bool:
    """Whether a text is an address of the web that a link may carry."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        return False


def keys_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of every file in it."""
    return (*picture_keys(content), *(one["key"] for one in content.get("evidence") or ()))


def picture_keys(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of its pictures, the logo first."""
    entries = [*filter(None, [content.get("logo")]), *(content.get("photos") or ())]
    return tuple(one["key"] for one in entries)


def next_code(kind: str, taken: Collection[str]) -> str:
    """P11 after P10, B03 after B02; the letter says the type."""
    letter = "B" if kind == "base" else "P"
    numbers = [int(one[1:]) for one in taken if one[:1] == letter and one[1:].isdecimal()]
    return f"{letter}{max(numbers, default=0) + 1:02d}"


def slug(sound: str, code: str, taken: Collection[str]) -> str:
    """The last part of a public address: the name's sound, with the code where that is taken."""
    plain = "-".join(re.findall(r"[a-z0-9]+", sound.lower()))[:60].strip("-") or code.lower()
    return plain if plain not in taken else f"{plain}-{code.lower()}"


def pinyin(text: str) -> tuple[str, str]:
    """``("yazhouwan", "yzw")``: the sound of a name and its initials."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its tables take 0.3 s and 20 MiB

    sounds = lazy_pinyin(text)
    return "".join(sounds).lower(), "".join(one[:1] for one in sounds).lower()


#: Yearly figures: field -> decimals.
FIGURES = {
    "firms": 0,
    "cbec_firms": 0,
    "import_value": 2,
    "export_value": 2,
    "jobs": 0,
    "tax": 2,
}


def figure_faults(values: Mapping[str, str], year: int, this_year: int) -> dict[str, str]:
    """What is wrong with a year's figures; an empty one is not known, which is allowed."""
    wrong: dict[str, str] = {}
    if not 2015 <= year <= this_year:
        wrong["year"] = "figure_year"
    for name, places in FIGURES.items():
        if values.get(name):
            code = _number_fault(values[name], Decimal(0), Decimal("99999999.99"), places)
            if code:
                wrong[name] = code
    firms, cbec = amount(values.get("firms")), amount(values.get("cbec_firms"))
    if firms is not None and cbec is not None and cbec > firms:
        wrong.setdefault("cbec_firms", "cbec_over_firms")
    if not any(values.get(name) for name in FIGURES):
        wrong.setdefault("firms", "figures_empty")
    return wrong
