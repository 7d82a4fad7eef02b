"""A park's result as its page tells it: sections with sentences, what is added and taken off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.engines.scoring import Scheme, wording
from app.extensions.phrases import listed
from app.features.assessments.labels.rule_words import code_word
from app.features.assessments.models import AssessmentResult, AssessmentRun
from app.features.assessments.queries import runs
from app.features.assessments.rules import differences
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
    if value is None or value == "":
        return _("空缺")
    if value == "NA":
        return _("不适用")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Mapping):
        told = in_order(value, order)
        return listed(f"{code_word(level)} {count}" for level, count in told.items()) or "0"
    if isinstance(value, list):
        return listed(map(figure, value))
    return code_word(str(value))


def figure_of(scheme: Scheme) -> Callable[..., str]:
    """``figure``, with the names of this scheme's vetoes."""
    vetoes = {one.code: f"{one.code} {one.name}" for one in scheme.vetoes}

    def told(code: str, value: Any, order: Sequence[str] = ()) -> str:
        if code == "veto":
            return vetoes.get(value, _("无"))
        return figure(value, order)

    return told


def causes(
    scheme: Scheme, moved: differences.Moved, run: AssessmentRun, before: AssessmentRun
) -> Mapping[str, str]:
    """Why scores moved although the park's own data behind them did not: code -> words."""
    found = differences.not_own(scheme, moved)
    if not found:
        return {}
    if run.scheme_digest != before.scheme_digest:
        words = _("考核方案变化")
    elif _members(run) != _members(before):
        words = _("同组构成变化")
    else:
        words = _("同组其他园区的数据变化")
    return dict.fromkeys(found, words)


def _members(run: AssessmentRun) -> frozenset[int]:
    """The parks that are compared with each other."""
    return frozenset(one.park_id for one in runs.results(run.id) if one.rank is not None)


def points(text: str | Decimal) -> str:
    """With two decimals like the sections beside it; more where there are more."""
    found = Decimal(text)
    return f"{found:f}" if found != found.quantize(Decimal("0.01")) else f"{found:.2f}"
