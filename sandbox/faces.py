"""手机, the switches and the start page; and the same as JSON for tests."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.core import clock
from app.core.phones import normalise
from sandbox.context import state
from sandbox.faults import FAULTS, SERVICES
from sandbox.seed import PASSWORD
from sandbox.state import Message

pages = Blueprint("pages", __name__)


@pages.app_template_filter("moment")
def moment(message: Message) -> str:
    """Day and time as a phone in Sanya shows them."""
    return message.at.astimezone(clock.SHANGHAI).strftime("%m-%d %H:%M:%S")


@pages.app_context_processor
def _shared() -> dict[str, Any]:
    return {"services": SERVICES, "switched": state().faults, "fault_names": FAULTS}


@pages.get("/")
def home() -> str:
    return render_template("home.html", accounts=state().accounts.values(), password=PASSWORD)


@pages.get("/phone")
def phone() -> str:
    """The inbox of one number, or of all."""
    asked = request.args.get("number", "").strip()
    number = normalise(asked) or asked
    return render_template("phone.html", number=number, messages=state().inbox(number)[:100])


@pages.get("/faults")
def faults() -> str:
    return render_template("faults.html")


@pages.post("/faults")
def set_fault() -> Answer:
    _switch(request.form.get("service", ""), request.form.get("fault", ""))
    return redirect(url_for(".faults"))


def _switch(service: str, fault: str) -> None:
    if service not in SERVICES or fault not in FAULTS:
        abort(400)
    state().faults[service] = fault


@pages.get("/api/messages")
def api_messages() -> Response:
    """Newest first; ``?phone=`` narrows."""
    found = state().inbox(request.args.get("phone", ""))
    rows = [
        {"phone": one.phone, "sender": one.sender, "text": one.text, "at": one.at.isoformat()}
        for one in found
    ]
    return jsonify(messages=rows)


@pages.post("/api/faults")
def api_faults() -> Response:
    """``{"aliyun": "slow"}`` sets, ``{"aliyun": ""}`` ends a fault. Wants JSON: no page can send it."""
    asked = request.get_json()
    for service, fault in asked.items():
        _switch(service, fault)
    return jsonify(faults=state().faults)


@pages.post("/api/reset")
def api_reset() -> Response:
    """No fault, empty inboxes, only the seeded accounts."""
    if not request.is_json:
        abort(415)
    fresh = type(state())()
    with state().lock:
        for name in ("messages", "faults", "accounts", "granted", "phone_codes"):
            setattr(state(), name, getattr(fresh, name))
    return jsonify(reset=True)
