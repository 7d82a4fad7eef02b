"""The page behind the QR code: is this sheet genuine, and still in force?"""

from __future__ import annotations

from typing import Any, ClassVar

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
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
        return self._page()

    @expose("/<string:key>")
    def key(self, key: str) -> Any:
        """The address in the QR code."""
        with scope.unscoped():
            return self._answer(queries.with_key(key[: MOST_KEY + 1]))

    def _typed(self, code: str) -> Any:
        """Whoever tries out codes is stopped: every question is counted, by its address."""
        if not code.strip():
            return self._page(wrong=_("请输入排名表上的验证码。")), 400
        address, now = request.remote_addr or "", clock.now()
        with scope.unscoped():
            try:
                with transaction(while_looking=True):
                    found = services.look(code, address=address, now=now)
            except Refusal as refusal:
                wrong = str(REFUSALS[refusal.code]) % refusal.params
                return self._page(wrong=wrong, code=code), 429
            return self._answer(found, code=code)

    def _answer(self, found: RankingSnapshot | None, *, code: str = "") -> Any:
        if found is None:
            return self._page(wrong=_unknown(code), code=code), 404
        return self._page(found)

    def _page(
        self, found: RankingSnapshot | None = None, *, wrong: str = "", code: str = ""
    ) -> str:
        return self.render(
            "rankings/verify.html",
            heading=self.menu_label,
            found=found,
            current=_in_force(found),
            wrong=wrong,
            state=STATE_WORDS[found.state] if found else "",
            code=chain.shown_code(found.short_code) if found else code,
            length=chain.CODE_LENGTH,
        )


def _unknown(code: str) -> str:
    """Why nothing was found: what was typed can be no code, or there is none like it."""
    if code and not chain.typed_code(code):
        return str(
            _("验证码是 %(length)s 位字母和数字，请核对后重新输入。", length=chain.CODE_LENGTH)
        )
    return str(
        _("没有找到这个验证码对应的排名表。请核对后重新输入；如仍找不到，请与主办单位联系。")
    )


def _in_force(found: RankingSnapshot | None) -> RankingSnapshot | None:
    """The version that took the place of an older one."""
    if found is None or found.state == "current":
        return None
    return queries.current(found.round_id)
