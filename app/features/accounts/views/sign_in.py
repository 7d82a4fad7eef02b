"""Sign-in, sign-out and the park switcher."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from flask import current_app, flash, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from app.core import clock
from app.features.accounts import services
from app.features.accounts.forms import PasswordSignInForm
from app.features.accounts.labels import REFUSALS
from app.features.accounts.services.ways_in import HAIYIBAN
from app.features.accounts.views.browser import caller, let_in
from app.features.accounts.views.dialog import WAYS, DialogPart
from app.features.accounts.views.own import device_of
from app.integrations.ports import ports
from app.transaction import transaction
from app.web import viewing
from app.web.access import Tenant
from app.web.acting import current_actor, my_parks
from app.web.redirects import safe_target
from app.web.sessions import WAY


class AuthView(DialogPart):
    """登录/注册."""

    route_base = ""
    default_view = "login"
    tenant = Tenant.public
    public_methods: ClassVar[frozenset[str]] = frozenset(
        {"login", "login_slash", "logout", "logged_out", "end_view", "switch_park"}
    )

    @expose("/login", methods=["GET", "POST"])
    def login(self) -> Any:
        """The dialog; a POST is 账号登录: a good pair of name and password starts a fresh session."""
        target = safe_target(request.args.get("next"), "/desk/")
        if current_user.is_authenticated:
            return self.go(target)
        if request.method == "GET":
            way = request.args.get("way", "phone")
            return self.dialog(way if way in WAYS else "phone", target=target)
        form = PasswordSignInForm()
        if not form.validate_on_submit():
            return self.dialog("account", target=target, form=form, status=400)
        outcome = self._sign_in(form)
        if outcome.user is not None:
            return let_in(outcome, target)
        form.password.errors = [str(REFUSALS[str(outcome.refusal)])]
        if outcome.until is None:
            return self.dialog("account", target=target, form=form, status=400)
        wait = math.ceil((outcome.until - clock.now()).total_seconds())
        page, status = self.dialog("account", target=target, form=form, status=429)
        return page, status, {"Retry-After": str(max(wait, 1))}

    @expose("/login/")
    def login_slash(self) -> Any:
        """Typed with a slash at the end it is the same page."""
        target, way = request.args.get("next"), request.args.get("way")
        return redirect(url_for("AuthView.login", next=target, way=way), code=301)

    def _sign_in(self, form: PasswordSignInForm) -> services.SignIn:
        with transaction():
            return services.sign_in_by_password(
                form.username.data or "",
                form.password.data or "",
                caller=caller(),
                now=clock.now(),
            )

    @expose("/logout", methods=["POST"])
    def logout(self) -> Any:
        """End this sign-in on the server; the old cookie is worth nothing afterwards.

        Who came by 海易办 is led on there: its own sign-in would let the next person in.
        """
        onward = session.get(WAY) == HAIYIBAN and ports().haiyiban is not None
        if current_user.is_authenticated:
            actor, device = current_actor(), device_of(request.user_agent.string)
            with transaction(while_looking=True):
                if actor.viewed_by is not None:
                    services.view_over(actor.real, actor.user_id or 0, "sign_out")
                services.sign_out(actor.real, device=device)
        logout_user()
        session.pop("_flashes", None)  # what was not shown yet is not for who comes next
        if onward:
            return self.go(url_for("AuthView.logged_out"))
        flash(_("您已退出登录。"), "success")
        return self.go("/")

    @expose("/end-view", methods=["POST"])
    def end_view(self) -> Any:
        """结束查看: back to one's own account; nothing to end is no mistake."""
        actor = current_actor()
        if actor.viewed_by is None:
            return self.go("/desk/" if actor.user_id else "/")
        with transaction(while_looking=True):
            services.end_view(actor)
            viewing.end()
        flash(_("查看已结束，现在是您自己的账号。"), "success")
        return self.go(f"/desk/users/show/{actor.user_id}")

    @expose("/logout/haiyiban")
    def logged_out(self) -> Any:
        """On to 海易办's sign-out and back. A page of its own: a form may not lead out of the site."""
        port = ports().haiyiban
        if port is None or current_user.is_authenticated:
            return self.go("/")
        home = url_for("HomeView.index", _external=True)
        return self.render("accounts/logged_out.html", onward=port.logout_url(redirect_uri=home))

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
