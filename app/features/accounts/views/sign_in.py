"""Sign-in, sign-out and the park switcher."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from flask import current_app, flash, g, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from app.core import clock
from app.features.accounts import services
from app.features.accounts.forms import PasswordSignInForm
from app.features.accounts.labels import REFUSALS
from app.features.accounts.views.own import MUST_CHANGE, device_of
from app.transaction import transaction
from app.web.access import Tenant
from app.web.acting import current_actor, my_parks
from app.web.pages import Page
from app.web.redirects import safe_target
from app.web.sessions import ServerSession


class AuthView(Page):
    """登录. Phone code, WeChat, 海易办 and registration hang on the same page later."""

    route_base = ""
    default_view = "login"
    tenant = Tenant.public
    public_methods: ClassVar[frozenset[str]] = frozenset(
        {"login", "login_slash", "logout", "switch_park"}
    )

    @expose("/login", methods=["GET", "POST"])
    def login(self) -> Any:
        """The dialog; a good pair of name and password starts a fresh session."""
        target = safe_target(request.args.get("next"), "/desk/")
        if current_user.is_authenticated:
            return self.go(target)
        form = PasswordSignInForm()
        status = 200
        if form.validate_on_submit():
            outcome = self._sign_in(form)
            if outcome.user is not None:
                return self.go(target)
            form.password.errors = [str(REFUSALS[str(outcome.refusal)])]
            if outcome.until is not None:
                wait = math.ceil((outcome.until - clock.now()).total_seconds())
                page = self.render("accounts/login.html", form=form, next=target)
                return page, 429, {"Retry-After": str(max(wait, 1))}
            status = 400
        elif form.is_submitted():
            status = 400
        return self.render("accounts/login.html", form=form, next=target), status

    @expose("/login/")
    def login_slash(self) -> Any:
        """Typed with a slash at the end it is the same page."""
        return redirect(url_for("AuthView.login", next=request.args.get("next")), code=301)

    def _sign_in(self, form: PasswordSignInForm) -> services.SignIn:
        with transaction():
            outcome = services.sign_in_by_password(
                form.username.data or "",
                form.password.data or "",
                caller=services.Caller(
                    address=request.remote_addr or "",
                    device=device_of(request.user_agent.string),
                    request_id=g.get("request_id", ""),
                ),
                now=clock.now(),
            )
        if outcome.user is not None:
            server_session: Any = session._get_current_object()  # type: ignore[attr-defined]
            assert isinstance(server_session, ServerSession)
            server_session.rotate()
            login_user(outcome.user)
            if outcome.must_change:
                session[MUST_CHANGE] = True  # hold_until_changed() sees it without a statement
        return outcome

    @expose("/logout", methods=["POST"])
    def logout(self) -> Any:
        """End this sign-in on the server; the old cookie is worth nothing afterwards."""
        if current_user.is_authenticated:
            with transaction():
                services.sign_out(
                    current_actor(), device=device_of(request.user_agent.string)
                )  # fmt: skip
        logout_user()
        session.pop("_flashes", None)  # what was not shown yet is not for who comes next
        flash(_("您已退出登录。"), "success")
        return self.go("/")

    @expose("/switch-park", methods=["POST"])
    def switch_park(self) -> Any:
        """Act for another of one's own parks."""
        wanted = request.form.get("park_id", "")
        mine = {str(row.park_id): row for row in my_parks()}
        if wanted not in mine:
            return current_app.aborter(404)
        session["park_id"] = mine[wanted].park_id
        flash(_("已切换到 %(park)s。", park=mine[wanted].park_name), "success")
        return self.go(safe_target(request.form.get("next"), "/desk/"))
