"""A revision's values as a reviewer reads them: old beside new, changed words marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from msgspec import Struct

from app.core import difference as texts
from app.core.values import replace
from app.engines import review, richtext
from app.engines.review import Change, FieldChange, Shape
from app.engines.review.labels import CHANGE_WORDS
from app.extensions.phrases import listed
from app.web import viewing

#: Tinted tags of a change; a word says it too.
TAGS = {Change.changed: "warning", Change.added: "success", Change.emptied: "danger"}
#: So many unchanged signs stay around a change; the rest is folded.
AROUND = 60
#: So many signs of a value stand in a list of several items.
BRIEF = 160
WORDED = frozenset({Shape.text, Shape.long, Shape.rich})


class Part(Struct, frozen=True):
    """A run of text; ``mark``: "" | gone | new | fold (left out, ``text`` says how much)."""

    text: str
    mark: str = ""


class Side(Struct, frozen=True):
    """One version of a field: text in parts, or pictures, files, rows of a table."""

    parts: tuple[Part, ...] = ()
    pictures: tuple[Mapping[str, str], ...] = ()
    files: tuple[Mapping[str, str], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.parts or self.pictures or self.files or self.rows)


class FieldRow(Struct, frozen=True):
    """A field of the comparison."""

    name: str
    heading: Any
    changed: bool
    word: Any
    tag: str
    old: Side
    new: Side
    head: tuple[Any, ...] = ()  # of a table
    unit: Any = ""
    key: bool = False
    rich: str = ""  # the new text with its headings, lists and pictures


def rows(
    kind: review.Kind, old: Mapping[str, Any] | None, new: Mapping[str, Any]
) -> tuple[FieldRow, ...]:
    """Every field of the kind, compared; who only looks sees which changed, not to what."""
    found = tuple(_row(one) for one in review.difference(kind, old, new))
    if old is None:  # the first version: nothing to compare with, nothing to mark
        found = tuple(replace(one, new=_unmarked(one.new)) for one in found)
    if not viewing.looking():
        return found
    veil = Side((Part(viewing.VEIL),))
    return tuple(replace(one, old=veil, new=veil, rich="") for one in found)


def _unmarked(side: Side) -> Side:
    text = "".join(part.text for part in side.parts if part.mark != "fold")
    return replace(side, parts=(Part(text),) if text else ())


def _row(one: FieldChange) -> FieldRow:
    old, new = _sides(one)
    return FieldRow(
        name=one.field.name,
        heading=one.field.heading,
        changed=one.change is not Change.same,
        word=CHANGE_WORDS[one.change],
        tag=TAGS.get(one.change, ""),
        old=old,
        new=new,
        head=tuple(heading for _name, heading in one.field.columns),
        unit=one.field.unit,
        key=one.field.key,
        rich=str(one.new or "") if one.field.shape is Shape.rich else "",
    )


def brief(row: FieldRow) -> FieldRow:
    """The row with long texts cut: what goes on is on the item's own screen."""
    return replace(row, old=_cut(row.old), new=_cut(row.new), rich="")


def _cut(side: Side) -> Side:
    left, parts = BRIEF, []
    for part in side.parts:
        if left <= 0:
            break
        parts.append(replace(part, text=part.text[:left]))
        left -= len(part.text)
    if left < 0:
        parts.append(Part("…", "fold"))
    return replace(side, parts=tuple(parts))


def _sides(one: FieldChange) -> tuple[Side, Side]:
    shape = one.field.shape
    if shape in (Shape.picture, Shape.pictures):
        return Side(pictures=_entries(one.old)), Side(pictures=_entries(one.new))
    if shape is Shape.files:
        return Side(files=_entries(one.old)), Side(files=_entries(one.new))
    if shape is Shape.table:
        return Side(rows=_table(one.field, one.old)), Side(rows=_table(one.field, one.new))
    before, after = words(one.field, one.old), words(one.field, one.new)
    if shape in WORDED:
        return _compared(before, after)
    if before == after:
        return _plain(before), _plain(after)
    return _plain(before, "gone"), _plain(after, "new")


def words(field: review.Field, value: Any) -> str:
    """A value as text in the reader's language; "" for nothing."""
    if value in (None, "", [], {}):
        return ""
    match field.shape:
        case Shape.rich:
            return richtext.text(str(value))
        case Shape.choice:
            return field.word(str(value))
        case Shape.choices:
            return listed(field.word(str(code)) for code in value)
        case Shape.flag:
            return str(_("是") if value else _("否"))
        case Shape.number:
            return _number(str(value))
        case _:
            return str(value)


def _number(text: str) -> str:
    """Thousands parted; decimals as they were typed."""
    whole, dot, rest = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{dot}{rest}" if digits.isdigit() else text


def _plain(text: str, mark: str = "") -> Side:
    return Side((Part(text, mark),)) if text else Side()


def _compared(before: str, after: str) -> tuple[Side, Side]:
    pieces = texts.words(before, after)
    gone = [
        Part(one.text, "gone" if one.kind == "gone" else "") for one in pieces if one.kind != "new"
    ]
    new = [
        Part(one.text, "new" if one.kind == "new" else "") for one in pieces if one.kind != "gone"
    ]
    return Side(_folded(gone)), Side(_folded(new))


def _folded(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Long stretches without a change become one line that says how much was left out."""
    found: list[Part] = []
    for place, one in enumerate(parts):
        inner = 0 < place < len(parts) - 1
        keep = AROUND * (2 if inner else 1)
        if one.mark or len(one.text) <= keep + AROUND or len(parts) == 1:
            found.append(one)
            continue
        head = one.text[:AROUND] if place else ""
        tail = one.text[-AROUND:] if place < len(parts) - 1 else ""
        left = len(one.text) - len(head) - len(tail)
        fold = Part(str(_("… %(n)s 字未变化 …", n=f"{left:,}")), "fold")
        found += [part for part in (Part(head), fold, Part(tail)) if part.text]
    return tuple(one for one in found if one.text)


def _entries(value: Any) -> tuple[Mapping[str, str], ...]:
    if not value:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def _table(field: review.Field, value: Any) -> tuple[tuple[str, ...], ...]:
    names = [name for name, _heading in field.columns]
    return tuple(tuple(str(row.get(name, "")) for name in names) for row in value or ())
