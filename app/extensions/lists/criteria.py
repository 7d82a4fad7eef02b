"""What a person asked of a list: read from the query string, written back to it, never trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct, field

from app.core.values import replace
from app.extensions.lists.spec import BadQuery, Filter, clean
from app.extensions.lists.where import NAME as WHERE
from app.extensions.lists.where import PLAIN_IN_ADDRESS

SIZES = (25, 50, 100)
MAX_PAGE = 1_000_000
#: In place of a view's key: no view, although the person has a default one.
ALL = "all"
DENSITIES = ("comfortable", "compact")
MOST_NAMES = 1_000  # signs of the names of columns in an address


class Rules(Struct, frozen=True):
    """What a list allows: its filters, sortable columns, default order, years."""

    filters: tuple[Filter, ...] = ()
    order_columns: tuple[str, ...] = ()
    base_order: tuple[str, str] = ("id", "desc")
    years: tuple[int, ...] = ()
    default_year: int | None = None

    def filter_named(self, name: str) -> Filter:
        return next(one for one in self.filters if one.name == name)


class Criteria(Struct, frozen=True):
    """``values`` maps a filter's name to its parsed value; only set ones are in it.

    ``view``: the key of the saved view that is open, or ``ALL`` where a person who has a default
    view wants to see everything. ``shown``, ``density``: columns and height of the rows as they
    were changed since it was opened.
    ``after``, ``before``: the key of the row that the page follows or precedes, where somebody
    turned the page; without one of them the rows of the pages before are counted off.
    """

    rules: Rules
    q: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    page: int = 1
    size: int = SIZES[0]
    year: int | None = None
    after: int | None = None
    before: int | None = None
    #: Sort value and key of a row that may be gone since: the page follows it all the same.
    edge: tuple[Any, int] | None = None
    view: str = ""
    shown: tuple[str, ...] = ()
    density: str = ""

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or self.values)

    def names(self) -> frozenset[str]:
        """Of every column that narrows the list, by a filter or by a condition."""
        asked = self.values[WHERE].conditions() if WHERE in self.values else ()
        return frozenset(self.values) - {WHERE} | {one.column.name for one in asked}

    def order(self) -> tuple[str, bool]:
        """Column and whether descending."""
        if self.sort:
            return self.sort, self.descending
        name, direction = self.rules.base_order
        return name, direction == "desc"

    def without(self, name: str) -> Criteria:
        left = {key: value for key, value in self.values.items() if key != name}
        return replace(self, values=left, page=1)

    def having(self, name: str, value: Any) -> Criteria:
        return replace(self, values={**self.values, name: value}, page=1)

    def arguments(
        self, *, paging: bool = True, sorting: bool = True, viewing: bool = True
    ) -> list[tuple[str, str]]:
        """Query parameters in a fixed order; defaults are left out."""
        pairs = [("q", self.q)] if self.q else []
        for one in self.rules.filters:
            if one.name in self.values:
                pairs += one.arguments(self.values[one.name])
        if self.year is not None and self.year != self.rules.default_year:
            pairs.append(("year", str(self.year)))
        if sorting and self.sort:
            pairs.append(("sort", f"-{self.sort}" if self.descending else self.sort))
        if self.size != SIZES[0]:
            pairs.append(("size", str(self.size)))
        if viewing and self.view:
            pairs.append(("view", self.view))
            pairs += [("columns", ",".join(self.shown))] if self.shown else []
            pairs += [("density", self.density)] if self.density else []
        if paging and self.page > 1:
            pairs.append(("page", str(self.page)))
            ends = (("after", self.after), ("before", self.before))
            pairs += [(name, str(key)) for name, key in ends if key is not None]
        return pairs

    def query_string(self, **kwargs: bool) -> str:
        return encoded(self.arguments(**kwargs))


def encoded(pairs: Sequence[tuple[str, str]]) -> str:
    """A query string; the signs of a condition stay legible in it."""
    return urlencode(pairs, safe=PLAIN_IN_ADDRESS)


def read(args: Any, rules: Rules) -> Criteria:
    """Criteria from request arguments. Raises ``BadQuery`` on what no page of ours makes."""
    values = {}
    for one in rules.filters:
        value = one.read(args)
        if value is not None:
            values[one.name] = value
    sort = args.get("sort", "")
    name = sort.removeprefix("-")
    if name and name not in rules.order_columns:
        raise BadQuery("sort")
    size = whole(args.get("size", ""), default=SIZES[0])
    return Criteria(
        rules=rules,
        q=clean(args.get("q", "")),
        values=values,
        sort=name,
        descending=sort.startswith("-"),
        page=max(1, whole(args.get("page", ""), default=1)),
        size=size if size in SIZES else SIZES[0],
        year=_year(args.get("year", ""), rules),
        after=_key(args.get("after", "")),
        before=_key(args.get("before", "")),
        view=_view(args.get("view", "")),
        shown=_shown(args.get("columns", "")),
        density=args.get("density", "") if args.get("density", "") in DENSITIES else "",
    )


def _view(text: str) -> str:
    """A saved view's key or ``ALL``; whether it is there for this person is asked elsewhere."""
    return text if text == ALL or _key(text) is not None else ""


def _shown(text: str) -> tuple[str, ...]:
    """Names of columns; which of them there are, the list knows."""
    names = text.split(",") if len(text) <= MOST_NAMES else []
    return tuple(dict.fromkeys(name for name in names if name.isidentifier() and name.isascii()))


def _key(text: str) -> int | None:
    """A row's key; whatever is none is left out: the page is then found by counting."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def whole(text: str, *, default: int, top: int = MAX_PAGE) -> int:
    """A whole number of a query string; signs, other digits and giants are refused."""
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise BadQuery("number")
    return min(int(text), top)


def _year(text: str, rules: Rules) -> int | None:
    if not rules.years:
        return None
    year = whole(text, default=rules.default_year or rules.years[0])
    if year not in rules.years:
        raise BadQuery("year")
    return year


def page_numbers(page: int, pages: int) -> Sequence[int | None]:
    """Page numbers to link, ``None`` for a gap: 1 … 4 5 6 … 20."""
    wanted = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    shown: list[int | None] = []
    for number in wanted:
        if shown and shown[-1] is not None and number - shown[-1] > 1:
            shown.append(None)
        shown.append(number)
    return shown
