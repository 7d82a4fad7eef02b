"""Excel says in a style sheet, not in the cell, that a cell is bold or centred."""

from __future__ import annotations

import re

from app.engines.richtext.tree import Node

_RULE = re.compile(r"\.(xl[0-9]{1,4})\s*\{([^{}]{0,2000})\}")
_PAIR = re.compile(r"(?:^|[;\s])(font-weight|text-align)\s*:\s*(\w+)")


def dress(tree: Node, html: str) -> None:
    """Give the cells the two styles that mean something for us."""
    rules = {
        one[1]: ";".join(f"{name}:{value}" for name, value in _PAIR.findall(one[2]))
        for one in _RULE.finditer(html)
    }
    if not rules:
        return
    for node in tree.walk():
        found = rules.get(node.attrs.get("class", ""))
        if found:
            node.attrs["style"] = f"{found};{node.attrs.get('style', '')}"
