"""Entries of the trail as csv, while they are read; the taking away is noted before it begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Response, stream_with_context
from flask_babel import force_locale
from msgspec import Struct

from app.core import clock
from app.engines import sheets
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.features.desk import services
from app.transaction import transaction
from app.web.acting import current_actor

EVERY = 100_000_000  # no cap: the note tells how many leave


class TrailFile(Struct, frozen=True):
    """What is taken away: columns of the source, their headings, a query's rows as text."""

    name: str
    columns: Sequence[str]
    headings: Callable[[], Sequence[str]]
    rows: Callable[[Any], Iterable[Sequence[Any]]]
    filters: Callable[[Criteria], Sequence[tuple[str, str]]]


def taken(file: TrailFile, source: ListSource, criteria: Criteria) -> Response:
    """The filtered entries as a download."""
    count = source.count(criteria, cap=EVERY).number
    with transaction(), force_locale("zh"):  # the trail is Chinese, whoever writes into it
        services.note_export(current_actor(), count=count, filters=file.filters(criteria))
    query = source.ordered(source.selected(criteria, file.columns), criteria)
    pieces = sheets.stream_csv(list(file.headings()), file.rows(query))
    response = Response(stream_with_context(pieces), mimetype="text/csv; charset=utf-8")
    name = f"{file.name}-{clock.today():%Y%m%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
