"""The form half of 新闻资讯发布: what was typed is a draft on the server all the time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, flash, g, jsonify, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal, Stale
from app.core.values import replace
from app.engines import files, review, richtext
from app.engines.review import Clash, Revision, State
from app.extensions.phrases import clauses, listed, remarked
from app.features.news import policy, queries, rules, services
from app.features.news.forms import PARTS, SECTIONS, ArticleForm
from app.features.news.labels import HEADINGS, NAMELESS, all_said
from app.features.news.models import Article
from app.features.news.views.kind import BASE
from app.transaction import transaction
from app.web import viewing
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_form import Sections
from app.web.base_views import RegisterView
from app.web.listing.page import FormPage

OPEN = frozenset({State.draft, State.returned})


@dataclass(frozen=True)
class Writing:
    """An article as this person meets it: the draft of its authors, or what others may read."""

    article: Article
    pending: Revision | None
    content: Mapping[str, Any]
    own: bool

    @property
    def id(self) -> int:
        return self.article.id

    @property
    def version(self) -> int:
        """Of the draft; 0: there is none yet."""
        return 0 if self.pending is None else self.pending.version

    @property
    def editable(self) -> bool:
        return self.own and (self.pending is None or self.pending.state in OPEN)

    @property
    def shut(self) -> frozenset[str]:
        """Fields that a correction did not ask for."""
        asked = self.pending.returned_fields if self.pending is not None else None
        return frozenset() if asked is None else frozenset(rules.BLANK) - set(asked)

    def __str__(self) -> str:
        return self.content.get("title") or str(NAMELESS)


def meet(actor: Actor, article: Article) -> Writing:
    """Others than its authors read what was sent, never what is being written."""
    own = policy.writes(actor, article.park_id)
    pending, earlier = review.pending(rules.KIND, article.id), queries.before(article.id)
    shown: Mapping[str, Any] = earlier.content if earlier is not None else {}
    if pending is not None:
        sent = review.shown_content(actor, pending)
        shown = pending.content if own else (sent or shown)
    if not own and not shown:
        raise NotFound(f"article {article.id}")
    return Writing(article, pending, {**rules.BLANK, **shown}, own)


class WritingPart(RegisterView):
    """新增, 编辑, saving by itself, preview; 确定 sends what was written to the reviewers."""

    form_class = ArticleForm
    form_sections = SECTIONS
    form_required = frozenset(rules.REQUIRED)
    add_heading = _l("新增新闻资讯")
    edit_heading = _l("编辑新闻资讯")

    def record(self, pk: int) -> Writing:
        g.news_writing = found = meet(current_actor(), queries.get(pk))
        return found

    # -- the form ------------------------------------------------------------------------------
    def form_values(self, item: Writing) -> dict[str, Any]:
        """By the names of the inputs; a shut field has none."""
        content = item.content
        cover = content["cover"] or {}
        values = {name: content[name] for name in rules.BLANK if name not in PARTS}
        values |= {"cover_key": cover.get("key", ""), "cover_alt": cover.get("alt", "")}
        values["files"] = ",".join(one["key"] for one in content["attachments"])
        shut = {part for name in item.shut for part in PARTS.get(name, (name,))}
        return {name: value for name, value in values.items() if name not in shut}

    def initial_values(self) -> dict[str, Any]:
        return {"token": uuid.uuid4().hex}

    def make_form(self, values: Mapping[str, Any] | None = None) -> ArticleForm:
        form = ArticleForm(data=values)
        writing: Writing | None = g.get("news_writing")
        for name in writing.shut if writing is not None else ():
            for part in PARTS.get(name, (name,)):
                del form[part]
        return form

    def sections_of(self, form: ArticleForm) -> Sections:
        shown = ((t, tuple(n for n in names if _has(form, n))) for t, names in self.form_sections)
        return tuple((title, names) for title, names in shown if names)

    def _values(self, form: ArticleForm) -> dict[str, Any]:
        plain = [n for n in rules.BLANK if n not in PARTS and n in form]
        values = {n: form[n].data for n in plain if form[n].data is not None}
        if "cover_key" in form:
            key = form.cover_key.data or ""
            values["cover"] = {"key": key, "alt": form.cover_alt.data or ""} if key else None
        if "files" in form:
            values["attachments"] = [key for key in (form.files.data or "").split(",") if key]
        return values

    def merge_words(self, name: str, value: Any) -> str:
        if name == "body":
            return richtext.text(value or "")
        if name == "files":
            return listed(file_words(key) for key in (value or "").split(",") if key)
        if name == "cover_key":
            return str(_("图片 %(key)s", key=value[:6])) if value else ""
        return super().merge_words(name, value)

    def last_editor(self, item: Writing) -> str:
        """Single saves of a draft are events of its revision, not entries of the trail."""
        if item.pending is None:
            return super().last_editor(item)
        return queries.last_writer(item.pending)

    def put_errors(self, form: Any, refusal: Refusal) -> None:
        """A cover and a list of files stand on the form as several inputs."""
        inputs = {"cover": "cover_file", "attachments": "files_new"}
        if refusal.code == "review_locked":
            super().put_errors(form, Refusal(refusal.code))
            return
        named = {inputs.get(name, name): code for name, code in refusal.fields.items()}
        if named.get("cover_file") == "cover_alt_missing":
            named["cover_alt"] = named.pop("cover_file")
        super().put_errors(form, Refusal(refusal.code, fields=named, **refusal.params))

    def _form_page(self, form: Any, *, heading: Any, item: Any) -> FormPage:
        """The draft lies on the server: the browser keeps none of its own."""
        page = super()._form_page(form, heading=heading, item=item)
        sections = self.sections_of(form)  # with the two that stand as several inputs
        words = _("保存草稿")
        return replace(
            page, draft_key="", submit_label=words, title=str(heading), sections=sections
        )

    def _show_form(self, page: FormPage, status: int) -> Any:
        shown = {
            "page": page,
            "writing": g.get("news_writing"),
            "autosave": page.action.replace("/add", "/autosave").replace("/edit/", "/autosave/"),
            "labels": HEADINGS,
            "file_words": file_words,
            "names": tuple(rules.BLANK),
        }
        return self.render("news/form.html", **shown), status

    # -- saving --------------------------------------------------------------------------------
    @expose("/edit/<pk:pk>", methods=["GET", "POST"])
    @guarded("edit")
    def edit(self, pk: int) -> Any:
        """The draft; what waits for its reviewer, or is another's, is shown instead."""
        writing = self.record(pk)
        if not writing.own:
            abort(403)
        if not writing.editable and request.method == "GET":
            flash(_("正在审核，不能修改；需要修改请先撤回。"), "warning")
            return self.go(self.saved_address(pk))
        return super().edit(pk)

    def _save(
        self, page: FormPage, act: Callable[[dict[str, Any]], Any], pk: int | None = None
    ) -> Any:
        take_files(page.form, self.words_of)
        return super()._save(page, act, pk or _made_before(page.form))

    def create(self, actor: Any, values: dict[str, Any]) -> Article:
        token = request.form.get("token", "")[:32] or uuid.uuid4().hex
        try:
            return services.write(actor, values, token=token, send=_sends())
        except Clash as clash:
            raise Stale from clash

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> Article:
        try:
            return services.change(actor, pk, values, seen=version, send=_sends())
        except Clash as clash:
            raise Stale from clash

    def after_save(self, saved: Any) -> Any:
        act = request.form.get("act", "")
        if act == "preview":
            return self.go(f"{BASE}/preview/{saved.id}")
        if act != "send":
            flash(_("草稿已保存。"), "success")
            return self.go(self.url(f"edit/{saved.id}"))
        flash(_("已提交，待管理员审核。"), "success")
        pending = review.pending(rules.KIND, saved.id)
        found = all_said(services.findings(pending.content)) if pending is not None else ()
        if found:
            flash(_("请留意：%(words)s。如需修改，可先撤回。", words=clauses(found)), "warning")
        return self.go(self.saved_address(saved.id))

    # -- saving by itself ----------------------------------------------------------------------
    @expose("/autosave", methods=["POST"])
    @guarded("add")
    def autosave_new(self) -> Any:
        """The first save of a new article; the form goes on as that of an article."""
        form = self.make_form()
        return self._autosaved(form, lambda values: self.create(current_actor(), values))

    @expose("/autosave/<pk:pk>", methods=["POST"])
    @guarded("edit")
    def autosave(self, pk: int) -> Any:
        """Keep what can be kept of a form that somebody is typing in."""
        self.record(pk)
        form = self.make_form()
        text = request.form.get("version", "")
        version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        return self._autosaved(
            form, lambda values: self.update(current_actor(), pk, values, version)
        )

    def _autosaved(self, form: ArticleForm, act: Callable[[dict[str, Any]], Article]) -> Any:
        take_files(form, self.words_of)
        form.validate()
        wrong = {field.name for field in form if field.errors}
        values = {n: v for n, v in self._values(form).items() if not wrong & {n, *PARTS.get(n, ())}}
        try:
            with transaction():
                saved = act(values)
        except Stale:
            said = _("其他人保存过这篇新闻。请点击“保存草稿”，逐项选择要保留的内容。")
            return jsonify(message=said), 409
        except Refusal as refusal:
            return jsonify(message=self.words_of(refusal.code, refusal.params)), 400
        writing = self.record(saved.id)
        at = clock.now().astimezone(clock.SHANGHAI).strftime("%H:%M")
        parts = {"form": form, "writing": writing, "file_words": file_words}
        return jsonify(
            action=self.url(f"edit/{saved.id}"),
            autosave=f"{BASE}/autosave/{saved.id}",
            version=str(writing.version),
            opened=self._opened(writing),
            message=_("已自动保存 %(at)s", at=at),
            cover=self.render("news/_cover.html", **parts) if "cover_key" in form else "",
            cover_key=form.cover_key.data if "cover_key" in form else "",
            files=self.render("news/_files.html", **parts) if "files" in form else "",
            file_keys=form.files.data if "files" in form else "",
            errors=" ".join(str(one) for name in sorted(wrong) for one in form[name].errors),
        )


def _has(form: ArticleForm, name: str) -> bool:
    return all(part in form for part in PARTS.get(name, (name,)))


def _sends() -> bool:
    return request.form.get("act") == "send"


def _made_before(form: ArticleForm) -> int | None:
    """The article that this very form made when it was sent the first time."""
    token = form.token.data or ""
    made = queries.by_token(current_actor().user_id, token[:32]) if token else None
    if made is not None and "news_writing" not in g:
        g.news_writing = meet(current_actor(), made)
    return made.id if made is not None else None


def take_files(form: ArticleForm, words: Callable[[str, Mapping[str, Any]], str]) -> None:
    """Keep what was uploaded with the form, so that a refusal of something else loses no file."""
    actor, most = current_actor(), current_app.config
    if viewing.looking():
        return
    if "cover_file" in form and form.cover_file.data:
        given = form.cover_file.data
        size = most["PICTURE_MAX_MB"]

        def picture() -> None:
            form.cover_key.data = services.cover_picture(
                actor, given.stream, given.filename, park_id=actor.acting_park_id, max_mb=size
            )

        _taken(form.cover_file, picture, words)
    for one in (form.files_new.data or ()) if "files_new" in form else ():
        if one.filename:
            _taken(form.files_new, _attaching(form, actor, one), words)


def _attaching(form: ArticleForm, actor: Actor, given: Any) -> Callable[[], None]:
    def attach() -> None:
        kept = services.attach(
            actor,
            given.stream,
            given.filename,
            park_id=actor.acting_park_id,
            max_mb=current_app.config["UPLOAD_MAX_MB"],
        )
        form.files.data = ",".join(key for key in (form.files.data, kept["key"]) if key)

    return attach


def _taken(field: Any, act: Callable[[], None], words: Callable[..., str]) -> None:
    try:
        with transaction():
            act()
    except Refusal as refusal:
        said = words(refusal.code, refusal.params)
        field.process_errors = [*field.process_errors, said]


def file_words(key: str) -> str:
    """A file by its name; one that is gone by the beginning of its key."""
    try:
        return remarked(files.by_key(key).name, key[:6])
    except NotFound:
        return key[:6]
