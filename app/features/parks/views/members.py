"""人员与园区: who works for which park."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import request
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter, KeyFilter
from app.extensions.phrases import people
from app.features.parks import queries, services
from app.features.parks.forms import AddMemberForm, EditMemberForm
from app.features.parks.labels import HEADINGS, MEMBER_WORDS
from app.features.parks.models import Park, ParkMembership
from app.features.parks.views.shared import OPERATOR, ZoneRegister
from app.web.forms import key_of
from app.web.listing.build import Field
from app.web.listing.page import Empty, FormPage, Link

BASE = "/desk/members"
PERSON = User.last_name + User.first_name


def joined(query: Any, _criteria: Criteria) -> Any:
    query = query.join(User, User.id == ParkMembership.user_id)
    return query.join(Park, Park.id == ParkMembership.park_id)


class MembershipView(ZoneRegister):
    """Memberships of all parks; the park's own people look after theirs at /desk/people/."""

    datamodel = SQLAInterface(ParkMembership)
    route_base = BASE
    class_permission_name = "MembershipView"
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": OPERATOR for name in ("list", "show", "add", "edit", "delete")
    }
    trail_type = "park_membership"
    fields = (
        Field("person", HEADINGS["person"], frozen=True),
        Field("username", HEADINGS["username"]),
        Field("park", HEADINGS["park"]),
        Field("role", HEADINGS["role"]),
        Field("since", HEADINGS["since"]),
    )
    filters = (
        ChoiceFilter(
            "role", HEADINGS["role"], ParkMembership.role, options=tuple(MEMBER_WORDS.items())
        ),
        KeyFilter(
            "park",
            HEADINGS["park"],
            ParkMembership.park_id,
            promoted=True,
            options=queries.options,
        ),
    )
    source = ListSource(
        ParkMembership,
        {
            "person": PERSON,
            "username": User.username,
            "park": Park.name,
            "role": ParkMembership.role,
            "since": ParkMembership.since,
        },
        search=(PERSON, User.username, Park.name),
        joins=joined,
    )
    sorted_by = ("since", "desc")
    tab_filter = "role"
    name_field = "person"
    list_heading = _l("人员与园区")
    section_label = _l("平台管理")
    unit_of = staticmethod(people)
    search_label = _l("姓名、登录账号或园区")
    add_heading = _l("加入园区/基地")
    edit_heading = _l("调整担任")
    show_sections = ((_l("基本信息"), ("person", "username", "park", "role", "since")),)
    form_class = EditMemberForm
    add_form_class = AddMemberForm
    form_sections = (("", ("username", "park", "park_id", "role")),)
    form_required = frozenset({"username", "park_id"})
    form_hints: ClassVar[Mapping[str, Any]] = {
        "username": _l("加入后随即具有所担任的权限"),
    }

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        counted = queries.membership_counts()
        return [(name, label, f"{counted.get(name, 0):,}") for name, label in MEMBER_WORDS.items()]

    def nothing_yet(self) -> Empty:
        acts = self.list_acts(self.criteria({}))
        return Empty("nothing", _("还没有人员"), _("把账号加入园区/基地，对方才能看到数据。"), acts)

    def delete_link(self, pk: Any, name: str, kind: str = "danger") -> Link:
        return Link(
            _("移出"),
            f"{BASE}/delete/{pk}",
            kind=kind,
            post=True,
            confirm=_("确定把“%(name)s”移出该园区/基地吗？对方随即看不到其数据。", name=name),
            confirm_label=_("移出"),
            ask=_("移出的原因"),
        )

    def deleted_words(self, name: str) -> str:
        return str(_("“%(name)s”已移出。", name=name))

    def record(self, pk: int) -> Any:
        return queries.membership(pk)

    def record_name(self, item: Any) -> str:
        return str(item.person)

    def make_form(self, values: Mapping[str, Any] | None = None) -> Any:
        form = super().make_form(values)
        if "park_id" in form:
            form.park_id.choices = [("", _("请选择")), *queries.options()]
        return form

    def form_values(self, item: Any) -> dict[str, Any]:
        return {"role": item.role}

    def locked(self, item: Any) -> dict[str, Any]:
        return {"username": item.person, "park": _("换园区请移出后重新加入")}

    def _form_page(self, form: Any, *, heading: Any, item: Any) -> FormPage:
        if item is not None:
            form.username.data, form.park.data = item.username, item.park
        return super()._form_page(form, heading=heading, item=item)

    def create(self, actor: Any, values: dict[str, Any]) -> Any:
        made = services.add_member(
            actor,
            username=values["username"] or "",
            park_id=key_of(values["park_id"]),
            role=values["role"],
        )
        return queries.membership(made.id)

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> Any:
        services.change_member(actor, pk, role=values["role"], version=version)
        return queries.membership(pk)

    @staticmethod
    def remove(actor: Any, pk: int) -> Any:
        return services.remove_member(actor, pk, reason=request.form.get("reason", ""))
