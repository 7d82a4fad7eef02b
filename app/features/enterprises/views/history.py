"""变更记录 of an enterprise: the trail's entries and the imports that touched it, newest first."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.engines import sheets, trail
from app.engines.sheets.values import revive
from app.extensions.phrases import labelled, listed, remarked
from app.features.enterprises import policy, queries
from app.features.enterprises.labels import (
    ACTS,
    ROLE_WORDS,
    SOURCE_WORDS,
    STATUS_WORDS,
    heading,
    reason_words,
)
from app.features.enterprises.labels.duplicates import ACTS as MERGE_ACTS
from app.features.enterprises.rules import BY_NAME, PERSONAL
from app.features.enterprises.services.register import masked
from app.web import cells, reasons
from app.web.acting import current_actor
from app.web.listing.page import HistoryItem

#: Columns that hold codes: what stands in the trail, in the reader's words.
CODES = {"source": SOURCE_WORDS, "status": STATUS_WORDS, "roles": ROLE_WORDS}


def history(item: Any) -> tuple[HistoryItem, ...]:
    """Every act on the record, with old and new per field."""
    personal = policy.personal(current_actor())
    acts = [_act(entry, personal) for entry in trail.history("enterprise", item.id)]
    imports = [_import(row, found, personal) for row, found in queries.import_history(item.id)]
    return tuple(sorted([*acts, *imports], key=lambda one: one.at, reverse=True))


def looks(item: Any) -> tuple[HistoryItem, ...]:
    """Who looked at personal values in full; for those who may see them themselves."""
    personal = policy.personal(current_actor())
    if not personal:
        return ()
    found = trail.history("enterprise", item.id, only=trail.LOOKS)
    return tuple(_act(entry, personal) for entry in found)


def told(entry: Any) -> HistoryItem:
    """One entry of a record's trail, as the reader may see it."""
    return _act(entry, policy.personal(current_actor()))


def _act(entry: Any, personal: bool) -> HistoryItem:  # noqa: FBT001
    changes = tuple(
        (heading(name), _words(name, old, personal), _words(name, new, personal))
        for name, (old, new) in entry.changes.items()
    )
    note = reason_words(entry.details.get("reason")) or heading(entry.details.get("field"))
    if other := entry.details.get("other"):
        note = labelled(other, note)
    if purpose := entry.details.get("purpose"):
        note = remarked(note, reasons.words(purpose))
    return HistoryItem(
        at=entry.at,
        actor=entry.actor_name,
        action={**ACTS, **MERGE_ACTS}.get(entry.action, entry.action),
        changes=changes,
        note=note,
        url=_merge(entry),
    )


def _merge(entry: Any) -> str:
    """The page of the merge that an entry tells of, for who may open it."""
    number = entry.details.get("number")
    merged = entry.action in MERGE_ACTS and number is not None
    may_open = current_actor().can("can_show", policy.MERGES)
    return f"/desk/enterprises/merges/show/{number}" if merged and may_open else ""


def _import(row: Any, found: Any, personal: bool) -> HistoryItem:  # noqa: FBT001
    if row.kind == "new":
        old: dict[str, Any] = {}
        names = [name for name in BY_NAME if (row.new or {}).get(name) is not None]
    else:
        old = row.old or {}
        names = [name for name in BY_NAME if name in old]
    changes = tuple(
        (
            heading(name),
            _words(name, old.get(name), personal),
            _words(name, row.new[name], personal),
        )
        for name in names
    )
    note = _("已撤销") if row.outcome == "reversed" else ""
    may_open = current_actor().can("can_show", "EnterpriseImportView")
    return HistoryItem(
        at=found.applied_at,
        actor=found.actor_name,
        action=_("导入（%(file)s 第 %(row)s 行）", file=found.filename, row=row.number),
        changes=changes,
        note=note,
        url=f"/desk/enterprises/imports/{found.id}" if may_open else "",
    )


def _words(name: str, value: Any, personal: bool) -> str:  # noqa: FBT001
    plain = name.partition("@")[0]
    if value in (None, "", []):
        return ""
    if plain in PERSONAL and not personal:
        return "***"
    if plain in ("contact_phone", "email"):
        return masked(plain, str(value))
    if plain in CODES:
        codes = value if isinstance(value, list) else [value]
        return listed(CODES[plain].get(one, one) for one in codes)
    if isinstance(value, bool):
        return cells.words(value)
    column = BY_NAME.get(plain)
    if column is None:  # none that we write: a test reads the trail for others
        return str(value)
    return sheets.format_value(column, revive(column.kind, value))
