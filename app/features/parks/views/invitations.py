"""An invitation as the invited person sees it, and leaving a park."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, session
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock, scope
from app.core.errors import Refusal
from app.features.accounts.rules import ALL_ROLES
from app.features.parks import queries, services
from app.features.parks.labels import KIND_WORDS, MEMBER_WORDS
from app.features.parks.views.people import refusal_words
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.pages import Page

CENTRE = "/me/#parks"


class InvitationView(Page):
    """/me/invitations/<id>: for the holder of the number alone."""

    route_base = "/me/invitations"
    default_view = "show"
    tenant = Tenant.own
    menu_label = _l("加入园区/基地的邀请")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": ALL_ROLES}
    roleless = frozenset({"can_index"})

    @expose("/<pk:pk>")
    @guarded("index")
    def show(self, pk: int) -> Any:
        """Who invites, to what, until when; and what was answered."""
        with scope.unscoped():
            found, park, inviter = queries.invitation_to(current_actor().user_id or 0, pk)
        expired = found.expires_at <= clock.now()
        return self.render(
            "parks/invitation.html",
            invitation=found,
            park=park,
            kind=KIND_WORDS[park.kind],
            inviter=inviter,
            role=MEMBER_WORDS[found.role],
            open=found.state == "open" and not expired,
        )

    @expose("/<pk:pk>/accept", methods=["POST"])
    @guarded("index")
    def accept(self, pk: int) -> Any:
        """接受邀请: on to the park's back office."""
        try:
            with transaction():
                made = services.accept(current_actor(), pk, now=clock.now())
        except Refusal as refusal:
            flash(refusal_words(refusal), "danger")
            return self.go(f"{self.route_base}/{pk}")
        session["park_id"] = made.park_id
        flash(_("您已加入，权限随即生效。"), "success")
        return self.go("/desk/")

    @expose("/<pk:pk>/refuse", methods=["POST"])
    @guarded("index")
    def refuse(self, pk: int) -> Any:
        """不接受."""
        try:
            with transaction():
                services.decline(current_actor(), pk, now=clock.now())
        except Refusal as refusal:
            flash(refusal_words(refusal), "danger")
            return self.go(f"{self.route_base}/{pk}")
        flash(_("已答复不接受。"), "success")
        return self.go(CENTRE)


class OwnParksView(Page):
    """/me/parks/<membership>: leaving a park."""

    route_base = "/me/parks"
    default_view = "leave"
    tenant = Tenant.own
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": ALL_ROLES}
    roleless = frozenset({"can_index"})

    @expose("/<pk:pk>/leave", methods=["POST"])
    @guarded("index")
    def leave(self, pk: int) -> Any:
        """退出."""
        try:
            with transaction():
                park = services.leave(current_actor(), pk)
        except Refusal as refusal:
            flash(refusal_words(refusal), "danger")
        else:
            flash(_("您已退出“%(park)s”。", park=park.name), "success")
        return self.go(CENTRE)


def first_of(user_id: int) -> str:
    """Right after the sign-in: the invitation that waits for an answer, if there is one."""
    with scope.unscoped():
        waiting = queries.invitations_to(user_id, now=clock.now())
    return f"{InvitationView.route_base}/{waiting[0][0].id}" if waiting else ""
