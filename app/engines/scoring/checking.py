"""What ties the parts of a scheme together: codes that exist, types that fit, no circles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from app.engines.scoring.faults import Section
from app.engines.scoring.formulas import CODE, Comparison, Formula, FormulaError, Item, parse
from app.engines.scoring.rules import AboveCohort, ChoiceMap, LevelCount, Rule
from app.engines.scoring.scheme import DataItem

Key = tuple[str, str]
#: So many codes are looked at for circles: a file made to keep us busy has more.
MOST_STEPS = 200_000


def coded(section: Section) -> dict[str, Any]:
    """What everything with a code has: the code and, if no other is given, the same as its name."""
    code = section.text("code")
    if not CODE.fullmatch(code):
        raise section.fault("bad_code", "code", value=code)
    return {"code": code, "name": section.text("name", code)}


def has_code_twice(sections: Sequence[Section]) -> None:
    """Note every second use of a code within one list."""
    seen: set[str] = set()
    for section in sections:
        code = section.data.get("code")
        if isinstance(code, str) and code in seen:
            section.fault("code_twice", "code", value=code)
        elif isinstance(code, str):
            seen.add(code)


def check_items(
    sections: Sequence[Section], items: Mapping[str, DataItem], known: Collection[Any]
) -> None:
    """Checks between data items name data items that are numbers."""
    for section in sections:
        code = section.data.get("code")
        found = items.get(code) if isinstance(code, str) else None
        check: Comparison | None = found.check if found else None
        for name in check.items if check else ():
            if name not in known:
                section.fault("unknown_item", "check", name=name)
            elif name in items and not items[name].is_number:
                section.fault("item_not_number", "check", name=name, type=items[name].kind)


def check_numbers(
    section: Section, key: str, names: Iterable[str], items: Mapping[str, DataItem]
) -> None:
    """Every name is a data item whose value is a number."""
    for name in names:
        if name not in items:
            section.fault("unknown_item", key, name=name)
        elif not items[name].is_number:
            section.fault("item_not_number", key, name=name, type=items[name].kind)


def check_rule_fits(
    section: Section, rule: Rule, value: Formula, items: Mapping[str, DataItem]
) -> None:
    """The value exists and is of the type that its rule scores."""
    if rule.takes == "number":
        check_numbers(section, "value", value.items, items)
        if isinstance(rule, AboveCohort):
            check_numbers(section.section("rule"), "cohort_value", rule.items, items)
        return
    unknown = [name for name in value.items if name not in items]
    for name in unknown:
        section.fault("unknown_item", "value", name=name)
    if unknown or rule.takes == "marks":
        return
    wanted = {"levels": "level_count", "choice": "choice"}[rule.takes]
    item = items[value.root.code] if isinstance(value.root, Item) else None
    if item is None or item.kind != wanted:
        section.fault("rule_needs_type", "value", rule=rule.kind, type=wanted)
    else:
        _check_entries(section.section("rule"), rule, item)


def _check_entries(section: Section, rule: Rule, item: DataItem) -> None:
    """Points stand only at levels and options that exist; every option has its points."""
    if isinstance(rule, LevelCount):
        for level in rule.by_level:
            if level not in item.levels:
                section.fault("unknown_level", "points", name=level, item=item.code)
    if isinstance(rule, ChoiceMap):
        for option in rule.by_option:
            if option not in item.options:
                section.fault("unknown_option", "map", name=option, item=item.code)
        for option in item.options:
            if option not in rule.by_option:
                section.fault("option_without_points", "map", name=option, item=item.code)


# circles


def find_circles(top: Section) -> None:
    """Note data items and indicators that are computed from themselves, however far around.

    ``computed`` of a data item may be prose; only what reads as a formula is followed. A name is a
    data item's before it is an indicator's: both may have the same code.
    """
    items = _places(top.sections("data_items", [], below="data_items"))
    indicators = _places(_children(top))
    graph = {
        **{("item", code): _names(one.data.get("computed")) for code, one in items.items()},
        **{("indicator", code): _names(one.data.get("value")) for code, one in indicators.items()},
    }
    ways = {
        node: [("item" if name in items else "indicator", name) for name in names]
        for node, names in graph.items()
    }
    for circle in _circles(ways):
        kind, code = circle[0]
        section = (items if kind == "item" else indicators)[code]
        key = "computed" if kind == "item" else "value"
        section.fault("circular", key, circle=" → ".join(name for _kind, name in circle))


def _circles(ways: Mapping[Key, list[Key]]) -> Iterator[list[Key]]:
    """A circle for each code that is in one; after very long looking the first found must do."""
    try:
        TopologicalSorter(ways).prepare()
    except CycleError as error:
        first: list[Key] = error.args[1][::-1]
    else:
        return
    steps, found = 0, False
    for start in ways:
        circle, walked = _way_back(ways, start)
        steps += walked
        if circle:
            found = True
            yield circle
        if steps > MOST_STEPS:
            break
    if not found:
        yield first


def _places(sections: Iterable[Section]) -> dict[str, Section]:
    return {code: one for one in sections if isinstance(code := one.data.get("code"), str)}


def _children(top: Section) -> Iterator[Section]:
    for block in top.sections("indicators", [], below="indicators"):
        if isinstance(block.data.get("children"), list):
            yield from block.sections("children", below="indicators")


def _names(text: object) -> tuple[str, ...]:
    try:
        return parse(text).items if isinstance(text, str) else ()
    except FormulaError:  # prose, or noted where the formula is read
        return ()


def _way_back(graph: Mapping[Key, list[Key]], start: Key) -> tuple[list[Key], int]:
    """A shortest way from a code back to itself, empty when there is none; and how far it looked."""
    before: dict[Key, Key] = {}
    reached = [start]
    for node in reached:  # grows while it is walked: breadth first
        for name in graph.get(node, ()):
            if name == start:
                way = [start, node]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return way[::-1] if node != start else [start, start], len(reached)
            if name in graph and name not in before:
                before[name] = node
                reached.append(name)
    return [], len(reached)
