"""What the zone decides on the page of a round's scoring: papers, vetoes, grades, 退回审核."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from msgspec import Struct, field

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal
from app.engines import files
from app.features.assessments.labels.refusals import field_words, words_of_refusal
from app.features.assessments.queries import filings, rounds, runs
from app.features.assessments.services import documents, findings, overriding, running
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.forms import key_of
from app.web.pages import Page

BASE = "/desk/scoring"


class Tried(Struct, frozen=True):
    """A form that was refused: which one, what was typed, and what is wrong, field by field."""

    form: str = ""
    error: str = ""
    typed: Mapping[str, Any] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


UNTRIED = Tried()


class ScoringActs(Page):
    """Each act answers with the page again: done, or with what was typed and why it was refused."""

    @expose("/document/<pk:round_id>", methods=["POST"])
    @guarded("run")
    def document(self, round_id: int) -> Any:
        """登记依据文件."""

        def act(actor: Actor) -> str:
            given = request.files.get("file")
            paper = documents.Paper(
                title=request.form.get("title", ""),
                number=request.form.get("number", ""),
                issued_by=request.form.get("issued_by", ""),
                stream=given.stream if given and given.filename else None,
                name=(given.filename or "") if given else "",
            )
            documents.add_document(actor, round_id, paper, now=clock.now())
            return _("依据文件已登记。")

        return self._act(round_id, act, "document")

    @expose("/veto/<pk:round_id>", methods=["POST"])
    @guarded("decide")
    def veto(self, round_id: int) -> Any:
        """一票否决."""

        def act(actor: Actor) -> str:
            filing = _of_round(round_id)
            findings.set_veto(
                actor,
                filing,
                request.form.get("code", ""),
                request.form.get("reason", ""),
                document_id=_whole("document"),
                now=clock.now(),
            )
            return _("已设定否决，下次计分时生效。")

        return self._act(round_id, act, "veto")

    @expose("/lift/<pk:veto_id>", methods=["POST"])
    @guarded("decide")
    def lift(self, veto_id: int) -> Any:
        """解除否决."""
        round_id = filings.get(runs.veto(veto_id).filing_id).round_id

        def act(actor: Actor) -> str:
            findings.lift_veto(actor, veto_id, request.form.get("reason", ""), now=clock.now())
            return _("否决已解除，下次计分时生效。")

        return self._act(round_id, act)

    @expose("/grade/<pk:round_id>", methods=["POST"])
    @guarded("decide")
    def grade(self, round_id: int) -> Any:
        """提出等级调整."""

        def act(actor: Actor) -> str:
            overriding.propose(
                actor,
                _of_round(round_id),
                request.form.get("grade", ""),
                request.form.get("reason", ""),
                document_id=_whole("document") or None,
                now=clock.now(),
            )
            return _("已提出，须由另一位平台运营复核。")

        return self._act(round_id, act, "grade")

    @expose("/decision/<pk:override_id>/<string:name>", methods=["POST"])
    @guarded("decide")
    def decision(self, override_id: int, name: str) -> Any:
        """同意, 不同意 or 撤回."""
        round_id = filings.get(runs.override(override_id).filing_id).round_id
        reason = request.form.get("reason", "")

        def act(actor: Actor) -> str:
            if name == "approve":
                overriding.approve(actor, override_id, reason, now=clock.now())
            elif name == "refuse":
                overriding.refuse(actor, override_id, reason, now=clock.now())
            elif name == "withdraw":
                overriding.withdraw(actor, override_id)
            else:
                raise NotFound("decision")
            return _("已处理。")

        return self._act(round_id, act)

    @expose("/reopen/<pk:round_id>", methods=["POST"])
    @guarded("run")
    def reopen(self, round_id: int) -> Any:
        """退回审核."""

        def act(actor: Actor) -> str:
            running.open_again(actor, round_id, request.form.get("reason", ""))
            return _("考核已退回审核。")

        return self._act(round_id, act, "reopen")

    def _act(self, round_id: int, what: Callable[[Actor], str], form: str = "") -> Any:
        """``form``: whose fields the refusal belongs to."""
        rounds.get(round_id)
        try:
            with transaction():
                words = what(current_actor())
        except Refusal as refusal:
            faults = field_words(refusal)
            if not faults and refusal.code in files.LABELS:
                faults = {"file": words_of_refusal(refusal)}
            tried = Tried(form, words_of_refusal(refusal), request.form, faults)
            return self.round_page(round_id, tried), 400
        flash(words, "success")
        return self.go(f"{BASE}/round/{round_id}")

    def round_page(self, round_id: int, tried: Tried = UNTRIED) -> str:
        """The page of a round's scoring."""
        raise NotImplementedError


def _of_round(round_id: int) -> int:
    """The chosen filing; ``NotFound`` for one of another round."""
    chosen = _whole("filing")
    if not chosen:
        raise Refusal("park_unchosen", fields={"filing": "park_unchosen"})
    found = filings.get(chosen)
    if found.round_id != round_id:
        raise NotFound("filing of another round")
    return found.id


def _whole(name: str) -> int:
    return key_of(request.form.get(name)) or 0
