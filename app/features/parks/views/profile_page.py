"""What 信息维护 and 完善服务商信息 share: the form, its uploads, saving, the merge."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from flask import abort, flash, request
from flask_babel import gettext as _
from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import Refusal, Stale
from app.engines import calendar, files, review
from app.engines.review.labels import STATE_DOTS, STATE_WORDS
from app.features.parks.forms.profile import ProfileForm
from app.features.parks.labels.profile import (
    HINTS,
    PROGRESS_WORDS,
    REFUSALS,
    SECTIONS,
    STORE_WORDS,
    UNITS,
)
from app.features.parks.rules import profile as rules
from app.features.parks.services import profiles
from app.features.parks.views.kinds import BY_NAME, words_of
from app.transaction import transaction
from app.web.acting import current_actor
from app.web.listing.page import FormPage, Link, MergeField
from app.web.pages import Page

BLANK_STORES = 2
REFUSAL_WORDS: Mapping[str, Any] = {**REFUSALS, **files.LABELS}
WIDE = frozenset({"kind", "address", "introduction", "policies", "transport"})
PLAIN = tuple(name for name in BY_NAME if name not in ("warehouses", "logo", "photos", "evidence"))


class Thing(Struct, frozen=True):
    """What the page is about now: the pending revision, if any, and what is in force."""

    content: Mapping[str, Any]
    pending: review.Revision | None = None
    last: review.Revision | None = None
    locked: Mapping[str, Any] | None = None  # field -> why it never changes here
    closed: Any = ""  # why nothing can be changed at all
    park_id: int | None = None

    @property
    def shown(self) -> Mapping[str, Any]:
        return self.pending.content if self.pending is not None else self.content

    @property
    def waiting(self) -> bool:
        states = (review.State.submitted, review.State.picked)
        return self.pending is not None and self.pending.state in states

    @property
    def seen(self) -> int:
        return self.pending.version if self.pending is not None else 0

    @property
    def asked(self) -> frozenset[str]:
        """Fields that were sent back to be mended; none when all of it was, or nothing."""
        named = None if self.pending is None or self.waiting else self.pending.returned_fields
        return frozenset(named or ())

    def open_fields(self) -> frozenset[str]:
        """Fields that may be typed in: all, or those that were sent back."""
        if self.waiting or self.closed:
            return frozenset()
        return (self.asked or frozenset(BY_NAME)) - frozenset(self.locked or ())


class ProfilePage(Page, ABC):
    """A subclass says what it is about (``thing``) and how a form is kept (``keep``)."""

    template: ClassVar[str]
    send_label: ClassVar[Any]
    sent_words: ClassVar[Any]
    refusals: ClassVar[Mapping[str, Any]] = REFUSAL_WORDS
    crumbs: ClassVar[tuple[Link, ...]] = ()
    labels: ClassVar[Mapping[str, Any]] = {}  # where this page calls a field otherwise

    @abstractmethod
    def thing(self, actor: Actor) -> Thing:
        """What the actor's page is about, and why it may be closed to them."""

    @abstractmethod
    def keep(
        self, actor: Actor, thing: Thing, raw: Mapping[str, Any], *, seen: int, send: bool
    ) -> review.Revision:
        """Keep what was typed as a draft, or ``send`` it; refusals name their fields."""

    def more(self, _thing: Thing) -> dict[str, Any]:
        return {}

    # -- saving --------------------------------------------------------------------------------
    def save(self) -> Any:
        """保存草稿 or sending; what was typed comes back with every refusal."""
        seen, act = request.form.get("version", ""), request.form.get("act", "")
        if not (seen.isascii() and seen.isdigit() and len(seen) < 10 and act in ("draft", "send")):
            abort(400)
        actor = current_actor()
        thing = self.thing(actor)
        form = ProfileForm()
        if not form.validate():
            return self.page(thing, form, self.typed(form, thing), 400)
        typed = self._chosen(self.typed(form, thing), thing)
        wrong = self._upload(actor, thing, typed)
        if wrong is not None:
            return self._refused(thing, form, typed, wrong)
        try:
            with transaction():
                self.keep(actor, thing, typed, seen=int(seen), send=act == "send")
        except Refusal as refusal:
            return self._refused(thing, form, typed, refusal)
        except review.Clash as clash:
            return self._merge(typed, act, clash)
        except Stale:
            form.form_errors.append(_("您打开后，它已有变化。请核对现在的内容再保存。"))
            return self.page(self.thing(actor), form, typed, 409)
        flash(self.sent_words if act == "send" else _("草稿已保存。"), "success")
        if form.introduction.lost:
            flash(form.introduction.lost, "warning")
        return self.go(f"{self.route_base}/")

    def typed(self, form: Any, thing: Thing) -> dict[str, Any]:
        """What the person typed, by field; closed fields keep what they hold."""
        merged = request.form.get("typed", "")
        raw = _read_json(merged) if merged else _raw(form)
        open_ones = thing.open_fields()
        found = {
            name: raw.get(name) if name in open_ones else thing.shown.get(name) for name in BY_NAME
        }
        try:
            return profiles.cleaned(found)
        except Refusal as refusal:  # the introduction is too long to be kept at all
            form.introduction.errors = [self.words(refusal.code, refusal.params)]
            return profiles.cleaned({**found, "introduction": ""})

    def _chosen(self, typed: dict[str, Any], thing: Thing) -> dict[str, Any]:
        """On the merge page: fields marked "theirs" take the draft's present value."""
        theirs = {
            name: thing.shown.get(name)
            for name in BY_NAME
            if request.form.get(f"merge.{name}") == "theirs"
        }
        return {**typed, **theirs}

    def _upload(self, actor: Actor, thing: Thing, typed: dict[str, Any]) -> Refusal | None:
        """Keep what was sent along, first: a refused form does not lose its files."""
        refused: Refusal | None = None
        described = request.form.getlist("photos.new")  # one text for each photo, in their order
        for name in ("logo", "photos", "evidence"):
            if name not in thing.open_fields():
                continue
            for one in request.files.getlist(name):
                if not one.filename:
                    continue
                try:
                    with transaction():
                        kept = profiles.upload(
                            actor,
                            profiles.Upload(one.stream, one.filename),
                            picture=name != "evidence",
                            park_id=thing.park_id,
                        )
                        entry = {"key": kept.key, "name": kept.name}
                except files.StorageUnavailable:
                    raise
                except Refusal as refusal:
                    refused = Refusal(refusal.code, fields={name: refusal.code}, **refusal.params)
                    continue
                _add(typed, name, entry, described.pop(0) if name == "photos" and described else "")
        return refused

    def _refused(self, thing: Thing, form: Any, typed: dict[str, Any], refusal: Refusal) -> Any:
        for name, code in refusal.fields.items():
            place = name if name in form else ""
            if place:
                form[place].errors = [*form[place].errors, self.words(code, refusal.params)]
        if not any(name in form for name in refusal.fields):
            form.form_errors.append(self.words(refusal.code, refusal.params))
        return self.page(thing, form, typed, 400)

    def words(self, code: str, params: Mapping[str, Any]) -> str:
        text = str(self.refusals[code])
        return text % params if params else text

    # -- two people at once ----------------------------------------------------------------------
    def _merge(self, typed: Mapping[str, Any], act: str, clash: review.Clash) -> Any:
        """409: mine, theirs and before of what both wrote; all else is merged already."""
        thing = self.thing(current_actor())
        lines = tuple(
            MergeField(
                name,
                BY_NAME[name].heading,
                words_of(name, typed.get(name)),
                words_of(name, thing.shown.get(name)),
                words_of(name, clash.before.get(name)),
            )
            for name in BY_NAME
            if name in clash.fields
        )
        mine = {name: typed.get(name) for name in clash.fields}
        hidden = {
            "typed": json.dumps({**clash.merged, **mine}, ensure_ascii=False),
            "version": str(thing.seen),
            "act": act,
        }
        page = self.render(
            "appbuilder/general/model/edit.html",
            page=FormPage(
                title=self.menu_label,
                form=(),
                sections=(),
                action=f"{self.route_base}/",
                cancel_url=f"{self.route_base}/",
                submit_label=_("保存"),
                merge=lines,
                breadcrumbs=self.crumbs,
            ),
            hidden=hidden,
        )
        return page, 409

    # -- the page --------------------------------------------------------------------------------
    def page(
        self,
        thing: Thing,
        form: Any = None,
        typed: Mapping[str, Any] | None = None,
        status: int = 200,
    ) -> Any:
        content = thing.shown if typed is None else typed
        open_ones = thing.open_fields()
        text = self.render(
            self.template,
            page=self._form_page(thing, _filled(content, form, self.labels), bool(open_ones)),
            thing=thing,
            content=content,
            open_ones=open_ones,
            asked=thing.asked,
            plain={name: words_of(name, content.get(name)) for name in BY_NAME},
            progress=_progress(content, thing),
            stores=[*(content.get("warehouses") or ()), *[{}] * BLANK_STORES],
            store_words=STORE_WORDS,
            banner=_banner(thing),
            **self.more(thing),
        )
        return text, status

    def _form_page(self, thing: Thing, form: ProfileForm, may_write: bool) -> FormPage:  # noqa: FBT001
        form.version.data = str(thing.seen)
        return FormPage(
            title=self.menu_label,
            form=form,
            sections=SECTIONS,
            action=f"{self.route_base}/",
            cancel_url=f"{self.route_base}/",
            submit_label=self.send_label,
            hints=dict(HINTS),
            units=dict(UNITS),
            required=frozenset(rules.REQUIRED),
            locked=dict(thing.locked or {}),
            wide=WIDE,
            breadcrumbs=self.crumbs,
            draft_key=f"{self.route_base}@{thing.park_id or ''}" if may_write else "",
        )

    def act_on_pending(self, verb: Callable[..., Any], words: Any) -> Any:
        """撤回 and 放弃草稿."""
        thing = self.thing(current_actor())
        if thing.pending is None:
            flash(_("没有可以操作的内容，请刷新页面。"), "warning")
            return self.go(f"{self.route_base}/")
        try:
            with transaction():
                verb(current_actor(), thing.pending.id)
        except Refusal as refusal:
            flash(self.words(refusal.code, refusal.params), "danger")
        else:
            flash(words, "success")
        return self.go(f"{self.route_base}/")


def _read_json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if len(text) < 1_000_000 else {}
        json.dumps(found, ensure_ascii=False).encode()  # half a sign, written as \ud800, is no text
    except (ValueError, RecursionError):
        abort(400)
    return found if isinstance(found, dict) else {}


def _raw(form: Any) -> dict[str, Any]:
    raw = {name: form[name].data for name in PLAIN}
    raw["warehouses"] = [
        {name: request.form.get(f"warehouses.{number}.{name}", "") for name in rules.COLUMNS}
        for number in range(rules.MOST_STORES + BLANK_STORES)
    ]
    raw["warehouses"] = [row for row in raw["warehouses"] if any(row.values())]
    raw["photos"] = _kept("photos", "alt")
    raw["evidence"] = _kept("evidence", "name")
    logo = _kept("logo", "alt")
    raw["logo"] = logo[0] if logo else {}
    return raw


def _kept(name: str, word: str) -> list[dict[str, str]]:
    """Entries that stay: their keys in order, without those ticked for removal."""
    gone = request.form.getlist(f"{name}.gone")
    return [
        {"key": key, word: request.form.get(f"{name}.{key}", "")}
        for key in request.form.getlist(f"{name}.key")
        if key not in gone
    ]


def _add(typed: dict[str, Any], name: str, entry: dict[str, str], alt: str) -> None:
    if name == "evidence":
        typed[name] = [*typed[name], entry]
    elif name == "logo":
        alt = (typed["logo"] or {}).get("alt") or str(_("标志"))
        typed[name] = {"key": entry["key"], "alt": alt}
    else:
        typed[name] = [*typed[name], {"key": entry["key"], "alt": alt}]


def _filled(content: Mapping[str, Any], sent: Any, labels: Mapping[str, Any]) -> ProfileForm:
    """The form with a content in it, and what was wrong with the one that was sent."""
    form = ProfileForm(formdata=None, data={name: content.get(name) for name in PLAIN})
    for name, words in labels.items():
        form[name].label.text = str(words)
    if sent is not None:
        for one in sent:
            if one.errors and one.name in form:
                form[one.name].errors = one.errors
        form.form_errors = [*form.form_errors, *sent.form_errors]
    return form


def _progress(content: Mapping[str, Any], thing: Thing) -> list[tuple[Any, str, Any]]:
    """Per section: its title, its state's code and word, as a task list says it."""
    wrong = profiles.faults(content)
    returned = (thing.pending.returned_fields if thing.pending is not None else None) or ()
    found = []
    for title, names in SECTIONS:
        filled = any(content.get(name) for name in names)
        state = "empty" if not filled else "begun" if set(names) & set(wrong) else "done"
        if set(names) & set(returned):
            state = "mend"
        found.append((title, state, PROGRESS_WORDS[state]))
    return found


def _banner(thing: Thing) -> dict[str, Any] | None:
    """Where the last proposal stands, with its date and working days."""
    found = thing.pending or thing.last
    if found is None:
        return None
    sent = found.submitted_at
    due = None if sent is None else review.answer_by(sent)
    said = reversed(review.events(found))
    return {
        "state": found.state,
        "word": STATE_WORDS[found.state],
        "dot": STATE_DOTS[found.state],
        "sent": sent,
        "due": due,
        "waited": None if sent is None else calendar.waited(sent, found.decided_at),
        "reason": found.reason,
        "fields": [(name, BY_NAME[name].heading) for name in found.returned_fields or ()],
        "at": next((one.at for one in said if one.act in review.DECISIONS), None),
        "decided": found.decided_at,
        "days": review.answer_days(),
    }
