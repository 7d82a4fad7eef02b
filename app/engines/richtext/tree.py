"""A small tree of elements, read from and written as the exact HTML that nh3 makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from app.engines.richtext.rules import MAX_DEPTH, VOID


@dataclass(eq=False)
class Node:
    """An element; ``children`` are elements and plain text."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """This element and all inside it, in the order of the text."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def text(self) -> str:
        return "".join(one if isinstance(one, str) else one.text() for one in self.children)

    @property
    def style(self) -> dict[str, str]:
        """The inline style as far as it is plain ``name: value`` pairs, in lower case."""
        pairs = (part.partition(":") for part in self.attrs.get("style", "").split(";"))
        return {name.strip().lower(): value.strip().lower() for name, _, value in pairs if value}


class _Builder(HTMLParser):
    """Reads well-formed HTML: each element is closed, text and attributes are escaped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self._open = [self.root]
        self._deep: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID and len(self._open) > MAX_DEPTH:
            self._deep.append(tag)  # unwrapped: what is inside stays
            return
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self._deep:
            self._deep.pop()
        elif len(self._open) > 1 and self._open[-1].tag == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        children = self._open[-1].children
        if children and isinstance(children[-1], str):
            children[-1] += data
        else:
            children.append(data)


def parsed(html: str) -> Node:
    """The tree of HTML that nh3 has made; its root has no name."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def written(node: Node) -> str:
    """The tree as HTML."""
    parts: list[str] = []
    _write(node, parts)
    return "".join(parts)


def opening(tag: str, attrs: dict[str, str]) -> str:
    """The start of an element as HTML."""
    return f"<{tag}" + "".join(f' {key}="{escape(text)}"' for key, text in attrs.items()) + ">"


def _write(node: Node, parts: list[str]) -> None:
    if node.tag:
        parts.append(opening(node.tag, node.attrs))
    for child in node.children:
        if isinstance(child, str):
            parts.append(escape(child, quote=False))
        else:
            _write(child, parts)
    if node.tag and node.tag not in VOID:
        parts.append(f"</{node.tag}>")
