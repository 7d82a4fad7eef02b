"""From the YAML of a scheme to ``Scheme``: everything that is wrong is found in one reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.engines.scoring import documents
from app.engines.scoring.checking import (
    check_items,
    check_rule_fits,
    coded,
    find_circles,
    has_code_twice,
)
from app.engines.scoring.exact import MOST_DIGITS, exact_text, ratio_from
from app.engines.scoring.faults import REQUIRED, Fault, Refused, Section, Unreadable, each
from app.engines.scoring.formulas import (
    Comparison,
    Formula,
    FormulaError,
    divides_by_constant_zero,
    parse,
    parse_comparison,
)
from app.engines.scoring.reading_results import read_results
from app.engines.scoring.rules import Rule, read_rule
from app.engines.scoring.scheme import (
    ITEM_TYPES,
    SOURCES,
    Adjustment,
    BaseZero,
    Block,
    DataItem,
    Indicator,
    Scheme,
    Template,
)

MOST_BYTES = 5 * 2**20
KEYS = (
    *("schema_version", "template", "cycle_defaults", "procedure", "scoring", "grades"),
    *("tie_break", "rank_method", "gates", "vetoes", "data_items", "indicators", "bonus"),
    *("deductions", "examples", "note", "notes", "description", "comment"),
)
ZERO_POLICIES = ("zero", "not_applicable")
NO_FORMULA = Formula("", parse("0").root)


def read_scheme(source: bytes | str | Mapping[str, Any]) -> Scheme:
    """The scheme in a YAML text, or in data of the same shape (numbers as text or ``Decimal``).

    Raises ``Refused`` with every fault found: place, line where there is one, code and values.
    """
    faults: list[Fault] = []
    try:
        scheme = _scheme(Section(_data(source), "", faults))
    except Unreadable:
        raise Refused(faults) from None
    if faults:
        raise Refused(faults)
    return scheme


def _data(source: bytes | str | Mapping[str, Any]) -> Any:
    if isinstance(source, Mapping):
        return source
    if len(source) > MOST_BYTES:
        raise Refused([Fault("", "scheme_size", None, {"most": str(MOST_BYTES // 2**20)})])
    return documents.load(source)


def _scheme(top: Section) -> Scheme:
    top.refuse_other(KEYS)
    items = _items(top)
    blocks = _blocks(top, items)
    bonus, deductions = _adjustments(top, "bonus"), _adjustments(top, "deductions")
    find_circles(top)
    results = read_results(top, items, blocks)
    return Scheme(
        template=_template(top),
        items=items,
        blocks=blocks,
        bonus=bonus,
        deductions=deductions,
        **results,
    )


def _template(top: Section) -> Template:
    one = top.section("template", {})
    return Template(
        code=one.text("code", ""),
        name=one.text("name", ""),
        version=one.text("version", ""),
        subject_types=one.texts("subject_types", []),
        period_type=one.text("period_type", ""),
    )


# data items


def _items(top: Section) -> dict[str, DataItem]:
    sections = list(top.sections("data_items", below="data_items"))
    found = each(sections, _item)
    has_code_twice(sections)
    items = {one.code: one for one in found}
    codes = (section.data.get("code") for section in sections)
    known = {code for code in codes if isinstance(code, str)} | set(items)
    check_items(sections, items, known)
    return items


def _item(section: Section) -> DataItem:
    named = coded(section)
    if named["code"].isdigit():
        raise section.fault("code_digits", "code", value=named["code"])
    kind = section.one_of("type", ITEM_TYPES)
    chosen = section.texts("options", REQUIRED if kind == "choice" else [])
    low, high = section.number("min", None), section.number("max", None)
    if low is not None and high is not None and low > high:
        section.fault("too_small", "max", value=high, limit=low)
    return DataItem(
        **named,
        kind=kind,
        unit=section.text("unit", ""),
        digits=_digits(section),
        minimum=low,
        maximum=high,
        options=chosen,
        levels=section.texts("levels", REQUIRED if kind == "level_count" else []),
        source=section.one_of("source", SOURCES, "park"),
        prefill=section.text("prefill", ""),
        check=_check(section),
    )


def _digits(section: Section) -> int | None:
    digits = section.whole("digits", None)
    if digits is not None and digits > MOST_DIGITS:
        raise section.fault("too_large", "digits", value=digits, limit=MOST_DIGITS)
    return digits


def _check(section: Section) -> Comparison | None:
    text = section.text("check", "")
    try:
        return parse_comparison(text) if text else None
    except FormulaError as error:
        raise section.fault(error.code, "check", formula=text, **error.params) from error


# indicators


def _blocks(top: Section, items: Mapping[str, DataItem]) -> tuple[Block, ...]:
    sections = list(top.sections("indicators", below="indicators"))
    blocks = each(sections, lambda one: _block(one, items))
    has_code_twice(sections)
    inner = [
        child
        for one in sections
        if isinstance(one.data.get("children"), list)
        for child in one.sections("children", below="indicators")
    ]
    has_code_twice(inner)
    if not sections:
        top.fault("empty_list", "indicators")
    weight = _sum(one.max_score for one in blocks)
    total = _total(top)
    if len(blocks) == len(sections) and weight != total:
        top.fault("weights", "indicators", sum=exact_text(ratio_from(weight)), total=total)
    return blocks


def _total(top: Section) -> Decimal:
    """``template.total_score``; 100 is the only total there is."""
    template = top.section("template", {})
    total = template.number("total_score", Decimal(100))
    if total != 100:
        template.fault("fixed_setting", "total_score", value=total, allowed="100")
    return total


def _block(section: Section, items: Mapping[str, DataItem]) -> Block:
    named = coded(section)
    full = section.number("max_score", above=0)
    children = list(section.sections("children", below="indicators"))
    found = each(children, lambda one: _indicator(one, named["code"], items))
    if not children:
        section.fault("empty_list", "children")
    weight = _sum(one.max_score for one in found)
    if len(found) == len(children) and weight != full:
        section.fault("weights", "max_score", sum=exact_text(ratio_from(weight)), total=full)
    return Block(**named, max_score=full, indicators=found)


def _indicator(section: Section, block: str, items: Mapping[str, DataItem]) -> Indicator:
    named = coded(section)
    full = section.number("max_score", at_least=0)
    rule = read_rule(section.section("rule"))
    if rule.kind == "rank_delta":
        raise section.fault("rule_not_here", "rule", rule=rule.kind)
    optional = "" if rule.takes == "marks" else REQUIRED
    value = _formula(section, "value", optional)
    check_rule_fits(section, rule, value, items)
    policy = section.one_of("on_zero_denominator", ZERO_POLICIES, "zero")
    return Indicator(
        **named,
        **_texts(section),
        block=block,
        max_score=full,
        value=value,
        rule=rule,
        zero_denominator_is_na=policy == "not_applicable",
        base_zero=base_zero_of(section.section("rule"), value),
        input_type=section.text("input_type", ""),
    )


def _texts(section: Section) -> dict[str, Any]:
    return {
        "unit": section.text("unit", ""),
        "definition": section.text("definition", ""),
        "data_source": section.text("data_source", ""),
        "evidence": section.texts("evidence", []),
    }


def _formula(section: Section, key: str, default: Any) -> Formula:
    text = section.text(key, default)
    if not text and default is not REQUIRED:
        return NO_FORMULA
    try:
        found = parse(text)
    except FormulaError as error:
        raise section.fault(error.code, key, formula=text, **error.params) from error
    if divides_by_constant_zero(found):
        section.fault("constant_zero", key, formula=text)
    if found.sums:
        section.fault("formula_no_sum", key, formula=text)
    return found


def base_zero_of(rule: Section, value: Formula) -> BaseZero | None:
    """The policy for a base that is missing or 0, with the two sides of the value's one division."""
    if not rule.has("base_zero"):
        return None
    policy = rule.section("base_zero")
    if len(value.divisions) != 1:
        raise rule.fault("base_zero_division", "base_zero", formula=value.text)
    division = value.divisions[0]
    return BaseZero(
        current_positive=policy.number("current_positive"),
        current_zero=policy.number("current_zero"),
        current=Formula(value.text, division.left),
        base=Formula(value.text, division.right),
    )


def _sum(numbers: Iterable[Decimal]) -> Fraction:
    """Exact: a sum of ``Decimal`` would be rounded to 28 digits."""
    return sum(map(Fraction, numbers), Fraction(0))


# bonus and deductions


def _adjustments(top: Section, key: str) -> tuple[Adjustment, ...]:
    sections = list(top.sections(key, [], below=key))
    found = each(sections, lambda one: _adjustment(one, key))
    has_code_twice(sections)
    deltas = [one for one in found if one.rule.kind == "rank_delta"]
    if len(deltas) > 1:
        top.fault("rank_delta_twice", key)
    return found


def _adjustment(section: Section, key: str) -> Adjustment:
    named = coded(section)
    rule = read_rule(section.section("rule"))
    if not _counts(rule) or (rule.kind == "rank_delta" and key != "bonus"):
        raise section.fault("rule_not_here", "rule", rule=rule.kind)
    cap = section.number("cap", rule.cap, at_least=0)
    if cap is None:
        raise section.fault("missing_key", name="cap")
    return Adjustment(**named, **_texts(section), cap=cap, rule=rule)


def _counts(rule: Rule) -> bool:
    """Bonus and deduction items count quantities of their own: no peers, panels or options."""
    return not rule.of_cohort and rule.takes in ("number", "levels")
