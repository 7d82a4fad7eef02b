"""消息: what one was told, unread first; and which kinds one wants to be told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import flash, g, has_request_context, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.core.actor import Actor
from app.engines import notices
from app.extensions.phrases import listed
from app.features.accounts.rules import ALL_ROLES
from app.transaction import transaction
from app.web import viewing
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.pages import Page
from app.web.redirects import safe_target

BASE = "/me/messages"
A_PAGE = 20
MOST_PAGES = 100


class MessagesView(Page):
    """One's own messages only: anybody else's, and one that is not there, are the same 404."""

    route_base = BASE
    tenant = Tenant.own
    menu_label = _l("消息")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": ALL_ROLES}
    roleless = frozenset({"can_index"})

    @expose("/")
    @guarded("index")
    def index(self) -> str:
        user_id = current_actor().user_id or 0
        wanted = _wanted()
        count = notices.count_of(user_id, name=wanted.kind, only_unread=wanted.unread)
        pages = min(max(-(-count // A_PAGE), 1), MOST_PAGES)
        page = min(wanted.page, pages)
        found = notices.messages_of(
            user_id,
            name=wanted.kind,
            only_unread=wanted.unread,
            skip=(page - 1) * A_PAGE,
            most=A_PAGE,
        )
        return self.render(
            "desk/messages.html",
            messages=[_shown(one) for one in found],
            wanted=wanted,
            count=count,
            kinds=notices.kinds_for(current_actor().permissions),
            number=page,
            pages=pages,
            previous=_address(wanted, page - 1) if page > 1 else "",
            following=_address(wanted, page + 1) if page < pages else "",
        )

    @expose("/<pk:pk>/open", methods=["POST"])
    @guarded("index")
    def open(self, pk: int) -> Any:
        """On to the thing that the message is about; the message is read then."""
        with transaction():
            link = notices.read(current_actor(), pk).link
        return self.go(safe_target(link, f"{BASE}/"))

    @expose("/<pk:pk>/read", methods=["POST"])
    @guarded("index")
    def read(self, pk: int) -> Any:
        """标为已读."""
        with transaction():
            notices.read(current_actor(), pk)
        return self._back()

    @expose("/read-all", methods=["POST"])
    @guarded("index")
    def read_all(self) -> Any:
        """全部标为已读."""
        with transaction():
            notices.read_all(current_actor())
        flash(_("全部消息已标为已读。"), "success")
        return self._back()

    @expose("/kinds", methods=["POST"])
    @guarded("index")
    def choose(self) -> Any:
        """保存 of 消息设置."""
        with transaction():
            notices.choose(current_actor(), request.form.getlist("kind"))
        flash(_("“%(name)s”已保存。", name=_("消息设置")), "success")
        return self.go("/me/#messages")

    def _back(self) -> Any:
        target = safe_target(request.form.get("next"), f"{BASE}/")
        return self.go(target if target.startswith(f"{BASE}/") else f"{BASE}/")


def choices_of(actor: Actor) -> list[SimpleNamespace]:
    """消息设置 of the user centre: what the person may be told of and may turn off, and its state."""
    off = notices.turned_off(actor.user_id or 0)
    return [
        SimpleNamespace(name=one.name, label=one.label, on=one.name not in off)
        for one in notices.kinds_for(actor.permissions)
        if not one.fixed
    ]


def always_told(actor: Actor) -> str:
    """What cannot be turned off, in one sentence."""
    return listed(one.label for one in notices.kinds_for(actor.permissions) if one.fixed)


def unread_messages() -> int:
    """For the bell: one look into an index, once a page."""
    if not has_request_context() or not current_user.is_authenticated:
        return 0
    if "unread_messages" not in g:
        g.unread_messages = notices.unread(current_user.id)
    return int(g.unread_messages)


def _wanted() -> SimpleNamespace:
    name, text = request.args.get("kind", ""), request.args.get("page", "")
    known = notices.kind(name) is not None
    page = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return SimpleNamespace(
        kind=name if known else "", unread=request.args.get("unread") == "1", page=max(page, 1)
    )


def _address(wanted: SimpleNamespace, page: int) -> str:
    given = {"kind": wanted.kind, "unread": "1" if wanted.unread else "", "page": str(page)}
    return f"{BASE}/?{urlencode({name: value for name, value in given.items() if value})}"


def _shown(message: notices.InboxMessage) -> SimpleNamespace:
    label, text = notices.said(message)
    return SimpleNamespace(
        id=message.id,
        label=label,
        text=viewing.VEIL if viewing.looking() else text,
        at=message.created_at,
        unread=message.read_at is None,
        link=message.link,
    )
