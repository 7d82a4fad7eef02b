"""Three invented rounds of the reference scheme, by walking the services that people use: one open
for filling, one in publicity, one confirmed. Days are relative to the day of seeding."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from msgspec import Struct

from app.cli.demo.assessment_values import declared, stated
from app.core import clock, scope
from app.core.actor import Actor, system_actor
from app.engines import calendar, scoring
from app.extensions import db
from app.features.assessments.models import AssessmentFiling, AssessmentRound, SchemeVersion
from app.features.assessments.queries import filings
from app.features.assessments.queries import rounds as round_queries
from app.features.assessments.rules import checks, form, sources
from app.features.assessments.rules.filing import Verdict
from app.features.assessments.services import (
    documents,
    evidence,
    filling,
    marking,
    reviewing,
    round_parks,
    rounds,
    running,
    schemes,
    submitting,
    zone_values,
)
from app.features.objections import services as objections
from app.features.parks.models import Park
from app.features.rankings import queries as ranking_queries
from app.features.rankings import services as rankings
from app.transaction import transaction
from app.web.acting import person

REFERENCE = Path(scoring.__file__).parent / "schemes/reference.yaml"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MOST = 1024 * 1024
#: Who acts for a park; the others' people are not in the demo.
HANDS = {"P01": "park1", "P02": "park2", "B01": "base1"}
EXPERTS = ("expert1", "expert2", "expert3")


class Days(Struct, frozen=True):
    """Days of a round, counted from the day of seeding."""

    opens: int
    fill: int
    late: int
    review: int


def seed_assessments() -> None:
    """All three; the scheme's first version is frozen by the first of them."""
    version = _scheme()
    parks = _parks()
    year = clock.today().year
    confirmed = _confirmed(version, parks, year - 2)
    publicized = _publicized(version, parks, year - 1, confirmed)
    _open(version, parks, year, publicized)


def _scheme() -> SchemeVersion:
    content = schemes.content_of(REFERENCE.read_bytes())
    name = "综试区园区/基地年度考核评估（参考方案）"
    return _do("operator", schemes.create, content, code="PARK-REF", name=name)


def _parks() -> list[Park]:
    """园区 before 基地, by code; their place is how strong they are."""
    found = db.session.scalars(sa.select(Park).order_by(Park.code))
    return sorted(found, key=lambda park: park.kind == "base")


# -- last year but one: confirmed ----------------------------------------------------------------
def _confirmed(version: SchemeVersion, parks: Sequence[Park], year: int) -> AssessmentRound:
    days = Days(-330, -300, -293, -260)
    found = _round(f"{year} 年度考核", version, parks, _year(year), days)
    _everything(found, _swapped(parks), days, strength=0.78)
    _publish(found, _moment(-255), is_public=True)
    _do("operator", rankings.confirm, found.id, now=_moment(-235))
    _rectified(found)
    return found


def _rectified(found: AssessmentRound) -> None:
    """限期整改 of all but two has ended; one of them badly."""
    for at, one in enumerate(ranking_queries.consequences_of(found.id)[2:]):
        outcome = "failed" if at == 0 else "passed"
        said = "整改报告逾期未交。" if at == 0 else "整改报告和佐证材料已核实。"
        _do("operator2", rankings.close, one.id, outcome, said, seen=one.version, now=_moment(-160))


def _swapped(parks: Sequence[Park]) -> list[Park]:
    """Another order of strength, so that ranks move from one round to the next."""
    found = list(parks)
    for at in (0, 3, 6):
        found[at], found[at + 1] = found[at + 1], found[at]
    return found


# -- last year: in publicity ---------------------------------------------------------------------
def _publicized(
    version: SchemeVersion, parks: Sequence[Park], year: int, before: AssessmentRound
) -> AssessmentRound:
    days = Days(-75, -48, -41, -12)
    found = _round(f"{year} 年度考核", version, parks, _year(year), days, before)
    _everything(found, parks, days, strength=1.0, absent=("P09",), late=("P06",))
    _publish(found, _moment(-1))
    _object(found)
    return found


def _object(found: AssessmentRound) -> None:
    """Open, refused, and answered objections."""
    snapshot = ranking_queries.current(found.id)
    assert snapshot is not None
    now = clock.now()

    def raised(code: str, claim: objections.Claim) -> Any:
        key = next(one.park_id for one in ranking_queries.rows(snapshot.id) if one.code == code)
        return _do(HANDS[code], objections.file, key, snapshot.id, claim, now=now)

    raised("P01", objections.Claim("indicator", "培训活动有两场未计入，附通知和签到表。", ("D2",)))
    refused = raised("P02", objections.Claim("grade", "希望提高等级。"))
    why = "未指出具体的数据或规则问题，请按指标提出。"
    _do("reviewer2", objections.refuse, refused.id, why, seen=refused.version, now=now)
    taken = raised("B01", objections.Claim("total", "总分与自行测算不一致，请核对。"))
    taken = _do("reviewer2", objections.accept, taken.id, seen=taken.version, now=now)
    said = "已逐项复算，与公示结果一致；差异来自满意度核定值 86.5%。"
    taken = _do(
        "reviewer2", objections.decide, taken.id, "dismissed", said, seen=taken.version, now=now
    )
    _do("operator2", objections.answer, taken.id, seen=taken.version, now=now)


# -- this year: open for filling -----------------------------------------------------------------
def _open(
    version: SchemeVersion, parks: Sequence[Park], year: int, before: AssessmentRound
) -> None:
    """In its late window: park1 with an extension half way, park2 to fill in late, base1 sent back,
    others in every state."""
    today = clock.today()
    found = _round(
        f"{year} 上半年考核",
        version,
        parks,
        (date(year, 1, 1), date(year, 6, 30)),
        Days(-24, -2, 12, 40),
        before,
    )
    of = {park.code: filings.of_park(found.id, park.id) for park in parks}
    _do("operator", round_parks.leave_out, of["B02"].id, "本期仍在筹建，尚未正式运营。")
    until = today + timedelta(days=9)
    _do("operator", round_parks.extend, of["P01"].id, until, "台风停工五天", now=_moment(-3))
    half = dict(list(declared(0, 1.05).items())[:6])
    _fill("P01", of["P01"], half, _moment(-1))
    places = {park.code: at for at, park in enumerate(parks)}
    for code in ("B01", "P03", "P04", "P05", "P06"):
        day = -1 if code == "P06" else -6 - places[code]
        _hand_in(code, of[code], declared(places[code], 1.03), _moment(day))
    reasons = {"employees": "与社保人数不符，请补充花名册。", "events": "缺 5 月活动的签到表。"}
    _return(of["B01"], found, reasons)
    _take(of["P04"])
    _review(of["P05"], found, _moment(-2))


def _return(filing: AssessmentFiling, found: AssessmentRound, reasons: Mapping[str, str]) -> None:
    now = _moment(-1)
    _take(filing, now)
    for item, reason in reasons.items():
        seen = filings.values(filing.id)[item].version
        _do(
            "reviewer", reviewing.judge, filing.id, item, Verdict.returned,
            seen=seen, now=now, reason=reason,
        )  # fmt: skip
    _pass(filing, found, now)
    version = filings.get(filing.id).version
    _do("reviewer", reviewing.give_back, filing.id, "请按意见补正。", seen=version, now=now)


# -- what every round goes through ---------------------------------------------------------------
def _round(
    name: str,
    version: SchemeVersion,
    parks: Sequence[Park],
    period: tuple[date, date],
    days: Days,
    previous: AssessmentRound | None = None,
) -> AssessmentRound:
    """Planned and opened on its day; without a round before, the zone says what came before."""
    today = clock.today()
    scheme = scoring.read_scheme(version.content)
    found = sources.guessed(scheme)
    if previous is None:
        found.pop("trade_prev")
    plan = rounds.Plan(
        name=name,
        scheme_version_id=version.id,
        period_from=period[0],
        period_to=period[1],
        cut_off_on=period[1],
        opens_on=today + timedelta(days=days.opens),
        fill_until=today + timedelta(days=days.fill),
        late_until=today + timedelta(days=days.late),
        review_until=_working(today + timedelta(days=days.review)),
        previous_id=previous.id if previous else None,
        lead_id=_user("reviewer").id,
        sources=found,
    )
    now = _moment(days.opens)
    made = _do("operator", rounds.create, plan)
    _do("operator", rounds.choose, made.id, [park.id for park in parks])
    _do("operator", rounds.plan, made.id, now=now - timedelta(days=1))
    _do("operator", rounds.open_round, made.id, now=now)
    result: AssessmentRound = made
    return result


def _working(day: date) -> date:
    """Receipts name the last day of review: it is none off."""
    while not calendar.is_working(day):
        day += timedelta(days=1)
    return day


def _everything(
    found: AssessmentRound,
    parks: Sequence[Park],
    days: Days,
    *,
    strength: float,
    absent: Sequence[str] = (),
    late: Sequence[str] = (),
) -> None:
    """Filled in, reviewed, marked, scored."""
    of = {park.code: filings.of_park(found.id, park.id) for park in parks}
    for at, park in enumerate(parks):
        if park.code in absent:
            continue
        day = days.fill + 2 if park.code in late else days.opens + 6 + at
        _hand_in(park.code, of[park.code], declared(at, strength), _moment(day))
    _enter(found, parks, of, _moment(days.fill), strength)
    filed = [one for code, one in of.items() if code not in absent]
    for one in filed:
        _review(one, found, _moment(days.late + 5))
    _do("operator", rounds.close, found.id, now=_moment(days.late + 1))
    _mark(found, [one.id for one in filed], _moment(days.late + 8))
    _do("operator", running.score, found.id, preview=False, now=_moment(days.review))


def _enter(
    found: AssessmentRound,
    parks: Sequence[Park],
    of: Mapping[str, AssessmentFiling],
    now: datetime,
    strength: float,
) -> None:
    """The zone's own values, resting on a document."""
    asked = zone_values.asked(found)
    paper = documents.Paper("海关跨境电商统计年报", "琼关统〔年报〕", "海口海关", now.date())
    document = _do("operator", documents.add_document, found.id, paper, now=now)
    entries = []
    for at, park in enumerate(parks):
        values = filings.values(of[park.code].id)
        for code, typed in stated(at, strength).items():
            if code in asked:
                seen = values[code].version
                entries.append(zone_values.Entry(of[park.code].id, code, typed, seen))
    entered = _do("operator", zone_values.enter, found.id, entries, document.id, now=now)
    assert not entered.wrong, entered.wrong


def _hand_in(code: str, filing: AssessmentFiling, typed: Mapping[str, Any], now: datetime) -> None:
    _fill(code, filing, typed, now)
    _do(HANDS.get(code, ""), _explain, filing.id, now=now)
    _do(HANDS.get(code, ""), _sign, filing.id, now=now)
    seen = filings.get(filing.id).version
    _do(HANDS.get(code, ""), submitting.submit, filing.id, seen=seen, now=now)


def _fill(code: str, filing: AssessmentFiling, typed: Mapping[str, Any], now: datetime) -> None:
    def every(actor: Actor) -> None:
        seen = {code: one.version for code, one in filings.values(filing.id).items()}
        for item, text in typed.items():
            _value, wrong = filling.save(actor, filing.id, item, text, seen=seen[item], now=now)
            assert wrong is None, (item, text)

    _do(HANDS.get(code, ""), every)


def _explain(actor: Actor, filing_id: int, *, now: datetime) -> None:
    """Why a value moved so much against the round before."""
    filing = filings.get(filing_id)
    found = round_queries.get(filing.round_id)
    values = filings.values(filing_id)
    scheme = round_queries.scheme_of(found)
    why = "本期园区二期投入使用，统计范围相应扩大。"
    for code in checks.unexplained(scheme, values, filings.before(found, filing)):
        filling.remark(actor, filing_id, code, why, seen=values[code].version, now=now)


def _sign(actor: Actor, filing_id: int, *, now: datetime) -> None:
    for item, name in (("area_cbec_m2", "租赁合同.pdf"), ("employees", "从业人员花名册.pdf")):
        paper = evidence.Upload(io.BytesIO(PDF + f"% {filing_id} {item}".encode()), name, MOST)
        evidence.attach(actor, filing_id, item, paper, now=now)
    signed = evidence.Upload(io.BytesIO(PDF + f"% {filing_id}".encode()), "承诺书.pdf", MOST)
    evidence.commit_to(actor, filing_id, signed, now=now)


def _take(filing: AssessmentFiling, now: datetime | None = None) -> None:
    version = filings.get(filing.id).version
    _do("reviewer", reviewing.take, filing.id, seen=version, now=now or clock.now())


def _pass(filing: AssessmentFiling, found: AssessmentRound, now: datetime) -> None:
    def every(actor: Actor) -> None:
        seen = {code: one.version for code, one in filings.values(filing.id).items()}
        for part in form.parts(round_queries.scheme_of(found)):
            reviewing.pass_section(actor, filing.id, part.code, seen, now=now)

    _do("reviewer", every)


def _review(filing: AssessmentFiling, found: AssessmentRound, now: datetime) -> None:
    _take(filing, now)
    _pass(filing, found, now)
    version = filings.get(filing.id).version
    _do("reviewer", reviewing.finish, filing.id, seen=version, now=now)


def _mark(found: AssessmentRound, filing_ids: Sequence[int], now: datetime) -> None:
    ids = [_user(name).id for name in EXPERTS]
    _do("operator", marking.name_panel, found.id, ids)
    for at, name in enumerate(EXPERTS):

        def every(actor: Actor, at: int = at) -> None:
            for place, key in enumerate(filing_ids):
                text = f"{92 - 3 * place + 2 * at}"
                marking.mark(actor, key, "E2", text=text, now=now)
            marking.hand_in(actor, found.id, now=now)

        _do(name, every)
    _do("operator", marking.close, found.id, now=now)


def _publish(found: AssessmentRound, now: datetime, *, is_public: bool = False) -> None:
    run = ranking_queries.newest_run(found.id)
    assert run is not None
    _do("operator", rankings.publicize, found.id, run_id=run.id, is_public=is_public, now=now)


def _year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


# -- who and when --------------------------------------------------------------------------------
def _do(username: str, act: Any, *arguments: Any, **named: Any) -> Any:
    """One act of a person, or of a park whose people are not in the demo, in its transaction."""
    actor = person(_user(username)) if username else system_actor("system:demo")
    with scope.acting_as(actor), transaction():
        return act(actor, *arguments, **named)


def _user(username: str) -> User:
    with scope.unscoped():
        found = db.session.scalar(sa.select(User).where(User.username == username))
    assert found is not None
    return found


def _moment(days: int) -> datetime:
    """Ten in the morning, so many days from today; never later than now."""
    day = clock.today() + timedelta(days=days)
    return min(datetime.combine(day, time(10), clock.SHANGHAI), clock.now())
