"""Pictures of pages and texts: shown to whom they are for, uploaded and cleaned for the editor."""

from __future__ import annotations

from typing import Any, ClassVar

import structlog
from flask import Response, current_app, jsonify, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core.actor import Actor
from app.core.errors import NotFound, Refusal
from app.engines import files, richtext
from app.features.accounts.rules import TENANT_ROLES, Role
from app.features.desk.views.files import streamed
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.pages import Page

log = structlog.get_logger("files")
MIB = 1024 * 1024
#: Who writes texts with pictures: parks for themselves, who wants to be one, the zone for all.
WRITERS = frozenset({*TENANT_ROLES, Role.operator})
FOREVER = "public, max-age=31536000, immutable"


def may_read_content(actor: Actor, file: files.StoredFile) -> bool:
    """Pictures of texts: those of the park, and the zone, which reviews what parks write."""
    return actor.sees_all or files.creator_or_same_park(actor, file)


files.kind(files.CONTENT, may_read_content)
files.publishable(files.CONTENT)


class PictureView(Page):
    """/pictures/<key>: a published picture for everybody, any other for whom its kind allows it."""

    route_base = "/pictures"
    default_view = "show"
    tenant = Tenant.public
    public_methods: ClassVar[frozenset[str]] = frozenset({"show"})

    @expose("/<key>")
    def show(self, key: str) -> Response:
        """The drawing itself; what is unknown, no picture or not for this person is a 404."""
        file = files.by_key(key)
        whole = files.original_of(file)
        public = files.is_public(whole)
        if file.width is None or not (public or files.may_read(current_actor(), whole)):
            raise NotFound("picture")
        if public and request.if_none_match.contains(file.sha256):
            return _kept(Response(status=304), file)
        response = streamed(file)
        response.headers["Content-Disposition"] = "inline"
        return _kept(response, file) if public else response


def _kept(response: Response, file: files.StoredFile) -> Response:
    """Under one key lies one picture for ever: whoever has it need not ask again."""
    response.headers["Cache-Control"] = FOREVER
    response.set_etag(file.sha256)
    return response


class WritingView(Page):
    """/desk/writing: what the editor of a text asks for."""

    route_base = "/desk/writing"
    default_view = "picture"
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {"can_write": WRITERS}

    @expose("/pictures", methods=["POST"])
    @guarded("write")
    def picture(self) -> Any:
        """Keep an uploaded picture; the answer is its address. Unused it goes after some days."""
        upload = request.files.get("file")
        if upload is None:
            return jsonify(message=_words(Refusal("file_empty"))), 400
        actor = current_actor()
        try:
            with transaction():
                file = files.store_picture(
                    actor,
                    upload.stream,
                    upload.filename or "",
                    max_bytes=current_app.config["PICTURE_MAX_MB"] * MIB,
                    park_id=actor.acting_park_id,
                    expires_at=files.unused_until(),
                )
                answer = {
                    "url": f"/pictures/{file.key}",
                    "width": file.width,
                    "height": file.height,
                }
        except Refusal as refusal:
            return jsonify(message=_words(refusal)), 400
        return jsonify(answer), 201

    @expose("/pasted", methods=["POST"])
    @guarded("write")
    def pasted(self) -> Any:
        """Pasted HTML as it would be saved, and what was left out of it."""
        actor = current_actor()
        try:
            cleaned = richtext.clean(
                request.form.get("html", ""), known=lambda key: files.may_use(actor, key)
            )
        except Refusal as refusal:
            return jsonify(message=_words(refusal)), 400
        return jsonify(html=cleaned.html, message=richtext.lost_words(cleaned.dropped))


def _words(refusal: Refusal) -> str:
    said = {**files.LABELS, **richtext.LABELS}.get(refusal.code)
    return str(said) % refusal.params if said else _("未能保存，请检查后重试。")
