"""Word and WPS put a list on the clipboard as paragraphs that only look like items."""

from __future__ import annotations

import re

from app.engines.richtext.tree import Node

ITEM = "fake-li"
_LEVEL = re.compile(r"\blevel([1-9])\b")
_COUNTED = re.compile(
    r"[(（]?\s*(?P<sign>[0-9]{1,4}|[a-zA-Z]{1,5}|[一二三四五六七八九十百]{1,4})\s*[.)）、．]"
)


def fake_item(node: Node) -> Node | None:
    """The item that a paragraph pretends to be, without its painted mark; else ``None``."""
    if node.tag not in {"p", "div"}:
        return None
    list_style = node.style.get("mso-list", "")
    mark = next((one for one in node.walk() if _is_mark(one)), None)
    level = _LEVEL.search(list_style)
    if mark is None or not (level or list_style != "none"):
        return None
    sign = mark.text().strip()
    counted = _COUNTED.match(sign)
    attrs = {"level": level[1] if level else "1", "kind": "ol" if counted else "ul"}
    if counted and counted["sign"].isdigit():
        attrs["start"] = counted["sign"]
    return Node(ITEM, attrs, _without(node, mark).children)


def _is_mark(node: Node) -> bool:
    return node.style.get("mso-list") == "ignore"


def _without(node: Node, gone: Node) -> Node:
    children = [
        _without(one, gone) if isinstance(one, Node) else one
        for one in node.children
        if one is not gone
    ]
    return Node(node.tag, node.attrs, children)


def gathered(blocks: list[Node]) -> list[Node]:
    """Neighbouring items as real lists, deeper ones inside the item above them."""
    out: list[Node] = []
    stack: list[tuple[int, Node]] = []  # level and list, outermost first
    for one in blocks:
        if one.tag != ITEM:
            stack = []
            out.append(one)
            continue
        level, kind = int(one.attrs["level"]), one.attrs["kind"]
        while stack and stack[-1][0] > level:
            stack.pop()
        if stack and stack[-1][0] == level and stack[-1][1].tag != kind:
            stack.pop()
        if not stack or stack[-1][0] < level:
            made = _new_list(one)
            _hang(made, stack, out)
            stack.append((level, made))
        stack[-1][1].children.append(Node("li", {}, _content(one)))
    return out


def _new_list(item: Node) -> Node:
    start = item.attrs.get("start", "1")
    attrs = {"start": start} if int(start) > 1 else {}
    return Node(item.attrs["kind"], attrs)


def _hang(made: Node, stack: list[tuple[int, Node]], out: list[Node]) -> None:
    if not stack:
        out.append(made)
        return
    last = stack[-1][1].children[-1]
    assert isinstance(last, Node)
    last.children.append(made)


def _content(item: Node) -> list[Node | str]:
    first = item.children[0]
    if len(item.children) == 1 and isinstance(first, Node) and first.tag == "p":
        return list(first.children)
    return list(item.children)
