"""申请入驻: the public form of a park, for anybody who can prove a mobile number."""

from __future__ import annotations

import re
import secrets
from typing import Any, ClassVar

from flask import abort, flash, jsonify, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock, phones
from app.core.errors import Refusal
from app.core.sealing import BrokenSeal
from app.extensions.sealing import keyring
from app.features.accounts import queries as accounts
from app.features.accounts import services as account_services
from app.features.accounts.labels import REFUSALS as CODE_REFUSALS
from app.features.accounts.views.browser import browser_key, caller
from app.features.accounts.views.dialog import asked, new_puzzle
from app.features.parks import queries as parks
from app.features.parks.models import Park
from app.features.settlements import queries, rules, services
from app.features.settlements.forms import ApplyForm
from app.features.settlements.labels import REFUSALS
from app.features.settlements.models import SettlementApplication
from app.transaction import transaction
from app.web.access import Tenant, wants_json
from app.web.acting import current_actor
from app.web.listing.page import FormPage
from app.web.pages import Page

PURPOSE = "settle"
KEY = re.compile(r"[0-9a-f]{32}")
WORDS: dict[str, Any] = {**CODE_REFUSALS, **REFUSALS}
#: Beside which field a refusal of the code stands.
FIELD_OF = {
    "phone_wrong": "phone",
    **dict.fromkeys(("code_wrong", "code_soon", "code_budget"), "code"),
    **dict.fromkeys(("puzzle_needed", "puzzle_wrong"), "answer"),
    **dict.fromkeys(("agree_needed", "consent_needed"), "agree"),
}
SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_l("企业"), ("company", "preparing", "uscc", "roles", "modes", "goods", "markets")),
    (
        _l("入驻需求"),
        (
            *("office_area", "warehouse_area", "budget", "expected_on", "staff_count"),
            *("expected_value", "needs", "message", "files"),
        ),
    ),
    (_l("联系方式"), ("contact_name", "email")),
)
UNITS = {
    **dict.fromkeys(("office_area", "warehouse_area"), "㎡"),
    **dict.fromkeys(("budget", "expected_value"), _l("万元")),
}


class SettlementApplyView(Page):
    """/parks/<park_key>/apply."""

    route_base = "/parks"
    tenant = Tenant.public
    public_methods: ClassVar[frozenset[str]] = frozenset({"index", "code", "puzzle", "done"})

    @expose("/<string:park_key>/apply", methods=["GET", "POST"])
    def index(self, park_key: str) -> Any:
        """The form; POST sends it, once however often it is pressed."""
        park = parks.by_public_key(park_key)
        if request.method == "GET":
            if park_key != parks.slug_of(park):  # as the park's page: one address, others lead on
                return self.go(_address(park))
            return self._page(park, self._fresh())
        form = ApplyForm()
        values = self._checked(form)
        if values is None:
            return self._page(park, form, status=400)
        try:
            made = self._send(park, form, values)
        except Refusal as refusal:
            put(form, refusal)
            return self._page(park, form, status=400)
        receipt = keyring().seal(made.number, _place())
        target = url_for("SettlementApplyView.done", park_key=park_key, receipt=receipt)
        return self.go(target)

    @expose("/<string:park_key>/apply/code", methods=["POST"])
    def code(self, park_key: str) -> Any:
        """获取: the answer is the same whether the number is known or not."""
        park = parks.by_public_key(park_key)
        form = ApplyForm()
        try:
            who = asked(form.phone.data or "", PURPOSE, form.answer.data or "")
        except Refusal as refusal:
            return self._no_code(park, form, refusal)
        with transaction():
            sent = account_services.send_code(who, now=clock.now())
        if sent.refusal is not None:
            return self._no_code(park, form, sent.refusal)
        if wants_json():
            return jsonify(seconds=sent.seconds, text=_("验证码已发送，5 分钟内有效。"))
        flash(_("验证码已发送，5 分钟内有效。"), "success")
        return self._page(park, form, sent=sent.seconds, sending=False)

    @expose("/<string:park_key>/apply/puzzle", methods=["POST"])
    def puzzle(self, park_key: str) -> Any:
        """换一张, or a sum in words."""
        park = parks.by_public_key(park_key)
        made = new_puzzle("sum" if request.form.get("kind") == "sum" else "picture")
        return (
            jsonify(made)
            if wants_json()
            else self._page(park, ApplyForm(), puzzle=made, sending=False)
        )

    @expose("/<string:park_key>/apply/done")
    def done(self, park_key: str) -> Any:
        """The reference number, what happens next and when."""
        park = parks.by_public_key(park_key)
        try:
            number = keyring().open(request.args.get("receipt", ""), _place())
        except BrokenSeal:
            return self.go(url_for("SettlementApplyView.index", park_key=park_key))
        signed_in = current_actor().user_id is not None
        return self.render(
            "settlements/done.html",
            park=park,
            park_key=park_key,
            number=number,
            due=queries.due_of(number),
            days=rules.FIRST_CONTACT_DAYS,
            signed_in=signed_in,
        )

    # -- sending -------------------------------------------------------------------------------
    def _send(self, park: Park, form: ApplyForm, values: dict[str, Any]) -> SettlementApplication:
        services.agreed(_number(form.document.data), clock.today())
        key = form.key.data or ""
        if not KEY.fullmatch(key):
            abort(400)
        sent = services.Sent(
            form_key=services.form_key(browser_key(), key),
            address=request.remote_addr or "",
            document_id=_number(form.document.data),
            uploads=[
                services.Upload(one.stream, one.filename or "")
                for one in form.files.data or ()
                if getattr(one, "filename", "")
            ],
        )
        actor = current_actor()
        actor = actor if actor.user_id is not None else caller().actor()
        with transaction():
            found = services.earlier(sent.form_key)
            if found is None and self._proven(form):
                found = services.apply(actor, park, values, sent, now=clock.now())
        if found is None:
            raise Refusal("code_wrong")
        return found

    def _checked(self, form: ApplyForm) -> dict[str, Any] | None:
        """Everything that was typed; ``None`` when something is odd, which each field says."""
        good = form.validate()
        values = {name: field.data for name, field in form._fields.items()}
        try:
            services.check(values, clock.today())
        except Refusal as refusal:
            put(form, Refusal(refusal.code, fields=_unsaid(form, refusal), **refusal.params))
            good = False
        if not form.agree.data:
            put(form, Refusal("agree_needed"))
            good = False
        return values if good else None

    def _proven(self, form: ApplyForm) -> bool:
        """The account's own proven number needs no code; any other one does."""
        number = account_services.mobile(form.phone.data or "")
        if number == own_number():
            return True
        who = asked(number, PURPOSE)
        return account_services.spend_code(who, form.code.data or "", now=clock.now())

    # -- the page ------------------------------------------------------------------------------
    def _fresh(self) -> ApplyForm:
        values = {"key": secrets.token_hex(16), **known_values()}
        return ApplyForm(formdata=None, data=values)

    def _no_code(self, park: Park, form: ApplyForm, refusal: Refusal) -> Any:
        puzzle = new_puzzle("picture") if refusal.code.startswith("puzzle") else None
        status = 429 if refusal.code in ("code_soon", "code_budget") else 400
        if wants_json():
            said = {"code": refusal.code, "error": words(refusal.code, refusal), "puzzle": puzzle}
            return jsonify(said | {"seconds": refusal.params.get("seconds", 0)}), status
        put(form, Refusal(refusal.code, **refusal.params))
        return self._page(park, form, status=status, puzzle=puzzle, sending=False)

    def _page(
        self,
        park: Park,
        form: ApplyForm,
        *,
        status: int = 200,
        puzzle: Any = None,
        sent: int = 0,
        sending: bool = True,
    ) -> Any:
        """``sending``: the form itself was sent; what is wrong with a code stands at the code."""
        policy = services.privacy(clock.today())
        form.document.data = str(policy.id) if policy else ""
        if not form.key.data:
            form.key.data = secrets.token_hex(16)
        own = own_number()
        address = _address(park)
        html = self.render(
            "settlements/apply.html",
            park=park,
            page=_form_page(form, address),
            form=form,
            policy=policy,
            puzzle=puzzle,
            sent=sent,
            sending=sending,
            address=address,
            own=phones.mask_phone(own) if own else "",
            days=rules.FIRST_CONTACT_DAYS,
        )
        return html, status


def _form_page(form: ApplyForm, address: str) -> FormPage:
    return FormPage(
        title=_("申请入驻"),
        form=form,
        sections=SECTIONS,
        action=address,
        cancel_url="/",
        submit_label=_("提交申请"),
        units=UNITS,
        hints=_hints(),
        required=frozenset({"company", "contact_name"}),
        wide=frozenset({"company", "message", "files", "preparing"}),
    )


def _hints() -> dict[str, Any]:
    return {
        "company": _("营业执照上的全称；还没有名称的，勾选下面的“企业尚在筹备”。"),
        "uscc": _("选填；填写后会核对校验位。"),
        "files": _(
            "营业执照、商业计划书等，最多 %(most)s 个，单个不超过 %(mb)s MB。",
            most=rules.MOST_FILES,
            mb=rules.FILE_MOST // (1024 * 1024),
        ),
    }


def _address(park: Park) -> str:
    return url_for("SettlementApplyView.index", park_key=parks.slug_of(park))


def own_number() -> str:
    """The signed-in person's proven number; "" for a visitor."""
    user_id = current_actor().user_id
    phone = accounts.phone_of(user_id) if user_id is not None else None
    return account_services.phone_number(phone) if phone is not None else ""


def known_values() -> dict[str, Any]:
    """What is certified of the person's company, and their own number."""
    actor = current_actor()
    if actor.user_id is None:
        return {}
    company = parks.organisation_of(actor.user_id)
    values = {"phone": own_number(), "contact_name": actor.name}
    if company is not None:
        values |= {"company": company.name, "uscc": company.uscc}
        values["contact_name"] = company.contact_name or actor.name
    return values


def put(form: Any, refusal: Refusal) -> None:
    """Words of a refusal beside the fields that it names, else above the form."""
    fields = refusal.fields or {FIELD_OF.get(refusal.code, ""): refusal.code}
    for name, code in fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, words(code, refusal)]
        else:
            form.form_errors.append(words(code, refusal))


def words(code: str, refusal: Refusal) -> str:
    text = str(WORDS[code])
    return text % refusal.params if refusal.params else text


def _unsaid(form: Any, refusal: Refusal) -> dict[str, str]:
    """One sentence a field: what the field itself said already stands."""
    return {name: code for name, code in refusal.fields.items() if not form[name].errors}


def _place() -> str:
    """A receipt is read in the browser that it was made for."""
    return f"settlement.receipt:{browser_key()}"


def _number(text: str | None) -> int | None:
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
