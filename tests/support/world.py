"""One of each thing in park P01, to be tried by people who must not reach it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role, User

from app.core import clock, scope, uscc
from app.engines import files, review
from app.engines.calendar import CalendarDay
from app.engines.dictionaries import DictionaryEntry
from app.engines.documents import Document
from app.engines.jobs import Job
from app.engines.notices import InboxMessage, phone_index
from app.engines.trail import AuditEntry
from app.extensions import db
from app.extensions.lists.models import SavedView
from app.features.accounts.models import SEALED_PHONE, AccessToken, Identity
from app.features.enterprises import services
from app.features.enterprises.models import AcceptedCode, EnterpriseImport
from app.features.news import services as articles
from app.features.objections import services as objections
from app.features.parks.models import (
    LicenceClaim,
    Organisation,
    ParkFigures,
    ParkInvitation,
    ParkMembership,
    ParkTransfer,
)
from app.features.rankings.models import RankingConsequence
from app.transaction import transaction
from app.web.sessions import LoginSession
from tests.features.news import made as news
from tests.support import (
    assessments,
    bins,
    duplicates,
    judging,
    moves,
    people,
    rankings,
    settlements,
)
from tests.support import enterprises as made
from tests.support.routes import Route

MISSING = 987_654_321
OWNER = "park1"


@dataclass(frozen=True)
class World:
    """Endpoint prefix -> the arguments that name park1's thing."""

    things: dict[str, Any] = field(default_factory=dict)

    def arguments(self, route: Route, *, missing: bool = False) -> dict[str, Any]:
        """Arguments of a route: park1's own thing, or one that does not exist."""
        found = {}
        for name in route.arguments:
            value = self._value(route, name)
            if missing and name not in ("name", "kind"):
                value = "f" * 32 if name == "key" else MISSING
            found[name] = value
        return found

    def _value(self, route: Route, name: str) -> Any:
        owner = route.endpoint.partition(".")[0]
        if owner == "BinView" and name == "pk" and "kind" in route.arguments:
            return self.things[f"{owner}:subject"]  # the record itself, not its place in the bin
        if name == "name" and owner == "ObjectionView":
            return "withdraw"
        if name == "name" and owner == "EnterpriseMoveView":
            return "take_back"
        if name == "name":
            return route.act or "contact_phone"  # of a bulk act, or of a revealed field
        return self.things[f"{owner}:{name}"]


def make(folder: Path) -> World:
    """Through the services; in an application context that sees everything."""
    alive = made.add("P01", 901, by=OWNER)
    gone = made.add("P01", 902, by=OWNER)
    deleted_at = clock.now()
    with made.acting(OWNER) as actor, transaction():
        services.discard(actor, gone.id, reason="测试", now=deleted_at)
    rows = [made.row(903), made.row(904, contact_phone="12")]
    import_id = made.planned(OWNER, "P01", made.csv_bytes(rows), folder)
    with made.acting(OWNER) as actor, transaction():
        stored = files.store(
            actor,
            io.BytesIO(made.csv_bytes(rows)),
            "名录.csv",
            kind="import_source",
            allowed=frozenset({"csv"}),
            max_bytes=10_000,
            park_id=people.park("P01").id,
        )
        key = stored.key
        found = db.session.get(EnterpriseImport, import_id)
        assert found is not None
        found.file_key = key
    with scope.unscoped(), transaction():
        user_id = db.session.scalar(sa.select(User.id).where(User.username == OWNER))
        job = Job(kind="none", title="测试", params={}, origin={}, created_by=user_id,
                  park_id=people.park("P01").id)  # fmt: skip
        view = SavedView(user_id=user_id, view="EnterpriseView", name="我的", query="")
        signed_in = LoginSession(sid_hash="0" * 64, user_id=user_id, created_at=clock.now(),
                                 seen_at=clock.now(), address="", agent="", data={})  # fmt: skip
        bound = Identity(provider="wechat", issuer="w", subject="park1", user_id=user_id)
        figures = ParkFigures(park_id=people.park("P01").id, year=2024, firms=36)
        token = AccessToken(
            user_id=user_id, park_id=people.park("P01").id, name="ERP", mark="pdk_aaaa",
            token_hash="0" * 64, scopes=("parks:read",), expires_at=clock.now() + timedelta(days=9),
        )  # fmt: skip
        db.session.add_all([job, signed_in, bound, figures, token, view])
    return World(
        {
            "EnterpriseView:pk": alive.id,
            "ReviewView:pk": _proposed(),
            **_of_news(),
            **_of_assessment(),
            **_of_judging(),
            **_of_rounds(),
            "BinView:pk": bins.item("enterprise", gone.id),
            "BinView:seen": 1,
            "BinView:at": clock.microseconds(deleted_at),
            "BinView:kind": "enterprise",
            "BinView:subject": gone.id,
            # Of an enterprise that P02 does not have: its people must not see that they were asked.
            "EnterpriseMoveView:pk": moves.asked(OWNER, 905, old="P02", new="P01").id,
            "EnterpriseMoveView:seen": 1,
            "EnterpriseImportView:import_id": import_id,
            "JobsView:job_id": job.id,
            "DevicesView:pk": signed_in.id,
            "FiguresView:pk": figures.id,
            "AccountCentreView:pk": bound.id,
            "OwnTokensView:pk": token.id,
            "TokenView:pk": token.id,
            **_of_duplicates(),
            **_of_people(int(user_id)),
            **_of_the_zone(int(user_id)),
            "FileView:key": key,
            "PictureView:key": key,
            "DocumentPage:kind": "legal",
            "SettingsView:group": "site",
            "DocumentPage:number": 1,
            "WaysInView:kind": "legal",
            "SettlementApplyView:park_key": "P01",
            "SettlementView:pk": settlements.made("P01").id,
            **_of_filing(),
            "OwnApplicationsView:pk": settlements.made("P02", by=OWNER).id,
            "SavedViewsView:view_id": view.id,
        }
    )


def _of_duplicates() -> dict[str, Any]:
    """A pair of park1's that waits, and a record of it that was merged into another."""
    one, other = duplicates.two()
    third = made.add("P01", 905, name="三亚重复第三家有限公司")
    duplicates.found()
    merge = duplicates.merged(one, third)
    return {"DuplicateView:pk": duplicates.pair(one, other).id, "MergeView:pk": merge.id}


def _proposed() -> int:
    """A revision of park1's that waits for its reviewer."""
    kind = review.Kind("sample_of_world", "样品", "EnterpriseView", (), address=lambda _one: "/")
    review.register(kind)
    actor = people.actor(OWNER)
    thing = review.Subject(kind.name, 1, people.park("P01").id, "样品", {})
    with scope.acting_as(actor), transaction():
        return review.propose(actor, thing, {}, seen=0, send=True).id


def _of_assessment() -> dict[str, Any]:
    """A published round, and park1's objection to it."""
    found, snapshot = rankings.published()
    actor = people.actor(OWNER)
    claim = objections.Claim("total", "请核对总分。")
    with scope.acting_as(actor), transaction():
        raised = objections.file(actor, people.park("P01").id, snapshot.id, claim, now=clock.now())
    return {
        "RankingPaperView:pk": snapshot.id,
        "RankingPaperView:kind": "xlsx",
        "VerifyView:key": snapshot.key,
        "PublicationView:pk": found.id,
        "PublicRankingsView:pk": found.id,
        "ConsequenceView:pk": _followed(found.id, snapshot.id),
        "ObjectionFilingView:pk": snapshot.id,
        "ObjectionView:pk": raised.id,
    }


def _followed(round_id: int, snapshot_id: int) -> int:
    """What follows for park1, as confirming would write it."""
    with scope.unscoped(), transaction():
        made = RankingConsequence(
            park_id=people.park("P01").id, round_id=round_id, snapshot_id=snapshot_id,
            kind="rectify", words="限期整改", grade="fail", due_on=clock.today(),
        )  # fmt: skip
        db.session.add(made)
    return made.id


def _of_filing() -> dict[str, Any]:
    """park1's draft in an open round, with its commitment and a file."""
    made = assessments.filing(assessments.opened(("P01",)), "P01")
    assessments.signed(made, by=OWNER)
    paper = assessments.attached(made, "employees", by=OWNER)
    return {"FilingView:pk": made.id, "FilingView:evidence_id": paper.id}


def _of_news() -> dict[str, Any]:
    """A draft of park1's and an article in the recycle bin."""
    alive, gone = news.write(OWNER), news.write(OWNER)
    news.do(OWNER, articles.remove, gone, reason="测试")
    return {
        "NewsView:pk": alive,
        "PublicNewsView:pk": alive,
        "NewsFileView:pk": alive,
        "NewsFileView:key": "f" * 32,
        "PublicParksView:slug": "p01",
    }


def _of_judging() -> dict[str, Any]:
    """park1's filing before its reviewer, with a file, in a round with a panel and a run."""
    found = assessments.opened()
    one = assessments.submitted(found, by=OWNER)
    park_id = one.park_id
    paper = judging.evidence(one, "employees", key="e" * 32, sha256="0" * 64)
    run = judging.run(found, preview=True)
    return {
        "FilingReviewView:pk": one.id,
        "FilingReviewView:evidence_id": paper.id,
        "FilingReviewView:round_id": found.id,
        "FilingReviewView:assignment_id": MISSING,
        "PanelView:round_id": found.id,
        "PanelView:filing_id": one.id,
        "PanelView:indicator": "E2",
        "ScoringView:round_id": found.id,
        "ScoringView:run_id": run.id,
        "ScoringView:park_id": park_id,
        "ScoringView:veto_id": MISSING,
        "ScoringView:override_id": MISSING,
    }


def _of_people(user_id: int) -> dict[str, Any]:
    """park1 owns the park, has invited a number that is its own, and offers the park to clerk1."""
    with scope.unscoped(), transaction():
        park_id, now = people.park("P01").id, clock.now()
        later = now + timedelta(days=7)
        mine = sa.select(ParkMembership).where(ParkMembership.park_id == park_id)
        member = {one.user_id: one for one in db.session.scalars(mine)}
        member[user_id].role = "owner"
        clerk = db.session.scalar(sa.select(User.id).where(User.username == "clerk1"))
        number = Identity(provider="phone", subject=phone_index("13900000001"), user_id=user_id,
                          label="139****0001")  # fmt: skip
        invited = ParkInvitation(park_id=park_id, role="clerk", phone_index=number.subject,
                                 phone_masked=number.label, invited_by=user_id, sent_at=now,
                                 expires_at=later)  # fmt: skip
        offer = ParkTransfer(park_id=park_id, from_user_id=user_id, to_user_id=clerk,
                             expires_at=later)  # fmt: skip
        told = InboxMessage(user_id=user_id, kind="park.removed", params={"park": "x"}, cause="w")
        db.session.add_all([number, invited, offer, told])
        db.session.flush()
        SEALED_PHONE.seal(number, "13900000001")
        return {
            "ParkPeopleView:pk": member[int(clerk or 0)].id,
            "ParkPeopleView:invitation_id": invited.id,
            "InvitationView:pk": invited.id,
            "OwnParksView:pk": member[user_id].id,
            "OwnershipView:pk": offer.id,
            "OwnershipView:member_id": member[int(clerk or 0)].id,
            "MessagesView:pk": told.id,
        }


def _of_the_zone(user_id: int) -> dict[str, Any]:
    """What the zone's and the administrators' registers hold anyway."""
    with scope.unscoped(), transaction():
        body = "91460200MA5T90001"
        firm = Organisation(uscc=body + uscc.check_sign(body), name="三亚测试主体有限公司")
        db.session.add(firm)
        db.session.flush()
        first = {
            "MembershipView": ParkMembership.id,
            "DictionaryView": DictionaryEntry.id,
            "RoleView": Role.id,
            "AuditView": AuditEntry.id,
            "PersonalAccessView": AuditEntry.id,
            "DocumentView": Document.id,
            "CalendarView": CalendarDay.id,
        }
        code = AcceptedCode(uscc="91350211M0000XUF46", evidence="测试")
        claim = LicenceClaim(user_id=user_id, uscc=firm.uscc, name=firm.name, file_key="f" * 32,
                             legal_representative="张三", registered_address="三亚")  # fmt: skip
        db.session.add_all([code, claim])
        db.session.flush()
        return {
            "UserView:pk": user_id,
            "ViewAsView:pk": user_id,
            "GrantView:pk": user_id,
            "ParkView:pk": people.park("P01").id,
            "OrganisationView:pk": firm.id,
            "AcceptedCodeView:pk": code.id,
            "LicenceClaimView:pk": claim.id,
            **{
                f"{view}:pk": db.session.scalar(sa.select(sa.func.min(key)))
                for view, key in first.items()
            },
        }


def _of_rounds() -> dict[str, Any]:
    """A round that is open, with the scheme that it rests on."""
    found = assessments.opened()
    filing = assessments.filing(found, "P01")
    return {
        "RoundView:pk": found.id,
        "RoundView:filing_id": filing.id,
        "RoundValuesView:pk": found.id,
        "RoundValuesView:code": "trade_cur",
        "SchemeView:pk": found.scheme_version_id,
        "SchemeView:kind": "yaml",
    }
