"""接口令牌: one's own in the user centre; all of them for 系统管理员."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import request, url_for
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.values import replace
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter
from app.extensions.phrases import items, listed
from app.features.accounts import queries, services
from app.features.accounts.forms import TokenForm
from app.features.accounts.labels import (
    REFUSALS,
    TOKEN_DOTS,
    TOKEN_HEADINGS,
    TOKEN_STATES,
    ZONE_WORD,
)
from app.features.accounts.models import AccessToken
from app.features.accounts.rules import ALL_ROLES, SYSTEM_ROLES, Role
from app.features.accounts.services import tokens
from app.features.accounts.views.proof import proven
from app.web import viewing
from app.web.access import Tenant, guarded
from app.web.acting import current_actor, my_parks
from app.web.api import scopes
from app.web.api.dispatch import operations
from app.web.api.operation import BASE
from app.web.base_form import Sections
from app.web.base_views import RegisterView
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, FormPage, Link, ListPage

OWN, ALL = "/me/tokens", "/desk/tokens"
HOLDERS = ALL_ROLES - SYSTEM_ROLES - {Role.enterprise_user, Role.expert}
KEEPERS = frozenset({Role.sysadmin})
DOCS = "/api/v1/docs"
PERSON = (
    sa.select(User.last_name + User.first_name)
    .where(User.id == AccessToken.user_id)
    .correlate(AccessToken)
    .scalar_subquery()
)


class StateFilter(ChoiceFilter, frozen=True):
    """Neither ended nor expired, or over."""

    def where(self, value: Any) -> Any:
        living = sa.and_(*queries.alive(clock.now()))
        return living if value == "active" else sa.not_(living)


class TokenSource(ListSource):
    """One's own tokens, or everybody's."""

    def __init__(self, *, own: bool) -> None:
        names = ("name", "mark", "scopes", "park_name", "expires_at", "used_at", "created_at",
                 "ended_at", "purpose")  # fmt: skip
        columns: dict[str, Any] = {name: getattr(AccessToken, name) for name in names}
        where = (lambda _criteria: _mine()) if own else None
        columns |= {"state": AccessToken.ended_at, "person": PERSON}
        search = (AccessToken.name, AccessToken.mark, *(() if own else (PERSON,)))
        super().__init__(AccessToken, columns, where=where, search=search)


def _mine() -> tuple[Any, ...]:
    return (AccessToken.user_id == current_actor().user_id,)


class _Tokens(RegisterView):
    """What both lists share."""

    found_by_palette = False
    datamodel = SQLAInterface(AccessToken)
    filters = (
        StateFilter(
            "state", TOKEN_HEADINGS["state"], None, options=tuple(TOKEN_STATES.items()),
        ),
    )  # fmt: skip
    fields: ClassVar[tuple[Field, ...]] = (
        Field("name", TOKEN_HEADINGS["name"], frozen=True),
        Field("scopes", TOKEN_HEADINGS["scopes"], sortable=False),
        Field("park_name", TOKEN_HEADINGS["park_id"], sortable=False),
        Field("expires_at", TOKEN_HEADINGS["expires_at"]),
        Field("used_at", TOKEN_HEADINGS["used_at"]),
        Field("state", TOKEN_HEADINGS["state"], sortable=False),
    )
    sorted_by = ("created_at", "desc")
    tab_filter = "state"
    status_field = "state"
    unit_of = staticmethod(items)
    refusals: ClassVar[Mapping[str, Any]] = REFUSALS

    def tab_counts(self, criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        plain = replace(criteria, values={}, q="")
        return [
            (name, words, f"{self.source.count(plain.having('state', name)).number:,}")
            for name, words in TOKEN_STATES.items()
        ]

    def extra_columns(self) -> tuple[str, ...]:
        return ("mark", "expires_at", "ended_at")

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        if name == "name":
            return Cell(value, muted=f"{row.mark}…")
        if name == "scopes":
            known = {one.name: one.label for one in scopes.known()}
            return Cell(listed(known.get(one, one) for one in value or ()))
        if name == "park_name":
            return Cell(value or ZONE_WORD)
        if name == "state":
            state = "active" if self.alive(row) else "over"
            return Cell(TOKEN_STATES[state], dot=TOKEN_DOTS[state])
        if name == "used_at" and value is None:
            return Cell(_("未使用"))
        return super().cell(name, value, row)

    @staticmethod
    def alive(row: Any) -> bool:
        return row.ended_at is None and row.expires_at > clock.now()

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        may = self.may("delete") and self.alive(row)
        return (self.delete_link(row.pk, row.name),) if may else ()

    def delete_link(self, pk: Any, name: str, kind: str = "danger") -> Link:
        return Link(
            _("吊销"),
            f"{self.route_base}/delete/{pk}",
            kind=kind,
            post=True,
            confirm=_("确定吊销“%(name)s”吗？使用它的程序立即不能再调用接口。", name=name),
            confirm_label=_("吊销"),
        )

    def saved_address(self, pk: int) -> str:
        return f"{self.route_base}/list/"

    def deleted_words(self, name: str) -> str:
        return str(_("“%(name)s”已吊销。", name=name))


class OwnTokensView(_Tokens):
    """One's own: made here, shown once, ended here."""

    route_base = OWN
    class_permission_name = "OwnTokensView"
    tenant = Tenant.own
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": HOLDERS for name in ("list", "add", "delete")
    }
    source = TokenSource(own=True)
    list_heading = _l("接口令牌")
    section_label = _l("我的")
    search_label = _l("名称或开头几位")
    add_heading = _l("新建接口令牌")
    form_class = TokenForm
    form_sections: ClassVar[Sections] = (("", ("name", "scopes", "park_id", "days", "purpose")),)
    form_wide = frozenset({"scopes", "purpose"})
    form_required = frozenset({"name", "scopes", "park_id", "days"})
    form_hints: ClassVar[Mapping[str, Any]] = {
        "name": _l("写明哪个系统使用，例如“ERP 同步”"),
        "scopes": _l("只选需要的；令牌能做的不超过您本人当时的权限"),
        "purpose": _l("读取个人信息的令牌必填，记入审计日志"),
    }

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        docs = Link(_("接口说明"), DOCS, icon="book")
        if not self.may("add"):
            return (docs,)
        return (docs, Link(_("新建接口令牌"), f"{OWN}/add", icon="plus", kind="primary"))

    def list_page(self, criteria: Criteria) -> ListPage:
        """A handful of rows: neither views nor columns to choose."""
        return replace(super().list_page(criteria), save_view_url="", views=(), all_columns=())

    def nothing_yet(self) -> Empty:
        acts = self.list_acts(self.criteria({}))[1:]
        words = _("其他系统凭令牌读写您可以读写的数据。新建后令牌只显示一次。")
        return Empty("nothing", _("还没有接口令牌"), words, acts)

    @expose("/add", methods=["GET", "POST"])
    @guarded("add")
    @viewing.not_while_looking
    def add(self) -> Any:
        """Whoever makes one proves to be the account's own person first."""
        if not proven():
            return self.go(url_for("OwnProofView.index", next=f"{OWN}/add"))
        return super().add.__wrapped__(self)

    def make_form(self, values: Mapping[str, Any] | None = None) -> TokenForm:
        offered: dict[str, list[tuple[str, str]]] = {}
        for one in sorted(scopes.open_to(current_actor()), key=lambda one: one.personal):
            offered.setdefault(str(one.about), []).append((one.name, str(one.label)))
        parks = () if current_actor().sees_all else my_parks()
        chosen = [(str(one.park_id), one.park_name) for one in parks]
        return TokenForm(data=values, offered=offered, parks=chosen)

    def _form_page(self, form: Any, *, heading: Any, item: Any) -> FormPage:
        page = super()._form_page(form, heading=heading, item=item)
        return replace(page, submit_label=_("新建接口令牌"), draft_key="")

    def initial_values(self) -> dict[str, Any]:
        here = current_actor().acting_park_id
        return {"days": "90", "park_id": str(here or "")}

    def create(self, actor: Any, values: dict[str, Any]) -> tokens.MadeToken:
        mine = {} if actor.sees_all else {str(one.park_id): one for one in my_parks()}
        park = mine.get(values.get("park_id") or str(actor.acting_park_id))
        offered = scopes.open_to(actor)
        wanted = tokens.Wanted(
            name=values["name"] or "",
            scopes=frozenset(values["scopes"] or ()),
            park_id=park and park.park_id,
            park_name=park.park_name if park else "",
            days=int(values["days"]),
            purpose=values["purpose"] or "",
            allowed=frozenset(one.name for one in offered),
            personal=frozenset(one.name for one in offered if one.personal),
        )
        return services.make_token(actor, wanted, now=clock.now())

    def after_save(self, saved: Any) -> Any:
        """The answer itself shows the token: it is kept nowhere, so no other page can."""
        known = {one.name: one.label for one in scopes.known()}
        page = self.render(
            "accounts/token_once.html",
            made=saved,
            scopes=listed(known[one] for one in saved.row.scopes),
            park=saved.row.park_name or ZONE_WORD,
            example=_example(saved.row.scopes),
            docs=DOCS,
            back=f"{OWN}/list/",
            breadcrumbs=(Link(self.list_heading, f"{OWN}/list/"),),
        )
        return page, 200, {"Cache-Control": "no-store"}

    def record(self, pk: int) -> AccessToken:
        return queries.token_of(current_actor().user_id or 0, pk)

    @staticmethod
    def remove(actor: Any, pk: int) -> AccessToken:
        return services.end_own_token(actor, pk, now=clock.now())


def _example(names: Collection[str]) -> str:
    """The address of something that a token with these scopes can read."""
    found = (one.path for one in operations() if one.is_list and one.scope.name in names)
    path = next(found, "")
    return f"{request.host_url.rstrip('/')}{BASE}{path}" if path else ""


class TokenView(_Tokens):
    """Everybody's: which there are, when they were used, and an end to each."""

    route_base = ALL
    class_permission_name = "TokenView"
    tenant = Tenant.zone
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": KEEPERS for name in ("list", "delete")
    }
    fields = (
        _Tokens.fields[0],
        Field("person", TOKEN_HEADINGS["person"], sortable=False),
        *_Tokens.fields[1:],
        Field("purpose", TOKEN_HEADINGS["purpose"], sortable=False, shown=False),
        Field("created_at", TOKEN_HEADINGS["created_at"], shown=False),
    )
    source = TokenSource(own=False)
    list_heading = _l("接口令牌管理")
    search_label = _l("名称、开头几位或所属人员")
    section_label = _l("系统管理")

    def nothing_yet(self) -> Empty:
        words = _("园区和平台人员在“我的 - 接口令牌”中新建后，在此可以查看和吊销。")
        return Empty("nothing", _("还没有接口令牌"), words)

    def record(self, pk: int) -> AccessToken:
        return queries.token(pk)

    @staticmethod
    def remove(actor: Any, pk: int) -> AccessToken:
        return services.end_token(actor, pk, now=clock.now())
