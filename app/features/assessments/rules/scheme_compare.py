"""What two contents of a scheme say differently, node by node and field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from app.features.assessments.rules import scheme_nodes as nodes


class Line(Struct, frozen=True):
    """A field that differs; ``code`` and ``name`` of its node ("" for a part that is one node).

    ``old`` and ``new`` are the values as the scheme writes them, "" for an empty one. One of them
    is None where the node is not there at all (then ``key`` is "").
    """

    part: str
    code: str
    name: str
    key: str
    old: Any
    new: Any


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Line]:
    """Added, removed and changed nodes, in the order of the newer content."""
    before, after = _by_code(old), _by_code(new)
    found = []
    for key, node in after.items():
        if key in before:
            found += _fields(key, before[key], node)
        else:
            found.append(Line(*key, _name(node), "", None, ""))
    gone = [key for key in before if key not in after]
    return found + [Line(*key, _name(before[key]), "", "", None) for key in gone]


def _by_code(content: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    found = {}
    for place, node in nodes.places(content):
        single = place.part in nodes.SINGLES
        found[place.kind, "" if single else str(node.get("code") or place)] = node
    return found


def _name(node: Mapping[str, Any]) -> str:
    return str(node.get("name") or "")


def _fields(key: tuple[str, str], old: dict[str, Any], new: dict[str, Any]) -> list[Line]:
    before, after = _flat(old), _flat(new)
    if before.get("rule.type") != after.get("rule.type"):
        # Another kind of rule has other settings: told as a whole, before and after.
        before, after = _whole(before, old), _whole(after, new)
    names = list(dict.fromkeys([*after, *before]))
    name = _name(new) if key[1] else ""
    return [
        Line(*key, name, field, before.get(field, ""), after.get(field, ""))
        for field in names
        if said(before.get(field)) != said(after.get(field))
    ]


def _flat(node: Mapping[str, Any]) -> dict[str, Any]:
    """Fields by name, those of the rule as ``rule.points``; children are nodes of their own."""
    found = {key: value for key, value in node.items() if key not in ("children", "rule")}
    rule = node.get("rule")
    if isinstance(rule, Mapping):
        return found | {f"rule.{key}": value for key, value in rule.items()}
    return found if rule is None else found | {"rule": rule}


def _whole(flat: Mapping[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in flat.items() if not key.startswith("rule.")}
    return kept | ({"rule": node["rule"]} if node.get("rule") is not None else {})


def said(value: Any) -> str:
    """A part of a scheme on one line."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "; ".join(f"{key} = {said(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(f"[{said(one)}]" if isinstance(one, list | Mapping) else said(one) for one in value)  # fmt: skip
    return str(value)
