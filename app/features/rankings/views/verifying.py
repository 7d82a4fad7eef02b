"""The page behind the QR code: is this sheet genuine, and still in force?"""

from __future__ import annotations

from typing import Any, ClassVar

from flask import request
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l

from app.core import clock, scope
from app.core.errors import Refusal
from app.features.rankings import queries, services
from app.features.rankings.labels import REFUSALS, STATE_WORDS
from app.features.rankings.models import RankingSnapshot
from app.features.rankings.rules import chain
from app.transaction import transaction
from app.web.access import Tenant
from app.web.pages import Page

MOST_KEY = 40


class VerifyView(Page):
    """Open to everybody; says nothing of parks, only whether and how a version stands."""

    route_base = "/verify"
    tenant = Tenant.public
    menu_label = _l("验证排名表")
    public_methods: ClassVar[frozenset[str]] = frozenset({"index", "key"})

    @expose("/", methods=["GET", "POST"])
    def index(self) -> Any:
        """A short code typed by hand: a copied site would defeat a code that is only scanned."""
        if request.method == "POST":
            return self._typed(request.form.get("code", "")[:60])
        return self.render("rankings/verify.html", heading=self.menu_label, asked=False, code="")

    @expose("/<string:key>")
    def key(self, key: str) -> Any:
        """The address in the QR code."""
        with scope.unscoped():
            return self._answer(queries.with_key(key[: MOST_KEY + 1]))

    def _typed(self, code: str) -> Any:
        """Whoever tries out codes is stopped: every question is counted, by its address."""
        address, now = request.remote_addr or "", clock.now()
        with scope.unscoped():
            try:
                with transaction(while_looking=True):
                    found = services.look(code, address=address, now=now)
            except Refusal as refusal:
                return self._answer(None, refused=str(REFUSALS[refusal.code]) % refusal.params)
            return self._answer(found, code=code)

    def _answer(self, found: RankingSnapshot | None, *, code: str = "", refused: str = "") -> Any:
        page = self.render(
            "rankings/verify.html",
            heading=self.menu_label,
            asked=True,
            found=found,
            current=_in_force(found),
            refused=refused,
            state=STATE_WORDS[found.state] if found else "",
            code=chain.shown_code(found.short_code) if found else code,
        )
        return page, 429 if refused else 200 if found else 404


def _in_force(found: RankingSnapshot | None) -> RankingSnapshot | None:
    """The version that took the place of an older one."""
    if found is None or found.state == "current":
        return None
    return queries.current(found.round_id)
