"""Every write on dictionaries: words are added and given dates; a used word is never taken away."""

from __future__ import annotations

from datetime import date

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal, Stale
from app.engines import recycling, trail
from app.engines.dictionaries import queries
from app.engines.dictionaries.labels import TITLES
from app.engines.dictionaries.models import DictionaryEntry as Entry
from app.engines.dictionaries.seed import shipped
from app.extensions import db

LABEL_MAX = 60
CODE_MAX = 20
POSITION_MAX = 9999
DATES = ("valid_from", "valid_to")


def add(  # noqa: PLR0913 - the fields of the form
    actor: Actor,
    *,
    dictionary: str,
    code: str,
    label: str,
    position: int,
    valid_from: date | None,
    valid_to: date | None,
) -> Entry:
    """A new word; its code is unique in the dictionary, its label on every day."""
    if dictionary not in TITLES:
        raise _no("dictionary", "required")
    code, label = _text(code, "code", CODE_MAX), _text(label, "label", LABEL_MAX)
    if any(other.code == code for other in queries.others(dictionary, None)):
        raise _no("code", "code_taken")
    entry = Entry(dictionary=dictionary, code=code, label=label, created_by=actor.user_id)
    _set(entry, position, valid_from, valid_to)
    _check_overlap(entry)
    db.session.add(entry)
    changes = trail.changes_of(entry)
    db.session.flush()
    trail.record(actor, "dictionary.added", entry, changes=changes)
    return entry


def change(
    actor: Actor,
    entry_id: int,
    *,
    position: int,
    valid_from: date | None,
    valid_to: date | None,
    version: int,
) -> Entry:
    """Save place and dates. Code and label stay: records hold the word itself."""
    entry = queries.locked(entry_id)
    if entry.version != version:
        raise Stale(entry)
    _set(entry, position, valid_from, valid_to)
    changes = trail.changes_of(entry)
    with db.session.no_autoflush:
        _check_overlap(entry)
    if changes:
        entry.updated_by, entry.updated_at = actor.user_id, clock.now()
        db.session.flush()
        trail.record(actor, "dictionary.changed", entry, changes=changes)
    return entry


def delete(actor: Actor, entry_id: int, *, reason: str = "") -> Entry:
    """Take a word that no record holds into the recycle bin; a shipped one would come back with
    the next deploy."""
    entry = queries.locked(entry_id)
    if shipped(entry.dictionary, entry.code):
        raise Refusal("entry_shipped")
    if number := queries.uses(entry.dictionary, entry.label):
        raise Refusal("entry_in_use", number=f"{number:,}")
    gone = recycling.Gone(
        Entry.__tablename__,
        entry.id,
        entry.label,
        search=f"{entry.label}|{entry.code}".lower(),
        facts={"dictionary": entry.dictionary, "code": entry.code},
        payload=recycling.frozen(entry),
    )
    recycling.put(actor, [gone], reason=reason, now=clock.now())
    ref = trail.Ref(Entry.__tablename__, entry.id, label=entry.label)
    db.session.delete(entry)
    db.session.flush()
    trail.record(actor, "dictionary.deleted", ref, details={"reason": reason} if reason else {})
    return entry


def restore(actor: Actor, item: recycling.BinItem) -> Entry:
    """Take a word back, unless its code or, on the same days, its name is in use again."""
    kept = item.payload or {}
    begins, ends = (date.fromisoformat(kept[name]) if kept.get(name) else None for name in DATES)
    standing = next(
        (
            other
            for other in queries.others(kept["dictionary"], None)
            if other.code == kept["code"]
            or (other.label == kept["label"] and _meet(other, begins, ends))
        ),
        None,
    )
    made: Entry = recycling.unfrozen(actor, item, Entry, "dictionary.restored", standing)
    return made


def _set(entry: Entry, position: int, valid_from: date | None, valid_to: date | None) -> None:
    if not 0 <= position <= POSITION_MAX:
        raise _no("position", "bad_position")
    if valid_from and valid_to and valid_to < valid_from:
        raise _no("valid_to", "ends_before")
    entry.position, entry.valid_from, entry.valid_to = position, valid_from, valid_to


def _check_overlap(entry: Entry) -> None:
    """The same word twice on one day would be offered twice."""
    for other in queries.others(entry.dictionary, entry.id):
        if other.label == entry.label and _meet(other, entry.valid_from, entry.valid_to):
            raise _no("label" if entry.id is None else "valid_from", "overlap")


def _meet(other: Entry, begins: date | None, ends: date | None) -> bool:
    begins_late = other.valid_to and begins and begins > other.valid_to
    ends_early = other.valid_from and ends and ends < other.valid_from
    return not (begins_late or ends_early)


def _text(text: str, field: str, longest: int) -> str:
    text = " ".join(text.split())
    if not text:
        raise _no(field, "required")
    if len(text) > longest or "、" in text or "|" in text:
        raise _no(field, "bad_word")
    return text


def _no(field: str, code: str) -> Refusal:
    return Refusal(code, fields={field: code})
