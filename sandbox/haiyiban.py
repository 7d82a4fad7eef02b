"""The 海易办 site: sign-in by account or scan, the way back to the platform, 企业中心."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from werkzeug.security import check_password_hash
from werkzeug.wrappers import Response as Answer

from sandbox.context import keys, state
from sandbox.pictures import licence, qr_code
from sandbox.seed import Account
from sandbox.wechat import near

site = Blueprint("haiyiban", __name__, url_prefix="/haiyiban")
KINDS = {"person": "个人登录", "legal": "法人登录"}


def current() -> Account | None:
    """Who is signed in here."""
    return state().accounts.get(session.get("username", ""))


@site.context_processor
def _shared() -> dict[str, Any]:
    return {"me": current(), "kinds": KINDS}


def kind_asked() -> str:
    kind = request.values.get("kind", "legal")
    return kind if kind in KINDS else "legal"


@site.get("/home")
def home() -> str:
    return render_template("haiyiban_home.html")


@site.get("/oauth2/authorize")
def authorize() -> Answer | str | tuple[str, int]:
    asked = request.args
    back = asked.get("redirect_uri", "")
    if asked.get("client_id") != keys().haiyiban_id or asked.get("response_type") != "code":
        return _mistake("应用未注册")
    if not near(back):
        return _mistake("回调地址未注册")
    wanted = {"flow": "code", "back": back, "state": asked.get("state", "")}
    return _sign_in_for(wanted, asked.get("scope", ""))


@site.get("/cas/login")
def cas_login() -> Answer | str | tuple[str, int]:
    back = request.args.get("service", "")
    if not near(back):
        return _mistake("回调地址未注册")
    return _sign_in_for({"flow": "ticket", "back": back}, request.args.get("user_type", ""))


def _mistake(words: str) -> tuple[str, int]:
    return render_template("mistake.html", service="海易办", words=words), 400


def _sign_in_for(wanted: dict[str, str], kind: str) -> Answer | tuple[str, int]:
    """Straight back for who is signed in already as that kind, else by the sign-in page."""
    if kind not in KINDS:
        return _mistake("登录类型有误")
    session["wanted"] = wanted
    me = current()
    if me and me.kind == kind:
        return _on(me)
    return redirect(url_for(".login", kind=kind))


def _on(account: Account) -> Answer:
    """Back to the platform that sent the browser here, or to the own centre."""
    wanted = session.pop("wanted", None)
    if wanted is None:
        return redirect(url_for(".centre"))
    back = wanted["back"]
    if wanted["flow"] == "ticket":
        query = {"ticket": "ST-" + state().tickets.make((account, back))}
    else:
        query = {"code": state().codes.make((account, back)), "state": wanted["state"]}
    return redirect(back + ("&" if urlsplit(back).query else "?") + urlencode(query))


@site.get("/login")
def login() -> str:
    return _login_page(kind_asked())


def _login_page(kind: str, error: str = "") -> str:
    way = "scan" if request.values.get("way") == "scan" else "account"
    return render_template(
        "haiyiban_login.html",
        kind=kind,
        way=way,
        error=error,
        picture=qr_code(kind) if way == "scan" else "",
        accounts=[one for one in state().accounts.values() if one.kind == kind],
        username=request.form.get("username", ""),
    )


@site.post("/login")
def sign_in() -> Answer | tuple[str, int]:
    kind = kind_asked()
    account = state().accounts.get(request.form.get("username", ""))
    scanned = request.form.get("way") == "scan"
    if account is None or account.kind != kind:
        return _login_page(kind, "用户名或密码错误"), 422
    if not scanned and not check_password_hash(
        account.password_hash, request.form.get("password", "")
    ):
        return _login_page(kind, "用户名或密码错误"), 422
    session["username"] = account.username
    return _on(account)


@site.get("/logout")
def logout() -> Answer:
    """Also the platform sends browsers here; a GET, as with such services."""
    session.pop("username", None)
    session.pop("wanted", None)
    back = request.args.get("redirect_uri", "")
    return redirect(back if near(back) else url_for(".home"))


@site.get("/centre")
def centre() -> Answer | str:
    me = current()
    if me is None:
        return redirect(url_for(".login"))
    asked = request.args.get("name", "").strip()
    materials = request.args.get("tab") == "materials"
    found = [] if materials or not me.company or asked not in "营业执照" else ["营业执照"]
    return render_template("haiyiban_centre.html", asked=asked, materials=materials, found=found)


def _owner() -> Account:
    me = current()
    if me is None or me.company is None:
        abort(404)
    return me


@site.get("/licence")
def licence_preview() -> str:
    _owner()
    return render_template("haiyiban_licence.html")


@site.get("/licence.svg")
def licence_file() -> Response:
    answer = Response(licence(_owner()), mimetype="image/svg+xml")
    if request.args.get("download"):
        name = "%E8%90%A5%E4%B8%9A%E6%89%A7%E7%85%A7.svg"
        answer.headers["Content-Disposition"] = (
            f"attachment; filename=licence.svg; filename*=UTF-8''{name}"
        )
    return answer
