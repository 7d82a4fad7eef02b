"""平台设置: groups of settings, each saved whole, with who changed what before."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, ClassVar

from flask import abort, current_app, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.errors import Refusal, Stale
from app.engines import files, settings, trail
from app.engines.settings import Shape, Spec
from app.engines.settings.labels import REFUSALS
from app.features.accounts.rules import Role
from app.features.desk.labels import value_words
from app.features.desk.site import GROUPS
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_merge import Asks, Meeting, asking, changed_again, chosen_theirs, meet
from app.web.listing.page import FormPage
from app.web.pages import Page

BASE = "/desk/settings"
PICTURE = "site_picture"
MIB = 1024 * 1024
SHOWN_CHANGES = 20


def _anybody(_actor: Actor, _file: files.StoredFile) -> bool:
    """Pictures of the site are shown to everybody, before they are saved as well."""
    return True


files.kind(PICTURE, _anybody)
files.publishable(PICTURE)


class SettingsView(Page):
    """One page per group."""

    route_base = BASE
    tenant = Tenant.zone
    menu_label = _l("平台设置")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": frozenset({Role.operator})}

    @expose("/")
    @guarded("index")
    def index(self) -> Any:
        return self._page("site")

    @expose("/<string:group>", methods=["GET", "POST"])
    @guarded("index")
    def group(self, group: str) -> Any:
        """GET shows the group; POST saves it whole, or puts one setting back."""
        if group not in GROUPS:
            abort(404)
        if request.method == "GET":
            return self._page(group)
        seen = _seen(group)
        try:
            with transaction():
                settings.change(current_actor(), _settled(group, seen), seen)
        except Asks as asks:
            return self._merge_page(group, asks.meeting), 409
        except Refusal as refusal:
            wrong = {key: str(REFUSALS[code]) for key, code in refusal.fields.items()}
            if not wrong:
                wrong = {"": str(files.LABELS.get(refusal.code, refusal.code))}
            return self._page(group, typed=request.form, wrong=wrong), 400
        except Stale:
            return self._page(group, typed=request.form, wrong={"": changed_again()}), 409
        flash(_("“%(name)s”已保存。", name=GROUPS[group]), "success")
        return self.go(f"{BASE}/{group}")

    def _page(
        self,
        group: str,
        *,
        typed: Mapping[str, str] | None = None,
        wrong: Mapping[str, str] | None = None,
    ) -> str:
        specs = settings.specs(group)
        versions = settings.versions(tuple(one.key for one in specs))
        told = wrong or {}
        return self.render(
            "desk/settings.html",
            group=group,
            parts=GROUPS,
            rows=[_row(one, versions[one.key], typed, told.get(one.key, "")) for one in specs],
            wrong=told,
            changes=_changes(),
        )

    def _merge_page(self, group: str, meeting: Meeting) -> str:
        """What two people set differently, side by side; all else that was typed goes along."""
        keys = tuple(one.key for one in settings.specs(group))
        typed = {k: v for k, v in request.form.items() if not k.startswith(("merge.", "csrf"))}
        now = {f"version.{key}": str(n) for key, n in settings.versions(keys).items()}
        opened = {f"opened.{key}": str(settings.get(key)) for key in keys}
        page = FormPage(
            title=self.menu_label,
            form=(),
            sections=(),
            action=f"{BASE}/{group}",
            cancel_url=f"{BASE}/{group}",
            submit_label=_("保存"),
        )
        return self.render(
            "appbuilder/general/model/edit.html",
            page=asking(page, meeting),
            hidden={**typed, **now, **opened},
        )


def _row(spec: Spec, version: int, typed: Mapping[str, str] | None, wrong: str) -> SimpleNamespace:
    now = settings.get(spec.key)
    kept = typed is not None and spec.shape is not Shape.picture
    value = (typed or {}).get(spec.key, "") if kept else now
    return SimpleNamespace(
        spec=spec,
        id=spec.key.replace(".", "-"),
        value=value,
        now=now,
        version=version,
        wrong=wrong,
        set=now != spec.default,
    )


def _seen(group: str) -> dict[str, int]:
    """Version of each setting as the form showed it."""
    found = {}
    for one in settings.specs(group):
        text = request.form.get(f"version.{one.key}", "")
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            abort(400)
        found[one.key] = int(text)
    return found


def _settled(group: str, seen: Mapping[str, int]) -> dict[str, Any]:
    """What is to be set: of several settings on one page only those that the person changed.

    Raises ``Asks`` for one that somebody else set otherwise meanwhile.
    """
    sent = _sent(group)
    if request.form.get("restore"):
        return sent
    labels = {one.key: one.title for one in settings.specs(group) if one.shape is not Shape.picture}
    mine = {key: str(value) for key, value in sent.items() if key in labels}
    theirs = {key: str(settings.get(key)) for key in mine}
    moved = settings.versions(tuple(mine))
    opened = {
        key: _text(f"opened.{key}") if moved[key] != seen[key] else theirs[key] for key in mine
    }
    meeting, untouched = meet(opened, mine, theirs, labels)
    answered = chosen_theirs(mine)
    if any(line.name not in answered for line in meeting.lines):
        raise Asks(meeting)
    return {key: value for key, value in sent.items() if key not in {*untouched, *answered}}


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def _sent(group: str) -> dict[str, Any]:
    """What the form says; with 恢复默认 pressed, one setting's declared value alone."""
    specs = settings.specs(group)
    if back := request.form.get("restore"):
        return {one.key: one.default for one in specs if one.key == back}
    return {one.key: value for one in specs if (value := _value(one)) is not None}


def _value(spec: Spec) -> Any:
    if spec.shape is Shape.picture:
        return _picture(spec)
    if spec.key not in request.form:
        return None
    text = _text(spec.key)
    if spec.shape is Shape.choice:
        return next((code for code, _words in spec.options if str(code) == text), text)
    if spec.shape is Shape.number:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    return text


def _picture(spec: Spec) -> Any:
    """A new picture in the transaction of the change; ``None`` when none was chosen."""
    upload = request.files.get(spec.key)
    if upload is None or not upload.filename:
        return None
    stored = files.store_picture(
        current_actor(),
        upload.stream,
        upload.filename,
        max_bytes=current_app.config["PICTURE_MAX_MB"] * MIB,
        kind=PICTURE,
    )
    files.publish([stored.key])
    return {"key": stored.key, "url": files.drawn([stored.key])[stored.key].url}


def _changes() -> list[SimpleNamespace]:
    names = {one.key: one.title for one in settings.specs()}
    return [
        SimpleNamespace(
            at=entry.at,
            actor=entry.actor_name,
            items=[
                (
                    names.get(key, key),
                    value_words("setting", key, old),
                    value_words("setting", key, new),
                )
                for key, (old, new) in entry.changes.items()
            ],
        )
        for entry in trail.history("setting", "platform")[:SHOWN_CHANGES]
    ]
