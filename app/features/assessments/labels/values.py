"""A value of a filing for people, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.extensions.phrases import clauses, labelled, listed
from app.features.assessments.labels import REFUSALS, TYPED_WORDS
from app.features.assessments.labels.rule_words import code_word
from app.features.assessments.rules.form import Ask
from app.features.assessments.rules.typed import Wrong


def words_of(ask: Ask, value: Any) -> str:
    """A canonical value; empty for nothing. Levels stand in the order of the scheme."""
    if value is None:
        return ""
    if isinstance(value, list):
        return listed(code_word(str(one)) for one in value) or _("都没有")
    if isinstance(value, Mapping):
        return levels_words(ask, value)
    if ask.kind == "choice":
        return code_word(str(value))
    return str(value) if ask.kind == "text_and_files" else grouped(str(value))


def levels_words(ask: Ask, counts: Mapping[str, Any]) -> str:
    """Counts, or what was typed instead of them; a level that was left empty is left out."""
    given = ((level, str(counts.get(level, "")).strip()) for level in ask.levels)
    return listed(f"{code_word(level)} {count}" for level, count in given if count)


def typed_words(ask: Ask, typed: Any) -> str:
    """What could not be read, as it was typed."""
    if isinstance(typed, Mapping):
        return levels_words(ask, typed)
    if isinstance(typed, list):
        return listed(code_word(str(one)) for one in typed)
    return "" if typed is None else str(typed)


def grouped(text: str) -> str:
    """A plain number with its thousands; anything else as it is."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, dot, part = digits.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (dot and not part.isdigit()):
        return text
    return f"{sign}{int(whole):,}{dot}{part}"


def wrong_words(wrong: Wrong) -> str:
    """Why a value was not taken; of counts by level, which of them and why."""
    if wrong.levels:
        told = ((code_word(level), wrong_words(one)) for level, one in wrong.levels.items())
        return clauses(labelled(level, words) for level, words in told)
    words = TYPED_WORDS.get(wrong.code) or REFUSALS[wrong.code]
    return str(words) % wrong.params
