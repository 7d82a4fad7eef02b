"""填报回执: the same facts on the page, on paper and in a PDF."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from flask import flash
from flask_appbuilder import expose
from flask_babel import gettext as _
from msgspec import Struct

from app.core import clock
from app.engines import printing
from app.features.assessments.labels import STATE_WORDS
from app.features.assessments.queries import filings
from app.features.assessments.rules.filing import Act, State
from app.features.assessments.views.filling_page import Filing, plain
from app.features.parks import queries as parks
from app.web import cells
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.downloads import sent
from app.web.pages import Page
from app.web.viewing import not_while_looking

BASE = "/desk/filings"
CSS = Path(__file__).parents[3] / "web/static/css/paper.css"


class Receipt(Struct, frozen=True):
    """``facts``: label, words, whether it takes a line of its own."""

    number: str
    facts: tuple[tuple[str, str, bool], ...]
    next: tuple[str, ...]


class ReceiptPart(Page):
    """Routes of what a park takes home after 确定."""

    @expose("/<pk:pk>/receipt")
    @guarded("show")
    def receipt(self, pk: int) -> Any:
        """The number, what happens next and when."""
        page = Filing(pk)
        if page.filing.submitted_at is None:
            return self.go(f"{BASE}/{pk}")
        return self.render(
            "assessments/filling_receipt.html",
            base=BASE,
            page=page,
            receipt=_receipt(page),
            may_withdraw=Act.withdraw in page.may,
        )

    @expose("/<pk:pk>/receipt/print")
    @guarded("show")
    def receipt_paper(self, pk: int) -> Any:
        """打印: as it comes out of the printer."""
        page = Filing(pk)
        if page.filing.submitted_at is None:
            return self.go(f"{BASE}/{pk}")
        return self._paper(page, on_screen=True)

    @expose("/<pk:pk>/receipt/pdf")
    @guarded("show")
    @not_while_looking
    def receipt_pdf(self, pk: int) -> Any:
        """下载 PDF."""
        page = Filing(pk)
        if page.filing.submitted_at is None:
            return self.go(f"{BASE}/{pk}")
        try:
            made = printing.pdf(self._paper(page), CSS.read_text(encoding="utf-8"))
        except printing.PdfUnavailable:
            flash(_("这台服务器缺少生成 PDF 的组件或中文字体，请用“打印”另存为 PDF。"), "warning")
            return self.go(f"{BASE}/{pk}/receipt")
        name = f"{page.filing.number}.pdf"
        return sent(io.BytesIO(made), name=name, size=len(made), media_type="application/pdf")

    def _paper(self, page: Filing, *, on_screen: bool = False) -> str:
        actor = current_actor()
        return self.render(
            "assessments/filling_receipt_paper.html",
            receipt=_receipt(page),
            on_screen=on_screen,
            back=f"{BASE}/{page.filing.id}/receipt",
            by=actor.real.name or actor.real.username,
            at=clock.now(),
        )


def _receipt(page: Filing) -> Receipt:
    one, found = page.filing, page.round
    filled, asked = page.counts
    facts = [
        (_("考核"), found.name, False),
        (_("园区/基地"), parks.by_id(one.park_id).name, False),
        (_("提交时间"), cells.words(one.submitted_at), False),
        (_("提交人"), filings.person_name(one.submitted_by), False),
        (_("已填写"), f"{filled} / {asked}", False),
        (_("状态"), str(STATE_WORDS[one.state]), False),
    ]
    if one.late_days:
        points = plain(page.late_points) if page.late_points else "0"
        words = _("%(days)s 个工作日，扣 %(points)s 分", days=one.late_days, points=points)
        facts.append((_("逾期"), words, False))
    facts.append((_("数据摘要（SHA-256）"), one.digest or "", True))
    return Receipt(one.number or "", tuple(facts), _next(page))


def _next(page: Filing) -> tuple[str, ...]:
    found, scored = page.round, _("全部审核后统一计分并公示。公示前不提供得分。")
    if page.filing.state == State.reviewed:
        return (_("本园区填报的审核已经完成。"), scored)
    return (
        _("审核员逐项核对，最迟 %(day)s 完成。", day=found.review_until),
        _("如有退回，会发送消息通知；收到后 %(n)s 个工作日内补正。", n=found.correction_days),
        scored,
    )
