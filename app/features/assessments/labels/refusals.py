"""Why something was refused, in words; a code without a sentence of its own is never an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.core.errors import Refusal
from app.engines import files
from app.features.assessments.labels import REFUSALS, TYPED_WORDS


def refusal_words(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of a code: a rule's, a file's or that of a value which cannot be read."""
    said = REFUSALS.get(code) or files.LABELS.get(code) or TYPED_WORDS.get(code)
    if said is None:
        return _("未能保存，请检查后重试。")
    return str(said) % params if params else str(said)


def words_of_refusal(refusal: Refusal) -> str:
    return refusal_words(refusal.code, refusal.params)


def field_words(refusal: Refusal) -> dict[str, str]:
    """Field -> its own sentence; empty where the refusal names no field."""
    return {name: refusal_words(code, refusal.params) for name, code in refusal.fields.items()}
