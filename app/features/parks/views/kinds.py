"""What parks put under review, and who may read the files of it; wiring registers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.engines import files, review, richtext
from app.engines.review import Field, Shape
from app.extensions.phrases import clauses, listed
from app.features.parks import policy, queries
from app.features.parks.labels.profile import (
    HEADINGS,
    SECTIONS,
    STORE_HEADINGS,
    STORE_WORDS,
    UNITS,
    WORDS,
)
from app.features.parks.queries import divisions
from app.features.parks.rules import profile as rules
from app.features.parks.services import profiles, upgrades

SHAPES = {
    **dict.fromkeys(rules.NUMBERS, Shape.number),
    **dict.fromkeys(rules.DATES, Shape.date),
    **dict.fromkeys((*rules.CHOICES, "division"), Shape.choice),
    **dict.fromkeys(rules.MANY, Shape.choices),
    **dict.fromkeys(rules.LONG, Shape.long),
    "customs_area": Shape.flag,
    "introduction": Shape.rich,
    "logo": Shape.picture,
    "photos": Shape.pictures,
    "evidence": Shape.files,
    "warehouses": Shape.table,
}


def _field(name: str) -> Field:
    return Field(
        name,
        HEADINGS[name],
        SHAPES.get(name, Shape.text),
        words=divisions.with_cities if name == "division" else WORDS.get(name, {}),
        unit=UNITS.get(name, ""),
        key=name in rules.KEYS,
        columns=STORE_HEADINGS if name == "warehouses" else (),
    )


FIELDS = tuple(_field(name) for _title, names in SECTIONS for name in names)
BY_NAME = {one.name: one for one in FIELDS}
PROFILE = review.Kind(
    profiles.KIND,
    _l("园区信息"),
    "ParkInfoView",
    FIELDS,
    address=lambda _revision: "/desk/park-info/",
    check=profiles.check,
    prepared=profiles.prepared,
    approved=profiles.approved,
    revoked=profiles.revoked,
    falls_back=True,
    origin=lambda revision: queries.origin_of(revision.subject_id),
    sections=SECTIONS,
)
UPGRADE = review.Kind(
    upgrades.KIND,
    _l("升级为园区/基地"),
    "ProviderView",
    FIELDS,
    address=lambda _revision: "/me/provider/",
    check=upgrades.check,
    prepared=upgrades.prepared,
    approved=upgrades.approved,
    revoked=upgrades.revoked,
    sections=SECTIONS,
)


def declare() -> None:
    """Both kinds, and who reads their files; a picture of a profile in force is published."""
    review.register(PROFILE)
    review.register(UPGRADE)
    files.kind(profiles.PICTURE, policy.may_read_of_park)
    files.publishable(profiles.PICTURE)
    files.shown_by("parks", profiles.shown_of)
    files.kind(profiles.EVIDENCE, policy.may_read_of_park)


def links_of(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    """Pictures and files of a field: words and address of each; none for other fields."""
    if not value or BY_NAME[name].shape not in (Shape.picture, Shape.pictures, Shape.files):
        return ()
    entries = value if isinstance(value, list) else [value]
    return tuple((_entry_words(one), f"/files/{one['key']}") for one in entries)


def _entry_words(one: Mapping[str, str]) -> str:
    return one.get("alt") or one.get("name") or one["key"][:8]


def words_of(name: str, value: Any) -> str:
    """A field's value in one line, for the merge and for the register."""
    if value in (None, "", [], {}):
        return ""
    field = BY_NAME[name]
    if field.shape is Shape.choices:
        return listed(field.word(str(code)) for code in value)
    if field.shape is Shape.choice:
        return divisions.words(str(value)) if name == "division" else field.word(str(value))
    if field.shape is Shape.flag:
        return str(_("是") if value else _("否"))
    if field.shape is Shape.number:
        return rules.grouped(str(value))
    if field.shape is Shape.rich:
        return richtext.text(str(value))
    if field.shape is Shape.table:
        return clauses(" ".join(_store(row)) for row in value)
    if field.shape in (Shape.picture, Shape.pictures, Shape.files):
        entries = value if isinstance(value, list) else [value]
        return listed(_entry_words(one) for one in entries)
    return str(value)


def _store(row: Any) -> Sequence[str]:
    area = f"{rules.grouped(row['area'])} ㎡" if row["area"] else ""
    return [part for part in (str(STORE_WORDS.get(row["kind"], "")), area, row["operator"]) if part]
