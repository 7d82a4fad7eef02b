"""园区人员: who works for one's own park, whom it invited, and what each is there."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import Forbidden, Refusal, Stale
from app.features.accounts.rules import Role
from app.features.parks import queries, services
from app.features.parks.forms import InviteForm
from app.features.parks.labels import MEMBER_WORDS, REFUSALS
from app.features.parks.models import MANAGERS
from app.features.parks.rules import INVITATION_DAYS, MOST_SENDS
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.listing.page import FormPage, Link
from app.web.pages import Page

BASE = "/desk/people"


class ParkPeopleView(Page):
    """/desk/people/ of the owner and the administrators."""

    route_base = BASE
    tenant = Tenant.park
    menu_label = _l("园区人员")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": frozenset({Role.park_admin})}

    @expose("/", methods=["GET", "POST"])
    @guarded("index")
    def index(self) -> Any:
        """The people and the open invitations; POST invites."""
        if request.method == "GET":
            return self._page(InviteForm(formdata=None, data={"role": "clerk"}))
        form = InviteForm()
        if not form.validate():
            return self._page(form, 400)
        try:
            with transaction():
                made = services.invite(
                    current_actor(),
                    phone=form.phone.data or "",
                    name=form.name.data or "",
                    role=form.role.data or "",
                    now=clock.now(),
                )
        except Refusal as refusal:
            put_errors(form, refusal)
            return self._page(form, 400)
        flash(_("邀请已发送，%(days)s 天内有效。", days=INVITATION_DAYS), "success")
        return self.go(f"{BASE}/#invitation-{made.id}")

    @expose("/invitations/<pk:invitation_id>/resend", methods=["POST"])
    @guarded("index")
    def resend(self, invitation_id: int) -> Any:
        """重新发送."""
        done = _("邀请已重新发送，%(days)s 天内有效。", days=INVITATION_DAYS)
        return self._do(
            lambda: services.resend(current_actor(), invitation_id, now=clock.now()), done
        )

    @expose("/invitations/<pk:invitation_id>/withdraw", methods=["POST"])
    @guarded("index")
    def withdraw(self, invitation_id: int) -> Any:
        """撤回."""
        return self._do(
            lambda: services.withdraw_invitation(current_actor(), invitation_id, now=clock.now()),
            _("邀请已撤回。"),
        )

    @expose("/<pk:pk>/role", methods=["POST"])
    @guarded("index")
    def role(self, pk: int) -> Any:
        """设为管理员 or 设为数据专员."""
        text = request.args.get("version", "")
        version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        return self._do(
            lambda: services.change_own_member(
                current_actor(), pk, role=request.args.get("role", ""), version=version
            ),
            _("已调整担任，随即生效。"),
        )

    @expose("/<pk:pk>/remove", methods=["POST"])
    @guarded("index")
    def remove(self, pk: int) -> Any:
        """移出."""
        return self._do(
            lambda: services.remove_own_member(current_actor(), pk), _("已移出，随即生效。")
        )

    def _do(self, act: Any, done: str) -> Any:
        try:
            with transaction():
                act()
        except Refusal as refusal:
            flash(refusal_words(refusal), "danger")
        except Stale:
            flash(_("您打开后，有人保存过这里的内容。请核对后再保存。"), "danger")
        else:
            flash(done, "success")
        return self.go(f"{BASE}/")

    def _page(self, form: InviteForm, status: int = 200) -> Any:
        actor = current_actor()
        park_id = actor.acting_park_id or 0
        people = queries.people_of(park_id)
        mine = next((one for one in people if one.user_id == actor.user_id), None)
        if mine is None or mine.role not in MANAGERS:
            raise Forbidden
        offer = queries.open_transfer(park_id)
        page = self.render(
            "parks/people.html",
            form=form,
            invite_page=_invite_page(form),
            people=[(one, self._acts(one, mine, offer)) for one in people],
            words=MEMBER_WORDS,
            mine=mine,
            offer=offer if offer is not None and offer.expires_at > clock.now() else None,
            invitations=[
                (one, inviter, self._invitation_acts(one))
                for one, inviter in queries.invitations_of_park(park_id)
            ],
            now=clock.now(),
        )
        return page, status

    def _acts(self, one: Any, mine: Any, offer: Any) -> list[Link]:
        if one.user_id == mine.user_id or one.role == "owner":
            return []
        other = "admin" if one.role == "clerk" else "clerk"
        name = one.person
        acts = [
            Link(
                _("设为%(role)s", role=MEMBER_WORDS[other]),
                f"{BASE}/{one.id}/role?role={other}&version={one.version}",
                post=True,
                kind="primary",
                confirm=_(
                    "确定把“%(name)s”设为%(role)s吗？对方的权限随即改变。",
                    name=name,
                    role=MEMBER_WORDS[other],
                ),
            )
        ]
        if mine.role == "owner" and one.active and offer is None:
            acts.append(Link(_("转让所有权"), f"/me/ownership/offer/{one.id}/"))
        acts.append(
            Link(
                _("移出"),
                f"{BASE}/{one.id}/remove",
                post=True,
                kind="danger",
                confirm=_("确定把“%(name)s”移出该园区/基地吗？对方随即看不到其数据。", name=name),
            )
        )
        return acts

    def _invitation_acts(self, one: Any) -> list[Link]:
        acts = []
        if one.sends < MOST_SENDS:
            acts.append(Link(_("重新发送"), f"{BASE}/invitations/{one.id}/resend", post=True))
        words = _("确定撤回对“%(name)s”的邀请吗？对方不能再接受。", name=str(one))
        url = f"{BASE}/invitations/{one.id}/withdraw"
        acts.append(Link(_("撤回"), url, post=True, kind="danger", confirm=words))
        return acts


def _invite_page(form: InviteForm) -> FormPage:
    return FormPage(
        title=_("邀请"),
        form=form,
        sections=(("", ("phone", "name", "role")),),
        action=f"{BASE}/",
        cancel_url=f"{BASE}/",
        submit_label=_("发送邀请"),
        required=frozenset({"phone", "role"}),
        hints={"name": _("选填，便于辨认；不会发给对方")},
    )


def refusal_words(refusal: Refusal) -> str:
    """A refusal of the parks in the reader's language."""
    text = str(REFUSALS[refusal.code])
    return text % refusal.params if refusal.params else text


def put_errors(form: Any, refusal: Refusal) -> None:
    """Words of a refusal beside the field it names, else above the form."""
    name = next(iter(refusal.fields), "")
    if name in form:
        form[name].errors = [*form[name].errors, refusal_words(refusal)]
    else:
        form.form_errors.append(refusal_words(refusal))
