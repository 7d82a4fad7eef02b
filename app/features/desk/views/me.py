"""用户中心 (manual 000): 账号信息, 企业信息, 企业银行账户, and what else is one's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Response, abort, flash, request, session
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.core.values import replace
from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.accounts import services as account_services
from app.features.accounts.labels import REFUSALS as ACCOUNT_REFUSALS
from app.features.accounts.rules import ALL_ROLES, PARK_ROLES, TENANT_ROLES
from app.features.desk.views.me_cards import (
    BASE,
    Card,
    cards_of,
    centre_of,
    completeness,
    may_company,
    typed_names,
)
from app.features.parks import queries as parks
from app.features.parks import services as park_services
from app.features.parks.labels import REFUSALS as PARK_REFUSALS
from app.features.settlements import queries as settlements
from app.transaction import transaction
from app.web import reasons
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_merge import (
    Asks,
    Meeting,
    asking,
    changed_again,
    chosen_theirs,
    field_words,
    meet,
    opened_values,
    settled,
    take,
    tell_kept,
)
from app.web.forms import key_of
from app.web.pages import Page
from app.web.sessions import LoginSession, alive

REFUSALS: dict[str, Any] = {**PARK_REFUSALS, **ACCOUNT_REFUSALS}
BANK_PAGE = "me:bank"


class AccountCentreView(Page):
    """/me/: three cards, each saved alone; below them ways in, consents and one's data."""

    route_base = BASE
    tenant = Tenant.own
    menu_label = _l("用户中心")
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_index": ALL_ROLES,
        "can_company": TENANT_ROLES,
    }
    roleless = frozenset({"can_index"})

    @expose("/")
    @guarded("index")
    def index(self) -> Any:
        return self._page()

    # -- the three cards -----------------------------------------------------------------------
    @expose("/account", methods=["POST"])
    @guarded("index")
    def account(self) -> Any:
        """保存 of 账号信息."""
        return self._save(
            "account",
            lambda form, version: account_services.change_own_account(
                current_actor(),
                name=form.name.data or "",
                email=form.email.data or "",
                version=version,
            ),
        )

    @expose("/company", methods=["POST"])
    @guarded("company")
    def company(self) -> Any:
        """保存 of 企业信息."""
        return self._save(
            "company",
            lambda form, version: park_services.change_company(
                current_actor(),
                contact_name=form.contact_name.data or "",
                contact_phone=form.contact_phone.data or "",
                credit_level=form.credit_level.data or "",
                version=version,
            ),
        )

    @expose("/bank", methods=["POST"])
    @guarded("company")
    def bank(self) -> Any:
        """保存 of 企业银行账户."""
        return self._save(
            "bank",
            lambda form, version: park_services.change_bank(
                current_actor(),
                holder=form.bank_holder.data or "",
                account=form.bank_account.data or "",
                bank=form.bank_name.data or "",
                version=version,
            ),
        )

    def _save(self, name: str, act: Callable[[Any, int], object]) -> Any:
        if key_of(request.form.get("version")) is None:
            abort(400)
        cards = cards_of(current_actor(), posted=name)
        card = cards.get(name)
        if card is None or not card.editable:
            flash(_("请先完成企业认证"), "warning")
            return self.go(f"{BASE}/")
        if not card.form.validate():
            return self._page(posted=name, form=card.form, status=400)
        now = cards_of(current_actor())[name].form
        take(card.form, {one.name: one.data for one in now}, chosen_theirs(typed_names(card)))
        try:
            _saved, met = settled(
                lambda: act(card.form, int(card.form.version.data)), lambda: _meet(card)
            )
        except Refusal as refusal:
            put_errors(card.form, refusal)
            return self._page(posted=name, form=card.form, status=400)
        except Asks as asks:
            if not asks.meeting.lines:
                card.form.form_errors.append(changed_again())
                return self._page(posted=name, form=card.form, status=409)
            page = asking(card.page, asks.meeting)
            return self.render("appbuilder/general/model/edit.html", page=page), 409
        tell_kept(met)
        flash(_("“%(name)s”已保存。", name=card.title), "success")
        return self.go(f"{BASE}/#{name}")

    @expose("/bank/reveal", methods=["POST"])
    @guarded("company")
    def reveal(self) -> Any:
        """The bank account in full, for a purpose; the answer itself shows it, once."""
        if parks.link_of(current_actor().user_id or 0) is None:
            raise NotFound("bank account")
        purpose = reasons.given(BANK_PAGE)
        try:
            with transaction():
                value = park_services.reveal_bank(current_actor(), purpose=purpose)
        except Refusal as refusal:
            return self._page(ask_error=str(REFUSALS[refusal.code]), status=400)
        reasons.keep(BANK_PAGE, purpose)
        return self._page(shown_account=value)

    # -- ways in, data -------------------------------------------------------------------------
    @expose("/logins/<pk:pk>/unbind", methods=["POST"])
    @guarded("index")
    def unbind(self, pk: int) -> Any:
        """解除绑定: that way in is closed at once."""
        actor = current_actor()
        if all(one.id != pk for one in accounts.identities_of(actor.user_id or 0)):
            raise NotFound(f"identity {pk}")
        try:
            with transaction():
                account_services.unbind(actor, pk)
        except Refusal as refusal:
            flash(str(REFUSALS[refusal.code]), "danger")
        else:
            flash(_("已解除绑定。"), "success")
        return self.go(f"{BASE}/#logins")

    @expose("/export", methods=["POST"])
    @guarded("index")
    def export(self) -> Response:
        """Everything that is kept about the person, as one file; noted before it leaves."""
        actor = current_actor()
        facts = {
            "made_at": clock.now(),
            **account_services.own_facts(actor),
            "devices": devices(actor.user_id or 0),
            **parks.facts_of(actor.user_id or 0),
            "settlement_applications": settlements.facts_of(actor.user_id or 0),
        }
        with transaction():
            account_services.note_export(actor, count=len(facts))
        text = json.dumps(facts, ensure_ascii=False, indent=2, default=_plain)
        response = Response(text, mimetype="application/json; charset=utf-8")
        name = f"my-data-{clock.today():%Y%m%d}.json"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "no-store"
        return response

    # -- the page ------------------------------------------------------------------------------
    def _page(
        self,
        *,
        posted: str = "",
        form: Any = None,
        status: int = 200,
        shown_account: str = "",
        ask_error: str = "",
    ) -> Any:
        actor = current_actor()
        cards = cards_of(actor)
        complete = completeness(cards.values())  # of what is kept, not of what is being typed
        if posted:
            version = cards[posted].form.version.data
            form.version.data = version  # after a conflict the next save is meant
            cards[posted] = replace(cards[posted], page=replace(cards[posted].page, form=form))
        page = self.render(
            "desk/me.html",
            cards=list(cards.values()),
            posted=posted,
            complete=complete,
            centre=centre_of(actor),
            company_part=may_company(actor),
            back_office=bool(actor.park_ids and actor.roles & PARK_ROLES),
            shown_account=shown_account,
            ask=reasons.ask(BANK_PAGE, error=ask_error, at="bank" if ask_error else ""),
            own_row=session.row_id,  # type: ignore[attr-defined]
        )
        return page, status


def _meet(card: Card) -> Meeting:
    """Bring the card's form up to what is kept now."""
    db.session.expire_all()
    form, now = card.form, cards_of(current_actor())[card.name].form
    names = typed_names(card)
    meeting, to_take = meet(
        opened_values(form.opened.data or ""),
        {name: field_words(form[name].data or "") for name in names},
        {name: field_words(now[name].data or "") for name in names},
        {name: form[name].label.text for name in names},
    )
    take(form, {one.name: one.data for one in now}, to_take)
    form.version.data, form.opened.data = now.version.data, now.opened.data
    return meeting


def put_errors(form: Any, refusal: Refusal) -> None:
    """Words of a refusal beside the fields it names, else above the form."""
    for name, code in refusal.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, words_of(code, refusal.params)]
    if not refusal.fields:
        form.form_errors.append(words_of(refusal.code, refusal.params))


def words_of(code: str, params: dict[str, Any]) -> str:
    text = str(REFUSALS[code])
    return text % params if params else text


def devices(user_id: int) -> list[dict[str, Any]]:
    """Where the person is signed in."""
    query = sa.select(LoginSession).where(LoginSession.user_id == user_id, *alive())
    return [
        {"agent": one.agent, "address": one.address, "since": one.created_at, "seen": one.seen_at}
        for one in db.session.scalars(query.order_by(LoginSession.id))
    ]


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
