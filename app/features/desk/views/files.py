"""Download of stored files: only through here, only for whom the file's kind allows it."""

from __future__ import annotations

from typing import ClassVar

import structlog
from flask import Response
from flask_appbuilder import expose

from app.core.errors import NotFound
from app.engines import files
from app.features.accounts.rules import ALL_ROLES
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.downloads import sent
from app.web.pages import Page

log = structlog.get_logger("files")


class FileView(Page):
    """/files/<key>. Unknown, expired and foreign files are the same 404."""

    route_base = "/files"
    default_view = "download"
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {"can_download": ALL_ROLES}

    @expose("/<key>")
    @guarded("download")
    def download(self, key: str) -> Response:
        file = files.by_key(key)
        if not files.may_read(current_actor(), file):
            raise NotFound("file")
        return streamed(file)


def streamed(file: files.StoredFile) -> Response:
    """The file's bytes as a download; 404 when the store lost them."""
    try:
        stream = files.open_file(file)
    except FileNotFoundError as error:
        log.exception("file_missing", key=file.key)
        raise NotFound("file") from error
    return sent(stream, name=file.name, size=file.size, media_type=file.media_type)
