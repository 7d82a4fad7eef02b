"""绑定手机号, 更换手机号 and 注销账号: all are proven by codes to the phone."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, jsonify, request, session
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import logout_user
from msgspec import Struct

from app.core import clock
from app.core.errors import Refusal
from app.features.accounts import policy, queries, services
from app.features.accounts.forms import BindPhoneForm, PhoneSignInForm
from app.features.accounts.models import Identity
from app.features.accounts.rules import ALL_ROLES
from app.features.accounts.services.ways_in import Proof, of_phone
from app.features.accounts.views.browser import browser_key
from app.features.accounts.views.dialog import asked, new_puzzle
from app.features.accounts.views.proof import has_password, prove_present
from app.features.desk.views.me import words_of
from app.features.desk.views.me_cards import BASE
from app.transaction import transaction
from app.web.access import Tenant, guarded, wants_json
from app.web.acting import current_actor
from app.web.pages import Page

FIELD_OF = {
    **dict.fromkeys(("phone_wrong", "phone_same", "phone_taken"), "phone"),
    **dict.fromkeys(("puzzle_needed", "puzzle_wrong"), "answer"),
    **dict.fromkeys(("code_wrong", "code_soon", "code_budget"), "code"),
    **dict.fromkeys(("current_wrong", "locked"), "password"),
}


class Step(Struct, frozen=True):
    """One page of a proof. Without ``url`` it only says why nothing can be done."""

    title: Any
    lead: Any
    purpose: str = ""
    heading: Any = ""
    submit: Any = ""
    url: str = ""
    query: str = ""
    typed: bool = False  # the person types the number; else it is the account's own
    password: bool = False  # asked for as well
    danger: bool = False
    by_password: bool = False  # the account has no number: its password proves instead
    refuse_url: str = ""  # where "no" goes, for who is asked
    go: tuple[Any, str] | None = None  # what can be done first: its words and where

    @property
    def code_url(self) -> str:
        return f"{self.url.partition('old')[0]}code{self.query}"

    @property
    def puzzle_url(self) -> str:
        return f"{self.url.partition('old')[0]}puzzle{self.query}"


class CodePage(Page):
    """Sends codes, shows puzzles and spends codes for the steps of a subclass."""

    tenant = Tenant.own

    def step(self) -> Step:
        """The step that this request is about."""
        raise NotImplementedError

    def _show(
        self,
        step: Step,
        form: Any = None,
        *,
        status: int = 200,
        puzzle: Any = None,
        sent: int = 0,
    ) -> Any:
        form = form if form is not None else BindPhoneForm(formdata=None)
        if not step.typed:
            phone = self.own_phone()
            form.phone.data = phone.label if phone else ""
        page = self.render("desk/me_code.html", step=step, form=form, puzzle=puzzle, sent=sent)
        return page, status

    def own_phone(self) -> Identity | None:
        return queries.phone_of(current_actor().user_id or 0)

    def _number(self, step: Step, form: Any) -> str:
        """Where the code of this step goes: what was typed, or the account's own number."""
        if step.typed:
            return services.mobile(form.phone.data or "")
        phone = self.own_phone()
        if phone is None:
            raise Refusal("no_phone")
        return services.phone_number(phone)

    def _send(self, step: Step) -> Any:
        """获取."""
        form = BindPhoneForm()
        try:
            who = asked(self._number(step, form), step.purpose, form.answer.data or "")
        except Refusal as refusal:
            return self._no_code(step, form, refusal)
        with transaction():
            sent = services.send_code(who, now=clock.now())
        if sent.refusal is not None:
            return self._no_code(step, form, sent.refusal)
        if wants_json():
            return jsonify(seconds=sent.seconds, text=_("验证码已发送，5 分钟内有效。"))
        flash(_("验证码已发送，5 分钟内有效。"), "success")
        return self._show(step, form, sent=sent.seconds)

    def _no_code(self, step: Step, form: Any, refusal: Refusal) -> Any:
        puzzle = new_puzzle("picture") if refusal.code.startswith("puzzle") else None
        status = 429 if refusal.code in ("code_soon", "code_budget") else 400
        if wants_json():
            words = words_of(refusal.code, refusal.params)
            said = {"code": refusal.code, "error": words, "puzzle": puzzle}
            return jsonify(said | {"seconds": refusal.params.get("seconds", 0)}), status
        return self._refused(step, form, refusal, status=status, puzzle=puzzle)

    def _refused(
        self, step: Step, form: Any, refusal: Refusal, *, status: int = 400, puzzle: Any = None
    ) -> Any:
        words, name = words_of(refusal.code, refusal.params), FIELD_OF.get(refusal.code)
        if name is None:
            form.form_errors.append(words)
        else:
            form[name].errors = [*form[name].errors, words]
        return self._show(step, form, status=status, puzzle=puzzle)

    def _puzzle(self, step: Step) -> Any:
        """换一张, or a sum in words."""
        made = new_puzzle("sum" if request.form.get("kind") == "sum" else "picture")
        return jsonify(made) if wants_json() else self._show(step, BindPhoneForm(), puzzle=made)

    def _spend(self, step: Step, form: Any) -> str:
        """The number that a good code has proven; refuses."""
        number = self._number(step, form)
        with transaction():
            good = services.spend_code(
                asked(number, step.purpose), form.code.data or "", now=clock.now()
            )
        if not good:
            raise Refusal("code_wrong")
        return number


class OwnPhoneView(CodePage):
    """更换手机号: first the old number is proven, then the new one. Who has none binds one."""

    route_base = f"{BASE}/phone"
    menu_label = _l("更换手机号")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": ALL_ROLES}
    roleless = frozenset({"can_index"})

    def step(self) -> Step:
        if self.own_phone() is None:
            return self._first()
        return self._new() if request.args.get("step") == "new" else self._old()

    def _first(self) -> Step:
        """The first number of an account."""
        asks = has_password()
        lead = _("绑定后可以用短信验证码登录，并接收安全提醒。须在登录后 15 分钟内办理。")
        if asks:
            lead = _("绑定后可以用短信验证码登录，并接收安全提醒。请先输入当前密码，确认是您本人。")
        return Step(
            title=_("绑定手机号"),
            lead=lead,
            purpose="bind",
            heading=_("验证手机号"),
            submit=_("绑定手机号"),
            url=f"{BASE}/phone/",
            typed=True,
            password=asks,
        )

    def _old(self) -> Step:
        return Step(
            title=self.menu_label,
            lead=_("先验证原手机号，再验证新手机号。原手机号已停用的，请致电平台办理。"),
            purpose="old_phone",
            heading=_("第 1 步 验证原手机号"),
            submit=_("下一步"),
            url=f"{BASE}/phone/old",
        )

    def _new(self) -> Step:
        return Step(
            title=self.menu_label,
            lead=_("原手机号已验证，请在 10 分钟内验证新手机号。更换后其他设备上的登录将结束。"),
            purpose="new_phone",
            heading=_("第 2 步 验证新手机号"),
            submit=_("更换手机号"),
            url=f"{BASE}/phone/",
            query="?step=new",
            typed=True,
        )

    @expose("/", methods=["GET", "POST"])
    @guarded("index")
    def index(self) -> Any:
        """The first step; POST ends the second one, or binds the first number."""
        if self.own_phone() is None:
            return self._show(self._first()) if request.method == "GET" else self._bind()
        return self._show(self._old()) if request.method == "GET" else self._change()

    @expose("/code", methods=["POST"])
    @guarded("index")
    def code(self) -> Any:
        return self._send(self.step())

    @expose("/puzzle", methods=["POST"])
    @guarded("index")
    def puzzle(self) -> Any:
        return self._puzzle(self.step())

    @expose("/old", methods=["POST"])
    @guarded("index")
    def old(self) -> Any:
        """下一步: the old number is proven for ten minutes, in this browser."""
        form, step = PhoneSignInForm(), self.step()
        if step.purpose != "old_phone":
            return self._show(step, status=400)
        try:
            number = self._spend(step, form)
        except Refusal as refusal:
            return self._refused(step, form, refusal)
        new = PhoneSignInForm(formdata=None)
        new.proof.data = of_phone(number).sealed(browser_key(), clock.now())
        return self._show(self._new(), new)

    def _bind(self) -> Any:
        """绑定手机号, by a person who is present and a code to the number."""
        form, step = BindPhoneForm(), self._first()
        try:
            prove_present(form.password.data or "")
            number = self._spend(step, form)
            with transaction():
                services.bind_phone(current_actor(), number, now=clock.now())
        except Refusal as refusal:
            return self._refused(step, form, refusal)
        flash(_("手机号已绑定，下次可以用短信验证码登录。"), "success")
        return self.go(f"{BASE}/")

    def _change(self) -> Any:
        """更换手机号, with the proof of the old one and a code to the new one."""
        form = PhoneSignInForm()
        try:
            old = Proof.opened(form.proof.data or "", browser_key(), clock.now())
        except Refusal as refusal:
            return self._refused(self._old(), PhoneSignInForm(formdata=None), refusal)
        try:
            number = self._spend(self._new(), form)
            with transaction():
                services.change_phone(
                    current_actor(),
                    number,
                    old,
                    keep_row=session.row_id,  # type: ignore[attr-defined]
                    now=clock.now(),
                )
        except Refusal as refusal:
            return self._refused(self._new(), form, refusal)
        flash(_("手机号已更换，其他设备上的登录已结束。"), "success")
        return self.go(f"{BASE}/")


class CancelView(CodePage):
    """注销账号, after a code to the phone; refused while somebody counts on the account."""

    route_base = f"{BASE}/cancel"
    menu_label = _l("注销账号")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": ALL_ROLES}
    roleless = frozenset({"can_index"})

    def step(self) -> Step:
        actor = current_actor()
        against = policy.cancelling(actor.user_id or 0, actor.roles)
        if against is None and self.own_phone() is None:
            go = (_("绑定手机号"), f"{OwnPhoneView.route_base}/")
            return Step(self.menu_label, words_of("no_phone", {}), danger=True, go=go)
        if against is not None:
            return Step(self.menu_label, words_of(against.code, against.params), danger=True)
        return Step(
            title=self.menu_label,
            lead=_(
                "注销后，登录方式、同意记录、姓名和邮箱将被删除，账号不能恢复；"
                "依法须保留的操作日志仍会保存。企业信息不随账号删除。"
            ),
            purpose="cancel",
            heading=_("验证手机号"),
            submit=_("注销账号"),
            url=f"{BASE}/cancel/",
            danger=True,
        )

    @expose("/", methods=["GET", "POST"])
    @guarded("index")
    def index(self) -> Any:
        """What closing means, or why it cannot be; POST closes."""
        return self._show(self.step()) if request.method == "GET" else self._cancel()

    @expose("/code", methods=["POST"])
    @guarded("index")
    def code(self) -> Any:
        step = self.step()
        return self._send(step) if step.url else self._show(step, status=400)

    @expose("/puzzle", methods=["POST"])
    @guarded("index")
    def puzzle(self) -> Any:
        return self._puzzle(self.step())

    def _cancel(self) -> Any:
        """注销账号."""
        form, step = PhoneSignInForm(), self.step()
        if not step.url:
            return self._show(step, status=400)
        try:
            self._spend(step, form)
            with transaction():
                services.cancel_account(current_actor())
        except Refusal as refusal:
            return self._refused(step, form, refusal)
        logout_user()
        session.pop("_flashes", None)
        flash(_("账号已注销。"), "success")
        return self.go("/")
