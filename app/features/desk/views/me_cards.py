"""The cards of the user centre and the lists below them: plain data for its template."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import format_datetime, pgettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from msgspec import Struct

from app.core import clock, phones, scope
from app.core.actor import Actor
from app.engines import dictionaries, documents
from app.extensions.phrases import remarked
from app.features.accounts import policy as account_policy
from app.features.accounts import queries as accounts
from app.features.accounts.rules import FEW_CODES
from app.features.desk.forms import BankForm, CompanyForm, OwnAccountForm
from app.features.desk.views.messages import always_told, choices_of
from app.features.parks import queries as parks
from app.features.parks.labels import (
    CLAIM_DOTS,
    CLAIM_WORDS,
    LINK_WORDS,
    MEMBER_WORDS,
    SOURCE_WORDS,
)
from app.features.parks.models import Organisation
from app.features.parks.rules import mask_account
from app.features.parks.services import LEVELS
from app.features.settlements import queries as settlements
from app.features.settlements.labels import STATE_DOTS, STATE_WORDS
from app.integrations.ports import ports
from app.web import viewing
from app.web.base_merge import carried, field_words
from app.web.listing.page import FormPage

BASE = "/me"
LEGIBLE = frozenset({"username", "version", "csrf_token"})
PROVIDERS = {"phone": _l("手机号"), "wechat": _l("微信"), "haiyiban": _l("海易办")}
CHANNELS = {
    "phone": _l("短信验证码登录"),
    "wechat": _l("微信扫码登录"),
    "haiyiban": _l("海易办登录"),
    "apply": _l("申请入驻"),
}


class Card(Struct, frozen=True):
    """One card; ``editable``: whether there is anything to save yet."""

    name: str
    title: str
    page: FormPage
    editable: bool = True

    @property
    def form(self) -> Any:
        return self.page.form


def may_company(actor: Actor) -> bool:
    """Staff of the zone act for no company."""
    return actor.can("can_company", "AccountCentreView")


def may_apply(actor: Actor) -> bool:
    """Who has a page of applications."""
    return actor.can("can_index", "OwnApplicationsView")


def cards_of(actor: Actor, *, posted: str = "") -> dict[str, Card]:
    """The cards that the actor has; ``posted``: the one whose form is read from the request."""
    made = {"account": _account(actor, posted=posted == "account")}
    if may_company(actor):
        found = parks.organisation_of(actor.user_id or 0)
        made["company"] = _company(found, posted=posted == "company")
        made["bank"] = _bank(found, posted=posted == "bank")
    if viewing.looking():
        for card in made.values():
            _veil(card.form)
    return made


def _veil(form: Any) -> None:
    """For who looks as somebody else: that there is a value, not which."""
    for field in form:
        if field.data and field.name not in LEGIBLE:
            field.data = viewing.VEIL
            if hasattr(field, "choices"):
                field.choices = [(viewing.VEIL, viewing.VEIL)]


def completeness(cards: Iterable[Card]) -> SimpleNamespace | None:
    """How much of the cards is filled in (per cent, rounded down) and what is missing where.

    ``None`` for who has no company to describe.
    """
    every = [(card, card.form[name]) for card in cards for name in card.page.sections[0][1]]
    if not any(card.name == "company" for card, _field in every):
        return None
    missing = [(card.name, field.label.text) for card, field in every if not field.data]
    share = 100 * (len(every) - len(missing)) // len(every)
    return SimpleNamespace(share=share, missing=missing)


def _account(actor: Actor, *, posted: bool) -> Card:
    known = accounts.account(actor.user_id or 0)
    profile = accounts.profile(actor.user_id or 0)
    phone = accounts.phone_of(actor.user_id or 0)
    email = phones.mask_email(profile.email) if profile and profile.email else ""
    values = {"name": known.name, "email": email, "version": str(known.version)}
    form = OwnAccountForm() if posted else OwnAccountForm(formdata=None, data=values)
    form.username.data = known.username
    form.phone.data = phone.label if phone else ""
    locked: dict[str, Any] = {
        "username": _("登录账号不能修改"),
        "phone": _("已验证") if phone else _("尚未绑定手机号"),
    }
    if account_policy.named_by_others(actor.roles):
        form.name.data = known.name
        locked["name"] = _("由系统管理员维护")
    fields = ("username", "name", "phone", "email")
    proven = frozenset({"phone"}) if phone else frozenset()
    return _card("account", _("账号信息"), form, fields, locked, proven=proven)


def _company(found: Organisation | None, *, posted: bool) -> Card:
    values = {
        "contact_name": found.contact_name if found else "",
        "contact_phone": phones.mask_phone(found.contact_phone) if found else "",
        "credit_level": found.credit_level if found else "",
        "version": str(found.version) if found else "",
    }
    form = CompanyForm() if posted else CompanyForm(formdata=None, data=values)
    now = found.credit_level if found else ""
    offered = dict.fromkeys((*filter(None, [now]), *dictionaries.options(LEVELS, clock.today())))
    form.credit_level.choices = [("", _("请选择")), *((one, one) for one in offered)]
    form.company_name.data = found.name if found else ""
    form.uscc.data = found.uscc if found else ""
    form.address.data = found.registered_address if found else ""
    locked: dict[str, Any] = dict.fromkeys(
        ("company_name", "uscc", "address"), certified_words(found)
    )
    if found is None:
        locked |= dict.fromkeys(("contact_name", "contact_phone", "credit_level"), _("认证后填写"))
    fields = ("company_name", "uscc", "address", "contact_name", "contact_phone", "credit_level")
    title, proven = _("企业信息"), frozenset(locked if found and found.certified_at else ())
    return _card("company", title, form, fields, locked, editable=found is not None, proven=proven)


def _bank(found: Organisation | None, *, posted: bool) -> Card:
    values = {
        "bank_holder": found.bank_holder if found else "",
        "bank_account": mask_account(found.bank_tail) if found else "",
        "bank_name": found.bank_name if found else "",
        "version": str(found.version) if found else "",
    }
    form = BankForm() if posted else BankForm(formdata=None, data=values)
    fields = ("bank_holder", "bank_account", "bank_name")
    locked = dict.fromkeys(fields, _("认证后填写")) if found is None else {}
    title = _("企业银行账户")
    return _card("bank", title, form, fields, locked, editable=found is not None)


def certified_words(found: Organisation | None) -> str:
    """From where a certified field comes, and when it was confirmed last."""
    if found is None or found.certified_at is None:
        return str(_("尚未认证"))
    moment = format_datetime(found.certified_at, "yyyy-MM-dd HH:mm")
    return remarked(SOURCE_WORDS.get(found.source, found.source), moment)


def _card(  # noqa: PLR0913 - what a card is made of
    name: str,
    title: str,
    form: Any,
    fields: tuple[str, ...],
    locked: dict[str, Any],
    *,
    editable: bool = True,
    proven: frozenset[str] = frozenset(),
) -> Card:
    if form.opened.raw_data is None:  # not sent: made from what is kept
        names = (name for name in fields if name not in locked)
        form.opened.data = carried({name: field_words(form[name].data or "") for name in names})
    page = FormPage(
        title=title,
        form=form,
        sections=(("", fields),),
        action=f"{BASE}/{name}",
        cancel_url=f"{BASE}/#{name}",
        submit_label=_("保存"),
        locked=locked,
        proven=proven,
        wide=frozenset({"address"}),
    )
    return Card(name, title, page, editable)


def typed_names(card: Card) -> tuple[str, ...]:
    """The fields of a card that can be typed."""
    return tuple(name for name in card.page.sections[0][1] if name not in card.page.locked)


# -- below the cards ---------------------------------------------------------------------------
def centre_of(actor: Actor) -> SimpleNamespace:
    """Ways in and how to add one, consents, the company's account, open claims."""
    user_id = actor.user_id or 0
    identities = accounts.identities_of(user_id)
    link, company = parks.link_of(user_id), parks.organisation_of(user_id)
    certify, more = _ways_out({(one.provider, kind_of(one)) for one in identities})
    claims = parks.claims_of(user_id)[:1]
    with scope.unscoped():  # one's own in every park, whichever one acts for
        mine = parks.memberships_of(user_id)
        invitations = parks.invitations_to(user_id, now=clock.now())
        transfers = [
            (one, park) for one, park in parks.transfers_of(user_id) if one.expires_at > clock.now()
        ]
    return SimpleNamespace(
        parks=mine,
        invitations=invitations,
        transfers=transfers,
        member_words=MEMBER_WORDS,
        messages=choices_of(actor),
        always=always_told(actor),
        logins=[_login(one) for one in identities],
        more=more,
        unbind=pgettext("button", "解除绑定"),
        certify=certify,
        second=accounts.second_factor(user_id) is not None,
        codes_left=accounts.recovery_codes_left(user_id),
        few_codes=FEW_CODES,
        has_phone=any(one.provider == "phone" for one in identities),
        account=_account_shown(company),
        link=LINK_WORDS[link.role] if link else "",
        applications=settlements.own(user_id, limit=3) if may_apply(actor) else None,
        application_words=STATE_WORDS,
        application_dots=STATE_DOTS,
        claim=claims[0] if claims else None,
        claim_words=CLAIM_WORDS,
        claim_dots=CLAIM_DOTS,
        consents=_consents(user_id),
    )


def _consents(user_id: int) -> list[SimpleNamespace]:
    """What was agreed to, when and on which way in."""
    return [
        SimpleNamespace(
            title=document.title,
            number=document.number,
            url=url_for("DocumentPage.show", kind=document.kind, number=document.number),
            at=consent.at,
            channel=CHANNELS.get(consent.channel, consent.channel),
        )
        for consent, document in documents.consents_of(user_id)
    ]


def _account_shown(company: Organisation | None) -> str:
    shown = mask_account(company.bank_tail) if company else ""
    return viewing.VEIL if shown and viewing.looking() else shown


def kind_of(identity: Any) -> str:
    """``person`` or ``legal`` of a 海易办 identity, which its issuer ends with."""
    return str(identity.issuer).rpartition("/")[2] if identity.provider == "haiyiban" else ""


def _login(identity: Any) -> SimpleNamespace:
    kind = kind_of(identity)
    title = str(PROVIDERS[identity.provider])
    if kind:
        title = remarked(title, _("法人") if kind == "legal" else _("个人"))
    label = identity.label
    if kind == "person" or identity.provider == "wechat":
        label = phones.mask_name(label)
    if viewing.looking():
        label = viewing.VEIL
    return SimpleNamespace(
        id=identity.id,
        title=title,
        label=label,
        level=identity.level,
        bound=identity.created_at,
        used=identity.used_at,
        phone=identity.provider == "phone",
    )


def _ways_out(bound: set[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]]:
    """前往海易办认证, and what else may be bound: (words, address)."""
    more = []
    certify = ""
    if ports().wechat is not None and ("wechat", "") not in bound:
        more.append((_("绑定微信"), url_for("WaysInView.wechat", errand="bind", next=f"{BASE}/")))
    if ports().haiyiban is not None:
        ways = {
            kind: url_for("WaysInView.haiyiban", kind=kind, errand="bind", next=f"{BASE}/")
            for kind in ("person", "legal")
        }
        certify = ways["legal"]
        words = {"person": _("绑定海易办个人账号"), "legal": _("绑定海易办法人账号")}
        more += [(words[kind], ways[kind]) for kind in ways if ("haiyiban", kind) not in bound]
    return certify, more
