"""The recycle bin: its kinds in the order of its tabs, what hangs on them, who may decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from app.engines import recycling
from app.extensions import db


def join() -> None:
    """Fill the registry of the engine."""
    from app.features.assessments.labels.zone import PURGE_REFUSALS as COUNTED
    from app.features.desk.views import RECYCLED as WORDS
    from app.features.enterprises.views import RECYCLED as ENTERPRISES
    from app.features.news.views import RECYCLED as NEWS
    from app.features.parks.models import Organisation, Park
    from app.features.parks.views import RECYCLED as PARKS
    from app.features.settlements.labels import PURGE_REFUSALS

    recycling.register(ENTERPRISES, NEWS, *PARKS, *WORDS)
    recycling.hangs(ENTERPRISES.name, _applications)
    recycling.hangs(ENTERPRISES.name, _rounds)
    recycling.forbids(ENTERPRISES.name, _settled, PURGE_REFUSALS)
    for kind in (ENTERPRISES, NEWS):
        recycling.forbids(kind.name, _counted, COUNTED)
    recycling.hangs(Park.__tablename__, _PARKS)
    recycling.hangs(Organisation.__tablename__, _ORGANISATIONS)
    recycling.DECIDERS[:] = [_deciders]


def _applications(ids: Sequence[int]) -> dict[int, list[str]]:
    """入驻申请 that landed as an enterprise."""
    from app.extensions.phrases import labelled
    from app.features.settlements.labels import HANGING
    from app.features.settlements.queries import applications_of

    return {key: [labelled(HANGING, f"{n:,}")] for key, n in applications_of(ids).items()}


def _rounds(ids: Sequence[int]) -> dict[int, list[str]]:
    """Rounds under way whose figures will count an enterprise; a deleted one is counted no more."""
    from app.extensions.phrases import labelled
    from app.features.assessments.labels.words import COUNTED_IN
    from app.features.assessments.queries.register_values import rounds_counting
    from app.features.enterprises.queries import alive_among

    counted = {one.id: rounds_counting(one) for one in alive_among(ids)}
    return {key: [labelled(COUNTED_IN, f"{n:,}")] for key, n in counted.items() if n}


def _settled(item: recycling.BinItem) -> Any:
    """An application that was answered stays, and with it the enterprise that it landed as."""
    from app.core.errors import Refusal
    from app.features.settlements.queries import applications_of

    number = applications_of([item.subject_id]).get(item.subject_id, 0)
    return Refusal("purge_settled", number=number) if number else None


def _counted(item: recycling.BinItem) -> Any:
    """An assessment that counted the record may still have to show what it counted."""
    from app.core.errors import Refusal
    from app.features.assessments.queries.counted import round_counting

    found = round_counting(item.park_id, item.deleted_at)
    return Refusal("purge_counted", name=found.name) if found is not None else None


def _deciders(item: recycling.BinItem) -> list[int]:
    """Who may decide on a final deletion: the park's own administrators, and the zone's people."""
    from app.core import scope
    from app.features.accounts import queries as accounts
    from app.features.parks import queries as parks

    kind = recycling.kind(item.kind)
    pairs = (f"can_purge on {recycling.VIEW}", f"can_delete on {kind.view if kind else ''}")
    with scope.unscoped():
        able = accounts.with_rights(pairs)
        zone = able - parks.belonging_to_a_park(able)
        own = set(parks.managers_of(item.park_id)) if item.park_id is not None else set()
        return sorted(zone | (able & own))


def _references(table: str) -> Callable[[Sequence[int]], dict[int, list[str]]]:
    """Counts rows of any table that names a row of ``table``, in the words of the trail."""

    def tell(ids: Sequence[int]) -> dict[int, list[str]]:
        from app.extensions.phrases import labelled
        from app.features.desk.labels import OBJECTS, OTHER_OBJECTS

        told: dict[int, dict[str, int]] = {}
        for column in _naming(table):
            query = sa.select(column, sa.func.count()).where(column.in_(ids)).group_by(column)
            words = str(OBJECTS.get(column.table.name, OTHER_OBJECTS))
            for key, number in db.session.execute(query):
                mine = told.setdefault(key, {})
                mine[words] = mine.get(words, 0) + int(number)
        return {
            key: [labelled(words, f"{number:,}") for words, number in mine.items()]
            for key, mine in told.items()
        }

    return tell


def _naming(table: str) -> list[Any]:
    """Columns whose foreign key is the table's."""
    from flask_appbuilder import Model

    return [
        column
        for other in Model.metadata.sorted_tables
        for column in other.columns
        if any(key.column.table.name == table for key in column.foreign_keys)
    ]


_PARKS, _ORGANISATIONS = _references("park"), _references("organisation")
