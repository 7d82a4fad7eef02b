"""短信验证码登录, 微信扫码登录, 海易办登录: the routes. First use registers."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import abort, flash, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.core import clock
from app.core.errors import Refusal
from app.core.outside import Advice, OutsideError
from app.features.accounts import services
from app.features.accounts.forms import PhoneSignInForm
from app.features.accounts.services.ways_in import Agreed, Proof, Trip
from app.features.accounts.views.browser import browser_key, caller, let_in
from app.features.accounts.views.dialog import DialogPart, asked, new_puzzle, words_of
from app.features.accounts.views.proof import proven
from app.integrations.haiyiban import HaiyibanIdentity, IdentityKind
from app.integrations.ports import ports
from app.transaction import transaction
from app.web.access import Tenant, wants_json
from app.web.acting import current_actor
from app.web.redirects import safe_target
from app.web.viewing import not_while_looking

SIGN_IN = "sign_in"
CENTRE = "/me/"
TROUBLE = {
    Advice.AGAIN: _l("这次授权已失效，请重新开始，或改用其他登录方式。"),
    Advice.LATER: _l("对方服务暂时无法连接，请稍后再试，或改用其他登录方式。"),
    Advice.OPERATOR: _l("对方服务的连接设置有误，请致电平台，或改用其他登录方式。"),
}


class WaysInView(DialogPart):
    """Ways in that need no password."""

    route_base = "/login"
    tenant = Tenant.public
    public_methods: ClassVar[frozenset[str]] = frozenset(
        {
            *("code", "puzzle", "phone", "agree"),
            *("wechat", "wechat_back", "haiyiban", "haiyiban_back"),
        }
    )

    # -- phone ---------------------------------------------------------------------------------
    @expose("/code", methods=["POST"])
    def code(self) -> Any:
        """获取: send a code. The answer is the same whether the number is known or not."""
        form = PhoneSignInForm()
        try:
            who = asked(form.phone.data or "", SIGN_IN, form.answer.data or "")
        except Refusal as refusal:
            return self._no_code(form, refusal)
        with transaction():
            sent = services.send_code(who, now=clock.now())
        if sent.refusal is not None:
            return self._no_code(form, sent.refusal)
        if wants_json():
            return jsonify(seconds=sent.seconds, text=_("验证码已发送，5 分钟内有效。"))
        flash(_("验证码已发送，5 分钟内有效。"), "success")
        return self.dialog(*self._kind(form), target=_target(), form=form, sent=sent.seconds)

    def _no_code(self, form: PhoneSignInForm, refusal: Refusal) -> Any:
        puzzle = new_puzzle("picture") if refusal.code.startswith("puzzle") else None
        status = 429 if refusal.code in ("code_soon", "code_budget") else 400
        if wants_json():
            said = {"code": refusal.code, "error": words_of(refusal), "puzzle": puzzle}
            return jsonify(said | {"seconds": refusal.params.get("seconds", 0)}), status
        self.refused(form, refusal.code, refusal.params)
        way = self._kind(form)[0]
        return self.dialog(way, target=_target(), form=form, status=status, puzzle=puzzle)

    @expose("/puzzle", methods=["POST"])
    def puzzle(self) -> Any:
        """换一张, or a sum in words for whoever cannot read the picture."""
        made = new_puzzle("sum" if request.form.get("kind") == "sum" else "picture")
        if wants_json():
            return jsonify(made)
        form = PhoneSignInForm()
        return self.dialog(self._kind(form)[0], target=_target(), form=form, puzzle=made)

    @expose("/phone", methods=["POST"])
    def phone(self) -> Any:
        """登录: spend the code; a new number is registered, a scanned account bound to it."""
        form = PhoneSignInForm()
        target = _target()
        try:
            outcome = self._by_phone(form)
        except Refusal as refusal:
            self.refuse(form, refusal)
            return self.dialog(self._kind(form)[0], target=target, form=form, status=400)
        return let_in(outcome, target)

    def _by_phone(self, form: PhoneSignInForm) -> services.SignIn:
        if not form.validate():
            raise Refusal("code_wrong")
        if wrong := _wrong_entries(form):
            raise Refusal(next(iter(wrong.values())), fields=wrong)
        proof = self._proof(form)
        who = asked(form.phone.data or "", SIGN_IN)
        with transaction():
            good = services.spend_code(who, form.code.data or "", now=clock.now())
        if not good:
            raise Refusal("code_wrong")
        with transaction():
            outcome = services.enter_by_phone(
                who.phone, caller(), _agreed(form, proof), now=clock.now(), also=proof
            )
        if outcome.refusal is not None:
            raise Refusal(outcome.refusal)
        return outcome

    def _proof(self, form: PhoneSignInForm) -> Proof | None:
        if not form.proof.data:
            return None
        return Proof.opened(form.proof.data, browser_key(), clock.now())

    def _kind(self, form: PhoneSignInForm) -> tuple[str]:
        return ("bind" if form.proof.data else "phone",)

    # -- WeChat --------------------------------------------------------------------------------
    @expose("/wechat")
    @not_while_looking
    def wechat(self) -> Any:
        """微信扫码登录: on to WeChat's page with the code to scan."""
        port = ports().wechat
        if port is None:
            abort(404)
        if (stop := self._not_yet()) is not None:
            return stop
        trip = Trip("wechat", errand=_errand(), target=_target())
        address = port.authorize_url(
            redirect_uri=url_for("WaysInView.wechat_back", _external=True),
            state=trip.state(browser_key(), clock.now()),
        )
        return redirect(address)

    @expose("/wechat/back")
    @not_while_looking
    def wechat_back(self) -> Any:
        """Back from WeChat with a code, or without one: the person refused."""
        port = ports().wechat
        if port is None:
            abort(404)
        trip = self._back("wechat")
        code = request.args.get("code", "")
        if trip is None or not code:
            return self._failed(trip, _("您没有同意微信授权，可以重新扫码或改用其他登录方式。"))
        try:
            person = port.person(code)
        except OutsideError as error:
            return self._failed(trip, str(TROUBLE[error.advice]))
        proof = Proof(
            "wechat",
            port.issuer,
            person.subject,
            label=person.nickname[:40],
            alias=person.openid,
        )
        return self._arrived(trip, proof)

    # -- 海易办 ---------------------------------------------------------------------------------
    @expose("/haiyiban/<string:kind>")
    @not_while_looking
    def haiyiban(self, kind: str) -> Any:
        """海易办登录 个人/法人: on to its sign-in."""
        port = ports().haiyiban
        if port is None or kind not in set(IdentityKind):
            abort(404)
        if (stop := self._not_yet()) is not None:
            return stop
        trip = Trip("haiyiban", kind, _errand(), _target())
        address = port.authorize_url(
            kind=IdentityKind(kind),
            redirect_uri=_haiyiban_back(),
            state=trip.state(browser_key(), clock.now()),
        )
        return redirect(address)

    @expose("/haiyiban/back")
    @not_while_looking
    def haiyiban_back(self) -> Any:
        """Back from 海易办 with a code or ticket."""
        port = ports().haiyiban
        if port is None:
            abort(404)
        trip = self._back("haiyiban")
        answer = request.args.get(port.answer_parameter, "")
        if trip is None or not answer:
            return self._failed(trip, _("海易办登录没有完成，可以重新开始或改用其他登录方式。"))
        try:
            found = port.identity(
                answer,
                kind=IdentityKind(trip.kind),
                redirect_uri=_haiyiban_back(),
                state=request.args.get("state", ""),
            )
        except OutsideError as error:
            return self._failed(trip, str(TROUBLE[error.advice]))
        if found.level < port.least_level:
            words = _(
                "您的海易办实名等级为 LV%(have)s，需要 LV%(need)s。请先在海易办完成实名认证。",
                have=found.level,
                need=port.least_level,
            )
            return self._failed(trip, words)
        return self._arrived(trip, _proof_of(found))

    def _not_yet(self) -> Any:
        """Where to go instead: another site's link binds nothing, nor does a page left open."""
        if _errand() != "bind":
            return None
        if not _from_elsewhere():
            onward = url_for("OwnProofView.index", next=request.full_path)
            return None if proven() else self.go(onward)
        flash(_("请在用户中心点击绑定或认证，不要使用其他网站的链接。"), "warning")
        return self.go(CENTRE)

    # -- the common way back -------------------------------------------------------------------
    def _back(self, provider: str) -> Trip | None:
        state = request.args.get("state", "")
        with transaction():
            return services.trip_back(provider, state, browser_key(), now=clock.now())

    def _failed(self, trip: Trip | None, words: str) -> Any:
        flash(words, "warning")
        if trip is not None and trip.errand == "bind" and current_user.is_authenticated:
            return self.go(CENTRE)
        return self.go(url_for("AuthView.login", next=trip.target if trip else None))

    def _arrived(self, trip: Trip, proof: Proof) -> Any:
        if trip.errand == "bind":
            return self._bind(proof)
        with transaction():
            outcome = services.enter(proof, caller(), now=clock.now())
        if outcome.refusal == "unknown_identity":
            return self.dialog("bind", target=trip.target, proof=proof)
        if outcome.refusal == "consent_needed":
            return self.dialog("agree", target=trip.target, proof=proof)
        if outcome.refusal is not None:
            return self._failed(trip, words_of(Refusal(outcome.refusal)))
        return let_in(outcome, trip.target)

    @expose("/agree", methods=["POST"])
    def agree(self) -> Any:
        """The statement has changed since: agreed to, the sign-in goes on where it was."""
        form = PhoneSignInForm()
        try:
            outcome = self._agreed_to(form)
        except Refusal as refusal:
            if refusal.code == "unknown_identity":  # unbound meanwhile: it is a newcomer's again
                return self.dialog("bind", target=_target(), form=form, status=400)
            self.refused(form, refusal.code, refusal.params)
            return self.dialog("agree", target=_target(), form=form, status=400)
        return let_in(outcome, _target())

    def _agreed_to(self, form: PhoneSignInForm) -> services.SignIn:
        if not form.agree.data:
            raise Refusal("agree_needed")
        proof = Proof.opened(form.proof.data or "", browser_key(), clock.now())
        agreed = _agreed(form, proof)
        with transaction():
            outcome = services.enter(proof, caller(), now=clock.now(), agreed=agreed)
        if outcome.refusal is not None:
            raise Refusal(outcome.refusal)
        return outcome

    def _bind(self, proof: Proof) -> Any:
        if not current_user.is_authenticated:
            return self.go(url_for("AuthView.login", next=CENTRE))
        try:
            with transaction():
                services.bind(current_actor(), proof, now=clock.now())
        except Refusal as refusal:
            flash(words_of(refusal), "danger")
        else:
            flash(_("已绑定，下次可以用它登录。"), "success")
        return self.go(CENTRE)


def _wrong_entries(form: PhoneSignInForm) -> dict[str, str]:
    """What the form lacks by itself, all at once; whether the code is right is asked afterwards."""
    wrong = {}
    try:
        services.mobile(form.phone.data or "")
    except Refusal as refusal:
        wrong["phone"] = refusal.code
    if not form.code.data:
        wrong["code"] = "code_wrong"
    if not form.agree.data:
        wrong["agree"] = "agree_needed"
    return wrong


def _proof_of(found: HaiyibanIdentity) -> Proof:
    company = found.company
    return Proof(
        "haiyiban",
        f"{found.issuer}/{found.kind.value}",
        found.subject,
        label=(company.name if company else found.name)[:40],
        level=f"LV{found.level}",
        name=found.name[:40],
        company=None
        if company is None
        else {
            "name": company.name,
            "uscc": company.uscc,
            "representative": company.representative,
            "address": company.address,
        },
    )


def _agreed(form: PhoneSignInForm, proof: Proof | None) -> Agreed:
    text = form.document.data or ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 13 else None
    return Agreed(number, proof.provider if proof else "phone")


def _target() -> str:
    return safe_target(request.args.get("next"), "/desk/")


def _errand() -> str:
    """``bind`` for somebody signed in who adds a way in, else ``enter``."""
    wanted = request.args.get("errand") == "bind" and current_user.is_authenticated
    return "bind" if wanted else "enter"


def _from_elsewhere() -> bool:
    """Whether it was another site's link that led here.

    Who is signed in at 海易办 comes straight back from there, and whom is up to the site that sent
    the browser. Browsers say where a link stood; a page cannot change what they say.
    """
    return request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"


def _haiyiban_back() -> str:
    return url_for("WaysInView.haiyiban_back", _external=True)
