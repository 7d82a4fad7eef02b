"""WeChat open platform, 网站应用: the page with the QR code, the phone that allows, and the API."""

from __future__ import annotations

import json
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandbox.context import keys, state
from sandbox.faults import fault, strike
from sandbox.pictures import qr_code
from sandbox.seed import WechatUser
from sandbox.wechat_push import tell

api = Blueprint("wechat_api", __name__, url_prefix="/wechat/sns")
pages = Blueprint("wechat", __name__, url_prefix="/wechat/connect")
strike(api, "wechat")

ERRORS = {
    -1: "system error",
    40001: "invalid credential",
    40003: "invalid openid",
    40013: "invalid appid",
    40029: "invalid code",
    40125: "invalid appsecret",
    40163: "code been used",
}


def near(address: str) -> bool:
    """The registered domain of the website application: this machine."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and parts.hostname in ("127.0.0.1", "localhost")


@pages.get("/qrconnect")
def qrconnect() -> str | tuple[str, int]:
    """What the browser sees: a code to scan, or what is wrong with the application's address."""
    asked = request.args
    if asked.get("appid") != keys().wechat_id or asked.get("scope") != "snsapi_login":
        return _mistake("Scope 参数错误或没有 Scope 权限")
    if asked.get("response_type") != "code" or not near(asked.get("redirect_uri", "")):
        return _mistake("该链接无法访问")
    return render_template(
        "wechat_scan.html",
        picture=qr_code(request.url),
        users=state().wechat_users.values(),
        redirect_uri=asked["redirect_uri"],
        state=asked.get("state", ""),
    )


def _mistake(words: str) -> tuple[str, int]:
    return render_template("mistake.html", service="微信", words=words), 400


@pages.post("/scan")
def scan() -> str | tuple[str, int]:
    """The phone asks its owner."""
    user = state().wechat_users.get(request.form.get("user", "")) or _newcomer()
    back = request.form.get("redirect_uri", "")
    if not near(back):
        return _mistake("该链接无法访问")
    word = request.form.get("state", "")
    return render_template("wechat_ask.html", user=user, redirect_uri=back, state=word)


def _newcomer() -> WechatUser:
    """Somebody whom the platform has never seen."""
    key = secrets.token_hex(4)
    user = WechatUser(f"o-sandbox-{key}", f"u-sandbox-{key}", f"微信用户{key[:3]}")
    state().wechat_users[user.openid] = user
    return user


@pages.post("/answer")
def answer() -> Answer | str | tuple[str, int]:
    """允许, 拒绝 with a callback, or 拒绝 without one."""
    back = request.form.get("redirect_uri", "")
    user = state().wechat_users.get(request.form.get("user", ""))
    if not near(back) or user is None:
        return _mistake("该链接无法访问")
    query = {"state": request.form.get("state", "")}
    match request.form.get("answer"):
        case "allow":
            query = {"code": state().wechat_codes.make(user)} | query
            state().granted[user.openid] = "://".join(urlsplit(back)[:2])
        case "refuse":
            pass
        case _:
            return render_template("wechat_refused.html")
    sign = "&" if urlsplit(back).query else "?"
    return redirect(back + sign + urlencode(query))


@pages.get("/granted")
def granted() -> str:
    """授权管理 of all phones: who has allowed the platform."""
    return _granted_page(None)


@pages.post("/revoke")
def revoke() -> str | tuple[str, int]:
    """取消授权: the platform is told, as by the real one."""
    user = state().wechat_users.get(request.form.get("user", ""))
    site = state().granted.get(user.openid) if user else None
    if user is None or site is None:
        return _mistake("没有这项授权")
    told = tell(site, "user_authorization_revoke", user)
    if told:
        state().granted.pop(user.openid, None)
    return _granted_page(told)


def _granted_page(told: bool | None) -> str:  # noqa: FBT001 - three answers: not asked, no, yes
    users = [state().wechat_users[openid] for openid in state().granted]
    return render_template("wechat_granted.html", users=users, told=told)


def _said(body: dict[str, Any]) -> Response:
    """JSON that calls itself text, as the real one."""
    return Response(json.dumps(body, ensure_ascii=False), mimetype="text/plain")


def _error(number: int) -> Response:
    return _said({"errcode": number, "errmsg": ERRORS[number]})


@api.get("/oauth2/access_token")
def access_token() -> Response:
    asked = request.args
    if fault("wechat") == "refuse":
        return _error(-1)
    if asked.get("appid") != keys().wechat_id:
        return _error(40013)
    if asked.get("secret") != keys().secret:
        return _error(40125)
    grant = state().wechat_codes.take(asked.get("code", ""))
    if grant is None or asked.get("grant_type") != "authorization_code":
        return _error(40029)
    if grant.used:
        return _error(40163)
    user: WechatUser = grant.what
    return _said(
        {
            "access_token": state().wechat_tokens.make(user),
            "expires_in": 7200,
            "refresh_token": secrets.token_urlsafe(24),
            "openid": user.openid,
            "scope": "snsapi_login",
            "unionid": user.unionid,
        }
    )


@api.get("/userinfo")
def userinfo() -> Response:
    grant = state().wechat_tokens.look(request.args.get("access_token", ""))
    if grant is None:
        return _error(40001)
    user: WechatUser = grant.what
    if request.args.get("openid") != user.openid:
        return _error(40003)
    return _said(
        {
            "openid": user.openid,
            "nickname": user.nickname,
            "sex": 0,
            "province": "",
            "city": "",
            "country": "",
            "headimgurl": "",
            "privilege": [],
            "unionid": user.unionid,
        }
    )
