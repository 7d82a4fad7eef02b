"""去注册 at the 海易办 site: 自然人注册 and 法人注册 in three steps, as manual 000, part 3, shows them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from flask import Response, jsonify, redirect, render_template, request, session, url_for
from pypinyin import lazy_pinyin
from stdnum.cn import ric
from werkzeug.security import generate_password_hash
from werkzeug.wrappers import Response as Answer

from app.core import uscc
from app.core.phones import normalise
from sandbox.context import state
from sandbox.haiyiban import kind_asked, site
from sandbox.pictures import picture_code, picture_word
from sandbox.seed import Account, Company
from sandbox.sms import send_code

USERNAME = re.compile(r"[A-Za-z0-9]{4,17}", re.ASCII)
SPECIAL = re.compile(r"[^A-Za-z0-9\s]")
#: Step 1, by kind: name of the field -> label.
FACTS = {
    "person": {"name": "姓名", "id_number": "证件号码"},
    "legal": {
        "company": "企业名称",
        "uscc": "统一社会信用代码",
        "representative": "法定代表人",
        "id_number": "证件号码",
    },
}
RULE_USERNAME = "请输入4到17位字母或数字组合"
RULE_PASSWORD = "密码为8至20位（数字+字母+特殊字符）组合"  # noqa: S105 - the rule's words
Errors = dict[str, str]


def facts_errors(kind: str, facts: Mapping[str, str]) -> Errors:
    """What is wrong with step 1, by field."""
    errors = {
        name: f"请输入{label}" for name, label in FACTS[kind].items() if not facts.get(name, "")
    }
    if "uscc" in FACTS[kind] and "uscc" not in errors and uscc.fault(facts["uscc"]):
        errors["uscc"] = "统一社会信用代码有误"
    if "id_number" not in errors and not ric.is_valid(facts["id_number"]):
        errors["id_number"] = "证件号码有误"
    return errors | {name: "请不要超过100个字" for name, text in facts.items() if len(text) > 100}


def user_errors(form: Mapping[str, str], picture: str) -> Errors:
    """What is wrong with step 2, by field; ``picture`` is what the picture says."""
    errors: Errors = {}
    password = form.get("password", "")
    if not USERNAME.fullmatch(form.get("username", "")):
        errors["username"] = RULE_USERNAME
    if not strong(password):
        errors["password"] = RULE_PASSWORD
    elif is_pinyin_of(form.get("contact", ""), password):
        errors["password"] = "请勿将姓名拼音设为密码"  # noqa: S105 - words
    if not password or form.get("again", "") != password:
        errors["again"] = "两次输入的密码不一致"
    for name, label in (("contact", "联系人"), ("address", "联系地址")):
        if not 0 < len(form.get(name, "").strip()) <= 100:
            errors[name] = f"请输入{label}"
    mobile = mobile_of(form)
    if not mobile:
        errors["mobile"] = "请输入正确的联系手机"
    if not same_picture(form, picture):
        errors["picture"] = "图形验证码有误"
    code = state().phone_codes.get(mobile, "")
    if not code or form.get("code", "").strip() != code:
        errors["code"] = "短信验证码有误"
    return errors


def strong(password: str) -> bool:
    """8 to 20 signs with a digit, a letter and a special sign, none of them a blank."""
    kinds = (r"[0-9]", r"[A-Za-z]", SPECIAL)
    return (
        8 <= len(password) <= 20
        and not re.search(r"\s", password)
        and all(re.search(kind, password) for kind in kinds)
    )


def is_pinyin_of(name: str, password: str) -> bool:
    """Whether the password holds the name as it is spelt."""
    spelt = "".join(lazy_pinyin(name.strip())).lower()
    return len(spelt) >= 4 and spelt in password.lower()


def mobile_of(form: Mapping[str, str]) -> str:
    found = normalise(form.get("mobile", "")) or ""
    return "" if "-" in found else found


def same_picture(form: Mapping[str, str], picture: str) -> bool:
    return bool(picture) and form.get("picture", "").strip().upper() == picture


def picture_now() -> str:
    """What the picture of this browser says."""
    grant = state().pictures.look(session.get("picture", ""))
    return str(grant.what) if grant else ""


@site.get("/picture.svg")
def picture() -> Response:
    word = picture_word()
    session["picture"] = state().pictures.make(word)
    return Response(picture_code(word), mimetype="image/svg+xml")


@site.get("/register")
def register() -> str:
    kind = kind_asked()
    draft = session.get("draft", {})
    facts = draft.get("facts", {}) if draft.get("kind") == kind else {}
    return _page(1, kind, facts)


def _page(step: int, kind: str, form: Mapping[str, str], errors: Errors | None = None) -> str:
    hints = {"username": RULE_USERNAME, "password": RULE_PASSWORD}
    return render_template(
        "haiyiban_register.html",
        step=step,
        kind=kind,
        labels=FACTS[kind],
        form=form,
        errors=errors or {},
        hints=hints,
    )


@site.post("/register")
def first_step() -> Answer | tuple[str, int]:
    kind = kind_asked()
    facts = {name: request.form.get(name, "").strip() for name in FACTS[kind]}
    for name in ("uscc", "id_number"):
        if name in facts:
            facts[name] = facts[name].upper()
    if errors := facts_errors(kind, facts):
        return _page(1, kind, facts, errors), 422
    session["draft"] = {"kind": kind, "facts": facts}
    return redirect(url_for(".second_step"))


@site.get("/register/user")
def second_step() -> Answer | str:
    if "draft" not in session:
        return redirect(url_for(".register"))
    return _page(2, session["draft"]["kind"], {})


@site.post("/register/user")
def third_step() -> Answer | tuple[str, int]:
    draft = session.get("draft")
    if draft is None:
        return redirect(url_for(".register"))
    form = request.form
    errors = user_errors(form, picture_now())
    if not errors:
        account = _account(draft["kind"], draft["facts"], form)
        if state().add(account):
            del state().phone_codes[account.mobile]
            session.pop("draft")
            session.pop("picture", None)
            return redirect(url_for(".registered", kind=account.kind))
        errors = {"username": "该用户名已被注册"}
    return _page(2, draft["kind"], form, errors), 422


def _account(kind: str, facts: Mapping[str, str], form: Mapping[str, str]) -> Account:
    address = form["address"].strip()
    company = None
    if kind == "legal":
        company = Company(facts["company"], facts["uscc"], facts["representative"], address)
    return Account(
        username=form["username"],
        subject=f"{kind[0]}-{secrets.token_hex(6)}",
        name=facts.get("name") or form["contact"].strip(),
        id_number=facts["id_number"],
        mobile=mobile_of(form),
        company=company,
        password_hash=generate_password_hash(form["password"], method="pbkdf2:sha256:1000"),
        address=address,
    )


@site.get("/register/done")
def registered() -> str:
    return _page(3, kind_asked(), {})


@site.post("/register/code")
def phone_code() -> tuple[Response, int]:
    """获取手机验证码: asked for by the page beside the form."""
    if not same_picture(request.form, picture_now()):
        return jsonify(words="请先输入正确的图形验证码"), 422
    mobile = mobile_of(request.form)
    if not mobile:
        return jsonify(words="请输入正确的联系手机"), 422
    send_code(mobile, "注册")
    return jsonify(words="验证码已发送"), 200
