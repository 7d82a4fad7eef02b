"""A park's result as its page tells it: sections with sentences, what is added and taken off."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.engines.scoring import Scheme, wording
from app.features.assessments.labels.rule_words import code_word
from app.features.assessments.models import AssessmentResult


def blocks(scheme: Scheme, result: AssessmentResult) -> list[dict[str, Any]]:
    """Sections with their lines, each line with its sentences."""
    told = result.explanation.get("items", {})
    return [
        {
            "block": block,
            "score": result.outcome["blocks"].get(block.code, ""),
            "lines": [
                (
                    one,
                    result.outcome["items"][one.code],
                    wording.full_words(told[one.code]),
                    wording.sentences(told[one.code], word=code_word),
                )
                for one in block.indicators
                if one.code in told
            ],
        }
        for block in scheme.blocks
        if told
    ]


def adjusted(result: AssessmentResult) -> list[tuple[Any, list[Any]]]:
    """加分 and 扣分 with something in them."""
    found = []
    for key, words in (("bonus", _("加分项")), ("deductions", _("扣分项"))):
        lines = [
            one for one in result.explanation.get(key, {}).values() if one["quantity"] is not None
        ]
        if lines:
            found.append((words, lines))
    return found


def points(text: str) -> str:
    """With two decimals like the sections beside it; more where there are more."""
    found = Decimal(text)
    return f"{found:f}" if found != found.quantize(Decimal("0.01")) else f"{found:.2f}"
