"""数据来源 per field, as a record's page and form show it: what wrote the value that stands there,
who, and when. The letters are on the record; who and when is looked up here, for one record only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import flash, g
from flask_babel import gettext as _
from msgspec import Struct

from app.core import clock
from app.core.values import replace
from app.engines import trail
from app.extensions.phrases import listed
from app.features.enterprises import queries
from app.features.enterprises.labels import HEADINGS, STATUS_WORDS
from app.features.enterprises.labels.origins import ORIGIN_WORDS
from app.features.enterprises.models import Enterprise
from app.features.enterprises.queries.certified import Certified, certified
from app.features.enterprises.rules import BY_NAME, YEARLY, is_kept
from app.features.enterprises.rules.origins import (
    CERTIFIED,
    NOTHING_YEARLY,
    PROVEN,
    Origin,
    origin,
)
from app.web.acting import current_actor
from app.web.held import held
from app.web.listing.page import Fact

WROTE = (
    *("enterprise.added", "enterprise.changed", "enterprise.certified"),
    *("enterprise.moved_in", "enterprise.moved_out"),
)
IMPORTS = "EnterpriseImportView"


class Told(Struct, frozen=True):
    """Where a value came from, in words; ``proven``: certified, so nobody types over it."""

    words: str
    url: str = ""
    proven: bool = False


class _Writing(Struct, frozen=True):
    """An act that wrote columns (yearly ones as ``name@year``)."""

    at: datetime
    who: str
    names: Collection[str]
    imported: bool = False
    url: str = ""

    def fits(self, name: str, letter: Origin) -> bool:
        if name not in self.names:
            return False
        return self.imported == (letter is Origin.imported)


def proven_of(item: Enterprise) -> Certified:
    """What is certified of the enterprise of a page, asked once for all that the page says of it."""
    kept: dict[str, Certified] = held().setdefault("proven", {})
    if item.uscc not in kept:
        kept[item.uscc] = certified(item.uscc)
    return kept[item.uscc]


def sources(item: Enterprise, year: int) -> dict[str, Told]:
    """Column -> where its present value came from; of columns that hold something."""
    figures = queries.figures(item.id, year)
    proven = proven_of(item)
    writings = sorted((*_acts(item), *_imports(item)), key=lambda one: one.at, reverse=True)
    found = {}
    for name in BY_NAME:
        yearly = name in YEARLY
        value = getattr(figures, name, None) if yearly else getattr(item, name)
        if value in (None, "", ()):
            continue
        if proven.values.get(name) == value:
            found[name] = Told(certified_words(proven), proven=True)
            continue
        letters = (figures.origins if figures else NOTHING_YEARLY) if yearly else item.origins
        written = f"{name}@{year}" if yearly else name
        found[name] = _told(written, origin(letters, name), writings, gone=_gone(item, name))
    return found


def certified_words(proven: Certified) -> str:
    """海易办认证 · 2026-03-01."""
    assert proven.at is not None
    return _line(ORIGIN_WORDS[proven.origin], _day(proven.at))


def locks(item: Enterprise) -> dict[str, str]:
    """Fields that are certified now -> by whom and when."""
    proven = proven_of(item)
    return {name: certified_words(proven) for name in PROVEN if name in proven.values}


def noted(typed: Mapping[str, Any], saved: Enterprise) -> Enterprise:
    """Remember, for the page that follows, what was typed and not taken: it is certified otherwise."""
    g.adopted = [name for name in PROVEN if name in typed and typed[name] != getattr(saved, name)]
    return saved


def tell_adopted() -> None:
    if names := g.get("adopted"):
        fields = listed(HEADINGS[name] for name in names)
        flash(_("%(fields)s以认证信息为准，您填写的内容未采用。", fields=fields), "warning")


def _gone(item: Enterprise, name: str) -> bool:
    """The status of a record that moved away: all else that came by a move came with it."""
    return name == "status" and item.moved_to is not None


def _told(name: str, letter: Origin, writings: list[_Writing], *, gone: bool) -> Told:
    words = STATUS_WORDS["迁出"] if gone else ORIGIN_WORDS[letter]
    if letter is Origin.unknown:
        return Told(str(words))
    one = next((one for one in writings if one.fits(name, letter)), None)
    if one is None:
        return Told(str(words))
    who = "" if letter in (*CERTIFIED, Origin.moved) else one.who
    return Told(_line(words, _day(one.at), who), one.url)


def _line(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def _day(at: datetime) -> str:
    return f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d}"


def _acts(item: Enterprise) -> Iterator[_Writing]:
    for entry in trail.history("enterprise", item.id, only=WROTE):
        yield _Writing(entry.at, entry.actor_name, entry.changes.keys())


def _imports(item: Enterprise) -> Iterator[_Writing]:
    """Imports that were not undone: what they wrote, as ``changes`` of an act name it."""
    may_open = current_actor().can("can_show", IMPORTS)
    for row, found in queries.import_history(item.id):
        if not (row.outcome in {"added", "changed"} or is_kept(row.outcome)):
            continue
        new = row.new or {}
        names = new if row.kind == "new" else row.old or {}
        written = {f"{name}@{found.year}" if name in YEARLY else name for name in names}
        url = f"/desk/enterprises/imports/{found.id}" if may_open else ""
        yield _Writing(found.applied_at, found.actor_name, written, imported=True, url=url)


class SourcedPart:
    """What the register's view says of sources: beside the facts of a record and under the fields
    of its form."""

    def told(self, item: Any) -> dict[str, Told]:
        """Where the values of this request's record came from."""
        if "enterprise_sources" not in g:
            g.enterprise_sources = sources(item, self.year())  # type: ignore[attr-defined]
        found: dict[str, Told] = g.enterprise_sources
        return found

    def fact(self, item: Any, name: str) -> Fact:
        said = self.told(item).get(name)
        made: Fact = self.plain_fact(item, name)  # type: ignore[attr-defined]
        if said is None:
            return made
        return replace(made, source=said.words, source_url=said.url, proven=said.proven)

    def locked(self, item: Any) -> dict[str, Any]:
        """What is certified of the company stands, and nobody types over it."""
        return dict(locks(item))

    def hints_of(self, item: Any) -> Mapping[str, Any]:
        return {name: told.words for name, told in self.told(item).items()}

    def after_save(self, saved: Any) -> Any:
        tell_adopted()
        return super().after_save(saved)  # type: ignore[misc]
