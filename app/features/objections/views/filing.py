"""提出异议: the dialog over the ranking, a page of its own so that nothing typed is lost."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import calendar
from app.features.accounts.rules import Role
from app.features.assessments.queries import rounds
from app.features.assessments.rules.rounds import RoundState
from app.features.objections import policy, queries, services
from app.features.objections.forms import ObjectionForm
from app.features.objections.labels import REFUSALS
from app.features.objections.rules import Target
from app.features.rankings import queries as rankings
from app.features.rankings.models import RankingSnapshot
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.forms import key_of
from app.web.listing.page import Link
from app.web.pages import Page

BASE = "/desk/objections/new"


def offered(actor: Actor, snapshot: RankingSnapshot) -> Link | None:
    """The button on the ranking page: for a park in it, while the window is open."""
    park_id = actor.acting_park_id
    if park_id is None or not policy.may_file(actor, park_id) or not _is_open(snapshot):
        return None
    if all(one.park_id != park_id for one in rankings.kept_rows(snapshot)):
        return None
    code = request.args.get("code", "")
    own = request.args.get("park") == str(park_id)
    query = f"?code={code}" if own and code.isalnum() else ""
    return Link(_("提出异议"), f"{BASE}/{snapshot.id}{query}", icon="message", kind="primary")


def _is_open(snapshot: RankingSnapshot) -> bool:
    state = RoundState(rounds.get(snapshot.round_id).state)
    return (
        snapshot.state == "current"
        and state is RoundState.publicized
        and clock.today() <= snapshot.window_until
    )


class ObjectionFilingView(Page):
    """One form for one version."""

    route_base = BASE
    class_permission_name = policy.VIEW
    tenant = Tenant.published
    access: ClassVar[dict[str, frozenset[str]]] = {"can_file": frozenset({Role.park_admin})}

    @expose("/<pk:pk>", methods=["GET", "POST"])
    @guarded("file")
    def new(self, pk: int) -> Any:
        """The form; **确定提出** files it."""
        actor = current_actor()
        snapshot = rankings.readable(pk, withdrawn=actor.sees_all)
        if actor.acting_park_id is None:
            abort(404)
        form = self._form(snapshot, actor)
        if request.method == "GET":
            return self._page(snapshot, form)
        good, more = form.validate(), {} if form.honest.data else {"honest": "objection_honest"}
        try:
            with transaction():
                made = services.file(actor, actor.acting_park_id, pk, _claim(form), now=clock.now())
                if more or not good:
                    raise Refusal("objection_incomplete")  # noqa: TRY301 - nothing of it stays
        except Refusal as refusal:
            fields = {**refusal.fields, **more}
            _put(form, Refusal(refusal.code, fields=fields, **refusal.params))
            choose_again(form)
            return self._page(snapshot, form), 400
        flash(_("异议已提出，编号 %(number)s。", number=made.number), "success")
        return self.go(f"/desk/objections/show/{made.id}")

    def _form(self, snapshot: RankingSnapshot, actor: Actor) -> ObjectionForm:
        form = ObjectionForm()
        scheme = rounds.scheme_of(rounds.get(snapshot.round_id))
        adjustments: list[Any] = [*scheme.bonus, *scheme.deductions]
        form.indicators.choices = [
            (one.code, f"{one.code} {one.name}") for one in [*scheme.indicators, *adjustments]
        ]
        form.other.choices = [("", _("请选择"))] + [
            (str(one.park_id), one.name)
            for one in rankings.kept_rows(snapshot)
            if one.park_id != actor.acting_park_id
        ]
        code = request.args.get("code", "")
        if request.method == "GET":
            known = code in {one for one, _words in form.indicators.choices}
            form.target.data = Target.indicator.value if known else Target.total.value
            form.indicators.data = [code] if known else []
        return form

    def _page(self, snapshot: RankingSnapshot, form: ObjectionForm) -> str:
        park_id = current_actor().acting_park_id or 0
        round_id = snapshot.round_id
        return self.render(
            "objections/new.html",
            form=form,
            snapshot=snapshot,
            round=rounds.get(round_id),
            left=calendar.left(snapshot.window_until),
            is_open=_is_open(snapshot),
            earlier=queries.of_park(park_id, round_id),
            cancel=f"/desk/ranking/?round={round_id}",
            action=f"{BASE}/{snapshot.id}",
        )


def _claim(form: ObjectionForm) -> services.Claim:
    return services.Claim(
        target=form.target.data or "",
        reason=form.reason.data or "",
        indicators=tuple(form.indicators.data or ())
        if form.target.data == Target.indicator
        else (),
        other_park_id=key_of(form.other.data),
        uploads=uploads(form.files.data),
    )


def uploads(given: Any) -> list[services.Upload]:
    """The files that were really chosen."""
    return [
        services.Upload(one.stream, one.filename)
        for one in given or ()
        if getattr(one, "filename", "")
    ]


def choose_again(form: Any) -> None:
    """Said beside a refused form's files: they are not in the form that comes back."""
    if "files" in form and uploads(form.files.data) and not form.files.errors:
        form.files.errors = [str(REFUSALS["objection_choose_again"])]


def _put(form: Any, refusal: Refusal) -> None:
    """Each error beside its field; what belongs to none stands above."""
    for name, code in refusal.fields.items():
        if name in form and not form[name].errors:
            form[name].errors = [str(REFUSALS[code]) % refusal.params]
    if not any(name in form for name in refusal.fields):
        form.form_errors = [*form.form_errors, str(REFUSALS[refusal.code]) % refusal.params]
