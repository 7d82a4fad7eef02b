"""Papers of a filing: brought, looked at, taken away."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Response, abort, current_app, flash, jsonify, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.engines import files
from app.features.assessments import policy
from app.features.assessments.labels.refusals import words_of_refusal
from app.features.assessments.queries import filings, papers
from app.features.assessments.rules import form
from app.features.assessments.services import evidence
from app.features.assessments.services.evidence import Upload
from app.features.assessments.views.filling_page import Filing
from app.transaction import transaction
from app.web.access import guarded, wants_json
from app.web.acting import current_actor
from app.web.downloads import sent
from app.web.pages import Page

log = structlog.get_logger("files")
BASE = "/desk/filings"
MIB = 1024 * 1024
#: Shown by the browser itself; anything else is saved.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})

files.kind(policy.EVIDENCE, papers.may_read)
files.kind(policy.COMMITMENT, policy.may_read_paper)


class EvidencePart(Page):
    """Routes of the files of a filing."""

    @expose("/<pk:pk>/files", methods=["POST"])
    @guarded("fill")
    def attach(self, pk: int) -> Any:
        """Bring files for a value, several at once; each is kept or refused by itself."""
        page = Filing(pk)
        ask = form.asks(page.scheme).get(given("code"))
        if ask is None:
            raise NotFound("value")
        replaces = number_of(request.form.get("replaces", ""))
        brought_now = [one for one in request.files.getlist("files") if one.filename]
        faults = [] if brought_now else [words_of_refusal(Refusal("file_empty"))]
        for one in brought_now:
            upload = Upload(one.stream, one.filename or "", most_bytes())
            try:
                with transaction():
                    evidence.attach(
                        current_actor(), pk, ask.code, upload, now=clock.now(), replaces=replaces
                    )
                replaces = None
            except Refusal as refusal:
                faults.append(
                    _("%(name)s：%(words)s", name=one.filename, words=words_of_refusal(refusal))
                )
        return self._papers_answer(pk, ask.code, faults)

    @expose("/<pk:pk>/files/remove", methods=["POST"])
    @guarded("fill")
    def detach(self, pk: int) -> Any:
        """Take a file away; it stays as a version."""
        Filing(pk)
        evidence_id = number_of(given("evidence")) or 0
        try:
            with transaction():
                found = evidence.remove(current_actor(), pk, evidence_id, now=clock.now())
                code = found.code
        except Refusal as refusal:
            return self._papers_answer(
                pk, request.form.get("code", ""), [words_of_refusal(refusal)]
            )
        return self._papers_answer(pk, code, [])

    @expose("/<pk:pk>/papers/<pk:evidence_id>")
    @guarded("show")
    def paper(self, pk: int, evidence_id: int) -> Response:
        """A file to look at (pdf, pictures) or to save."""
        Filing(pk)
        found = filings.any_paper(evidence_id, pk)
        return shown(files.by_key(found.file_key))

    def _papers_answer(self, pk: int, code: str, faults: list[str]) -> Any:
        page = Filing(pk)
        if wants_json():
            ask = form.asks(page.scheme)[code]
            html = render_template(
                "assessments/_filling_papers.html", item=page.item(ask), base=BASE, page=page
            )
            return jsonify(html=html, errors=faults), 422 if faults else 200
        for one in faults:
            flash(one, "danger")
        asked = form.asks(page.scheme).get(code)
        part = asked.section if asked else ""
        return self.go(f"{BASE}/{pk}?part={part}#papers-{code}")


def shown(file: files.StoredFile) -> Response:
    """Inline for what the browser shows by itself; nothing in it runs in our pages."""
    if not files.may_read(current_actor(), file):
        raise NotFound("file")
    try:
        stream = files.open_file(file)
    except FileNotFoundError as error:
        log.exception("file_missing", key=file.key)
        raise NotFound("file") from error
    response = sent(stream, name=file.name, size=file.size, media_type=file.media_type)
    if file.media_type in SHOWN:
        told = response.headers["Content-Disposition"]
        response.headers["Content-Disposition"] = told.replace("attachment", "inline", 1)
        # A browser's own viewer of PDF does not work in a sandbox; pages may not be framed anyway.
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        )
    return response


def given(name: str) -> str:
    """What a request must say; 400 where it says nothing."""
    return request.values.get(name) or abort(400)


def brought(name: str) -> Upload:
    """The file of this field of the form; refuses none at all."""
    found = request.files.get(name)
    if found is None or not found.filename:
        raise Refusal("file_empty")
    return Upload(found.stream, found.filename, most_bytes())


def most_bytes() -> int:
    return int(current_app.config["EVIDENCE_MAX_MB"]) * MIB


def number_of(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        abort(404)
    return int(text)
