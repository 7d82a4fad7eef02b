"""公示管理: publish a scored round, correct it, withdraw it, confirm it, archive it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from flask import flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from msgspec import Struct

from app.core import clock
from app.core.errors import Refusal
from app.engines import calendar
from app.features.accounts.rules import Role
from app.features.assessments import policy as policy_of_rounds
from app.features.assessments.labels import ROUND_WORDS
from app.features.assessments.models import AssessmentRound, AssessmentRun
from app.features.assessments.queries import rounds
from app.features.assessments.rules.rounds import RoundState
from app.features.rankings import policy, queries, services
from app.features.rankings.labels import REFUSALS, STATE_WORDS
from app.features.rankings.models import RankingSnapshot
from app.features.rankings.rules.following import Followed
from app.features.rankings.rules.moves import moves
from app.features.rankings.rules.rows import Published
from app.features.rankings.views.differences import Difference, by_itself, differences
from app.transaction import transaction
from app.web import why
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.forms import key_of
from app.web.pages import Page
from app.web.viewing import looking

BASE = "/desk/publications"
READERS = frozenset({Role.operator, Role.reviewer})


class Version(Struct, frozen=True):
    """A version with what it changed against the one before."""

    snapshot: RankingSnapshot
    moves: tuple[Difference, ...]
    whole: bool
    #: What moved with nobody judging it.
    by_itself: str = ""


class PublicationView(Page):
    """Rounds that are scored or published, and each with its versions."""

    route_base = BASE
    class_permission_name = policy.PUBLISH
    tenant = Tenant.zone
    menu_label = _l("公示管理")
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_index": READERS,
        "can_show": READERS,
        "can_publish": frozenset({Role.operator}),
    }

    @expose("/")
    @guarded("index")
    def index(self) -> Any:
        """Every round that has something to publish or has published."""
        found = [
            (one, queries.current(one.id), queries.newest_run(one.id))
            for one in queries.rounds_to_publish()
        ]
        return self.render(
            "rankings/publications.html",
            heading=self.menu_label,
            rounds=found,
            words=ROUND_WORDS,
            states=STATE_WORDS,
        )

    @expose("/<pk:pk>")
    @guarded("show")
    def show(self, pk: int) -> Any:
        """A round: what can be done now, and its versions with their differences."""
        return self._page(rounds.get(pk))

    def _page(self, found: AssessmentRound, *, wrong: str = "", reason: str = "") -> Any:
        known = _versions(found)
        snapshot = next((one.snapshot for one in known if one.snapshot.state == "current"), None)
        run = queries.newest_run(found.id)
        state = RoundState(found.state)
        may_publish = self._may() and state is RoundState.provisional and run is not None
        # its figures are nobody's yet, and have no veil for who only looks
        ahead = None if looking() else services.ahead(current_actor(), found, now=clock.now())
        return self.render(
            "rankings/publication.html",
            heading=found.name,
            round=found,
            versions=known,
            current=snapshot,
            run=run,
            wrong=wrong,
            reason=reason,
            words=ROUND_WORDS,
            states=STATE_WORDS,
            until=calendar.due(clock.now(), found.publicity_days),
            may_publish=may_publish,
            ahead=ahead,
            against=_against(ahead.against if ahead else _against_first(known, run)),
            ahead_by_itself=_told(found, ahead.followed, snapshot) if ahead and snapshot else "",
            ahead_moves=differences(ahead.moves, snapshot.head) if ahead and snapshot else (),
            upheld=policy_of_rounds.correcting(found),
            may_correct=self._may() and ahead is not None,
            may_confirm=self._may() and state is RoundState.publicized,
            may_show=self._may() and snapshot is not None,
            not_yet=_not_yet(snapshot),
            may_archive=self._may() and state is RoundState.confirmed,
            page={"whys": why.by_role(_("公示"), "can_publish", policy.PUBLISH)},
        )

    @staticmethod
    def _may() -> bool:
        return current_actor().can("can_publish", policy.PUBLISH)

    @expose("/<pk:pk>/publish", methods=["POST"])
    @guarded("publish")
    def publish(self, pk: int) -> Any:
        """公示 version 1."""
        run_id, public = _number("run"), request.form.get("public") == "1"

        def act() -> str:
            services.publicize(
                current_actor(), pk, run_id=run_id, is_public=public, now=clock.now()
            )
            return str(_("“%(round)s”的排名已公示，各园区/基地会收到通知。", round=_named(pk)))

        return self._do(pk, act)

    @expose("/<pk:pk>/correct", methods=["POST"])
    @guarded("publish")
    def correct(self, pk: int) -> Any:
        """The next version."""
        run_id, reason = _number("run"), request.form.get("reason", "")

        def act() -> str:
            snapshot, moved = services.publish_anew(
                current_actor(), pk, run_id=run_id, reason=reason, now=clock.now()
            )
            return str(
                ngettext(
                    "“%(round)s”的第 %(number)s 版排名已发布，%(num)s 家的结果有变化。",
                    "“%(round)s”的第 %(number)s 版排名已发布，%(num)s 家的结果有变化。",
                    len(moved),
                    round=_named(pk),
                    number=snapshot.number,
                )
            )

        return self._do(pk, act)

    @expose("/<pk:pk>/withdraw", methods=["POST"])
    @guarded("publish")
    def withdraw(self, pk: int) -> Any:
        """撤回."""

        def act() -> str:
            services.withdraw(
                current_actor(), pk, reason=request.form.get("reason", ""), now=clock.now()
            )
            return str(_("“%(round)s”的公示已撤回，可以重新计分后再公示。", round=_named(pk)))

        return self._do(pk, act)

    @expose("/<pk:pk>/sight", methods=["POST"])
    @guarded("publish")
    def sight(self, pk: int) -> Any:
        """Let everybody read it on the public site, or no more."""
        public = request.form.get("public") == "1"

        def act() -> str:
            snapshot = queries.current(pk)
            if snapshot is None:
                raise Refusal("round_state")
            services.show_to_all(current_actor(), snapshot.id, public=public)
            if public:
                return str(_("“%(round)s”的排名已向公众公开。", round=_named(pk)))
            return str(_("“%(round)s”的排名已停止向公众公开。", round=_named(pk)))

        return self._do(pk, act)

    @expose("/<pk:pk>/confirm", methods=["POST"])
    @guarded("publish")
    def confirm(self, pk: int) -> Any:
        """确认 the results."""

        def act() -> str:
            services.confirm(current_actor(), pk, now=clock.now())
            return str(_("“%(round)s”的考核结果已确认，不能再更正。", round=_named(pk)))

        return self._do(pk, act)

    @expose("/<pk:pk>/archive", methods=["POST"])
    @guarded("publish")
    def archive(self, pk: int) -> Any:
        """归档."""

        def act() -> str:
            services.archive(current_actor(), pk)
            return str(_("“%(round)s”已归档，仍可查看。", round=_named(pk)))

        return self._do(pk, act)

    def _do(self, pk: int, act: Callable[[], str]) -> Any:
        """One act in one transaction; a refusal shows the page again with what was typed."""
        try:
            with transaction():
                told = act()
        except Refusal as refusal:
            wrong = str(REFUSALS[refusal.code]) % refusal.params
            page = self._page(rounds.get(pk), wrong=wrong, reason=request.form.get("reason", ""))
            return page, 409
        flash(told, "success")
        return self.go(f"{BASE}/{pk}")


def _named(round_id: int) -> str:
    return rounds.get(round_id).name


def _against_first(known: Sequence[Version], run: AssessmentRun | None) -> str:
    """Why this person cannot publish the first version, or in place of a withdrawn one; "": they
    can."""
    return services.against_publishing(current_actor(), run, again=bool(known)) if run else ""


def _not_yet(snapshot: RankingSnapshot | None) -> tuple[str, ...]:
    """All for which the results cannot be confirmed now; none when they can, or nothing is in
    force."""
    against = services.against_confirming(snapshot, now=clock.now()) if snapshot else ()
    return tuple(str(REFUSALS[one.code]) % one.params for one in against)


def _against(code: str) -> Any:
    return REFUSALS[code] if code else ""


def _number(name: str) -> int:
    return key_of(request.form.get(name)) or 0


def _told(found: AssessmentRound, followed: Sequence[Followed], snapshot: RankingSnapshot) -> str:
    return (
        by_itself(followed, rounds.scheme_of(found), queries.rows(snapshot.id)) if followed else ""
    )


def _by_itself(found: AssessmentRound, one: RankingSnapshot, before: RankingSnapshot) -> str:
    followed = services.following(found, queries.run_of(before), queries.run_of(one))
    return _told(found, followed, one)


def _versions(found: AssessmentRound) -> list[Version]:
    """Newest first."""
    known = queries.versions(found.id)
    rows = [queries.rows(one.id) for one in known]
    return [
        _version(found, one, new, before)
        for one, new, before in zip(
            known, rows, [*zip(known[1:], rows[1:], strict=True), None][: len(known)], strict=True
        )
    ]


def _version(
    found: AssessmentRound,
    one: RankingSnapshot,
    rows: Sequence[Published],
    before: tuple[RankingSnapshot, Sequence[Published]] | None,
) -> Version:
    moved = moves(before[1], rows) if before else ()
    return Version(
        one,
        differences(moved, one.head),
        services.is_whole(one),
        _by_itself(found, one, before[0]) if before and moved else "",
    )
