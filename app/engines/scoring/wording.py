"""An explanation in sentences, in the reader's language. Like ``labels`` not part of the engine's
face: it needs Flask's translations, scoring does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.engines.scoring.exact import Rounding, exact_text
from app.extensions.phrases import labelled, listed, remarked

ABSENCES: Final = {
    "missing": _l("缺少数据，不得分"),
    "too_few_marks": _l("评分专家人数不足，不得分"),
    "base_zero_positive": _l("没有基期数据，本期大于 0，按方案给固定分"),
    "base_zero_other": _l("没有基期数据，本期不大于 0，按方案给固定分"),
    "zero_denominator": _l("分母为 0，不得分"),
    "not_applicable": _l("分母为 0，本指标不适用，分值分摊到同一板块的其他指标"),
}
#: What decided, by the key that a rule's hit has.
HITS: Final = {
    "fallback": _l("同组家数不足，改用后备规则"),
    "band": _l("落在第 %(band)s 档"),
    "steps": _l("超过起评值 %(steps)s 个整步"),
    "entry": _l("按 %(entry)s 计分"),
    "above": _l("超过 %(above)s"),
    "option": _l("结论为 %(option)s"),
    "level": _l("最高一档为 %(level)s"),
    "zero_value": _l("数值为 0，单独计分"),
    "step": _l("达到分位 %(step)s"),
}
NOTHING_HIT: Final = {
    "band": _l("不在任何一档内"),
    "entry": _l("未达到最低一档"),
    "step": _l("未达到任何分位"),
}
#: How endless decimals are cut: as points are, and finer where two would leave little of them.
ROUGH, FINE = Rounding(2, "HALF_UP"), Rounding(4, "HALF_UP")


def sentences(item: Mapping[str, Any], *, word: Callable[[str], str] = str) -> list[str]:
    """How one indicator's score came about: values, formula, what was hit, limits, points.

    ``item`` is one entry of ``explained(outcome)["items"]``; ``word`` tells a level's or an option's
    code in words.
    """
    item = {
        **item,
        "inputs": [_input(one, word) for one in item["inputs"]],
        "hit": _hit(item, word),
    }
    return [*_inputs(item), *_value(item), *_decided(item), *_scored(item)]


def _input(one: Mapping[str, Any], word: Callable[[str], str]) -> dict[str, Any]:
    return {**one, **{name: _worded(one[name], word) for name in ("verified", "declared")}}


def _worded(value: Any, word: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {word(level): count for level, count in value.items()}
    return word(value) if isinstance(value, str) else value


def _hit(item: Mapping[str, Any], word: Callable[[str], str]) -> dict[str, Any]:
    coded = ("option", "level")
    return {key: word(text) if key in coded else text for key, text in item["hit"].items()}


def number(text: str) -> str:
    """An exact number for people: endless decimals are cut and said to be."""
    found = Fraction(text)
    if "/" not in text:
        return text
    cut = ROUGH if abs(found) >= 1 else FINE
    units = cut.units()(found.numerator, found.denominator)
    return _("约 %(number)s", number=exact_text((units, 10**cut.digits)))


def _raw(value: Any) -> str:
    if value is None:
        return _("未填")
    if isinstance(value, Mapping):
        return listed(f"{level} {count}" for level, count in value.items()) or "0"
    return str(value)


def _inputs(item: Mapping[str, Any]) -> Iterator[str]:
    for one in item["inputs"]:
        told = {"name": one["name"], "value": f"{_raw(one['verified'])} {one['unit']}".strip()}
        if one["declared"] not in (None, one["verified"]):
            yield _(
                "%(name)s核定 %(value)s，申报 %(declared)s",
                **told,
                declared=_raw(one["declared"]),
            )
        else:
            yield _("%(name)s %(value)s", **told)
    if item["marks"]:
        yield labelled(_("专家评分"), listed(item["marks"]))


def _value(item: Mapping[str, Any]) -> Iterator[str]:
    """The formula with its numbers; a value that is a single item has been told already."""
    value = item["value"]
    if item["absence"] or not isinstance(value, str) or item["rule"]["type"] == "choice_map":
        return
    unit = item["unit"]
    if item["marks"]:
        yield _("有效评分平均 %(value)s", value=number(value))
    elif item["formula_with_numbers"] != value and len(item["formula"].split()) > 1:
        told = f"{number(value)} {unit}".strip()
        yield _("%(formula)s = %(value)s", formula=item["formula_with_numbers"], value=told)


def _decided(item: Mapping[str, Any]) -> Iterator[str]:
    if item["absence"]:
        yield str(ABSENCES[item["absence"]])
        return
    yield from _cohort(item["cohort"] or {})
    hit = item["hit"]
    if "below" in hit:
        yield _("低于起评值 %(below)s，不得分", below=hit["below"])
    for key, words in HITS.items():
        if key in hit:
            nothing = key in NOTHING_HIT and hit[key] == "none"  # an option may be called none
            found = NOTHING_HIT[key] if nothing else words
            yield str(found) % hit


def _cohort(told: Mapping[str, str]) -> Iterator[str]:
    if "best" in told:
        yield _(
            "同组最高 %(best)s，共 %(peers)s 家参与比较",
            best=number(told["best"]),
            peers=told["peers"],
        )
    if "below" in told:
        yield _("同组 %(peers)s 家中有 %(below)s 家低于本园区", **told)
    if "members" in told:
        if "cohort_value" in told:
            value = number(told["cohort_value"])
            yield _("同组合计 %(value)s，计入 %(members)s 家", value=value, members=told["members"])
        else:
            yield _("同组没有可以合计的数值，不得分")


def _scored(item: Mapping[str, Any]) -> Iterator[str]:
    if item["absence"] == "not_applicable":
        return
    points, limit = Fraction(item["points"]), Fraction(item["limit"])
    if points > limit:
        told = {"points": number(item["points"]), "limit": number(item["limit"])}
        yield _("计 %(points)s 分，超过上限，按 %(limit)s 分", **told)
    if item["spread"] != "1":
        yield _("板块内有不适用的指标，乘以 %(factor)s", factor=number(item["spread"]))
    told = {"score": item["score"], "full": full_marks(item), "own": item["max_score"]}
    if item["spread"] == "1":
        yield _("得 %(score)s 分，满分 %(full)s 分", score=told["score"], full=told["full"])
    else:
        yield _("得 %(score)s 分，分摊后满分 %(full)s 分（原满分 %(own)s 分）", **told)


def full_marks(item: Mapping[str, Any]) -> str:
    """The most an indicator can give: its own marks, and its share of what does not apply."""
    full = Fraction(item["max_score"]) * Fraction(item["spread"])
    return (
        item["max_score"]
        if item["spread"] == "1"
        else number(exact_text((full.numerator, full.denominator)))
    )


def full_words(item: Mapping[str, Any]) -> str:
    """The same for a head or a table, saying why it is more than the scheme's."""
    if item["spread"] == "1":
        return str(item["max_score"])
    return remarked(full_marks(item), _("含不适用指标的分摊，原 %(own)s", own=item["max_score"]))
