"""The gate before parsing: what the file really is, and everything for which it is refused whole."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.parsers import expat

from app.engines.sheets import xls_scan, xlsx_scan
from app.engines.sheets.headings import HEADING_ROWS
from app.engines.sheets.marks import Marks
from app.engines.sheets.model import FileRefused, Limits
from app.engines.sheets.ods_scan import OdsScan
from app.engines.sheets.zips import Parts

FORMATS: Final = ("xlsx", "xls", "csv", "ods")
_MACRO_FORMATS: Final = frozenset({"xlsm", "xltm", "xlam", "xlsb"})
_BYTES_A_CELL: Final = 24  # what the reader keeps for each cell of the box around all cells
_ODS_TYPE: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_BINARY: Final = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
)


@dataclass
class Scanned:
    """A workbook that passed: its format and, by sheet name, what the scan of each sheet found.

    ``first``: the first sheet of a workbook that is not hidden; only an xlsx says so here.
    """

    format: str
    sheets: dict[str, Marks] = field(default_factory=dict)
    first: str = ""


def require_room(scanned: Scanned, name: str, limits: Limits) -> None:
    """Refuse a sheet whose box of cells the reader could not hold."""
    marks = scanned.sheets.get(name)
    if marks is None:
        raise FileRefused("damaged", part=name)
    if marks.beyond:
        raise FileRefused("too_many_columns", limit=limits.max_columns, cell=marks.beyond)
    if marks.rows > limits.max_rows + HEADING_ROWS + 1:
        raise FileRefused("too_many_rows", limit=limits.max_rows)
    box = marks.last_row * (marks.last_column + 1) * _BYTES_A_CELL
    if box > limits.memory_bytes * 0.6:
        raise FileRefused("scattered", row=marks.last_row)


def inspect(path: Path, filename: str, limits: Limits) -> Scanned:
    """Refuse the file, or say what it is. Text files are looked at by ``csv_text``."""
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise FileRefused("too_large", limit=limits.max_bytes >> 20)
    if size == 0:
        raise FileRefused("empty")
    extension = Path(filename).suffix.lower().lstrip(".")
    if extension in _MACRO_FORMATS:
        raise FileRefused("macros")
    if extension not in FORMATS:
        raise FileRefused("unknown_type", extension=extension[:12])
    return _look_inside(path, extension, limits)


def _look_inside(path: Path, extension: str, limits: Limits) -> Scanned:
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        if extension not in ("xlsx", "ods"):
            raise FileRefused("content_mismatch", extension=extension)
        return _zipped(path, extension, limits)
    if head == xls_scan.MAGIC:
        return _compound(path, extension, limits)
    if extension != "csv" or head.startswith(_BINARY):
        raise FileRefused("content_mismatch", extension=extension)
    return Scanned("csv")


def _compound(path: Path, extension: str, limits: Limits) -> Scanned:
    """The old format; also the wrapping of every encrypted new one."""
    if extension == "xls":
        return Scanned("xls", xls_scan.scan(path, limits.max_columns))
    if "encryptedpackage" in xls_scan.CompoundFile(path).names:
        raise FileRefused("encrypted")
    raise FileRefused("content_mismatch", extension=extension)


def _zipped(path: Path, extension: str, limits: Limits) -> Scanned:
    parts = Parts(path, limits)
    try:
        names = {name.lower(): name for name in parts.names}
        inside = "xlsx" if "xl/workbook.xml" in names else ""
        if "content.xml" in names and parts.whole(names.get("mimetype", "")).startswith(_ODS_TYPE):
            inside = "ods"
        _refuse_macros(names, parts)
        if inside != extension:
            raise FileRefused("content_mismatch", extension=extension)
        scanned = _xlsx(parts, names, limits) if inside == "xlsx" else _ods(parts, names, limits)
        # What nobody reads is inflated and searched all the same.
        for name in parts.names:
            if name not in parts.checked:
                for _ in parts.chunks(name):
                    pass
    finally:
        parts.close()
    return scanned


def _refuse_macros(names: dict[str, str], parts: Parts) -> None:
    for name in names:
        if name.endswith("vbaproject.bin") or name.startswith(("xl/macrosheets/", "scripts/")):
            raise FileRefused("macros")
        # Empty libraries are only lists; a module is a file of its own.
        if name.startswith("basic/") and not name.endswith(("script-lc.xml", "script-lb.xml")):
            raise FileRefused("macros")
    types = parts.whole(names.get("[content_types].xml", ""))
    if b"macroEnabled" in types or b"intlmacrosheet" in types:
        raise FileRefused("macros")


def _xlsx(parts: Parts, names: dict[str, str], limits: Limits) -> Scanned:
    relations = parts.whole(names.get("xl/_rels/workbook.xml.rels", ""))
    related = [found for tag, found in _elements(relations) if tag == "Relationship"]
    targets = {found.get("Id", ""): found.get("Target", "") for found in related}
    charts = {
        one.get("Id", "") for one in related if not one.get("Type", "").endswith("/worksheet")
    }
    scanned = Scanned("xlsx")
    done: set[str] = set()
    for tag, found in _elements(parts.whole(names["xl/workbook.xml"])):
        if tag != "sheet":
            continue
        relation = next((value for key, value in found.items() if key.endswith(":id")), "")
        part = names.get(_part_name(targets.get(relation, "")), "")
        if not part or part in done:
            continue
        done.add(part)
        shown = found.get("state", "visible") == "visible" and relation not in charts
        if shown and not scanned.first:
            scanned.first = found.get("name", "")
        scanned.sheets[found.get("name", "")] = xlsx_scan.scan(
            parts.chunks(part), limits.max_columns
        )
    return scanned


def _ods(parts: Parts, names: dict[str, str], limits: Limits) -> Scanned:
    if b"encryption-data" in parts.whole(names.get("meta-inf/manifest.xml", "")):
        raise FileRefused("encrypted")
    scan = OdsScan(limits.max_columns)
    return Scanned("ods", scan.run(parts.chunks(names["content.xml"])))


def _part_name(target: str) -> str:
    joined = target if target.startswith("/") else posixpath.join("/xl", target)
    return posixpath.normpath(joined).lstrip("/").lower()


def _elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """Elements of a small part, without the prefix of their names. It has no DOCTYPE by now."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append(
        (name.rpartition(":")[2], attributes)
    )
    try:
        if xml:
            parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise FileRefused("damaged", part="xl/workbook.xml") from error
    return found
