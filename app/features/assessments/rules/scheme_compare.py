"""What two contents of a scheme say differently, node by node and field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.features.assessments.rules import scheme_nodes as nodes


@dataclass(frozen=True)
class Line:
    """A field that differs; ``code`` and ``name`` of its node ("" for a part that is one node).

    ``old`` or ``new`` is None where the node is not there at all (then ``key`` is "").
    """

    part: str
    code: str
    name: str
    key: str
    old: str | None
    new: str | None


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
    names = list(dict.fromkeys([*after, *before]))
    name = _name(new) if key[1] else ""
    return [
        Line(*key, name, field, before.get(field, ""), after.get(field, ""))
        for field in names
        if before.get(field, "") != after.get(field, "")
    ]


def _flat(node: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """``rule.points`` -> its text; children are nodes of their own."""
    found: dict[str, str] = {}
    for key, value in node.items():
        if key == "children":
            continue
        if isinstance(value, Mapping) and key == "rule":
            found |= _flat(value, "rule.")
        else:
            found[f"{above}{key}"] = said(value)
    return found


def said(value: Any) -> str:
    """A part of a scheme on one line."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "; ".join(f"{key} = {said(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(f"[{said(one)}]" if isinstance(one, list | Mapping) else said(one) for one in value)  # fmt: skip
    return str(value)
