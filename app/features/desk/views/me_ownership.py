"""转让所有权: offered by the owner, taken by another of the park's people; each proves who it is."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock, scope
from app.core.errors import Forbidden, NotFound, Refusal
from app.core.values import replace
from app.features.accounts import queries as accounts
from app.features.accounts import services as account_services
from app.features.accounts.forms import PhoneSignInForm
from app.features.accounts.rules import ALL_ROLES
from app.features.accounts.views import cookies
from app.features.desk.views.me import words_of
from app.features.desk.views.me_cards import BASE as CENTRE
from app.features.desk.views.me_codes import CodePage, Step
from app.features.parks import queries as parks
from app.features.parks import services
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor

BASE = f"{CENTRE}/ownership"
PEOPLE = "/desk/people/"


class OwnershipView(CodePage):
    """/me/ownership/…: a code to one's number, or one's password where no number is bound."""

    route_base = BASE
    default_view = "show"
    tenant = Tenant.own
    menu_label = _l("转让所有权")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": ALL_ROLES}
    roleless = frozenset({"can_index"})

    # -- the owner offers ----------------------------------------------------------------------
    def _offer(self, member_id: int) -> Step:
        actor = current_actor()
        park_id = actor.acting_park_id or 0
        people = parks.people_of(park_id)
        found = next((one for one in people if one.id == member_id), None)
        if found is None:
            raise NotFound(f"membership {member_id}")
        if not any(one.user_id == actor.user_id and one.role == "owner" for one in people):
            raise Forbidden
        park = parks.by_id(park_id)
        lead = _(
            "把“%(park)s”的所有权转让给%(person)s。对方验证身份并接受后，您将成为园区/基地管理员。",
            park=park.name,
            person=found.person,
        )
        return self._proof(lead, f"{BASE}/offer/{member_id}/", _("提出转让"))

    @expose("/offer/<pk:member_id>/", methods=["GET"])
    @guarded("index")
    def offer(self, member_id: int) -> Any:
        return self._show(self._offer(member_id))

    @expose("/offer/<pk:member_id>/", methods=["POST"])
    @guarded("index")
    def make_offer(self, member_id: int) -> Any:
        """提出转让."""
        form, step = PhoneSignInForm(), self._offer(member_id)
        try:
            self._prove(step, form)
            with transaction():
                services.offer_ownership(current_actor(), member_id, now=clock.now())
        except Refusal as refusal:
            return self._refused(step, form, refusal)
        flash(_("已提出转让，等待对方接受。"), "success")
        return self.go(PEOPLE)

    @expose("/offer/<pk:member_id>/code", methods=["POST"])
    @guarded("index")
    def offer_code(self, member_id: int) -> Any:
        return self._send(self._offer(member_id))

    @expose("/offer/<pk:member_id>/puzzle", methods=["POST"])
    @guarded("index")
    def offer_puzzle(self, member_id: int) -> Any:
        return self._puzzle(self._offer(member_id))

    # -- the other answers ---------------------------------------------------------------------
    def _answer(self, transfer_id: int) -> Step:
        actor = current_actor()
        with scope.unscoped():
            found, park = parks.transfer_of(actor.user_id or 0, transfer_id)
        if found.state != "open" or found.expires_at <= clock.now():
            return Step(self.menu_label, words_of("transfer_closed", {}))
        if found.to_user_id != actor.user_id:
            return Step(self.menu_label, _("“%(park)s”的转让正在等待对方答复。", park=park.name))
        giver = accounts.account(found.from_user_id).name
        lead = _(
            "%(person)s请您接受“%(park)s”的所有权。接受后由您管理其人员，并对其数据负责。",
            person=giver,
            park=park.name,
        )
        step = self._proof(lead, f"{BASE}/{transfer_id}/", _("接受所有权"))
        return replace(step, refuse_url=f"{BASE}/{transfer_id}/refuse")

    @expose("/<pk:pk>/", methods=["GET"])
    @guarded("index")
    def show(self, pk: int) -> Any:
        return self._show(self._answer(pk))

    @expose("/<pk:pk>/", methods=["POST"])
    @guarded("index")
    def take(self, pk: int) -> Any:
        """接受所有权."""
        form, step = PhoneSignInForm(), self._answer(pk)
        if not step.url:
            return self._show(step, status=400)
        try:
            self._prove(step, form)
            with transaction():
                park = services.take_ownership(current_actor(), pk, now=clock.now())
        except Refusal as refusal:
            return self._refused(step, form, refusal)
        flash(_("您现在是“%(park)s”的所有者。", park=park.name), "success")
        return self.go(f"{CENTRE}/#parks")

    @expose("/<pk:pk>/code", methods=["POST"])
    @guarded("index")
    def code(self, pk: int) -> Any:
        step = self._answer(pk)
        return self._send(step) if step.url else self._show(step, status=400)

    @expose("/<pk:pk>/puzzle", methods=["POST"])
    @guarded("index")
    def puzzle(self, pk: int) -> Any:
        return self._puzzle(self._answer(pk))

    @expose("/<pk:pk>/refuse", methods=["POST"])
    @guarded("index")
    def refuse(self, pk: int) -> Any:
        """不接受."""
        return self._end(
            lambda: services.decline_ownership(current_actor(), pk, now=clock.now()),
            _("已答复不接受。"),
            f"{CENTRE}/#parks",
        )

    @expose("/<pk:pk>/withdraw", methods=["POST"])
    @guarded("index")
    def withdraw(self, pk: int) -> Any:
        """撤回转让."""
        return self._end(
            lambda: services.withdraw_ownership(current_actor(), pk, now=clock.now()),
            _("转让已撤回。"),
            PEOPLE,
        )

    def _end(self, act: Any, done: str, target: str) -> Any:
        try:
            with transaction():
                act()
        except Refusal as refusal:
            flash(words_of(refusal.code, refusal.params), "danger")
            return self.go(f"{CENTRE}/")
        flash(done, "success")
        return self.go(target)

    # -- the proof -----------------------------------------------------------------------------
    def _proof(self, lead: str, url: str, submit: str) -> Step:
        known = accounts.account(current_actor().user_id or 0)
        if self.own_phone() is None and not known.has_password:
            return Step(self.menu_label, words_of("no_phone", {}))
        by_password = self.own_phone() is None
        return Step(
            title=self.menu_label,
            lead=lead,
            purpose="ownership",
            heading=_("验证密码") if by_password else _("验证手机号"),
            submit=submit,
            url=url,
            by_password=by_password,
        )

    def _prove(self, step: Step, form: PhoneSignInForm) -> None:
        """A good code or password; refuses."""
        if not step.by_password:
            self._spend(step, form)
            return
        with transaction():
            refusal = account_services.own_password_fault(
                current_actor(),
                form.password.data or "",
                now=clock.now(),
                tokens=cookies.tokens(),
            )
        if refusal is not None:
            raise Refusal(refusal)
