"""Accounts as a list: shared by 用户管理 and 用户授权."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from flask_appbuilder.security.sqla.models import User

from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter, Options
from app.extensions.phrases import listed
from app.features.accounts import queries
from app.features.accounts.labels import HEADINGS, STATE_DOTS, STATE_WORDS, role_title
from app.web import cells
from app.web.listing.build import Field
from app.web.listing.page import Cell

#: Value of the role filter for people without any role.
NO_ROLE = "none"
#: Columns read for the page's rows together, not joined into the list.
BESIDE = ("roles", "parks")

FIELDS = (
    Field("username", HEADINGS["username"], frozen=True),
    Field("name", HEADINGS["name"]),
    Field("roles", HEADINGS["roles"], sortable=False),
    Field("parks", HEADINGS["parks"], sortable=False),
    Field("state", HEADINGS["state"]),
    Field("last_login", HEADINGS["last_login"]),
    Field("login_count", HEADINGS["login_count"], numeric=True, shown=False),
)


class StateFilter(ChoiceFilter, frozen=True):
    def where(self, value: Any) -> Any:
        return queries.state() == value


class RoleFilter(ChoiceFilter, frozen=True):
    def where(self, value: Any) -> Any:
        return queries.having_role("" if value == NO_ROLE else value)


class GrantedFilter(ChoiceFilter, frozen=True):
    """已授权 / 未授权."""

    def where(self, value: Any) -> Any:
        without = queries.having_role("")
        return without if value == NO_ROLE else ~without


def role_options() -> Options:
    return tuple((name, role_title(name)) for name in queries.role_names())


class UserSource(ListSource):
    """Roles and parks of the page's people come in two more statements, whatever their number."""

    def __init__(self) -> None:
        columns = {
            "username": User.username,
            "name": queries.FULL_NAME,
            "last_login": queries.LAST_LOGIN,
            "login_count": User.login_count,
        }
        super().__init__(User, columns, search=(User.username, queries.FULL_NAME))

    def expression(self, name: str, criteria: Criteria) -> Any:
        return queries.state() if name == "state" else super().expression(name, criteria)

    def rows(self, criteria: Criteria, names: Sequence[str]) -> list[Any]:
        found = super().rows(criteria, [name for name in names if name not in BESIDE])
        ids = [row.pk for row in found]
        roles = queries.roles_of_many(ids) if "roles" in names else {}
        parks = queries.parks_of_many(ids) if "parks" in names else {}
        return [
            SimpleNamespace(
                **row._mapping, roles=roles.get(row.pk, ()), parks=parks.get(row.pk, ())
            )
            for row in found
        ]


def account_cell(name: str, value: Any) -> Cell:
    """A cell of either list and of the records."""
    if name == "state":
        return Cell(STATE_WORDS[value], dot=STATE_DOTS[value])
    if name == "roles":
        return Cell(listed(role_title(one) for one in value))
    if name == "username":
        return Cell(value, code=True)
    return cells.cell(value)
