"""Tables: head, rows, spans; what was a table for the look alone is taken apart."""

from __future__ import annotations

from app.engines.richtext import marks as inline
from app.engines.richtext.blocks import Context, Place, aligned, flow, hidden
from app.engines.richtext.rules import MAX_SPAN
from app.engines.richtext.tree import Node

_PARTS = ("thead", "tbody", "tfoot")


def table(node: Node, context: Context, place: Place) -> list[Node]:
    """The table as stored; a table inside a cell, or of one cell, leaves only what it holds."""
    caption, head, body = _rows(node)
    cells = [one for row in (*head, *body) for one in _cells(row)]
    if place.in_table or len(cells) == 1:
        return [one for cell in cells for one in flow(cell.children, context, place)]
    made = [_row(row, context, place, head=True) for row in head]
    rows = [_row(row, context, place, head=False) for row in body]
    while (
        not head and rows and rows[0].children and all(_is(one, "th") for one in rows[0].children)
    ):
        made.append(rows.pop(0))
    if not made and len(rows) > 1 and all(_is_bold(one) for one in rows[0].children):
        made.append(rows.pop(0))
    made, rows = [one for one in made if one.children], [one for one in rows if one.children]
    if not made and not rows:
        return []
    parts = _caption(caption, context, place)
    parts += [Node("thead", {}, [_as_head(row) for row in made])] if made else []
    parts += [Node("tbody", {}, [_scoped(row) for row in rows])] if rows else []
    return [Node("table", {}, list(parts))]


def _rows(node: Node) -> tuple[Node | None, list[Node], list[Node]]:
    caption: Node | None = None
    found: dict[str, list[Node]] = {name: [] for name in _PARTS}
    for child in node.children:
        if not isinstance(child, Node) or hidden(child):
            continue
        if child.tag == "caption":
            caption = caption or child
        elif child.tag == "tr":
            found["tbody"].append(child)
        elif child.tag in found:
            found[child.tag] += [row for row in _parts_of(child, "tr") if not hidden(row)]
    return caption, found["thead"], found["tbody"] + found["tfoot"]


def _cells(row: Node) -> list[Node]:
    return _parts_of(row, "td", "th")


def _parts_of(node: Node, *tags: str) -> list[Node]:
    return [one for one in node.children if isinstance(one, Node) and one.tag in tags]


def _is(node: Node | str, tag: str) -> bool:
    return isinstance(node, Node) and node.tag == tag


def _row(row: Node, context: Context, place: Place, *, head: bool) -> Node:
    return Node("tr", {}, [_cell(one, context, place, head=head) for one in _cells(row)])


def _cell(cell: Node, context: Context, place: Place, *, head: bool) -> Node:
    tag = "th" if head else cell.tag
    align = aligned(cell, "")
    marks = inline.marks_of(cell, place.marks, context.lost)  # Excel makes whole cells bold
    inner = flow(cell.children, context, Place(marks, "", in_table=True, heading=tag == "th"))
    attrs = {name: span for name in ("colspan", "rowspan") if (span := _span(cell, name))}
    children: list[Node | str] = list(inner)
    if len(inner) == 1 and inner[0].tag == "p":
        align = align or inner[0].attrs.get("class", "")
        children = inner[0].children
    if align:
        attrs["class"] = align
    return Node(tag, attrs, children)


def _span(cell: Node, name: str) -> str:
    said = cell.attrs.get(name, "")
    if not (said.isascii() and said.isdigit() and len(said) < 6):
        return ""
    return str(min(int(said), MAX_SPAN)) if int(said) > 1 else ""


def _is_bold(cell: Node | str) -> bool:
    """Whether a cell of the first row is made to look like a head."""
    assert isinstance(cell, Node)
    return bool(cell.children) and all(
        _is(one, "strong") or _is(one, "br") for one in cell.children
    )


def _as_head(row: Node) -> Node:
    cells: list[Node | str] = []
    for cell in row.children:
        assert isinstance(cell, Node)
        cells.append(Node("th", {**cell.attrs, "scope": "col"}, _unbold(cell.children)))
    return Node("tr", {}, cells)


def _unbold(children: list[Node | str]) -> list[Node | str]:
    out: list[Node | str] = []
    for one in children:
        out += one.children if isinstance(one, Node) and one.tag == "strong" else [one]
    return out


def _scoped(row: Node) -> Node:
    for cell in row.children:
        if isinstance(cell, Node) and cell.tag == "th":
            cell.attrs["scope"] = "row"
    return row


def _caption(caption: Node | None, context: Context, place: Place) -> list[Node]:
    if caption is None:
        return []
    said = flow(caption.children, context, Place(place.marks, "", in_table=True))
    words = [one for one in said if one.tag == "p"]
    return [Node("caption", {}, words[0].children)] if words else []
