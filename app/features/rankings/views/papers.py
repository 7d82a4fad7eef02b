"""下载 and 打印: the same sheet as a page for the printer, a PDF, a workbook and a package."""

from __future__ import annotations

import base64
import io
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from flask import flash, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound
from app.engines import printing
from app.features.rankings import policy, queries
from app.features.rankings.models import RankingSnapshot
from app.features.rankings.views import package, workbook
from app.features.rankings.views.ranking import BASE, READERS
from app.features.rankings.views.sheet import Sheet, sheet
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.downloads import sent
from app.web.pages import Page

#: Parks up to which a PDF is made at once: 1,000 take half a minute and 330 MB (measured).
MOST_IN_PDF = 200
CSS = Path(__file__).parents[3] / "web/static/css/paper.css"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RankingPaperView(Page):
    """Papers of one version."""

    route_base = "/desk/ranking-papers"
    class_permission_name = policy.VIEW
    tenant = Tenant.published
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_print": READERS,
        "can_download": READERS,
    }

    @expose("/<pk:pk>/print")
    @guarded("print")
    def paper(self, pk: int) -> str:
        """打印: the sheet as it comes out of the printer."""
        return self._paper(_readable(pk), on_screen=True)

    @expose("/<pk:pk>/<string:kind>", methods=["GET"])
    @guarded("download")
    def download(self, pk: int, kind: str) -> Any:
        """下载: xlsx, pdf or zip."""
        snapshot = _readable(pk)
        makers = {"xlsx": self._xlsx, "pdf": self._pdf, "zip": self._zip}
        if kind not in makers:
            raise NotFound(kind)
        if kind == "pdf" and (why := _no_pdf(snapshot)):
            flash(why, "warning")
            return self.go(f"{BASE}/?round={snapshot.round_id}&version={snapshot.number}")
        made, media = makers[kind](snapshot)
        name = f"{snapshot.head['round']['name']} v{snapshot.number}.{kind}"
        return sent(io.BytesIO(made), name=name, size=len(made), media_type=media)

    def _xlsx(self, snapshot: RankingSnapshot) -> tuple[bytes, str]:
        found = _sheet(snapshot, current_actor(), request.args.get("type", ""))
        return workbook.written(found, current_actor(), clock.now()), XLSX

    def _pdf(self, snapshot: RankingSnapshot) -> tuple[bytes, str]:
        return printing.pdf(self._paper(snapshot), _css()), "application/pdf"

    def _zip(self, snapshot: RankingSnapshot) -> tuple[bytes, str]:
        actor = current_actor()
        found = _sheet(snapshot, actor)
        files = {"ranking.xlsx": workbook.written(found, actor, clock.now())}
        if not _no_pdf(snapshot):
            files["ranking.pdf"] = self._pdf(snapshot)[0]
        return package.zipped(snapshot, found.everybody, files, whole=actor.sees_all), (
            "application/zip"
        )

    def _paper(self, snapshot: RankingSnapshot, *, on_screen: bool = False) -> str:
        actor = current_actor()
        address = url_for("VerifyView.key", key=snapshot.key, _external=True)
        return self.render(
            "rankings/paper.html",
            sheet=_sheet(snapshot, actor),
            on_screen=on_screen,
            by=_printed_by(actor),
            at=_now(),
            verify_short=f"{request.host}{url_for('VerifyView.index')}",
            qr=_qr(address),
            back=f"{BASE}/?round={snapshot.round_id}&version={snapshot.number}",
        )


def _no_pdf(snapshot: RankingSnapshot) -> str:
    """Why there is no PDF of it here; "": there is. Printing from the browser works all the same."""
    if not printing.available():
        return _("这台服务器缺少生成 PDF 的组件或中文字体，请用“打印”另存为 PDF。")
    if snapshot.head["parks"] > MOST_IN_PDF:
        return _("超过 %(most)s 家的排名请用“打印”另存为 PDF。", most=MOST_IN_PDF)
    return ""


def _readable(pk: int) -> RankingSnapshot:
    return queries.readable(pk, withdrawn=current_actor().sees_all)


def _sheet(snapshot: RankingSnapshot, actor: Actor, kind: str = "") -> Sheet:
    rows = queries.kept_rows(snapshot)
    return sheet(snapshot, rows, own=actor.scope_park_ids or frozenset(), kind=kind)


def _css() -> str:
    return CSS.read_text(encoding="utf-8")


def _now() -> datetime:
    return clock.now()


def _printed_by(actor: Actor) -> str:
    return actor.real.name or actor.real.username


def _qr(address: str) -> str:
    """The code as a picture that travels in the page."""
    import segno  # noqa: PLC0415 - few pages draw one

    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=3, border=0, xmldecl=False)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
