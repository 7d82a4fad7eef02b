"""海易办's back channel, ASSUMED: OAuth 2.0 code flow (RFC 6749) and CAS protocol 3 as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.context import keys, state
from sandbox.faults import fault, strike
from sandbox.seed import Account

api = Blueprint("haiyiban_api", __name__, url_prefix="/haiyiban")
strike(api, "haiyiban")


def attributes(account: Account) -> dict[str, Any]:
    """What is told of an account."""
    found: dict[str, Any] = {
        "userType": account.kind,
        "authLevel": f"LV{account.level}",
        "name": account.name,
        "certificateType": "111",
        "certificateNum": account.id_number,
        "phone": account.mobile,
    }
    if account.company:
        found |= {
            "corpName": account.company.name,
            "uscc": account.company.uscc,
            "legalName": account.company.representative,
            "contAddr": account.company.address,
        }
    return found


def _error(word: str, status: int = 400) -> tuple[Response, int]:
    return jsonify(error=word, error_description=word), status


@api.post("/oauth2/token")
def token() -> Response | tuple[Response, int]:
    asked = request.form
    if fault("haiyiban") == "refuse":
        return _error("temporarily_unavailable", 503)
    if (asked.get("client_id"), asked.get("client_secret")) != (keys().haiyiban_id, keys().secret):
        return _error("invalid_client", 401)
    if asked.get("grant_type") != "authorization_code":
        return _error("unsupported_grant_type")
    grant = state().codes.take(asked.get("code", ""))
    if grant is None or grant.used:
        return _error("invalid_grant")
    account, redirect_uri = grant.what
    if asked.get("redirect_uri") != redirect_uri:
        return _error("invalid_grant")
    access = state().tokens.make(account)
    return jsonify({"access_token": access, "token_type": "Bearer", "expires_in": 7200})


@api.get("/oauth2/userinfo")
def userinfo() -> Response | tuple[Response, int]:
    word = request.headers.get("Authorization", "").removeprefix("Bearer ")
    grant = state().tokens.look(word)
    if grant is None:
        return _error("invalid_token", 401)
    account: Account = grant.what
    return jsonify({"userId": account.subject, **attributes(account)})


@api.get("/cas/p3/serviceValidate")
def service_validate() -> Response:
    if fault("haiyiban") == "refuse":
        return _failure("INTERNAL_ERROR")
    if request.args.get("format") != "JSON":
        return _failure("INVALID_REQUEST")
    grant = state().tickets.take(request.args.get("ticket", "").removeprefix("ST-"))
    if grant is None or grant.used:
        return _failure("INVALID_TICKET")
    account, service = grant.what
    if request.args.get("service") != service:
        return _failure("INVALID_SERVICE")
    listed = {name: [value] for name, value in attributes(account).items()}
    success = {"user": account.subject, "attributes": listed}
    return jsonify(serviceResponse={"authenticationSuccess": success})


def _failure(code: str) -> Response:
    failure = {"code": code, "description": code}
    return jsonify(serviceResponse={"authenticationFailure": failure})
