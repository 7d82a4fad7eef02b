"""Legal texts as anybody reads them: the version in force, and every earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flask import abort
from flask_appbuilder import expose

from app.core import clock
from app.engines import documents
from app.engines.documents import Document
from app.web.access import Tenant
from app.web.base_views import RegisterView
from app.web.pages import Page


class DocumentPage(Page):
    """《平台法律声明》 and the others."""

    route_base = "/documents"
    tenant = Tenant.public
    public_methods: ClassVar[frozenset[str]] = frozenset({"current", "show"})
    default_view = "current"

    @expose("/<string:kind>")
    def current(self, kind: str) -> str:
        """The version in force today."""
        found = documents.current(kind, clock.today()) if kind in documents.KINDS else None
        if found is None:
            abort(404)
        return document_page(self, found)

    @expose("/<string:kind>/<pk:number>")
    def show(self, kind: str, number: int) -> str:
        """One version: what somebody agreed to stays readable."""
        if kind not in documents.KINDS:
            abort(404)
        return document_page(self, documents.published(kind, number))


def document_page(view: Page | RegisterView, document: Document, *, preview: bool = False) -> str:
    """A version in the dress of the public site."""
    others = [one for one in documents.versions(document.kind) if one.state == "published"]
    now = documents.current(document.kind, clock.today())
    return view.render(
        "desk/document.html",
        document=document,
        blocks=list(blocks(document.body)),
        versions=others,
        in_force=now is not None and now.id == document.id,
        preview=preview,
    )


def blocks(body: str) -> Iterator[tuple[str, str]]:
    """``("h", text)`` for lines that begin with ``# ``, ``("p", text)`` for the other ones."""
    for line in body.splitlines():
        text = line.strip()
        if text.startswith("# "):
            yield "h", text[2:]
        elif text:
            yield "p", text
