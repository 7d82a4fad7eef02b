"""The reviewer's cockpit: items at the left, answer and rule in the middle, evidence at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import structlog
from flask import Response, abort, flash, jsonify, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal, Stale
from app.core.values import replace
from app.engines import files
from app.extensions import db
from app.extensions.why import Why
from app.features.accounts import queries as accounts
from app.features.assessments import policy
from app.features.assessments.labels import REFUSALS, STATE_WORDS, TYPED_WORDS
from app.features.assessments.labels.judge import STATE_DOTS
from app.features.assessments.labels.rule_words import code_word
from app.features.assessments.models import AssessmentFiling
from app.features.assessments.queries import filings, reviews, rounds
from app.features.assessments.rules import filing as rules
from app.features.assessments.rules import judging
from app.features.assessments.rules.filing import Act, Verdict
from app.features.assessments.services import reviewing
from app.features.assessments.views import review_items, reviewing_told, whys
from app.features.assessments.views.review_items import Item, Sheet, sheet_of
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web.access import guarded, wants_json
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.downloads import sent
from app.web.forms import key_of
from app.web.headers import CSP
from app.web.viewing import not_while_looking

log = structlog.get_logger("files")
WORDS = {**REFUSALS, **TYPED_WORDS}
#: What the viewer shows in the page; a document of another kind is saved.
INLINE = {"application/pdf": "pdf", "image/png": "image", "image/jpeg": "image"}


class CockpitPart(RegisterView):
    """Routes of one filing; the queue's view is made of it."""

    refusals: ClassVar[Any] = WORDS

    def record(self, pk: int) -> AssessmentFiling:
        found = filings.get(pk)
        if found.state == rules.State.draft:
            raise NotFound("filing")  # what was not handed in is the park's alone
        return found

    @expose("/show/<pk:pk>")
    @guarded("show")
    @not_while_looking
    def show(self, pk: int) -> Any:
        return self._page(self.record(pk), request.args.get("item", ""))

    def _page(
        self, filing: AssessmentFiling, code: str, *, error: Any = "", typed: str = ""
    ) -> Response:
        actor = current_actor()
        acts, against, missing = acts_of(actor, filing)
        sheet = sheet_of(actor, filing, judges=Act.judge in acts)
        only_changed = request.args.get("view", "changes") != "all" and sheet.changed > 0
        current = sheet.item(code) or first_open(sheet, only_changed=only_changed)
        text = self.render(
            "assessments/review.html",
            page={"whys": missing},
            sheet=sheet,
            current=current,
            opened=request.values.get("act", ""),
            only_changed=only_changed,
            acts=acts,
            against=against,
            state=STATE_WORDS[filing.state],
            dot=STATE_DOTS[filing.state],
            taken_by=_name(filing.taken_by),
            submitted_by=_name(filing.submitted_by),
            days=reviewing_told.days_left(sheet.round, filing),
            opened_by=reviewing_told.opened_by(sheet),
            phrases=review_items.phrases(),
            code_word=code_word,
            documents=reviews.documents(sheet.round.id),
            following=reviewing_told.next_of(filing, actor),
            error=error,
            typed=typed,
        )
        answer = Response(text)
        # the viewer is a frame of our own evidence route, of nothing else
        answer.headers["Content-Security-Policy"] = f"{CSP}; frame-src 'self'"
        return answer

    # -- one item ------------------------------------------------------------------------------
    @expose("/verdict/<pk:pk>", methods=["POST"])
    @guarded("judge")
    def verdict(self, pk: int) -> Any:
        """通过, 核定值, 退回 or open again; a script gets the item as it is then."""
        filing = self.record(pk)
        code = request.form.get("code", "")
        name = request.form.get("verdict", "")
        ask = judging.open_to_judging(*_scheme(filing)).get(code)
        if ask is None or name not in review_items.VERDICTS:
            abort(400)
        error, status, fields = "", 200, {}
        try:
            with transaction():
                reviewing.judge(
                    current_actor(),
                    pk,
                    code,
                    Verdict(name),
                    seen=_whole("seen"),
                    now=clock.now(),
                    typed=review_items.typed_of(ask, request.form),
                    reason=request.form.get("reason", ""),
                    document_id=_whole("document") or None,
                )
        except Refusal as refusal:
            error, status = self.words_of(refusal.code, refusal.params), 400
            fields = refusal.fields
        except Stale:
            error, status = str(REFUSALS["verdict_stale"]), 409
        return self._item_answer(pk, code, error, status, fields)

    def _item_answer(
        self, pk: int, code: str, error: str, status: int, fields: dict[str, str]
    ) -> Any:
        db.session.expire_all()
        filing, actor = self.record(pk), current_actor()
        if not wants_json():
            if status != 200:
                flash(error, "danger")
                page = self._page(filing, code, error=error, typed=request.form.get("reason", ""))
                page.status_code = status
                return page
            sheet = sheet_of(actor, filing, judges=True)
            following = after(sheet, code)
            return self.go(f"{self.route_base}/show/{pk}?item={following.code}")
        acts, _against, _missing = acts_of(actor, filing)
        sheet = sheet_of(actor, filing, judges=Act.judge in acts)
        item = sheet.item(code)
        assert item is not None
        if error:
            item = replace(item, error=error, typed={"reason": request.form.get("reason", "")})
        return jsonify(
            html=render_template(
                "assessments/_review_item.html",
                item=item,
                sheet=sheet,
                shown=True,
                phrases=review_items.phrases(),
                code_word=code_word,
                documents=reviews.documents(sheet.round.id),
                base=self.route_base,
            ),
            message=error,
            fields=sorted(fields),
            **counts(sheet, item),
        ), status

    @expose("/section/<pk:pk>", methods=["POST"])
    @guarded("judge")
    def section(self, pk: int) -> Any:
        """全部通过: what is open of a section, as the page showed it."""
        self.record(pk)
        seen = {
            name.removeprefix("seen."): int(text)
            for name, text in request.form.items()
            if name.startswith("seen.") and text.isascii() and text.isdigit() and len(text) < 10
        }
        return self._whole_act(
            pk,
            lambda actor: _("已通过 %(n)s 项。", n=reviewing.pass_section(
                actor, pk, request.form.get("section", ""), seen, now=clock.now()
            )),
        )  # fmt: skip

    # -- the filing ----------------------------------------------------------------------------
    @expose("/take/<pk:pk>", methods=["POST"])
    @guarded("judge")
    def take(self, pk: int) -> Any:
        """领取."""
        words = _("已领取“%(park)s”的填报，园区不能再撤回。", park=self._park(pk))
        return self._whole_act(pk, self._said(reviewing.take, pk, words))

    @expose("/give_back/<pk:pk>", methods=["POST"])
    @guarded("judge")
    def give_back(self, pk: int) -> Any:
        """退回补正."""
        reason = request.form.get("reason", "")
        words = _("已把“%(park)s”的填报退回补正，园区会收到通知。", park=self._park(pk))
        said = self._said(reviewing.give_back, pk, words, reason)
        return self._whole_act(pk, said, onward=True)

    @expose("/finish/<pk:pk>", methods=["POST"])
    @guarded("judge")
    def finish(self, pk: int) -> Any:
        """审核完成 → the filing of the round that has waited longest."""
        words = _("已完成“%(park)s”的审核。", park=self._park(pk))
        return self._whole_act(pk, self._said(reviewing.finish, pk, words), onward=True)

    @expose("/reopen/<pk:pk>", methods=["POST"])
    @guarded("judge")
    def reopen(self, pk: int) -> Any:
        """重新打开, by the lead."""
        reason = request.form.get("reason", "")
        words = _("已重新打开“%(park)s”的审核，可以逐项修改结论。", park=self._park(pk))
        return self._whole_act(pk, self._said(reviewing.reopen, pk, words, reason))

    def _park(self, pk: int) -> str:
        return parks.by_id(self.record(pk).park_id).name

    def _said(
        self, act: Callable[..., Any], pk: int, words: str, *more: str
    ) -> Callable[[Actor], str]:
        def done(actor: Actor) -> str:
            act(actor, pk, *more, seen=_whole("version"), now=clock.now())
            return words

        return done

    def _whole_act(self, pk: int, what: Callable[[Actor], str], *, onward: bool = False) -> Any:
        """An act on the filing. What was typed comes back with a refusal."""
        filing = self.record(pk)
        code = request.form.get("item", "")
        try:
            with transaction():
                words = what(current_actor())
        except Refusal as refusal:
            db.session.expire_all()
            told = self.words_of(refusal.code, refusal.params)
            page = self._page(
                self.record(pk), code, error=told, typed=request.form.get("reason", "")
            )
            page.status_code = 409 if refusal.code == "review_changed" else 400
            return page
        if not onward:
            flash(words, "success")
            return self.go(f"{self.route_base}/show/{pk}?item={code}")
        following = reviewing_told.next_of(filing, current_actor(), here=True)
        flash(reviewing_told.onward_words(words, following), "success")
        if following is None and rounds.get(filing.round_id).rehearsal_of_id is not None:
            return self.go(f"{self.route_base}/board/{filing.round_id}")
        if following is None:
            return self.go(f"{self.route_base}/list/")
        return self.go(f"{self.route_base}/show/{following.id}")

    # -- evidence ------------------------------------------------------------------------------
    @expose("/evidence/<pk:pk>/<pk:evidence_id>")
    @guarded("show")
    def evidence(self, pk: int, evidence_id: int) -> Response:
        """A file in the viewer: pictures and pdf are shown in the page's frame, others saved."""
        self.record(pk)
        stored = files.by_key(reviews.evidence(pk, evidence_id).file_key)
        if not files.may_read(current_actor(), stored):
            raise NotFound("file")
        try:
            stream = files.open_file(stored)
        except FileNotFoundError as error:
            log.exception("file_missing", key=stored.key)
            raise NotFound("file") from error
        answer = sent(stream, name=stored.name, size=stored.size, media_type=stored.media_type)
        shown = stored.media_type in INLINE
        if shown:
            answer.headers["Content-Disposition"] = "inline"
        answer.headers["X-Frame-Options"] = "SAMEORIGIN"
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; "
            "frame-ancestors 'self'"
        )
        return answer


# -- what the template is given --------------------------------------------------------------------
def acts_of(actor: Actor, filing: AssessmentFiling) -> tuple[frozenset[Act], Any, tuple[Why, ...]]:
    """What the person may do to the filing now; why not, where it is they who may not; and what
    stands against the other acts."""
    found = rounds.get(filing.round_id)
    values = filings.values(filing.id)
    codes = judging.tasks(rounds.scheme_of(found), found.sources, values)
    standing = policy.standing(
        actor,
        found,
        filing,
        clock.today(),
        hands=reviews.hands(filing),
        verdicts={code: Verdict(values[code].verdict) for code in codes},
    )
    sides = {rules.Side.reviewer, rules.Side.lead}
    acts = frozenset(one for one in rules.allowed(standing) if rules.WORKFLOW[one].side in sides)
    probe = Act.judge if filing.state == rules.State.taken else Act.take
    against = rules.refusal(probe, standing)
    told = against in ("filing_own", "filing_being_corrected", "round_closed")
    return acts, REFUSALS[against] if against and told else "", whys.of_reviewer(standing)


def first_open(sheet: Sheet, *, only_changed: bool) -> Item:
    shown = [one for one in sheet.items if one.changed or not only_changed]
    waiting = [one for one in shown if one.task and one.verdict == "open"]
    return (waiting or shown)[0]


def after(sheet: Sheet, code: str) -> Item:
    """The next item that is open, after this one and then from the beginning."""
    items = sheet.items
    at = next(place for place, one in enumerate(items) if one.code == code)
    for one in (*items[at + 1 :], *items[:at]):
        if one.task and one.verdict == "open":
            return one
    return items[min(at + 1, len(items) - 1)]


def counts(sheet: Sheet, item: Item) -> dict[str, Any]:
    """What of the page changes with a verdict."""
    return {
        "code": item.code,
        "verdict": item.verdict,
        "word": str(item.word),
        "counts": {name: sheet.count(name) for name in review_items.VERDICTS},
        "done": sheet.done,
        "total": len(sheet.tasks),
        "next": after(sheet, item.code).code,
    }


def _scheme(filing: AssessmentFiling) -> tuple[Any, Any]:
    found = rounds.get(filing.round_id)
    return rounds.scheme_of(found), found.sources


def _name(user_id: int | None) -> str:
    return accounts.account(user_id).name if user_id else ""


def _whole(name: str) -> int:
    return key_of(request.values.get(name)) or 0
