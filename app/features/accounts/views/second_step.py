"""两步验证: the page between the password and the session, and the first enrolment.

Whoever stands here is not signed in: ``browser.half`` knows who proved the first step.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from flask import Response, flash, make_response, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_login import current_user

from app.core import clock
from app.core.errors import Refusal
from app.features.accounts import queries, services
from app.features.accounts.forms import SecondStepForm
from app.features.accounts.labels import REFUSALS
from app.features.accounts.rules import FEW_CODES
from app.features.accounts.services import second_factor
from app.features.accounts.views.browser import browser_key, caller, come_in, first, half
from app.transaction import transaction
from app.web.access import Tenant
from app.web.pages import Page, see_other
from app.web.redirects import safe_target
from app.web.ui import zone_name


class SecondStepView(Page):
    """The second step."""

    route_base = "/login/second"
    tenant = Tenant.public
    public_methods: ClassVar[frozenset[str]] = frozenset({"index", "enrol"})

    @expose("/", methods=["GET", "POST"])
    def index(self) -> Any:
        """Asks for the code; who has no authenticator yet is sent to enrol one first."""
        found = half()
        if found is None:
            return self._gone()
        proven, user = found
        if queries.second_factor(user.id) is None:
            return see_other(url_for("SecondStepView.enrol", next=_target()))
        form = SecondStepForm()
        recovery = request.args.get("way") == "recovery"
        page = {"form": form, "recovery": recovery, "next": _target()}
        if not form.is_submitted():
            return self.render("accounts/second_step.html", **page)
        if not form.validate():
            return self.render("accounts/second_step.html", **page), 400
        with transaction():
            outcome = second_factor.prove(proven, form.code.data or "", caller(), now=clock.now())
        if outcome.user is None:
            return self._refused("accounts/second_step.html", outcome, **page)
        answer = come_in(outcome, see_other(first(user.id, _target())), second=True)
        left = queries.recovery_codes_left(user.id)
        if recovery and left <= FEW_CODES:
            words = _("恢复码还剩 %(n)s 个，请在用户中心的“两步验证”中换一组。", n=left)
            flash(words, "warning")
        return answer

    @expose("/enrol", methods=["GET", "POST"])
    def enrol(self) -> Any:
        """The secret as a QR code and in text; a first code proves it and the person is in."""
        found = half()
        if found is None:
            return self._gone()
        proven, user = found
        if queries.second_factor(user.id) is not None:
            return see_other(url_for("SecondStepView.index", next=_target()))
        form = SecondStepForm()
        try:
            made = second_factor.enrolment(user, browser_key(), form.made.data or "")
        except Refusal:
            return self._gone()
        form.made.data = made.sealed(user.id, browser_key())
        page = {"form": form, "made": made, "qr": picture(made), "next": _target()}
        if not form.is_submitted():
            return self.render("accounts/second_enrol.html", **page)
        if not form.validate():
            return self.render("accounts/second_enrol.html", **page), 400
        with transaction():
            outcome, codes = second_factor.enrol(
                proven, made, form.code.data or "", caller(), now=clock.now()
            )
        if outcome.user is None:
            return self._refused("accounts/second_enrol.html", outcome, **page)
        shown = self.render("accounts/second_codes.html", codes=codes, next=_target())
        return come_in(outcome, make_response(shown), second=True)

    def _refused(self, template: str, outcome: services.SignIn, **page: Any) -> Any:
        if outcome.refusal == "half_gone":
            return self._gone()
        form = page["form"]
        form.code.errors = [str(REFUSALS[str(outcome.refusal)])]
        shown = self.render(template, **page)
        if outcome.until is None:
            return shown, 400
        wait = math.ceil((outcome.until - clock.now()).total_seconds())
        return shown, 429, {"Retry-After": str(max(wait, 1))}

    def _gone(self) -> Response:
        if current_user.is_authenticated:  # the second step was done in another tab
            return see_other(_target())
        flash(str(REFUSALS["half_gone"]), "warning")
        return see_other(url_for("AuthView.login", next=request.args.get("next")))


def picture(made: second_factor.Enrolment) -> str:
    """The QR code as an address that holds it, dark on white in either theme."""
    import segno  # noqa: PLC0415 - few pages draw one

    code = segno.make(made.address(str(zone_name())), error="l", micro=False)
    return str(code.svg_data_uri(scale=5, border=4, light="#fff"))


def _target() -> str:
    return safe_target(request.args.get("next"), "/desk/")
