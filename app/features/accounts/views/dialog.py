"""登录/注册: the dialog with its ways in, as the manual shows it."""

from __future__ import annotations

import base64
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import Refusal
from app.engines import documents
from app.features.accounts import services
from app.features.accounts.forms import PasswordSignInForm, PhoneSignInForm
from app.features.accounts.labels import REFUSALS
from app.features.accounts.services import puzzles
from app.features.accounts.services.ways_in import Proof
from app.features.accounts.views.browser import browser_key
from app.integrations.ports import ports
from app.transaction import transaction
from app.web.pages import Page

WAYS = ("phone", "account")


class DialogPart(Page):
    """Prints the dialog; the routes of each way in stand beside."""

    def dialog(  # noqa: PLR0913 - what differs between the ways
        self,
        way: str,
        *,
        target: str,
        form: Any = None,
        error: str = "",
        status: int = 200,
        puzzle: dict[str, str] | None = None,
        proof: Proof | None = None,
        sent: int = 0,
    ) -> Any:
        """``way``: phone, account or bind; ``puzzle``: shown with the form; ``sent``: seconds until
        another code may be asked for."""
        if form is None:
            form = PasswordSignInForm() if way == "account" else PhoneSignInForm()
        if way != "account" and proof is not None and not form.proof.data:
            form.proof.data = proof.sealed(browser_key(), clock.now())
        elif way == "bind":
            proof = _proven(form)
        statement = documents.current("legal", clock.today())
        if way != "account" and statement is not None:
            form.document.data = str(statement.id)
        page = self.render(
            "accounts/login.html",
            form=form,
            way=way,
            next=target,
            error=error,
            puzzle=puzzle,
            proof=proof,
            sent=sent,
            statement=statement,
            outside=_outside(target),
        )
        return page, status

    def refuse(self, form: Any, refusal: Refusal) -> None:
        """Words of a refusal beside every field that it is about."""
        for code in refusal.fields.values() or (refusal.code,):
            self.refused(form, code, refusal.params)

    def refused(self, form: Any, code: str, params: dict[str, Any] | None = None) -> None:
        """Words of a refusal beside the field that it is about."""
        field = FIELD_OF.get(code)
        words = str(REFUSALS[code] % params if params else REFUSALS[code])
        if field is not None and field in form:
            form[field].errors = [*form[field].errors, words]
        else:
            form.form_errors.append(words)


FIELD_OF = {
    "phone_wrong": "phone",
    "code_wrong": "code",
    "code_soon": "code",
    "code_budget": "code",
    "puzzle_needed": "answer",
    "puzzle_wrong": "answer",
    "agree_needed": "agree",
    "consent_needed": "agree",
}


def _proven(form: Any) -> Proof | None:
    """Whose account waits for its number, to say so again beside an error.

    One that is no longer valid is refused where it is spent.
    """
    try:
        return Proof.opened(form.proof.data or "", browser_key(), clock.now())
    except Refusal:
        return None


def new_puzzle(kind: str) -> dict[str, str]:
    """Another picture (as an address that holds it) or another sum in words."""
    browser = browser_key()
    with transaction():
        if kind == "sum":
            first, second = puzzles.in_words(*puzzles.new_sum(browser))
            return {"kind": "sum", "text": _("请填写 %(a)s 加 %(b)s 的得数", a=first, b=second)}
        drawn = base64.b64encode(puzzles.new_picture(browser)).decode()
    return {"kind": "picture", "image": f"data:image/png;base64,{drawn}"}


def words_of(refusal: Refusal) -> str:
    """A refusal of the sign-in services in the reader's language."""
    words = REFUSALS[refusal.code]
    return str(words % refusal.params if refusal.params else words)


def _outside(target: str) -> dict[str, str]:
    """Addresses of the ways in that this platform offers beside its own."""
    offered = {}
    if ports().wechat is not None:
        offered["wechat"] = url_for("WaysInView.wechat", next=target)
    if ports().haiyiban is not None:
        for kind in ("person", "legal"):
            offered[kind] = url_for("WaysInView.haiyiban", kind=kind, next=target)
    return offered


def asked(phone: str, purpose: str, answer: str = "") -> services.Asked:
    """Who asks for a code in this request."""
    return services.Asked(
        phone=services.mobile(phone),
        purpose=purpose,
        browser=browser_key(),
        address=request.remote_addr or "",
        answer=answer,
    )
