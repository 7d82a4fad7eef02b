"""消息推送: where WeChat tells of authorisations that were withdrawn. Signed, so without a CSRF token."""

from __future__ import annotations

from typing import Any, ClassVar

import structlog
from flask import Response, abort, request
from flask_appbuilder import expose

from app.core import clock
from app.core.outside import WrongAnswer
from app.features.accounts import services
from app.integrations.ports import ports
from app.integrations.wechat_push import MAX_BODY
from app.transaction import transaction
from app.web.access import Tenant
from app.web.pages import Page

log = structlog.get_logger("wechat")


class WechatEventView(Page):
    """/login/wechat/event."""

    route_base = "/login/wechat"
    tenant = Tenant.public
    public_methods: ClassVar[frozenset[str]] = frozenset({"greet", "event"})

    @expose("/event")
    def greet(self) -> Any:
        """WeChat asks, when the address is entered there, whether it is ours."""
        push = ports().wechat_push
        if push is None:
            abort(404)
        try:
            return _plain(push.greeting(request.args))
        except WrongAnswer as error:
            return _no(error)

    @expose("/event", methods=["POST"])
    def event(self) -> Any:
        """Something happened to an authorisation. Without "success" WeChat sends it again."""
        push, port = ports().wechat_push, ports().wechat
        if push is None or port is None:
            abort(404)
        body = request.stream.read(MAX_BODY + 1)
        try:
            found = push.event(request.args, body, now=clock.now())
        except WrongAnswer as error:
            return _no(error)
        with transaction():
            services.authorisation_changed(port.issuer, found, now=clock.now())
        return _plain("success")


def _plain(text: str) -> Response:
    return Response(text, mimetype="text/plain")


def _no(error: WrongAnswer) -> Response:
    log.warning("push refused", reason=error.reason)
    return Response("", status=404, mimetype="text/plain")  # a stranger learns nothing
