"""One value on the page: its control, what it was, what is wrong with it, its papers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from msgspec import Struct, field

from app.engines.scoring.wording import number
from app.extensions.phrases import listed, remarked
from app.features.assessments.labels import SOURCE_WORDS
from app.features.assessments.labels.fill import OWNER_WORDS
from app.features.assessments.labels.rule_words import code_word
from app.features.assessments.labels.values import grouped, typed_words, words_of, wrong_words
from app.features.assessments.models import FilingEvidence, FilingValue
from app.features.assessments.rules import moves
from app.features.assessments.rules.form import PARK, Ask
from app.features.assessments.rules.typed import Wrong

PREVIOUS = "previous:"


class Choice(Struct, frozen=True):
    """An option or a level: ``value`` is sent; ``text`` a level's count as typed."""

    value: str
    label: str
    on: bool = False
    text: str = ""
    wrong: bool = False


@dataclass
class Item:
    """What the template needs of one value."""

    code: str
    name: str
    unit: str
    control: str
    own: bool
    open: bool
    version: int
    text: str = ""
    choices: tuple[Choice, ...] = ()
    shown: str = ""
    was: str = ""
    change: str = ""
    unusual: bool = False
    explanation: str = ""
    dispute: str = ""
    error: str = ""
    typed: str = ""
    reason: str = ""
    mended: bool = False
    origin: str = ""
    taken_at: datetime | None = None
    papers: tuple[str, ...] = ()
    evidence: Sequence[FilingEvidence] = ()
    past: Sequence[FilingEvidence] = ()
    opened: str = ""
    theirs: str = ""
    limits: str = ""


class Around(Struct, frozen=True):
    """What the page knows beside the value itself."""

    editable: bool
    correcting: bool
    before: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Sequence[FilingEvidence]] = field(default_factory=dict)
    past: Mapping[str, Sequence[FilingEvidence]] = field(default_factory=dict)
    returned: Mapping[int, datetime] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[int, str] = field(default_factory=dict)


def item_of(ask: Ask, value: FilingValue, around: Around) -> Item:
    """The value as it is kept; nothing that somebody has just typed."""
    own = ask.owner == PARK
    is_open = around.editable and (not around.correcting or value.open_again)
    counts = value.declared if own else _said(value)
    made = Item(
        code=ask.code,
        name=ask.name,
        unit=ask.unit,
        control=control_of(ask),
        own=own,
        open=is_open,
        version=value.version,
        shown=words_of(ask, counts),
        explanation=value.explanation,
        dispute=value.dispute,
        papers=ask.evidence,
        evidence=around.evidence.get(ask.code, ()),
        past=around.past.get(ask.code, ()),
        opened=seal(value.declared, value.unread),
        limits=limits_of(ask),
    )
    if ask.code in around.before:
        made.was = words_of(ask, around.before[ask.code])
    if value.unread is None:
        put_value(made, ask, value.declared)
    else:
        put_typed(made, ask, value.unread)
        made.error = fault_of(ask, value.unread)
        made.typed = typed_words(ask, value.unread)
    put_change(made, ask, around.before.get(ask.code), value)
    if around.correcting and value.open_again:
        made.reason = value.verdict_reason
        made.mended = _mended(value, around)
    if not own:
        made.origin, made.taken_at = _origin(ask, value, around)
    return made


def _said(value: FilingValue) -> Any:
    return value.verified if value.verified is not None else value.taken


def _mended(value: FilingValue, around: Around) -> bool:
    """Something of it changed after it was sent back."""
    back = around.returned.get(value.id)
    times = [value.declared_at, *(one.at for one in around.evidence.get(value.code, ()))]
    return back is not None and any(one is not None and one > back for one in times)


def put_change(made: Item, ask: Ask, before: Any, value: FilingValue) -> None:
    found = moves.change(ask, before, value.declared)
    if not found:
        return  # nothing to compare with, or the same
    made.change = f"{found:+,.2f}%"
    made.unusual = made.own and moves.unusual(ask, before, value.declared)


def _origin(ask: Ask, value: FilingValue, around: Around) -> tuple[str, datetime | None]:
    """Who says it, out of what, and when."""
    words = str(OWNER_WORDS[ask.owner])
    if value.verified is not None:
        paper = around.documents.get(value.document_id or 0, "")
        return (remarked(words, paper) if paper else words), value.verified_at
    source = value.taken_from or around.sources.get(ask.code, "")
    if source.startswith(PREVIOUS):
        return _("上一轮考核的核定值"), value.taken_at
    return (str(SOURCE_WORDS[source]) if source in SOURCE_WORDS else words), value.taken_at


def control_of(ask: Ask) -> str:
    if ask.kind == "multi_choice" and not (ask.item and ask.item.options):
        return "number"
    return {
        "integer": "number",
        "percentage": "number",
        "text_and_files": "long",
    }.get(ask.kind, ask.kind)


def put_value(made: Item, ask: Ask, value: Any) -> None:
    """A value in its control, in the form in which people write it."""
    put_typed(made, ask, value)
    if made.control == "number":
        made.text = grouped(made.text)


def put_typed(made: Item, ask: Ask, typed: Any) -> None:
    """What stands in the control, exactly as it was typed."""
    if made.control == "multi_choice":
        chosen = typed if isinstance(typed, list) else []
        options = ask.item.options if ask.item else ()
        made.choices = tuple(Choice(one, code_word(one), one in chosen) for one in options)
    elif made.control == "choice":
        options = ask.item.options if ask.item else ()
        made.choices = tuple(Choice(one, code_word(one), one == typed) for one in options)
    elif made.control == "level_count":
        counts = typed if isinstance(typed, Mapping) else {}
        wrong = wrong_levels(ask, typed)
        made.choices = tuple(
            Choice(one, code_word(one), text=str(counts.get(one, "")), wrong=one in wrong)
            for one in ask.levels
        )
    else:
        made.text = typed if isinstance(typed, str) else ""


def wrong_of(ask: Ask, typed: Any) -> Wrong | None:
    """What is wrong with what was typed."""
    try:
        ask.read(typed)
    except Wrong as wrong:
        return wrong
    return None


def fault_of(ask: Ask, typed: Any) -> str:
    """The same in words; empty where nothing is wrong."""
    wrong = wrong_of(ask, typed)
    return "" if wrong is None else wrong_words(wrong)


def wrong_levels(ask: Ask, typed: Any) -> tuple[str, ...]:
    """Which of the counts by level are wrong."""
    wrong = wrong_of(ask, typed)
    return () if wrong is None else tuple(wrong.levels)


def computed(value: Any, unit: str) -> str:
    """A computed value: endless decimals are cut."""
    if not isinstance(value, str):
        return ""
    try:
        return f"{grouped(number(value))} {unit}".strip()
    except ValueError:
        return code_word(value)


def limits_of(ask: Ask) -> str:
    """What may be typed, in words."""
    item = ask.item
    if item is None or control_of(ask) != "number":
        return ""
    told = []
    if item.minimum is not None and item.maximum is not None:
        told.append(_("%(low)s 至 %(high)s", low=f"{item.minimum:f}", high=f"{item.maximum:f}"))
    digits = 0 if ask.kind == "integer" else item.digits
    if digits is not None:
        told.append(_("最多 %(digits)s 位小数", digits=digits) if digits else _("整数"))
    return listed(told)


def seal(declared: Any, unread: Any) -> str:
    """What a form was opened upon, as text: what is sent unchanged is not saved again."""
    return json.dumps([declared, unread], ensure_ascii=False, sort_keys=True)
