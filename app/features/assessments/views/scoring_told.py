"""A park's result as its page tells it: sections with sentences, what is added and taken off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.engines.scoring import Scheme, wording
from app.extensions.phrases import listed
from app.features.assessments.labels.rule_words import code_word
from app.features.assessments.models import AssessmentResult
from app.features.assessments.rules.form import in_order


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


def score(text: str | Decimal | None) -> str:
    """Points beside others, what does not apply, or none at all."""
    if text is None or text == "":
        return "—"
    return _("不适用") if text == "NA" else points(text)


def figure(value: Any, order: Sequence[str] = ()) -> str:
    """A value as a run took it in, codes in words, levels in the scheme's order."""
    if value is None:
        return _("空缺")
    if isinstance(value, Mapping):
        told = in_order(value, order)
        return listed(f"{code_word(level)} {count}" for level, count in told.items()) or "0"
    if isinstance(value, list):
        return listed(map(figure, value))
    return code_word(str(value))


def points(text: str | Decimal) -> str:
    """With two decimals like the sections beside it; more where there are more."""
    found = Decimal(text)
    return f"{found:f}" if found != found.quantize(Decimal("0.01")) else f"{found:.2f}"
