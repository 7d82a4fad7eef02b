"""两步验证 in the user centre: opened by one's own will, recovery codes renewed, closed again."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from flask import flash, session
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.core import clock
from app.core.errors import Refusal
from app.features.accounts import queries
from app.features.accounts.forms import OwnSecondStepForm
from app.features.accounts.labels import REFUSALS
from app.features.accounts.rules import ALL_ROLES, FEW_CODES
from app.features.accounts.services import second_factor
from app.features.accounts.services.second_factor import OwnAct
from app.features.accounts.views.browser import SECOND, browser_key
from app.features.accounts.views.proof import has_password, prove_present
from app.features.accounts.views.second_step import picture
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.pages import Page

PASSWORD = frozenset({"current_wrong", "locked"})


class OwnSecondStepView(Page):
    """/me/second/."""

    route_base = "/me/second"
    tenant = Tenant.own
    menu_label = _l("两步验证")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": ALL_ROLES}
    roleless = frozenset({"can_index"})

    @expose("/")
    @guarded("index")
    def index(self) -> Any:
        """The authenticator to scan, or what there is of it."""
        return self._page(OwnSecondStepForm(formdata=None))

    @expose("/enrol", methods=["POST"])
    @guarded("index")
    def enrol(self) -> Any:
        """验证并开启."""
        form = OwnSecondStepForm()
        if not form.validate():
            return self._page(form, status=400)
        try:
            made = second_factor.enrolment(current_user, browser_key(), form.made.data or "")
            prove_present(form.password.data or "")
        except Refusal as refusal:
            return self._refused(form, OwnAct(refusal.code))
        with transaction():
            done = second_factor.enrol_own(
                current_actor(),
                made,
                form.code.data or "",
                keep_row=session.row_id,  # type: ignore[attr-defined]
                now=clock.now(),
            )
        if done.refusal is not None:
            return self._refused(form, done)
        session[SECOND] = True
        return self._codes(done, _("两步验证已开启"))

    @expose("/renew", methods=["POST"])
    @guarded("index")
    def renew(self) -> Any:
        """换一组恢复码."""
        form = OwnSecondStepForm()
        if not form.validate():
            return self._page(form, status=400)
        with transaction():
            done = second_factor.renew_codes(
                current_actor(), form.code.data or "", now=clock.now()
            )  # fmt: skip
        if done.refusal is not None:
            return self._refused(form, done)
        return self._codes(done, _("恢复码已更换"))

    @expose("/remove", methods=["POST"])
    @guarded("index")
    def remove(self) -> Any:
        """关闭两步验证."""
        form = OwnSecondStepForm()
        if not form.validate():
            return self._page(form, status=400)
        with transaction():
            done = second_factor.remove_own(
                current_actor(),
                form.code.data or "",
                keep_row=session.row_id,  # type: ignore[attr-defined]
                now=clock.now(),
            )
        if done.refusal is not None:
            return self._refused(form, done)
        flash(_("两步验证已关闭，其他设备上的登录已结束。"), "success")
        return self.go("/me/#data")

    # -- the page ------------------------------------------------------------------------------
    def _codes(self, done: OwnAct, title: str) -> Any:
        return self.render("accounts/own_second_codes.html", codes=done.codes, title=title)

    def _refused(self, form: Any, done: OwnAct) -> Any:
        code = str(done.refusal)
        field = form.password if code in PASSWORD else form.code
        field.errors = [str(REFUSALS[code])]
        if done.until is None:
            return self._page(form, status=400)
        wait = math.ceil((done.until - clock.now()).total_seconds())
        return (*self._page(form, status=429), {"Retry-After": str(max(wait, 1))})

    def _page(self, form: Any, *, status: int = 200) -> Any:
        actor = current_actor()
        factor = queries.second_factor(actor.user_id or 0)
        page: dict[str, Any] = {"form": form, "factor": factor, "few": FEW_CODES}
        if factor is None:
            try:
                made = second_factor.enrolment(current_user, browser_key(), form.made.data or "")
            except Refusal:  # of another browser, or made up: another one is shown
                made = second_factor.enrolment(current_user, browser_key())
            form.made.data = made.sealed(actor.user_id or 0, browser_key())
            page |= {"made": made, "qr": picture(made), "asks_password": has_password()}
        else:
            page["left"] = queries.recovery_codes_left(actor.user_id or 0)
            page["needed"] = queries.second_factor_wanted(actor.roles)
        return self.render("accounts/own_second.html", **page), status
