"""/api/v1/docs: the REST API for people, from the declarations that the machine's document is from."""

from __future__ import annotations

from itertools import groupby
from typing import Any, ClassVar

from flask import current_app, request
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l

from app.web.access import Tenant
from app.web.api import document, problems, scopes
from app.web.api.body import MOST_BYTES
from app.web.api.dispatch import operations, rate
from app.web.api.operation import BASE
from app.web.pages import Page


class ApiDocsView(Page):
    """Open to everybody: it describes, it holds no data."""

    route_base = "/api/v1"
    tenant = Tenant.public
    public_methods = frozenset({"docs"})
    access: ClassVar[dict[str, frozenset[str]]] = {}
    menu_label = _l("接口说明")
    default_view = "docs"

    @expose("/docs")
    def docs(self) -> Any:
        """Every operation with its fields, an example and what can go wrong."""
        groups = [
            (name, document.TAGS[name], tuple(found))
            for name, found in groupby(operations(), lambda one: one.tag)
        ]
        return self.render(
            "desk/api_docs.html",
            groups=groups,
            base=BASE,
            host=request.host_url.rstrip("/"),
            scopes=scopes.known(),
            kinds=problems.KINDS,
            parameters=document.every_parameter,
            curl=document.curl,
            type_words=document.type_words,
            codes=document.codes_of,
            rate=rate(),
            address_rate=current_app.config["API_ADDRESS_RATE"],
            kib=MOST_BYTES // 1024,
            machine=document.PATH,
        )
