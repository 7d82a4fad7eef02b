"""检查并提交: everything on one page, the signed commitment, 确定, the receipt, 撤回."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from msgspec import Struct

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.engines import files
from app.features.assessments.labels import STATE_WORDS
from app.features.assessments.labels.fill import FILING_DOTS, PART_DOTS, PART_WORDS
from app.features.assessments.labels.refusals import refusal_words, words_of_refusal
from app.features.assessments.rules import form, progress
from app.features.assessments.rules.filing import Act
from app.features.assessments.services import evidence, submitting
from app.features.assessments.views.evidence import brought, shown
from app.features.assessments.views.filling_items import Item
from app.features.assessments.views.filling_page import Filing, name_of, plain
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.pages import Page
from app.web.viewing import not_while_looking

BASE = "/desk/filings"


class Summary(Struct, frozen=True):
    """A section on the check page."""

    code: str
    name: str
    state: str
    dot: str
    blank: int
    items: list[Item]


class CheckPart(Page):
    """Routes of handing in."""

    @expose("/<pk:pk>/check")
    @guarded("show")
    @not_while_looking
    def check(self, pk: int) -> Any:
        """Summary by section; what must be mended leads to its item."""
        return self._check(pk)

    @expose("/<pk:pk>/commitment", methods=["GET", "POST"])
    @guarded("fill")
    def commitment(self, pk: int) -> Any:
        """The text to print and sign; POST brings it back, signed."""
        page = Filing(pk)
        if request.method == "GET":
            park = parks.by_id(page.filing.park_id)
            return self.render(
                "assessments/filling_commitment.html", base=BASE, page=page, park=park
            )
        try:
            upload = brought("file")
            with transaction():
                evidence.commit_to(current_actor(), pk, upload, now=clock.now())
        except Refusal as refusal:
            return self._check(pk, commitment_error=words_of_refusal(refusal)), 400
        flash(_("承诺书已上传。"), "success")
        return self.go(f"{BASE}/{pk}/check#commitment")

    @expose("/<pk:pk>/commitment/file")
    @guarded("show")
    def commitment_file(self, pk: int) -> Any:
        """The signed commitment as it was uploaded."""
        page = Filing(pk)
        if not page.filing.commitment_key:
            raise NotFound("commitment")
        return shown(files.by_key(page.filing.commitment_key))

    @expose("/<pk:pk>/submit", methods=["POST"])
    @guarded("fill")
    def submit(self, pk: int) -> Any:
        """确定."""
        Filing(pk)
        seen, read = _seen(), request.form.get("digest", "")
        try:
            with transaction():
                submitting.submit(current_actor(), pk, seen=seen, now=clock.now(), read=read)
        except Refusal as refusal:
            if refusal.code == "filing_state":
                flash(words_of_refusal(refusal), "warning")
                return self.go(f"{BASE}/{pk}/receipt")
            return self._check(pk, error=words_of_refusal(refusal)), 400
        return self.go(f"{BASE}/{pk}/receipt")

    @expose("/<pk:pk>/withdraw", methods=["POST"])
    @guarded("fill")
    def withdraw(self, pk: int) -> Any:
        """撤回, until a reviewer has taken it up."""
        Filing(pk)
        try:
            with transaction():
                submitting.withdraw(current_actor(), pk, seen=_seen(), now=clock.now())
        except Refusal as refusal:
            flash(words_of_refusal(refusal), "danger")
            return self.go(f"{BASE}/{pk}/receipt")
        flash(_("已撤回，可以继续修改；修改后请重新提交。"), "success")
        return self.go(f"{BASE}/{pk}")

    # -- the page ------------------------------------------------------------------------------
    def _check(self, pk: int, *, error: str = "", commitment_error: str = "") -> str:
        page = Filing(pk)
        guess = page.guess()
        summaries = _summaries(page)
        filled, asked = page.counts
        stored = page.filing.commitment_key
        return self.render(
            "assessments/filling_check.html",
            base=BASE,
            page=page,
            guess=guess,
            left_words=page.left_words(guess),
            sections=page.sections("", guess),
            summaries=summaries,
            faults=_faults(page),
            lacking=_lacking(page),
            blank=asked - filled,
            filled=filled,
            asked=asked,
            may_submit=Act.submit in page.may,
            digest=submitting.digest_of(page.values),
            commitment=files.by_key(stored) if stored and files.is_kept(stored) else None,
            commitment_error=commitment_error,
            error=error,
            state=STATE_WORDS[page.filing.state],
            dot=FILING_DOTS[page.filing.state],
            late_points=plain(page.late_points) if page.late_points else "",
        )


def _summaries(page: Filing) -> list[Summary]:
    mend = page.mend
    made = []
    for part in page.parts:
        state = progress.of_part(part, page.values, mend)
        made.append(
            Summary(
                code=part.code,
                name=name_of(part),
                state=str(PART_WORDS[state.state]),
                dot=PART_DOTS[state.state],
                blank=state.asked - state.filled,
                items=[page.item(ask) for ask in part.asks],
            )
        )
    return made


def _faults(page: Filing) -> list[tuple[str, str, str]]:
    """``(address, name, words)`` of everything that must be mended first."""
    asks = form.asks(page.scheme)
    told = []
    for one in page.against:
        said = refusal_words(one.fault, one.params)
        if one.code not in asks:
            told.append(("#commitment" if one.code else "", _("承诺书") if one.code else "", said))
            continue
        ask = asks[one.code]
        if one.fault == "value_unread":  # the words that stand at the field
            said = page.item(ask).error or said
        told.append((f"{BASE}/{page.filing.id}?part={ask.section}#item-{one.code}", ask.name, said))
    return told


def _lacking(page: Filing) -> list[tuple[str, str]]:
    """``(address, name)`` of values without the papers they ask for: handing in is possible."""
    asks = form.asks(page.scheme)
    return [
        (f"{BASE}/{page.filing.id}?part={asks[code].section}#papers-{code}", asks[code].name)
        for code in page.lacking()
    ]


def _seen() -> int:
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        abort(400)
    return int(text)
