"""Schemes as files: YAML that reads back to the same digest, and a workbook that does, too."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from app.engines import scoring, sheets
from app.engines.scoring import documents
from app.engines.sheets.reading import read_grid
from app.features.assessments.services import schemes

MAX_BYTES = 5 * 2**20
#: Somebody waits for the page: what takes longer than 20 seconds is no workbook of this size.
LIMITS = sheets.Limits(max_bytes=MAX_BYTES, max_rows=20_000, max_columns=60, seconds=20)
#: Sheet of the workbook -> the part that it holds; all else is on the last one.
SHEETS = {
    "数据项": "data_items",
    "指标": "indicators",
    "加分项": "bonus",
    "扣分项": "deductions",
    "前提条件": "gates",
    "一票否决": "vetoes",
}
OTHERS, BLOCK, SUFFIX = "其他", "block", ".xlsx"


class _Dumper(yaml.SafeDumper):
    """Plain scalars stay what they are typed as (numbers, 9610, yes): only nulls are special."""

    yaml_implicit_resolvers: dict[Any, Any] = {}

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:null", yaml.resolver.Resolver.yaml_implicit_resolvers["~"][0][1], ["~", "n", "N", ""]
)  # fmt: skip


def to_yaml(content: Mapping[str, Any], *, flow: bool = False) -> str:
    """The text of a content; ``content_of`` reads the same content from it."""
    text: str = yaml.dump(
        content,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=10_000 if flow else 120,
        default_flow_style=flow or None,
    )
    return text.removesuffix("...\n").rstrip("\n") if flow else text


def to_xlsx(content: Mapping[str, Any]) -> Iterator[bytes]:
    """A sheet for each list; cells hold texts as they are, lists and mappings as YAML."""
    pages = [_page(title, list(_rows(part, content.get(part)))) for title, part in SHEETS.items()]
    rest = {key: value for key, value in content.items() if key not in SHEETS.values()}
    lines = [[key, _cell(value)] for key, value in rest.items()]
    columns = [sheets.ColumnOut("key", 24, text=True), sheets.ColumnOut("value", 100, text=True)]
    return sheets.stream_xlsx([*pages, sheets.SheetOut(OTHERS, columns, lines, filtered=False)])


def _rows(part: str, members: Any) -> Iterator[dict[str, Any]]:
    """Indicators lie under the line of their block."""
    for one in members if isinstance(members, list) else []:
        if part != "indicators":
            yield one
            continue
        yield {BLOCK: "", **{key: value for key, value in one.items() if key != "children"}}
        for child in one.get("children") or []:
            yield {BLOCK: one.get("code") or "", **child}


def _page(title: str, rows: list[dict[str, Any]]) -> sheets.SheetOut:
    keys = list(dict.fromkeys(key for row in rows for key in row)) or ["code"]
    columns = [sheets.ColumnOut(key, 24, text=True) for key in keys]
    lines = [[_cell(row[key]) if key in row else "" for key in keys] for row in rows]
    return sheets.SheetOut(title, columns, lines, filtered=False)


#: A text that begins like this could be taken for YAML, or lost its blanks, in a cell.
_MARKS = ("[", "{", '"', "'", " ", "~", "=", "+", "-", "@")


def _cell(value: Any) -> str:
    """Texts as they are; what a cell could not tell from something else as YAML."""
    if isinstance(value, str):
        plain = (
            value and not value.startswith(_MARKS) and value == value.strip() and "\n" not in value
        )
        return value if plain else yaml.dump(
            value, Dumper=_Dumper, allow_unicode=True, default_style='"', width=10_000
        ).rstrip("\n")  # fmt: skip
    return "~" if value is None else to_yaml(value, flow=True)


def _value(text: str) -> Any:
    if text.startswith(("[", "{", '"', "~")):
        return schemes.plain(documents.load(text))
    return text


def read(data: bytes, filename: str, folder: Path) -> dict[str, Any]:
    """The content of an uploaded file; raises ``scoring.Refused`` or ``sheets.FileRefused``."""
    if len(data) > MAX_BYTES:
        fault = scoring.Fault("", "scheme_size", None, {"most": str(MAX_BYTES // 2**20)})
        raise scoring.Refused([fault])
    if not filename.lower().endswith(SUFFIX):
        return schemes.content_of(data)
    path = folder / "scheme.xlsx"
    path.write_bytes(data)
    pages: dict[str, list[list[str]]] = {}
    for sheet, row in read_grid(path, filename, LIMITS):
        pages.setdefault(sheet, []).append(["" if cell is None else str(cell) for cell in row])
    return _content(pages)


def _content(pages: Mapping[str, list[list[str]]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for row in pages.get(OTHERS, [])[1:]:
        if row and row[0]:
            made[row[0]] = _value(row[1] if len(row) > 1 else "")
    for title, part in SHEETS.items():
        head, *rows = pages.get(title) or [[]]
        members = [_node(head, row) for row in rows if any(row)]
        if members:
            made[part] = _nested(members) if part == "indicators" else members
    if not made:
        raise scoring.Refused([scoring.Fault("", "not_a_mapping")])
    return made


def _node(head: list[str], row: list[str]) -> dict[str, Any]:
    pairs = zip(head, row, strict=False)
    return {key: _value(cell) for key, cell in pairs if key and cell}


def _nested(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Children go to the block that they name; to the last one when it is unknown."""
    blocks: list[dict[str, Any]] = []
    for row in rows:
        above = row.pop(BLOCK, "")
        if not above or not blocks:
            blocks.append(row)
            continue
        block = next((one for one in blocks if one.get("code") == above), blocks[-1])
        block.setdefault("children", []).append(row)
    return blocks


def as_file(content: Mapping[str, Any], kind: str) -> io.BytesIO:
    """The whole file of a version: ``yaml`` or ``xlsx``."""
    data = b"".join(to_xlsx(content)) if kind == "xlsx" else to_yaml(content).encode()
    return io.BytesIO(data)
