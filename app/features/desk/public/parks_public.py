"""Parks as the public site shows them: the approved profile, or the plain row of the register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.core.values import replace
from app.engines import calendar, richtext
from app.extensions.phrases import listed
from app.features.desk.public import Choices, Found, Park, ParkPage, matches
from app.features.parks import queries as parks
from app.features.parks.labels import KIND_WORDS
from app.features.parks.labels.profile import (
    HEADINGS,
    LEVEL_WORDS,
    MODE_WORDS,
    SERVICE_WORDS,
    STORE_WORDS,
)
from app.features.parks.queries import divisions
from app.features.parks.rules.profile import grouped
from app.features.settlements.rules import FIRST_CONTACT_DAYS

SUMMARY = 80
#: Key figures of a park, the first two in lists.
AREAS = ("leasable_area", "built_area", "cbec_area")
#: Service -> drawing.
DRAWINGS = {
    "register": "building-bank",
    "filing": "file-certificate",
    "customs": "file-check",
    "storage": "building-warehouse",
    "logistics": "truck",
    "finance": "coin",
    "tax": "receipt",
    "training": "presentation-analytics",
    "marketing": "speakerphone",
    "live": "player-play",
    "legal": "scale",
    "talent": "users",
}


def _profiles() -> dict[int, parks.Public]:
    return {one.park_id: one for one in parks.published()}


def parks_page(  # noqa: PLR0913 - the filters of the page
    *,
    q: str,
    type: str,  # noqa: A002 - as the address calls it
    level: str,
    mode: str,
    area: str,
    skip: int,
    most: int,
) -> Found:
    """Parks in operation, then bases, each by code.

    A filter on what only a profile says leaves out those without one.
    """
    profiles = _profiles()

    def wanted(one: Any) -> bool:
        profile = profiles.get(one.id)
        if type and one.kind != type:
            return False
        if (level or mode or area) and profile is None:
            return False
        if profile is None:
            return matches(one.name, q)
        if (level and profile.level != level) or (area and profile.division != area):
            return False
        if mode and mode not in profile.customs_modes:
            return False
        return matches(profile.name, q) or bool(
            profile.short_name and matches(profile.short_name, q)
        )

    found = sorted(filter(wanted, parks.all_shown()), key=lambda one: one.kind == "base")
    page = found[skip : skip + most]
    return Found([_park(one, profiles.get(one.id)) for one in page], len(found))


def park_choices() -> Mapping[str, Choices]:
    """What the parks in operation have: nothing is offered that finds nothing."""
    found = list(_profiles().values())
    levels = {one.level for one in found}
    modes = {mode for one in found for mode in one.customs_modes}
    areas = sorted({one.division for one in found})
    return {
        "type": tuple(KIND_WORDS.items()),
        "level": [pair for pair in LEVEL_WORDS.items() if pair[0] in levels],
        "mode": [pair for pair in MODE_WORDS.items() if pair[0] in modes],
        "area": [(code, divisions.words(code)) for code in areas],
    }


def park(slug: str) -> ParkPage | None:
    found = parks.at_address(slug)
    if found is None:
        return None
    profile = _profiles().get(found.id)
    if profile is None:
        owner = parks.owner_of(found)
        return ParkPage(
            park=_park(found, None),
            operator=owner.name if owner else "",
            updated_on=calendar.local(found.updated_at),
        )
    content = profile.content
    return ParkPage(
        park=replace(_park(found, profile), facts=_facts(content)),
        operator=content.get("operator_name", ""),
        introduction=content.get("introduction", ""),
        photos=[(one["key"], one["alt"]) for one in (content.get("photos") or ())[1:]],
        services=[(SERVICE_WORDS[one], DRAWINGS[one]) for one in content.get("services") or ()],
        texts=_texts(content),
        video=content.get("video", ""),
        contacts=_filled(content, ("service_phone", "hours", "address")),
        apply_facts=_apply_facts(content),
        updated_on=calendar.local(profile.updated_at),
    )


def _filled(content: Mapping[str, Any], names: tuple[str, ...]) -> list[tuple[Any, str]]:
    return [(HEADINGS[name], str(content[name])) for name in names if content.get(name)]


def _texts(content: Mapping[str, Any]) -> list[tuple[Any, str]]:
    stores = content.get("warehouses") or ()
    kinds = [f"{STORE_WORDS.get(one['kind'], '')} {grouped(one['area'])} ㎡" for one in stores]
    more = [(HEADINGS["warehouses"], listed(kinds))] if kinds else []
    return [*more, *_filled(content, ("policies", "transport"))]


def _apply_facts(content: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """What a company asks first; 首次联系 is the platform's own promise."""
    return [
        *_filled(content, ("categories", "markets", "platforms", "rent_range")),
        (_("首次联系"), _("提交后 %(n)s 个工作日内", n=FIRST_CONTACT_DAYS)),
    ]


def _park(one: Any, profile: parks.Public | None) -> Park:
    if profile is None:
        return Park(slug=one.code.lower(), code=one.code, name=one.name, kind=KIND_WORDS[one.kind])
    content = profile.content
    cover = next(iter(content.get("photos") or ()), None)
    return Park(
        slug=profile.slug,
        code=one.code,
        name=profile.name,
        kind=KIND_WORDS[profile.kind],
        level="" if profile.level == "none" else LEVEL_WORDS[profile.level],
        modes=[MODE_WORDS[mode] for mode in profile.customs_modes],
        address=f"{divisions.words(profile.division)} {content.get('address', '')}".strip(),
        summary=richtext.summary(content.get("introduction", ""))[:SUMMARY],
        cover=cover["key"] if cover else "",
        cover_alt=cover["alt"] if cover else "",
        logo=(content.get("logo") or {}).get("key", ""),
        facts=_facts(content, AREAS[:2]),
    )


def _facts(
    content: Mapping[str, Any], names: tuple[str, ...] = AREAS
) -> list[tuple[Any, str, Any]]:
    return [(HEADINGS[name], grouped(content[name]), "㎡") for name in names if content.get(name)]
