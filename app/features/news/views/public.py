"""Attachments of what is public: read by everybody as long as the article is."""

from __future__ import annotations

from typing import Any, ClassVar

import structlog
from flask import Response
from flask_appbuilder import expose

from app.core.errors import NotFound
from app.engines import files
from app.features.news import queries
from app.web.access import Tenant
from app.web.downloads import sent
from app.web.pages import Page

log = structlog.get_logger("files")


class NewsFileView(Page):
    """/news/<article>/files/<key>."""

    route_base = "/news"
    default_view = "attachment"
    tenant = Tenant.public
    public_methods: ClassVar[frozenset[str]] = frozenset({"attachment"})

    @expose("/<pk:pk>/files/<key>")
    def attachment(self, pk: int, key: str) -> Response:
        """A file that the approved version names; anything else is a 404."""
        _article, content = queries.published_by_id(pk)
        if key not in {one["key"] for one in content["attachments"]}:
            raise NotFound("file")
        return _sent(files.by_key(key))


def _sent(file: Any) -> Response:
    try:
        stream = files.open_file(file)
    except FileNotFoundError as error:
        log.exception("file_missing", key=file.key)
        raise NotFound("file") from error
    return sent(stream, name=file.name, size=file.size, media_type=file.media_type)
