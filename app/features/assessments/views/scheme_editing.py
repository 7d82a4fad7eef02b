"""The editor of a draft: each node in a form of its own, tried while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import abort, flash, jsonify, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import NotFound, Refusal, Stale
from app.core.merging import merge
from app.engines import scoring
from app.extensions import db
from app.extensions.phrases import clauses
from app.features.assessments.labels import TYPED_WORDS
from app.features.assessments.labels import schemes as words
from app.features.assessments.models import SchemeVersion
from app.features.assessments.queries import schemes as queries
from app.features.assessments.rules import scheme_nodes as nodes
from app.features.assessments.rules.scheme_nodes import Misread, Place
from app.features.assessments.rules.typed import Wrong, number
from app.features.assessments.services import scheme_trial, schemes
from app.features.assessments.views import scheme_faults
from app.features.assessments.views.scheme_page import faults_of, parts_of, value_words
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_merge import (
    Asks,
    Meeting,
    asking,
    carried,
    changed_again,
    chosen_theirs,
    meet,
    opened_values,
    tell_kept,
)
from app.web.base_views import RegisterView
from app.web.forms import key_of
from app.web.listing.page import FormPage

BASE = "/desk/assessment-schemes/version"
MOVED = _l("“%(name)s”已移动。")


class SchemeEditing(RegisterView):
    """Page of a version and the forms of its nodes."""

    @expose("/version/<pk:pk>")
    @guarded("show")
    def version(self, pk: int) -> str:
        """The whole scheme, readable; each node of a draft leads to its form."""
        version = queries.version(pk)
        against = schemes.faults(version.content)
        return self.render(
            "assessments/scheme_version.html",
            version=version,
            scheme=queries.get(version.scheme_id),
            parts=parts_of(version.content, against),
            faults=faults_of(version.content, against),
            states=words.VERSION_STATES,
            dots=words.VERSION_DOTS,
            used=queries.used(pk),
            may=self.may("edit") and version.state == "draft",
            may_copy=self.may("edit") and queries.draft_of(version.scheme_id) is None,
        )

    @expose("/version/<pk:pk>/node", methods=["GET", "POST"])
    @guarded("edit")
    def node(self, pk: int) -> Any:
        """One node of a draft; ``at`` says which."""
        version = self._draft(pk)
        place, node = self._place(version)
        if request.method == "GET":
            return self._node_page(version, place, nodes.texts_of(place, node), {}, "")
        seen = key_of(request.form.get("seen"))
        if seen is None:
            abort(400)
        opened = opened_values(request.form.get("opened", ""))
        if seen != version.version:
            place, opened = _followed(version, place, opened)
            node = nodes.node_at(version.content, place)
        try:
            typed, met = _arranged(version, nodes.texts_of(place, node), seen, opened)
        except Asks as asks:
            return self._merge_page(version, place, asks.meeting, opened), 409
        made, wrong = nodes.read(place, node, typed)
        if wrong:
            return self._node_page(version, place, typed, wrong, ""), 400
        content = nodes.changed(version.content, place, made)
        answer = self._refused(version, place, typed, content)
        if answer is not None:
            return answer
        tell_kept(met)
        return self._saved(content, place, made, pk)

    def _refused(
        self, version: SchemeVersion, place: Place, typed: Mapping[str, str], content: Any
    ) -> Any:
        """Save the draft's content; the form again when it was not taken."""
        try:
            with transaction():
                schemes.change(current_actor(), version.id, content, seen=version.version)
        except Stale:
            # The page is made from the draft as it is now; saved again, what was typed goes in.
            db.session.expire_all()
            now = queries.version(version.id)
            return self._node_page(now, place, typed, {}, changed_again()), 409
        except Refusal as against:
            said = self.words_of(against.code, against.params)
            return self._node_page(version, place, typed, {}, said), 400
        return None

    def _saved(self, content: Any, place: Place, made: Mapping[str, Any], pk: int) -> Any:
        """Back to the draft, with what is still wrong in it."""
        saved = nodes.saved_at(content, place)
        left = schemes.faults(content)
        name = _name_of(place, made)
        if left:
            told = _(
                "“%(name)s”已保存；方案还有 %(n)s 处错误，已标在对应的项上。",
                name=name,
                n=len(left),
            )
            flash(told, "warning")
        else:
            flash(_("“%(name)s”已保存。", name=name), "success")
        return self.go(f"{BASE}/{pk}#{_landing(content, saved, left)}")

    def _merge_page(
        self, version: SchemeVersion, place: Place, meeting: Meeting, opened: Mapping[str, str]
    ) -> str:
        """What two people wrote differently in one node; all else that was typed goes along."""
        theirs = _texts(version, place)
        mine = {name: _plain(request.form.get(name, "")) for name in theirs}
        merged = merge(opened, mine, theirs).values | {
            line.name: mine[line.name] for line in meeting.lines
        }
        action = f"{BASE}/{version.id}/node"
        page = FormPage(
            title=_("编辑%(part)s", part=words.PARTS[place.kind]),
            form=(),
            sections=(),
            action=action,
            cancel_url=f"{action}?at={place}",
            submit_label=_("保存"),
        )
        hidden = {
            **merged,
            "at": str(place),
            "seen": str(version.version),
            "opened": _opened(version, place),
        }
        return self.render(
            "appbuilder/general/model/edit.html",
            page=asking(page, meeting),
            hidden=hidden,
        )

    def _node_page(
        self,
        version: SchemeVersion,
        place: Place,
        typed: Mapping[str, str],
        wrong: Mapping[str, Misread],
        said: str,
    ) -> str:
        specs = nodes.fields_of(place)
        return self.render(
            "assessments/scheme_node.html",
            version=version,
            scheme=queries.get(version.scheme_id),
            at=str(place),
            title=words.PARTS[place.kind],
            is_new=place.is_new,
            specs=[one for one in specs if not one.rules],
            rule_specs=[one for one in specs if one.rules],
            rules=words.RULES,
            ruled=place.kind in nodes.RULED,
            typed=typed,
            opened=_opened(version, place),
            errors={name: _misread(one) for name, one in wrong.items()},
            labels=words.FIELDS,
            hints={**words.SHAPE_HINTS, **words.FIELD_HINTS},
            option_words=value_words,
            said=said,
            items=_items(version.content),
            begin=_begin(place, typed),
        )

    @expose("/version/<pk:pk>/try", methods=["POST"])
    @guarded("edit")
    def try_rule(self, pk: int) -> Any:
        """What does the typed value score under the typed rule? In words."""
        version = self._draft(pk)
        place, node = self._place(version)
        typed = {name: request.form.get(name, "") for name in nodes.texts_of(place, node)}
        made, wrong = nodes.read(place, node, typed)
        if wrong:
            return jsonify(said=clauses(_misread(one) for one in wrong.values()))
        value = request.form.get("try", "") or scheme_trial.start(made)
        return jsonify(said=_tried(made, version.content, value), value=value)

    @expose("/version/<pk:pk>/remove", methods=["POST"])
    @guarded("edit")
    def remove_node(self, pk: int) -> Any:
        """删除 a node with what is in it."""
        return self._rearrange(pk, nodes.removed, _l("“%(name)s”已删除。"))

    @expose("/version/<pk:pk>/up", methods=["POST"])
    @guarded("edit")
    def move_up(self, pk: int) -> Any:
        """上移."""
        return self._rearrange(pk, lambda content, at: nodes.moved(content, at, -1), MOVED)

    @expose("/version/<pk:pk>/down", methods=["POST"])
    @guarded("edit")
    def move_down(self, pk: int) -> Any:
        """下移."""
        return self._rearrange(pk, lambda content, at: nodes.moved(content, at, 1), MOVED)

    def _rearrange(self, pk: int, act: Callable[[Any, Place], Any], done: Any) -> Any:
        version = self._draft(pk)
        place, node = self._place(version)
        seen = key_of(request.args.get("seen"))
        if seen is None or place.is_new:
            abort(400)
        try:
            content = act(version.content, place)
            with transaction():
                schemes.change(current_actor(), pk, content, seen=seen)
        except LookupError:
            abort(400)
        except Stale:
            flash(_("您打开后，草稿已有变化，没有改动。"), "warning")
        except Refusal as against:
            flash(self.words_of(against.code, against.params), "danger")
        else:
            flash(str(done) % {"name": _name_of(place, node)}, "success")
        return self.go(f"{BASE}/{pk}#{place.part}")

    def _draft(self, pk: int) -> SchemeVersion:
        version = queries.version(pk)
        if version.state != "draft":
            raise NotFound(f"version {pk} is no draft")
        return version

    def _place(self, version: SchemeVersion) -> tuple[Place, nodes.Node]:
        try:
            place = nodes.place_of(request.values.get("at", ""))
            return place, nodes.node_at(version.content, place)
        except LookupError as error:
            raise NotFound(str(error)) from error


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _texts(version: SchemeVersion, place: Place) -> dict[str, str]:
    """What stands in the inputs of a node as it is now."""
    try:
        return nodes.texts_of(place, nodes.node_at(version.content, place))
    except LookupError as error:
        raise NotFound(str(error)) from error


def _opened(version: SchemeVersion, place: Place) -> str:
    """What the form is opened with, as it carries it."""
    return carried({**_texts(version, place), **nodes.section_of(version.content, place)})


def _followed(
    version: SchemeVersion, place: Place, opened: dict[str, str]
) -> tuple[Place, dict[str, str]]:
    """Others may have moved or removed nodes: the form's is known by its code, not by its number.

    One that is not found is asked about, field by field, beside what stands in its place.
    """
    found = nodes.followed(version.content, place, opened)
    return (found, opened) if found is not None else (place, {})


def _arranged(
    version: SchemeVersion, theirs: Mapping[str, str], seen: int, opened: Mapping[str, str]
) -> tuple[dict[str, str], Meeting]:
    """What is to be saved, and what of somebody else's it met.

    Raises ``Asks`` for what both wrote differently.
    """
    answered = chosen_theirs(theirs)
    typed = {
        name: theirs[name] if name in answered else request.form.get(name, "") for name in theirs
    }
    if seen == version.version:
        return typed, Meeting()
    labels = {name: words.FIELDS.get(name.removeprefix("rule."), name) for name in theirs}
    mine = {name: _plain(text) for name, text in typed.items()}
    meeting, untouched = meet(opened, mine, theirs, labels)
    if meeting.lines:
        raise Asks(meeting)
    return {**typed, **{name: theirs[name] for name in untouched}}, meeting


def _landing(content: Mapping[str, Any], saved: Place, left: Sequence[scoring.Fault]) -> str:
    """Where to go after saving: the node; where only the one around it has faults, that one."""
    at = [nodes.place_of_fault(content, one.path) for one in left]
    around = Place(saved.part, saved.index)
    found = around if saved not in at and around in at else saved
    return str(found).replace(".", "-")


def _name_of(place: Place, node: Mapping[str, Any]) -> str:
    return str(node.get("name") or node.get("code") or words.PARTS[place.kind])


def _begin(place: Place, typed: Mapping[str, str]) -> str:
    """The value that the trial of a rule begins with."""
    made, wrong = nodes.read(place, {}, typed)
    return "" if wrong else scheme_trial.start(made)


def _misread(misread: Misread) -> str:
    text = str(words.REFUSALS[misread.code])
    return text % {"line": misread.line} if misread.line else text


def _tried(node: Mapping[str, Any], content: Mapping[str, Any], text: str) -> str:
    try:
        value = number(text, percent=True)
    except Wrong as wrong:
        return str(TYPED_WORDS[wrong.code]) % wrong.params
    settings = content.get("scoring")
    rounding = settings.get("item_round") if isinstance(settings, Mapping) else None
    try:
        points = scheme_trial.points(node, rounding, Decimal(value or "0"))
    except scoring.Refused as refused:
        return clauses(scheme_faults.reason(one) for one in refused.faults)
    if points is None:
        return str(_("这一规则取决于其他园区、档次或选项，不能用一个数值试算。"))
    return str(_("得 %(points)s 分", points=points)) if value is not None else ""


def _items(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Codes and names of data items, for who writes a formula."""
    found = content.get("data_items")
    told = found if isinstance(found, list) else []
    return [
        (str(one.get("code") or ""), str(one.get("name") or ""))
        for one in told
        if isinstance(one, Mapping)
    ]
