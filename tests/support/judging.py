"""Review, marks and runs for tests, by walking the services; more parks and people than usual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role, User

from app.core import clock, scope
from app.engines.scoring import documents as yaml_documents
from app.extensions import db
from app.features.accounts import services as accounts
from app.features.assessments.models import (
    AssessmentFiling,
    AssessmentMark,
    AssessmentRound,
    AssessmentRun,
    FilingEvidence,
)
from app.features.assessments.queries import filings, rounds
from app.features.assessments.rules import form, judging
from app.features.assessments.rules.filing import Verdict
from app.features.assessments.services import (
    documents,
    findings,
    marking,
    reviewing,
    running,
    submitting,
)
from app.features.assessments.services import rounds as round_services
from app.features.parks.models import Park
from app.transaction import transaction
from tests.support import assessments, people

REVIEWER = "reviewer"
MORE = {"reviewer2": "reviewer", **{f"expert{n}": "expert" for n in range(2, 6)}}


def more_people() -> None:
    """Another reviewer and a panel of five; parks P03 and P04."""
    with scope.unscoped(), transaction():
        known = set(db.session.scalars(sa.select(User.username)))
        roles = {role.name: role for role in db.session.scalars(sa.select(Role))}
        for username, role in MORE.items():
            if username not in known:
                accounts.create_user(
                    username=username, name=f"测{username}", password=None, roles=[roles[role]]
                )
        there = set(db.session.scalars(sa.select(Park.code)))
        for code in ("P03", "P04"):
            if code not in there:
                db.session.add(Park(code=code, name=f"测试园区{code}", kind="park"))


def do(by: str, act: Any, *arguments: Any, **named: Any) -> Any:
    """A service as a person, in a transaction of its own; ``now`` is this moment."""
    actor = people.actor(by)
    named.setdefault("now", clock.now())
    if named["now"] is None:
        del named["now"]
    with scope.acting_as(actor), transaction():
        return act(actor, *arguments, **named)


def fresh(one: AssessmentFiling) -> AssessmentFiling:
    with scope.unscoped():
        db.session.expire_all()
        return filings.get(one.id)


def value(one: AssessmentFiling, code: str) -> Any:
    with scope.unscoped():
        return filings.values(one.id)[code]


def take(one: AssessmentFiling, by: str = REVIEWER, **named: Any) -> AssessmentFiling:
    return do(by, reviewing.take, one.id, seen=fresh(one).version, **named)


def judge(
    one: AssessmentFiling, code: str, verdict: str, *, by: str = REVIEWER, **named: Any
) -> Any:
    named.setdefault("seen", value(one, code).version)
    return do(by, reviewing.judge, one.id, code, Verdict(verdict), **named)


def pass_all(one: AssessmentFiling, by: str = REVIEWER) -> None:
    """Every section, as the button does it."""
    with scope.unscoped():
        found = rounds.get(one.round_id)
        parts = form.parts(rounds.scheme_of(found))
        seen = {code: each.version for code, each in filings.values(one.id).items()}
    for part in parts:
        do(by, reviewing.pass_section, one.id, part.code, seen)


def reviewed(one: AssessmentFiling, by: str = REVIEWER) -> AssessmentFiling:
    """Taken up, everything passed, finished."""
    take(one, by)
    pass_all(one, by)
    return do(by, reviewing.finish, one.id, seen=fresh(one).version)


def returned(
    one: AssessmentFiling, codes: tuple[str, ...] = ("employees",), by: str = REVIEWER, **named: Any
) -> AssessmentFiling:
    """Taken up, everything passed but ``codes``, which go back."""
    take(one, by)
    for code in codes:
        judge(one, code, "returned", reason="请补充佐证", by=by)
    pass_all(one, by)
    seen = fresh(one).version
    return do(by, reviewing.give_back, one.id, "请按意见补正", seen=seen, **named)


def submit(one: AssessmentFiling, by: str = "park1", **named: Any) -> AssessmentFiling:
    return do(by, submitting.submit, one.id, seen=fresh(one).version, **named)


def evidence(
    one: AssessmentFiling, code: str, *, key: str, sha256: str, name: str = "证明.pdf"
) -> FilingEvidence:
    """A row alone: what the twins are found by."""
    with scope.unscoped(), transaction():
        made = FilingEvidence(
            filing_id=one.id, park_id=one.park_id, code=code, file_key=key, name=name, size=10,
            sha256=sha256, at=clock.now(),
        )  # fmt: skip
        db.session.add(made)
    return made


def closed(found: AssessmentRound) -> AssessmentRound:
    """Filling in is over."""
    do(assessments.ZONE, round_services.close, found.id)
    return found


def panel_closed(found: AssessmentRound, marks: Mapping[str, list[int]] | None = None) -> None:
    """Three experts mark every filing the same, hand in, and the operator closes."""
    names = ("expert1", "expert2", "expert3")
    ids = [people.actor(name).user_id for name in names]
    do(assessments.ZONE, marking.name_panel, found.id, ids, now=None)
    with scope.unscoped():
        keys = [one.id for one in filings.of_round(found.id) if one.state != "draft"]
    for at, name in enumerate(names):
        for key in keys:
            do(name, marking.mark, key, "E2", text=str(80 + at))
        do(name, marking.hand_in, found.id)
    do(assessments.ZONE, marking.close, found.id)


def run(
    found: AssessmentRound, *, preview: bool = False, by: str = assessments.ZONE
) -> AssessmentRun:
    return do(by, running.score, found.id, preview=preview)


def paper(found: AssessmentRound, by: str = assessments.ZONE) -> int:
    return int(do(by, documents.add_document, found.id, documents.Paper("调查认定书")).id)


# -- the worked example ----------------------------------------------------------------------------
EXAMPLE_PARKS = {"P-A": "P01", "P-B": "P02", "P-C": "B01", "P-D": "P03", "P-E": "P04"}
#: What the computed sources would say of the park's own numbers is given by the example instead.
EXAMPLE_SOURCES = {"N1": "late_days", "N2": "returns"}


def examples() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    found = yaml_documents.load(assessments.REFERENCE.read_bytes())["examples"]
    return found["subjects"], found["expected"]


def worked_example() -> AssessmentRound:
    """The five parks of the reference scheme as filings that are reviewed, with their panel."""
    more_people()
    parks = tuple(EXAMPLE_PARKS.values())
    found = assessments.opened(parks, sources=EXAMPLE_SOURCES)
    subjects, _expected = examples()
    with scope.unscoped():
        asks = form.asks(rounds.scheme_of(found))
    for subject in subjects:
        one = assessments.filing(found, EXAMPLE_PARKS[subject["id"]])
        _as_verified(one, subject, asks)
        if subject.get("veto"):
            do(assessments.ZONE, findings.set_veto, one.id, str(subject["veto"]), "伪造",
               document_id=paper(found))  # fmt: skip
    closed(found)
    with scope.unscoped(), transaction():
        rounds.locked(found.id).panel_closed_at = clock.now()
    return found


def _as_verified(one: AssessmentFiling, subject: Mapping[str, Any], asks: Any) -> None:
    """The example's numbers as verified values; its marks, late days and returns as rows."""
    now = clock.now()
    told = {**subject["values"], **subject["bonus"], **subject["deductions"]}
    with scope.unscoped(), transaction():
        filing = filings.locked(one.id)
        for code, value in filings.values(one.id).items():
            if told.get(code) is None:
                continue
            value.verified = typed_by(asks[code], told[code])
            value.verdict, value.verified_at = "passed", now
            if asks[code].owner == form.PARK:
                value.declared, value.declared_at = value.verified, now
        for at, mark in enumerate(subject["values"]["expert_scores"], 1):
            db.session.add(
                AssessmentMark(
                    filing_id=one.id, park_id=one.park_id, indicator="E2", mark=mark,
                    expert_id=people.actor(f"expert{at}").user_id,
                )
            )  # fmt: skip
        filing.late_days = int(subject["deductions"]["N1"])
        filing.times_returned = int(subject["deductions"]["N2"]) + 1
        rank = subject["previous_rank"]
        filing.previous_rank = None if rank is None else int(rank)
        filing.first_submitted_at = filing.submitted_at = filing.reviewed_at = now
        filing.number, filing.state = f"KH{one.id}", "reviewed"


def typed_by(ask: form.Ask, told: Any) -> Any:
    """A cohort file's value as it is kept: chosen options are named there by their number."""
    if ask.kind == "multi_choice" and ask.item is not None and ask.item.options:
        return list(ask.item.options[: int(told)])
    if isinstance(told, Mapping):
        return ask.read({level: str(count) for level, count in told.items()})
    return ask.read(str(told))


def claimed_codes(found: AssessmentRound, one: AssessmentFiling) -> tuple[str, ...]:
    with scope.unscoped():
        scheme = rounds.scheme_of(found)
        return judging.tasks(scheme, found.sources, filings.values(one.id))
