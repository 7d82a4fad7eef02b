"""tablib with our readers and writers: ``Dataset`` stays the interface, the work is done here."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import tablib
from tablib.formats import registry
from tablib.formats._ods import ODSFormat

from app.engines.sheets.model import FileRefused, Limits
from app.engines.sheets.reading import read_grid
from app.engines.sheets.stream import ColumnOut, SheetOut, stream_csv, stream_xlsx


def register_tablib_formats() -> None:
    """Put our xlsx and csv, and our reading of ods, in the place of tablib's own."""
    registry.register("xlsx", SafeXlsx)
    registry.register("csv", SafeCsv)
    registry.register("ods", SafeOds)


class SafeXlsx:
    """Workbooks: streamed out, read in the child."""

    title = "xlsx"
    extensions = ("xlsx",)

    @classmethod
    def detect(cls, stream: IO[Any]) -> bool:
        """Whether this can be read as a workbook."""
        return _readable(stream, cls.title)

    @classmethod
    def export_set(cls, dataset: Any) -> bytes:
        """One sheet."""
        return b"".join(stream_xlsx([_sheet(dataset)]))

    @classmethod
    def export_book(cls, databook: Any) -> bytes:
        """One sheet for each set."""
        return b"".join(stream_xlsx(_sheet(dataset) for dataset in databook.sheets()))

    @classmethod
    def import_set(cls, dset: Any, in_stream: IO[Any], *, headers: bool = True) -> None:
        """The first visible sheet."""
        dset.wipe()
        sheets = _grids(in_stream, cls.title)
        if sheets:
            _fill(dset, *sheets[0], headers=headers)

    @classmethod
    def import_book(cls, dbook: Any, in_stream: IO[Any], *, headers: bool = True) -> None:
        """All visible sheets."""
        dbook.wipe()
        for title, rows in _grids(in_stream, cls.title):
            dataset = tablib.Dataset()
            _fill(dataset, title, rows, headers=headers)
            dbook.add_sheet(dataset)


class SafeCsv(SafeXlsx):
    """Text tables: formulas guarded going out, the guard taken off coming in."""

    title = "csv"
    extensions = ("csv",)

    @classmethod
    def detect(cls, stream: IO[Any]) -> bool:
        """Whether this is text in columns."""
        return _readable(stream, cls.title)

    @classmethod
    def export_set(cls, dataset: Any) -> str:  # type: ignore[override]
        """tablib's csv is text."""
        blocks = stream_csv([str(head) for head in dataset.headers or ()], _rows(dataset))
        return b"".join(blocks).decode("utf-8-sig")

    @classmethod
    def export_stream_set(cls, dataset: Any) -> IO[str]:
        """The same as a stream, as tablib offers it."""
        stream = tempfile.SpooledTemporaryFile(mode="w+", encoding="utf-8", newline="")  # noqa: SIM115
        stream.write(cls.export_set(dataset))
        stream.seek(0)
        return stream


class SafeOds(ODSFormat):
    """OpenDocument: tablib writes it, we read it."""

    @classmethod
    def detect(cls, stream: IO[Any]) -> bool:
        """Whether this can be read as a spreadsheet."""
        return _readable(stream, cls.title)

    @classmethod
    def import_set(cls, dset: Any, in_stream: IO[Any], *, headers: bool = True) -> None:
        """The first visible sheet."""
        dset.wipe()
        sheets = _grids(in_stream, "ods")
        if sheets:
            _fill(dset, *sheets[0], headers=headers)

    @classmethod
    def import_book(cls, dbook: Any, in_stream: IO[Any], *, headers: bool = True) -> None:
        """All visible sheets."""
        dbook.wipe()
        for title, rows in _grids(in_stream, "ods"):
            dataset = tablib.Dataset()
            _fill(dataset, title, rows, headers=headers)
            dbook.add_sheet(dataset)


def _readable(stream: IO[Any], extension: str) -> bool:
    try:
        return bool(_grids(stream, extension))
    except FileRefused:
        return False


def _grids(stream: IO[Any], extension: str) -> list[tuple[str, list[list[Any]]]]:
    data = stream.read()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload.{extension}"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        sheets: dict[str, list[list[Any]]] = {}
        for title, row in read_grid(path, path.name, Limits()):
            sheets.setdefault(title, []).append(row)
    return list(sheets.items())


def _fill(dset: Any, title: str, rows: list[list[Any]], *, headers: bool) -> None:
    dset.title = title
    width = max((len(row) for row in rows), default=0)
    for number, row in enumerate(rows):
        full = row + [""] * (width - len(row))
        if number == 0 and headers:
            dset.headers = full
        else:
            dset.append(full)


def _rows(dataset: Any) -> Iterable[list[Any]]:
    # dict=False: the cells as they are, formatters applied
    return (list(row) for row in dataset._package(dicts=False)[1 if dataset.headers else 0 :])


def _sheet(dataset: Any) -> SheetOut:
    width = dataset.width if dataset.height or dataset.headers else 0
    heads = [str(head) for head in dataset.headers or [""] * width]
    columns = [ColumnOut(head, max(14, 2 * len(head) + 3)) for head in heads]
    return SheetOut(dataset.title or "数据", columns, _rows(dataset))
