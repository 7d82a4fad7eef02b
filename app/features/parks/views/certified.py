"""What the page says when a sign-in at 海易办 certified or refreshed a company."""

from __future__ import annotations

from typing import Any

from flask import after_this_request, flash, has_request_context
from flask_babel import gettext as _

from app.core.actor import Actor
from app.extensions.phrases import listed
from app.features.parks import queries, services
from app.features.parks.labels import CERTIFIED_WORDS


def note_certified(actor: Actor, user_id: int, company: dict[str, str]) -> None:
    """Keep what was certified; what changed is told on the next page.

    The sign-in takes a fresh session meanwhile, so the message waits until the answer is made.
    """
    before = queries.organisation_of(user_id)
    changed = services.certified(actor, user_id, company)
    now = queries.organisation_of(user_id)
    if not has_request_context() or now is None:
        return
    if before is None:
        words, kind = _("企业已认证，认证企业为“%(name)s”。", name=now.name), "success"
    elif changed:
        names = listed(CERTIFIED_WORDS[name] for name in changed)
        words, kind = _("企业认证信息已更新，请核对%(names)s。", names=names), "info"
    else:
        return

    @after_this_request
    def tell(response: Any) -> Any:
        if response.status_code < 400:
            flash(words, kind)
        return response
