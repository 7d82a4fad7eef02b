"""Rows, counts and ids of a list: one place that turns ``Criteria`` into statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.extensions.database import db
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.spec import contains

COUNT_CAP = 10_000


@dataclass(frozen=True)
class Counted:
    """A number of rows; ``capped`` = there are more than the number says."""

    number: int
    capped: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}+" if self.capped else f"{self.number:,}"


class ListSource:
    """A list over one model.

    ``columns`` maps a column's name to an expression; ``search`` turns the search text into a
    clause; ``joins`` adds what the columns need. Row scope comes from the ORM hooks, so every
    statement is made from mapped attributes, never from bare tables.
    """

    def __init__(
        self,
        model: type[Any],
        columns: Mapping[str, Any],
        *,
        search: Callable[[str], Any] | Sequence[Any] = (),
        joins: Callable[[Any, Criteria], Any] | None = None,
        where: Callable[[Criteria], Sequence[Any]] | None = None,
    ) -> None:
        self.model = model
        self.columns = dict(columns)
        self._search = search
        self._joins = joins
        self._where = where

    @property
    def searchable(self) -> bool:
        """Whether the search box finds anything here."""
        return bool(self._search) or type(self).search is not ListSource.search

    def expression(self, name: str, criteria: Criteria) -> Any:
        """The expression of a column; subclasses may make it depend on the year."""
        return self.columns[name]

    def narrowed(self, query: Any, criteria: Criteria, *, counting: bool = False) -> Any:
        """``query`` with the joins and conditions of ``criteria``; ``counting``: no order is needed."""
        if self._joins is not None:
            query = self._joins(query, criteria)
        if criteria.q:
            query = query.where(self.search(criteria.q, counting=counting))
        for name, value in criteria.values.items():
            query = query.where(criteria.rules.filter_named(name).where(value))
        for clause in self._where(criteria) if self._where else ():
            query = query.where(clause)
        return query

    def search(self, text: str, *, counting: bool = False) -> Any:
        """What the search box means; an index may have two ways to find the same."""
        if callable(self._search):
            return self._search(text)
        return sa.or_(sa.false(), *(contains(column, text) for column in self._search))

    def rows(self, criteria: Criteria, names: Sequence[str]) -> list[Any]:
        """The page's rows as tuples with ``pk`` and the named columns.

        One statement for the first page. Beyond it a second one: the keys are found first, so
        that nothing is looked up for the rows that are skipped.
        """
        query = self.selected(criteria, names)
        if criteria.page == 1:
            return list(db.session.execute(self.ordered(query, criteria).limit(criteria.size)))
        keys = self._keys(criteria)
        place = {key: number for number, key in enumerate(keys)}
        found = db.session.execute(query.where(self.model.id.in_(place)))
        return sorted(found, key=lambda row: place[row.pk])

    def _keys(self, criteria: Criteria) -> list[int]:
        """Of the rows of a page beyond the first: from the page beside it if that is known."""
        query = self.selected(criteria, ())
        edge = self._edge(criteria)
        if edge is None:
            query = self.ordered(query, criteria)
            query = query.limit(criteria.size).offset((criteria.page - 1) * criteria.size)
            return [row.pk for row in db.session.execute(query)]
        column, descending = self.sort_key(criteria)
        backward = criteria.after is None and criteria.edge is None
        pair, from_here = sa.tuple_(column, self.model.id), sa.tuple_(*edge)
        query = query.where(pair < from_here if descending is not backward else pair > from_here)
        query = self.ordered(query, criteria, backward=backward).limit(criteria.size)
        keys = [row.pk for row in db.session.execute(query)]
        return keys[::-1] if backward else keys

    def _edge(self, criteria: Criteria) -> tuple[Any, int] | None:
        """Sort value and key of the row beside the page; ``None`` if it is gone or not sortable so."""
        column, _descending = self.sort_key(criteria)
        if criteria.edge is not None:
            return sa.literal(criteria.edge[0], column.type), criteria.edge[1]
        key = criteria.after if criteria.after is not None else criteria.before
        if key is None or self._may_be_empty(column):
            return None
        found = self.edge_after(criteria, key)
        return None if found is None else (sa.literal(found[0], column.type), key)

    def edge_after(self, criteria: Criteria, key: int) -> tuple[Any, int] | None:
        """Where a page that follows this row begins: its sort value and its key."""
        column, _descending = self.sort_key(criteria)
        row = db.session.execute(sa.select(column).where(self.model.id == key)).first()
        return None if row is None else (row[0], key)

    def selected(self, criteria: Criteria, names: Sequence[str]) -> Any:
        query = sa.select(
            self.model.id.label("pk"),
            *(self.expression(name, criteria).label(name) for name in names),
        ).select_from(self.model)
        return self.narrowed(query, criteria)

    def sort_key(self, criteria: Criteria) -> tuple[Any, bool]:
        """What the list is sorted by, and whether from the end."""
        name, descending = criteria.order()
        return (self.model.id if name == "id" else self.expression(name, criteria)), descending

    def ordered(self, query: Any, criteria: Criteria, *, backward: bool = False) -> Any:
        """A total order: the chosen column, then the key in the same direction.

        ``backward``: from its end, which columns without a value at their end do not know.
        """
        column, descending = self.sort_key(criteria)
        last_first = descending is not backward
        first = column.desc() if last_first else column.asc()
        if self._may_be_empty(column):
            first = first.nulls_last()
        key = self.model.id.desc() if last_first else self.model.id.asc()
        return query.order_by(first, key)

    def _may_be_empty(self, column: Any) -> bool:
        """Of this model what may be; of a joined one all, as there may be no row to join."""
        if column is self.model.id:
            return False
        own = getattr(column, "table", None) is sa.inspect(self.model).local_table
        return not own or bool(column.nullable)

    def count(self, criteria: Criteria, cap: int = COUNT_CAP) -> Counted:
        """How many rows match, counted up to ``cap``."""
        inner = self.narrowed(
            sa.select(self.model.id).select_from(self.model), criteria, counting=True
        )
        query = sa.select(sa.func.count()).select_from(inner.limit(cap + 1).subquery())
        number = int(db.session.scalar(query) or 0)
        return Counted(min(number, cap), capped=number > cap)

    def total(self, criteria: Criteria) -> Counted:
        """How many rows there are without any filter."""
        plain = Criteria(criteria.rules, year=criteria.year)
        return self.count(plain)

    def ids(self, criteria: Criteria, limit: int) -> list[int]:
        """Keys of all matching rows in list order, at most ``limit``."""
        query = sa.select(self.model.id).select_from(self.model)
        query = self.ordered(self.narrowed(query, criteria), criteria).limit(limit)
        return list(db.session.scalars(query))

    def visible_ids(self, ids: Sequence[int]) -> set[int]:
        """Which of ``ids`` exist for this actor."""
        found: set[int] = set()
        for start in range(0, len(ids), 500):
            chunk = ids[start : start + 500]
            found.update(
                db.session.scalars(sa.select(self.model.id).where(self.model.id.in_(chunk)))
            )
        return found
