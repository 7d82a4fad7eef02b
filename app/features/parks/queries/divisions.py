"""Division codes (GB/T 2260) of the region: data beside the code, the root a setting."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask_babel import lazy_gettext as _l

from app.engines import settings

FILE = Path(__file__).parents[1] / "divisions.json"
ROOT = "site.region"


@cache
def shipped() -> dict[str, str]:
    """Every code of the file with its name."""
    found: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))["divisions"]
    return found


def tree() -> dict[str, str]:
    """Code -> name with its city, of what lies below the region's root and has nothing below."""
    root = str(settings.get(ROOT))
    within = root.rstrip("0")
    within += "0" * (len(within) % 2)
    return {
        code: name
        for code, name in with_cities().items()
        if code.startswith(within) and not _has_below(code)
    }


def by_city() -> dict[str, list[tuple[str, str]]]:
    """City -> ``(code, "code name")`` of what may be chosen; whole regions under their own name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, name in tree().items():
        city = shipped().get(f"{code[:4]}00") or shipped().get(f"{code[:2]}0000") or name
        found.setdefault(city, []).append((code, f"{code} {name}"))
    return found


def words(code: str) -> str:
    """A code's name with its city, whatever the region is now."""
    return with_cities().get(code, code)


@cache
def with_cities() -> dict[str, str]:
    """Every code of the file with its name, behind the city that it lies in."""
    found = {}
    for code, name in shipped().items():
        city = shipped().get(f"{code[:4]}00", "")
        found[code] = name if city in ("", name) else f"{city}{name}"
    return found


def _has_below(code: str) -> bool:
    # 469xxx hang directly under the province and 儋州 has no districts: never three levels for all.
    if code.endswith("0000"):
        return True
    return code.endswith("00") and any(
        one != code and one.startswith(code[:4]) for one in shipped()
    )


def fault(value: object) -> str | None:
    return None if value in shipped() else "setting_choice"


settings.define(
    settings.Spec(
        ROOT,
        _l("所在地区"),
        "site",
        hint=_l("园区所在地从这里选起"),
        default=json.loads(FILE.read_text(encoding="utf-8"))["root"],
        shape=settings.Shape.choice,
        options=tuple(shipped().items()),
        check=fault,
    )
)
