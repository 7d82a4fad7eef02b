"""From whatever elements were pasted to paragraphs, headings, lists, quotations and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec import Struct

from app.engines.richtext import marks as inline
from app.engines.richtext.fake_lists import fake_item, gathered
from app.engines.richtext.marks import Leaf, Marks
from app.engines.richtext.rules import ALIGNED
from app.engines.richtext.tree import Node

_CONTAINERS = frozenset(
    {"div", "section", "article", "header", "footer", "main", "aside", "nav", "address", "center"}
    | {"figure", "figcaption", "details", "summary", "dl", "dt", "dd", "p", "caption"}
)
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_LISTS = frozenset({"ul", "ol"})
_TABLE_PARTS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th"})
BLOCK = _CONTAINERS | _HEADINGS.keys() | _LISTS | _TABLE_PARTS | {"li", "blockquote", "pre", "hr"}
_ALIGN = {"center": "text-center", "right": "text-end", "end": "text-end"}


@dataclass
class Context:
    """What holds for one text: who is known, what was lost, whether headings move down."""

    known: Callable[[str], bool]
    table: Callable[[Node, Context, Place], list[Node]]  # its cells hold blocks again
    lower: bool = False
    lost: Counter[str] = field(default_factory=Counter)


class Place(Struct, frozen=True):
    """Where in the text: the marks and the alignment around it."""

    marks: Marks = ()
    align: str = ""
    in_table: bool = False
    heading: bool = False


class Blocks:
    """Collects blocks; inline pieces between them become paragraphs."""

    def __init__(self, context: Context, place: Place) -> None:
        self.context = context
        self.place = place
        self.out: list[Node] = []
        self._run: list[Leaf] = []

    def take(self, nodes: list[Node | str], marks: Marks | None = None) -> None:
        marks = self.place.marks if marks is None else marks
        for node in nodes:
            if isinstance(node, str):
                self._run.append(Leaf("text", node, marks))
            else:
                self._element(node, marks)

    def _element(self, node: Node, marks: Marks) -> None:
        if hidden(node):
            return
        if node.tag == "br":
            self._run.append(Leaf("br", "", marks))
        elif node.tag == "img":
            leaf = inline.picture_leaf(node, marks, self.context.lost, self.context.known)
            self._run += [leaf] if leaf else []
        elif node.tag in BLOCK:
            self.flush()
            self.out += block(node, self.context, self._inside(node, marks))
        else:
            self.take(node.children, inline.marks_of(node, marks, self.context.lost))

    def _inside(self, node: Node, marks: Marks) -> Place:
        align = aligned(node, self.place.align)
        return Place(marks, align, self.place.in_table, self.place.heading)

    def flush(self) -> None:
        for leaves in inline.paragraphs(self._run):
            bare = inline.without(leaves, "strong") if self.place.heading else leaves
            self.out.append(_block("p", self.place.align, inline.inline_nodes(bare)))
        self._run = []


def flow(nodes: list[Node | str], context: Context, place: Place) -> list[Node]:
    """The blocks of what an element holds."""
    blocks = Blocks(context, place)
    blocks.take(nodes)
    blocks.flush()
    return gathered(blocks.out)


def block(node: Node, context: Context, place: Place) -> list[Node]:
    """What a block element becomes."""
    tag = node.tag
    if tag == "table":
        return context.table(node, context, place)
    if tag in _LISTS:
        return _list(node, context, place)
    if tag == "li":
        return _list(Node("ul", {}, [node]), context, place)
    if tag == "blockquote":
        inner = flow(node.children, context, Place(place.marks, "", place.in_table))
        return [Node(tag, {}, list(inner))] if inner else []
    if tag == "pre":
        text = node.text().strip("\n")
        return [Node("pre", {}, [Node("code", {}, [text])])] if text.strip() else []
    if tag == "hr":
        return [Node("hr")]
    level = heading_level(node)
    if level:
        return _heading(node, level, context, place)
    item = fake_item(node)
    if item is not None:
        item.children = list(flow(item.children, context, place))
        return [item] if item.children else []
    return _words_of_a_list(node, context, place) or flow(node.children, context, place)


def _words_of_a_list(node: Node, context: Context, place: Place) -> list[Node]:
    """A term of a list of terms is set in bold; nothing for any other element."""
    if node.tag != "dt":
        return []
    marks = inline.marks_of(Node("strong"), place.marks, context.lost)
    return flow(node.children, context, Place(marks, place.align, place.in_table, place.heading))


def heading_level(node: Node) -> int:
    """1 to 6; 0 for what is no heading. Word's title is the first level."""
    if node.tag == "p" and "MsoTitle" in node.attrs.get("class", "").split():
        return 1
    return _HEADINGS.get(node.tag, 0)


def _heading(node: Node, level: int, context: Context, place: Place) -> list[Node]:
    """Headings hold text: what else was in one follows it."""
    kept = min(4, max(2, level + context.lower))
    inner = flow(
        node.children, context, Place(place.marks, place.align, place.in_table, heading=True)
    )
    return [
        _block(f"h{kept}", place.align, one.children) if one.tag == "p" else one for one in inner
    ]


def _list(node: Node, context: Context, place: Place) -> list[Node]:
    items: list[Node] = []
    for child in node.children:
        if isinstance(child, Node) and child.tag == "li":
            content, loose = child.children, False
        else:  # a list right inside a list belongs to the item before it
            content, loose = [child], True
        inner = flow(content, context, Place(place.marks, "", place.in_table))
        if not inner:
            continue
        if loose and items and all(one.tag in _LISTS for one in inner):
            items[-1].children += inner
        else:
            items.append(Node("li", {}, list(inner)))
    for item in items:
        item.children = item_content(item.children)
    return [Node(node.tag, _start(node), list(items))] if items else []


def item_content(children: list[Node | str]) -> list[Node | str]:
    """One paragraph, perhaps with lists under it, needs no element of its own in an item."""
    first, rest = children[0], children[1:]
    if not isinstance(first, Node) or first.tag != "p":
        return children
    if all(isinstance(one, Node) and one.tag in _LISTS for one in rest):
        return [*first.children, *rest]
    return children


def _start(node: Node) -> dict[str, str]:
    start = node.attrs.get("start", "")
    counts = node.tag == "ol" and start.isascii() and start.isdigit() and 1 < int(start[:5]) < 10000
    return {"start": str(int(start))} if counts and len(start) < 5 else {}


def aligned(node: Node, around: str) -> str:
    """The class of an element's alignment, or that around it."""
    if node.tag == "center":
        return "text-center"
    said = node.style.get("text-align", "general")
    if said == "general":  # Excel's word for "as the value is"
        said = node.attrs.get("align", "").strip().lower()
    own = next((one for one in node.attrs.get("class", "").split() if one in _ALIGN.values()), "")
    if said:
        return _ALIGN.get(said, "")
    return own or around


def hidden(node: Node) -> bool:
    style = node.style
    return style.get("display") == "none" or style.get("mso-hide") == "all"


def _block(tag: str, align: str, children: list[Node | str]) -> Node:
    attrs = {"class": align} if align and tag in ALIGNED else {}
    return Node(tag, attrs, children)
