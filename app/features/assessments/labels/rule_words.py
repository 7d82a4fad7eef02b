"""How an indicator scores, in one sentence for people: out of the rule as the scheme writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.engines.scoring import Adjustment, Indicator
from app.extensions.phrases import clauses, labelled, listed
from app.features.assessments.rules.form import in_order

#: Words of codes that schemes use for levels and options; any other is shown as it is written.
CODES: Mapping[str, Any] = {
    "ge_100m": _l("1 亿元以上"),
    "ge_50m": _l("5000 万元至 1 亿元"),
    "ge_10m": _l("1000 万元至 5000 万元"),
    "host": _l("主办"),
    "undertake": _l("承办"),
    "joint_host": _l("联合主办"),
    "joint_undertake": _l("联合承办"),
    "national": _l("国家级"),
    "provincial": _l("省级"),
    "municipal": _l("市级"),
    "general": _l("一般"),
    "major": _l("较重"),
    "none": _l("无问题"),
    "rectified": _l("有问题，已整改"),
    "partly": _l("部分整改"),
    "not_rectified": _l("未整改"),
}


def code_word(code: str) -> str:
    """A level or an option for people."""
    return str(CODES.get(code, code))


def sheet_word(code: str) -> str:
    """The same in a workbook, which is a Chinese document whoever makes it."""
    with force_locale("zh"):
        return code_word(code)


def rule_words(
    kind: str,
    source: Mapping[str, Any],
    *,
    full: Decimal,
    unit: str = "",
    order: Sequence[str] = (),
) -> str:
    """``source``: the rule as written; ``full``: the marks that it can give; ``order``: the levels
    or options as the scheme lists them."""
    source = _ordered(source, order)
    said = [SAYS[kind](source, f"{full.normalize():f}", unit)]
    if kind != "percentile" and "cap" in source:
        said.append(_("最多 %(cap)s 分", cap=source["cap"]))
    return clauses(one for one in said if one)


def _ordered(source: Mapping[str, Any], order: Sequence[str]) -> Mapping[str, Any]:
    maps = [key for key in ("points", "map") if isinstance(source.get(key), Mapping)]
    return {**source, **{key: in_order(source[key], order) for key in maps}}


def of_indicator(one: Indicator, order: Sequence[str] = ()) -> str:
    """The rule of an indicator."""
    return rule_words(
        one.rule.kind, one.rule.source, full=one.max_score, unit=one.unit, order=order
    )


def of_adjustment(one: Adjustment) -> str:
    """The rule of a bonus or deduction item."""
    return rule_words(one.rule.kind, one.rule.source, full=one.cap, unit=one.unit)


def _bands(source: Mapping[str, Any], _full: str, unit: str) -> str:
    upper = source.get("bounds") == "(]"
    told = []
    for one in source["bands"]:
        edge = f"{one['max' if upper else 'min']}{_unit(unit)}"
        words = _l("%(edge)s及以下得 %(score)s 分") if upper else _l("%(edge)s起得 %(score)s 分")
        told.append(str(words) % {"edge": edge, "score": one["score"]})
    return listed(told)


def _linear(source: Mapping[str, Any], _full: str, unit: str) -> str:
    least = source.get("min_value")
    words = _(
        "%(full)s得满分，%(zero)s得 0 分，之间按比例",
        full=f"{source['full_at']}{_unit(unit)}",
        zero=f"{source['zero_at']}{_unit(unit)}",
    )
    if least is None:
        return words
    return clauses((words, _("低于 %(least)s不得分", least=f"{least}{_unit(unit)}")))


def _per_unit(source: Mapping[str, Any], _full: str, unit: str) -> str:
    words = _("每%(unit)s %(points)s 分", unit=unit or _("项"), points=source["points"])
    least = source.get("min_units")
    if least is None:
        return words
    return clauses((words, _("低于 %(least)s不得分", least=f"{least}{_unit(unit)}")))


def _threshold(source: Mapping[str, Any], _full: str, unit: str) -> str:
    return _(
        "%(threshold)s起得 %(base)s 分，之后每增加 %(step)s加 %(points)s 分",
        threshold=f"{source['threshold']}{_unit(unit)}",
        base=source["base"],
        step=f"{source['step']}{_unit(unit)}",
        points=source["points"],
    )


def _piecewise(source: Mapping[str, Any], _full: str, unit: str) -> str:
    return clauses((_pairs(source["points"], unit), _("之间按比例")))


def _percentile(source: Mapping[str, Any], _full: str, _unit_word: str) -> str:
    steps = [(f"{Decimal(str(at)) * 100:f}".rstrip("0").rstrip(".") or "0", points)
             for at, points in source["steps"]]  # fmt: skip
    told = listed(
        _("超过同组 %(share)s%% 得 %(score)s 分", share=share, score=points)
        for share, points in steps
    )
    few = source.get("min_cohort")
    if few is None:
        return told
    return clauses((told, _("同组不足 %(few)s 家时按分档计分", few=few)))


def _pairs(pairs: Any, unit: str) -> str:
    return listed(
        _("%(edge)s得 %(score)s 分", edge=f"{at}{_unit(unit)}", score=points)
        for at, points in pairs
    )


def _map(points: Mapping[str, Any]) -> str:
    return listed(
        _("%(edge)s得 %(score)s 分", edge=f"{code_word(code)} ", score=value)
        for code, value in points.items()
    )


def _unit(unit: str) -> str:
    """The unit behind a number, with the gap that letters need."""
    return f" {unit} " if unit else " "


SAYS: Mapping[str, Callable[[Mapping[str, Any], str, str], str]] = {
    "bands": _bands,
    "linear": _linear,
    "piecewise": _piecewise,
    "per_unit": _per_unit,
    "select_count": _per_unit,
    "threshold_step": _threshold,
    "count_map": lambda source, _full, unit: _pairs(source["map"].items(), unit),
    "level_count": lambda source, _full, _unit: labelled(_("按档累计"), _map(source["points"])),
    "highest_only": lambda source, _full, _unit: labelled(
        _("只计最高一档"), _map(source["points"])
    ),
    "choice_map": lambda source, _full, _unit: _map(source["map"]),
    "relative_to_best": lambda _source, full, _unit: _(
        "本园区值 ÷ 同组最高值 × %(full)s 分", full=full
    ),
    "above_cohort": lambda source, _full, _unit: _(
        "高出同组合计水平每 1 个百分点 %(points)s 分", points=source["points"]
    ),
    "percentile": _percentile,
    "expert": lambda source, full, _unit: _(
        "专家按 %(scale)s 分制评议，折算为 %(full)s 分", scale=source.get("scale", "100"), full=full
    ),
    "rank_delta": lambda source, _full, _unit: _(
        "排名每上升一位 %(points)s 分", points=source["points"]
    ),
}
