"""确认身份: asked of who wants to add a way in and has been signed in for a while."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import request
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal
from app.features.accounts.forms import OwnProofForm
from app.features.accounts.labels import REFUSALS
from app.features.accounts.rules import ALL_ROLES
from app.features.accounts.views.proof import has_password, prove_present, proven
from app.web.access import Tenant, guarded
from app.web.pages import Page
from app.web.redirects import safe_target

CENTRE = "/me/"


class OwnProofView(Page):
    """/me/proof/."""

    route_base = "/me/proof"
    tenant = Tenant.own
    menu_label = _l("确认身份")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": ALL_ROLES}
    roleless = frozenset({"can_index"})

    @expose("/", methods=["GET", "POST"])
    @guarded("index")
    def index(self) -> Any:
        """The password, then the way on.

        The way on is a link of the page: the browser lets no form lead to another site, which
        is where a way in is added.
        """
        if request.method == "GET":
            return self._page(OwnProofForm(formdata=None))
        form = OwnProofForm()
        if not form.validate():
            return self._page(form, status=400)
        try:
            prove_present(form.password.data or "")
        except Refusal as refusal:
            form.password.errors = [str(REFUSALS[refusal.code])]
            return self._page(form, status=400)
        return self.go(request.full_path.rstrip("?"))

    def _page(self, form: Any, *, status: int = 200) -> Any:
        page = self.render(
            "accounts/own_proof.html",
            form=form,
            proven=proven(),
            asks_password=has_password(),
            onward=safe_target(request.args.get("next"), CENTRE),
        )
        return page, status
