"""The register as a list: columns, filters, search; yearly figures only where they are asked for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import g
from flask_babel import lazy_gettext as _l

from app.core import scope
from app.core.values import replace
from app.engines import dictionaries
from app.extensions import db
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import COUNT_CAP, Counted, ListSource
from app.extensions.lists.spec import (
    BoolFilter,
    ChoiceFilter,
    DateRangeFilter,
    Filter,
    KeyFilter,
    KeysFilter,
    MultiFilter,
    NumberRangeFilter,
    Options,
)
from app.features.enterprises import policy, queries
from app.features.enterprises.labels import (
    HEADINGS,
    ROLE_WORDS,
    SOURCE_WORDS,
    STATUS_WORDS,
)
from app.features.enterprises.models import Enterprise, EnterpriseYear
from app.features.enterprises.rules import (
    CREDIT_LEVELS,
    INDUSTRIES,
    PLAIN,
    YEARLY,
)
from app.features.parks import queries as parks
from app.features.parks.labels.profile import MODE_WORDS
from app.features.parks.models import Park
from app.web.acting import current_actor
from app.web.listing.build import Field

PARK_NAME = sa.select(Park.name).where(Park.id == Enterprise.park_id).scalar_subquery()
MINUTE = 60


@lru_cache(maxsize=8)
def _words(dictionary: str, _minute: int) -> Options:
    return tuple((label, label) for label in dictionaries.known(dictionary))


def words(dictionary: str) -> Options:
    """Every word of a dictionary for a filter; read at most once a minute and process."""
    return _words(dictionary, int(time.monotonic() // MINUTE))


def park_options() -> Options:
    """The parks in reach, read once per page."""
    if "park_options" not in g:
        g.park_options = tuple((str(park.id), park.name) for park in parks.all_by_code())
    found: Options = g.park_options
    return found


def modes() -> Options:
    return tuple(MODE_WORDS.items())


FILTERS: tuple[Filter, ...] = (
    ChoiceFilter(
        "status", HEADINGS["status"], Enterprise.status, options=tuple(STATUS_WORDS.items())
    ),
    MultiFilter(
        "roles",
        HEADINGS["roles"],
        Enterprise.roles,
        promoted=True,
        options=tuple(ROLE_WORDS.items()),
        members=True,
    ),
    MultiFilter(
        "customs_modes",
        HEADINGS["customs_modes"],
        Enterprise.customs_modes,
        promoted=True,
        options=modes,
        members=True,
    ),
    DateRangeFilter("settled_on", HEADINGS["settled_on"], Enterprise.settled_on, promoted=True),
    ChoiceFilter(
        "industry", HEADINGS["industry"], Enterprise.industry, options=lambda: words(INDUSTRIES)
    ),
    ChoiceFilter(
        "customs_credit",
        HEADINGS["customs_credit"],
        Enterprise.customs_credit,
        options=lambda: words(CREDIT_LEVELS),
    ),
    BoolFilter("filed_on_platform", HEADINGS["filed_on_platform"], Enterprise.filed_on_platform),
    NumberRangeFilter(
        "annual_sales", HEADINGS["annual_sales"], EnterpriseYear.annual_sales, unit="万元"
    ),
    NumberRangeFilter(
        "annual_import", HEADINGS["annual_import"], EnterpriseYear.annual_import, unit="万元"
    ),
    NumberRangeFilter(
        "annual_export", HEADINGS["annual_export"], EnterpriseYear.annual_export, unit="万元"
    ),
    NumberRangeFilter("staff_count", HEADINGS["staff_count"], EnterpriseYear.staff_count, places=0),
    DateRangeFilter("established_on", HEADINGS["established_on"], Enterprise.established_on),
    ChoiceFilter(
        "source", HEADINGS["source"], Enterprise.came, options=tuple(SOURCE_WORDS.items())
    ),
    KeysFilter("keys", _l("所选企业"), Enterprise.id),
)

FIELDS: tuple[Field, ...] = (
    Field("name", HEADINGS["name"], frozen=True),
    Field("uscc", HEADINGS["uscc"]),
    Field("roles", HEADINGS["roles"], sortable=False),
    Field("customs_modes", HEADINGS["customs_modes"], sortable=False),
    Field("contact_name", HEADINGS["contact_name"], sortable=False, personal=True),
    Field("annual_sales", HEADINGS["annual_sales"], numeric=True),
    Field("settled_on", HEADINGS["settled_on"]),
    Field("status", HEADINGS["status"]),
    Field("legal_representative", HEADINGS["legal_representative"], shown=False, sortable=False),
    Field("company_type", HEADINGS["company_type"], shown=False),
    Field("registered_capital", HEADINGS["registered_capital"], numeric=True, shown=False),
    Field("established_on", HEADINGS["established_on"], shown=False),
    Field("registered_address", HEADINGS["registered_address"], shown=False, sortable=False),
    Field("business_address", HEADINGS["business_address"], shown=False, sortable=False),
    Field("industry", HEADINGS["industry"], shown=False),
    Field("customs_code", HEADINGS["customs_code"], shown=False),
    Field("customs_credit", HEADINGS["customs_credit"], shown=False),
    Field("filed_on_platform", HEADINGS["filed_on_platform"], shown=False),
    Field("email", HEADINGS["email"], shown=False, sortable=False, personal=True),
    Field("staff_count", HEADINGS["staff_count"], numeric=True, shown=False),
    Field("annual_import", HEADINGS["annual_import"], numeric=True, shown=False),
    Field("annual_export", HEADINGS["annual_export"], numeric=True, shown=False),
    Field("remark", HEADINGS["remark"], shown=False, sortable=False),
    Field("source", HEADINGS["source"], shown=False),
    Field("updated_at", HEADINGS["updated_at"], shown=False),
)
#: Shown to those only who see several parks.
PARK = Field("park", HEADINGS["park"])
PARK_FILTER = KeyFilter(
    "park", HEADINGS["park"], Enterprise.park_id, promoted=True, options=park_options
)
#: The park takes the place of a date among the filters that are always seen: one line has no more.
ZONE_FILTERS = (
    PARK_FILTER,
    *(replace(one, promoted=False) if one.name == "settled_on" else one for one in FILTERS),
)


class EnterpriseSource(ListSource):
    """The living records."""

    def __init__(self) -> None:
        columns: dict[str, Any] = {name: getattr(Enterprise, name) for name in PLAIN}
        columns |= {name: getattr(EnterpriseYear, name) for name in YEARLY}
        columns |= {
            "source": Enterprise.came,
            "updated_at": Enterprise.updated_at,
            "park": PARK_NAME,
            "park_id": Enterprise.park_id,
            "moved_to": Enterprise.moved_to,
        }
        super().__init__(Enterprise, columns, search=queries.matches)
        self.alive = queries.ALIVE

    def search(self, text: str, *, counting: bool = False) -> Any:
        """A contact is found only by those who may see personal columns."""
        contacts = policy.personal(current_actor())
        # A page asks for its rows and for their number: what was read for one serves the other.
        kept = g.setdefault("enterprise_search", {})
        key = text, contacts, counting and not text.isascii(), scope.current().park_ids
        if key not in kept:
            kept[key] = queries.matches(text, contacts=contacts, counting=counting)
        return kept[key]

    def selected(self, criteria: Criteria, names: Sequence[str]) -> Any:
        query = sa.select(
            Enterprise.id.label("pk"),
            *(self.expression(name, criteria).label(name) for name in names),
        ).select_from(Enterprise)
        sort = criteria.order()[0]
        if any(name in YEARLY for name in (*names, sort)):
            query = queries.with_year(query, criteria.year)
            return super().narrowed(query.where(self.alive), criteria)
        return self.narrowed(query, criteria)

    def narrowed(self, query: Any, criteria: Criteria, *, counting: bool = False) -> Any:
        if any(name in YEARLY for name in criteria.names()):
            query = queries.with_year(query, criteria.year)
        return super().narrowed(query.where(self.alive), criteria, counting=counting)

    def count(self, criteria: Criteria, cap: int = COUNT_CAP) -> Counted:
        if criteria.q and not criteria.values and scope.current().park_ids is None:
            contacts = policy.personal(current_actor())
            number = queries.number_of(criteria.q, contacts=contacts, most=cap + 1)
            if number is not None:
                return Counted(min(number, cap), capped=number > cap)
        return super().count(criteria, cap)

    def sort_key(self, criteria: Criteria) -> tuple[Any, bool]:
        column, descending = super().sort_key(criteria)
        by_name = criteria.order()[0] == "name"  # in the order of pinyin
        return (Enterprise.name_key if by_name else column), descending

    def ids(self, criteria: Criteria, limit: int) -> list[int]:
        query = self.selected(criteria, ())
        found = db.session.execute(self.ordered(query, criteria).limit(limit))
        return [row.pk for row in found]
