"""The parts of a scheme's content that people edit, one by one: where they are, what is typed for
them. Plain data in, plain data out; a draft may be wrong."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.values import replace
from app.features.assessments.rules.scheme_fields import (
    FIELDS,
    LISTS,
    NEW,
    RULE_FIELDS,
    RULED,
    SHAPES,
    SINGLES,
    Misread,
    Node,
    Spec,
)

__all__ = ["FIELDS", "LISTS", "RULED", "SINGLES", "Misread", "Node"]


# -- places ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Place:
    """Where a node is: ``indicators.1.children.0``, ``gates.new``, ``scoring``."""

    part: str
    index: int | None = None
    child: int | None = None
    is_new: bool = False

    @property
    def kind(self) -> str:
        deep = self.part == "indicators" and (self.child is not None or self._new_child)
        return "children" if deep else self.part

    @property
    def _new_child(self) -> bool:
        return self.is_new and self.index is not None

    def __str__(self) -> str:
        parts: list[Any] = [self.part]
        if self.index is not None:
            parts.append(self.index)
        if self.kind == "children":
            parts += ["children", NEW if self.is_new else self.child]
        elif self.is_new:
            parts.append(NEW)
        return ".".join(map(str, parts))


def place_of(text: str) -> Place:
    """Raises ``LookupError`` for what is no place of a scheme."""
    part, *rest = text.split(".")
    if part in SINGLES and not rest:
        return Place(part)
    if part not in LISTS or not rest:
        raise LookupError(text)
    if rest == [NEW]:
        return Place(part, is_new=True)
    index = _number(rest[0])
    if len(rest) == 1:
        return Place(part, index)
    if part != "indicators" or len(rest) != 3 or rest[1] != "children":
        raise LookupError(text)
    if rest[2] == NEW:
        return Place(part, index, is_new=True)
    return Place(part, index, _number(rest[2]))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise LookupError(text)
    return int(text)


def node_at(content: Mapping[str, Any], place: Place) -> Node:
    """The node, a new one's empty; raises ``LookupError`` when there is none."""
    if place.part == "ranking":
        return {"tie_break": content.get("tie_break")}
    if place.part in SINGLES:
        found = content.get(place.part) or {}
    else:
        members = _members(content, place)
        found = {} if place.is_new else members[_last(place)]
    return dict(found) if isinstance(found, Mapping) else {}


def _last(place: Place) -> int:
    return place.child if place.child is not None else place.index or 0


def _members(content: Mapping[str, Any], place: Place) -> list[Any]:
    """The list that the node is in."""
    found = content.get(place.part)
    members = found if isinstance(found, list) else []
    if place.kind != "children":
        return members
    block = members[place.index or 0]
    inner = block.get("children") if isinstance(block, Mapping) else None
    return inner if isinstance(inner, list) else []


def changed(content: Mapping[str, Any], place: Place, node: Node) -> Node:
    """The content with this node; a new one comes last."""
    made: Node = copy.deepcopy(dict(content))
    if place.part == "ranking":
        made["tie_break"] = node.get("tie_break") or []
    elif place.part in SINGLES:
        made[place.part] = node
    elif place.is_new:
        _holder(made, place).append(node)
    else:
        _holder(made, place)[_last(place)] = node
    return made


def saved_at(content: Mapping[str, Any], place: Place) -> Place:
    """Where a node stands after saving: a new one is the last of its list."""
    if not place.is_new:
        return place
    last = len(_members(content, place)) - 1
    if place.kind == "children":
        return Place(place.part, place.index, last)
    return Place(place.part, last)


def removed(content: Mapping[str, Any], place: Place) -> Node:
    """The content without this node and what is in it."""
    made: Node = copy.deepcopy(dict(content))
    del _holder(made, place)[_last(place)]
    return made


def moved(content: Mapping[str, Any], place: Place, by: int) -> Node:
    """The content with this node one place up (-1) or down (1) in its list."""
    made: Node = copy.deepcopy(dict(content))
    members, at = _holder(made, place), _last(place)
    to = at + by
    if not 0 <= to < len(members):
        raise LookupError(str(place))
    members[at], members[to] = members[to], members[at]
    return made


def _holder(made: Node, place: Place) -> list[Any]:
    if place.part in SINGLES:
        raise LookupError(str(place))
    if not isinstance(made.get(place.part), list):
        made[place.part] = []
    if place.kind == "children":
        block = made[place.part][place.index or 0]
        if not isinstance(block.get("children"), list):
            block["children"] = []
    return _members(made, place)


def places(content: Mapping[str, Any]) -> Iterator[tuple[Place, Node]]:
    """Every node that can be edited, in the scheme's order."""
    for part in SINGLES:
        if part in content or part == "ranking":
            yield Place(part), node_at(content, Place(part))
    for part in LISTS:
        for index, node in enumerate(_mappings(content.get(part))):
            yield Place(part, index), node
            if part == "indicators":
                for child, inner in enumerate(_mappings(node.get("children"))):
                    yield Place(part, index, child), inner


#: Beside the texts of a new sub-indicator: the code of the section that it goes into.
SECTION = "@section"


def section_of(content: Mapping[str, Any], place: Place) -> dict[str, str]:
    """Where a new node goes, by code; nothing for others: they are known by their own."""
    if not place.is_new or place.kind != "children":
        return {}
    return {SECTION: str(node_at(content, Place(place.part, place.index)).get("code") or "")}


def followed(content: Mapping[str, Any], place: Place, opened: Mapping[str, str]) -> Place | None:
    """Where the node stands now that was ``opened`` at ``place``; ``None``: nobody knows."""
    if place.is_new and place.kind == "children":
        section = _with_code(content, Place(place.part, place.index), opened.get(SECTION, ""))
        return section and replace(section, is_new=True)
    if place.is_new or place.part in SINGLES:
        return place
    return _with_code(content, place, opened.get("code", ""))


def _with_code(content: Mapping[str, Any], place: Place, code: str) -> Place | None:
    found = [
        at for at, node in places(content) if at.kind == place.kind and node.get("code") == code
    ]
    if place in found:
        return place
    return found[0] if len(found) == 1 else None


def _mappings(found: Any) -> Sequence[Node]:
    members = found if isinstance(found, list) else []
    return [one if isinstance(one, dict) else {} for one in members]


def place_of_fault(content: Mapping[str, Any], path: str) -> Place | None:
    """The node that a fault's path means: ``indicators.B1.rule`` names it by its code."""
    part, _dot, rest = path.partition(".")
    part = {"tie_break": "ranking"}.get(part, part)
    if part in SINGLES:
        return Place(part)
    word = rest.split(".")[0]
    for place, node in places(content):
        if place.part == part and word and word in (str(node.get("code")), str(_last(place))):
            return place
    return None


# -- fields ------------------------------------------------------------------------------------
def fields_of(place: Place) -> tuple[Spec, ...]:
    return FIELDS[place.kind] + (RULE_FIELDS if place.kind in RULED else ())


def texts_of(place: Place, node: Mapping[str, Any]) -> dict[str, str]:
    """Input name -> what stands in it; ``rule.type`` with those that have a rule."""
    rule = node.get("rule") if isinstance(node.get("rule"), Mapping) else {}
    assert isinstance(rule, Mapping)
    kind = str(rule.get("type") or "")
    found = {}
    for spec in fields_of(place):
        source = rule if spec.rules else node
        fits = not spec.rules or kind in spec.rules
        found[spec.name] = SHAPES[spec.shape][0](source.get(spec.key), spec) if fits else ""
    if place.kind in RULED:
        found["rule.type"] = kind
    return found


def read(place: Place, node: Mapping[str, Any], typed: Mapping[str, str]) -> tuple[Node, dict[str, Misread]]:  # fmt: skip
    """The node as typed, and what could not be read. What was left as it is stays as it is."""
    before, wrong = texts_of(place, node), {}
    made = dict(node)
    kind = typed.get("rule.type", "")
    old = node.get("rule") if isinstance(node.get("rule"), Mapping) else {}
    assert isinstance(old, Mapping)
    rule: Node = dict(old) if old.get("type") == kind else {"type": kind}
    for spec in fields_of(place):
        if spec.rules and kind not in spec.rules:
            continue
        text = typed.get(spec.name, "").replace("\r\n", "\n").strip()
        same = not (spec.rules and rule.get("type") != old.get("type"))
        if same and text == before[spec.name].strip():
            continue
        holder = rule if spec.rules else made
        try:
            value = SHAPES[spec.shape][1](text, rule if spec.shape == "bands" else spec)
        except Misread as misread:
            wrong[spec.name] = misread
            continue
        if value in (None, "", [], {}):
            holder.pop(spec.key, None)
        else:
            holder[spec.key] = value
    if place.kind in RULED and (kind or "rule" in node):
        made["rule"] = rule
    return made, wrong
