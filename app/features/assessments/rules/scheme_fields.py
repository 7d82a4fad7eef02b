"""Fields of a scheme's parts: which each part has, how a field reads as text and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from app.engines.scoring.rules import KINDS
from app.engines.scoring.scheme import ITEM_TYPES, SOURCES
from app.features.assessments.rules.form import in_order

#: Content of a scheme, or a part of it: mappings, lists and texts.
Node = dict[str, Any]
NEW = "new"
MOST_TEXT = 20_000


class Misread(ValueError):
    """A field's text that is no value; ``code`` names the sentence."""

    def __init__(self, code: str, line: str = "") -> None:
        super().__init__(code)
        self.code, self.line = code, line


class Spec(Struct, frozen=True):
    """A field of a node. ``shape``: text, area, choice, lines, pairs, corners, bands, rows or rule.

    ``rules``: for which rules it is asked; none: always. ``key`` is its key in the node.
    """

    key: str
    shape: str = "text"
    options: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of its input: the same key has another shape in another rule."""
        return f"rule.{self.key}.{self.shape}" if self.rules else self.key


RULES = tuple(KINDS)
_COUNTED = ("per_unit", "select_count", "threshold_step", "above_cohort", "rank_delta")
RULE_FIELDS = (
    Spec("bounds", "choice", ("[)", "(]"), rules=("bands",)),
    Spec("bands", "bands", rules=("bands",)),
    Spec("zero_at", rules=("linear",)),
    Spec("full_at", rules=("linear",)),
    Spec("min_value", rules=("linear",)),
    Spec("points", rules=_COUNTED),
    Spec("points", "pairs", rules=("level_count", "highest_only")),
    Spec("points", "corners", rules=("piecewise",)),
    Spec("min_units", rules=("per_unit", "select_count")),
    Spec("threshold", rules=("threshold_step",)),
    Spec("base", rules=("threshold_step",)),
    Spec("step", rules=("threshold_step",)),
    Spec("map", "pairs", rules=("count_map", "choice_map")),
    Spec("above", rules=("count_map",)),
    Spec("scale", rules=("expert",)),
    Spec("panel_min", rules=("expert",)),
    Spec("drop_extremes_from", rules=("expert",)),
    Spec("blind", "choice", ("", "true", "false"), rules=("expert",)),
    Spec("steps", "corners", rules=("percentile",)),
    Spec("zero_value_score", rules=("percentile",)),
    Spec("min_cohort", rules=("percentile",)),
    Spec("fallback", "rule", rules=("percentile",)),
    Spec("cohort_value", rules=("above_cohort",)),
    Spec("cohort_filter", rules=("above_cohort",)),
    Spec("base_zero", "pairs", rules=("piecewise", "above_cohort", "linear", "bands")),
    Spec("cap", rules=RULES),
)
_CODED = (Spec("code"), Spec("name"))
_TOLD = (
    Spec("definition", "area"),
    Spec("unit"),
    Spec("evidence", "lines"),
    Spec("data_source"),
)
FIELDS: Mapping[str, tuple[Spec, ...]] = MappingProxyType(
    {
        "data_items": (
            *_CODED,
            Spec("type", "choice", ITEM_TYPES),
            Spec("unit"),
            Spec("digits"),
            Spec("min"),
            Spec("max"),
            Spec("options", "lines"),
            Spec("levels", "lines"),
            Spec("source", "choice", SOURCES),
            Spec("prefill"),
            Spec("check"),
        ),
        "indicators": (*_CODED, Spec("max_score")),
        "children": (
            *_CODED,
            Spec("max_score"),
            Spec("value"),
            Spec("on_zero_denominator", "choice", ("", "zero", "not_applicable")),
            *_TOLD,
        ),
        "bonus": (*_CODED, Spec("cap"), *_TOLD),
        "deductions": (*_CODED, Spec("cap"), *_TOLD),
        "gates": (*_CODED, Spec("test", "pairs")),
        "vetoes": (
            *_CODED,
            Spec("set_by", "choice", ("operator", "system")),
            Spec("needs", "lines"),
        ),
        "template": (
            *_CODED,
            Spec("subject_types", "lines"),
            Spec("period_type"),
        ),
        "scoring": (
            Spec("item_round", "pairs"),
            Spec("final_round", "pairs"),
            Spec("formula", "area"),
            Spec("bonus_cap"),
            Spec("deduction_cap"),
        ),
        "grades": (
            Spec("bands", "rows", columns=("code", "name", "min")),
            Spec("excellent_conditions", "lines"),
            Spec("excellent_quota", "pairs"),
            Spec("gate_failure_caps_grade_at"),
        ),
        "ranking": (Spec("tie_break", "lines"),),
        "cycle_defaults": tuple(
            Spec(name)
            for name in (
                *("fill_window_days", "late_fill_window_days", "correction_window_days"),
                *("correction_rounds_max", "first_review_days", "expert_review_days"),
                *("publicity_days", "objection_reply_days"),
            )
        ),
    }
)
#: Parts that are lists of nodes, and parts that are one node.
LISTS = ("data_items", "indicators", "bonus", "deductions", "gates", "vetoes")
SINGLES = ("template", "scoring", "grades", "ranking", "cycle_defaults")
RULED = frozenset({"children", "bonus", "deductions"})


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _split(line: str, count: int) -> list[str]:
    parts = [part.strip() for part in line.replace("，", ",").split(",")]
    if len(parts) != count or not all(parts):
        raise Misread("node_line", line)
    return parts


def _pairs(text: str, _spec: Any) -> Node:
    found: Node = {}
    for line in _lines(text):
        key, sign, value = line.replace("＝", "=").partition("=")
        if not sign or not key.strip() or not value.strip() or key.strip() in found:
            raise Misread("node_pair", line)
        found[key.strip()] = value.strip()
    return found


def _bands(text: str, rule: Any) -> list[Node]:
    edge = "max" if rule.get("bounds") == "(]" else "min"
    pairs = [_split(line, 2) for line in _lines(text)]
    return [{edge: limit, "score": score} for limit, score in pairs]


def _band_text(found: Any, _spec: Any) -> str:
    lines = []
    for one in found if isinstance(found, list) else []:
        known = one if isinstance(one, Mapping) else {}
        lines.append(f"{known.get('min', known.get('max', ''))}, {known.get('score', '')}")
    return "\n".join(lines)


def _pair_text(found: Any, _spec: Any) -> str:
    pairs = in_order(found) if isinstance(found, Mapping) else {}
    return "\n".join(f"{key} = {value}" for key, value in pairs.items())


def _row_text(found: Any, spec: Spec) -> str:
    rows = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    return "\n".join(", ".join(str(one.get(c) or "") for c in spec.columns) for one in rows)


def _rows(text: str, spec: Spec) -> list[Node]:
    rows = (_split(line, len(spec.columns)) for line in _lines(text))
    return [dict(zip(spec.columns, row, strict=True)) for row in rows]


def _rule_text(found: Any, _spec: Any) -> str:
    """A rule within a rule: ``name = value`` lines first, then its bands or corners; a mapping's
    entries are ``name.key = value``."""
    if not isinstance(found, Mapping):
        return ""
    told, rows = [], []
    for key, value in found.items():
        if isinstance(value, Mapping):
            told += [f"{key}.{inner} = {one}" for inner, one in value.items()]
        elif key == "bands":
            rows.append(_band_text(value, _spec))
        elif isinstance(value, list):
            rows.append(_corner_text(value, _spec))
        else:
            told.append(f"{key} = {value}")
    return "\n".join([*told, *rows])


def _rule(text: str, spec: Any) -> Node:
    """The same back; a rule that is not named is one of bands."""
    told = _lines(text.replace("＝", "="))
    found: Node = {"type": "bands"}
    for key, value in _pairs("\n".join(one for one in told if "=" in one), spec).items():
        name, dot, inner = key.partition(".")
        holder = found.setdefault(name, {}) if dot else found
        if not isinstance(holder, dict):
            raise Misread("node_pair", f"{key} = {value}")
        holder[inner if dot else key] = value
    rows = [one for one in told if "=" not in one]
    if rows and found["type"] == "bands":
        found["bands"] = _bands("\n".join(rows), found)
    elif rows:
        found["points"] = [_split(one, 2) for one in rows]
    return found if told else {}


def _corner_text(found: Any, _spec: Any) -> str:
    rows = found if isinstance(found, list) else []
    return "\n".join(", ".join(map(str, one)) for one in rows if isinstance(one, list))


def _line_text(found: Any, _spec: Any) -> str:
    return "\n".join(map(str, found)) if isinstance(found, list) else ""


def _plain(text: str, _spec: Any) -> str:
    if len(text) > MOST_TEXT:
        raise Misread("node_long")
    return text


def _shown(found: Any, _spec: Any) -> str:
    return "" if found is None or isinstance(found, Mapping | list) else str(found)


SHAPES: Mapping[str, tuple[Callable[[Any, Any], str], Callable[[str, Any], Any]]] = {
    "text": (_shown, _plain),
    "area": (_shown, _plain),
    "choice": (_shown, _plain),
    "lines": (_line_text, lambda text, _spec: _lines(text)),
    "pairs": (_pair_text, _pairs),
    "corners": (_corner_text, lambda text, _spec: [_split(one, 2) for one in _lines(text)]),
    "bands": (_band_text, _bands),
    "rows": (_row_text, _rows),
    "rule": (_rule_text, _rule),
}
