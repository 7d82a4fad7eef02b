"""Publications and their rows. Neither ever changes: a correction is a new version."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import JsonText, ParkOwned, PlainModel, Stamped, UtcDateTime, Versioned
from app.extensions.model import Scaled
from app.features.rankings.rules.chain import CODE_LENGTH
from app.features.rankings.rules.consequences import Kind, Outcome
from app.features.rankings.rules.rows import Published

STATES = ("current", "superseded", "withdrawn")
KINDS = tuple(one.value for one in Kind)
OUTCOMES = tuple(one.value for one in Outcome)
POINTS = 6
#: What may still be written to a publication: how it stands, never what it says.
STANDING = frozenset({"state", "ended_at", "end_reason", "is_public"})


class ImmutableError(RuntimeError):
    """Something tried to change what was published: a bug, refused before it reaches the database."""


class RankingSnapshot(PlainModel):
    """One version of a round's ranking. ``head``: round, scheme, columns, caps, notes, as published;
    ``digest`` covers head and rows and the digest before it; ``results_digest`` is that of the run."""

    __tablename__ = "ranking_snapshot"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "number"),
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint("(state = 'current') = (ended_at IS NULL)", name="ended"),
        sa.CheckConstraint("window_from <= window_until", name="window"),
        sa.Index(
            "uq_ranking_snapshot_round_current",
            "round_id",
            unique=True,
            sqlite_where=sa.text("state = 'current'"),
            postgresql_where=sa.text("state = 'current'"),
        ),
    )

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_round.id"), index=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_run.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(12), default="current")
    is_public: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    window_from: Mapped[date]
    window_until: Mapped[date]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    published_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    publisher_name: Mapped[str] = mapped_column(sa.String(128), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    short_code: Mapped[str] = mapped_column(sa.String(CODE_LENGTH), unique=True)
    head: Mapped[dict[str, Any]] = mapped_column(JsonText)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    #: Unique: the chain cannot fork, whoever publishes at the same moment.
    previous_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    results_digest: Mapped[str] = mapped_column(sa.String(64))

    def __str__(self) -> str:
        return f"v{self.number}"


class RankingRow(PlainModel):
    """A park in a publication. Not row-scoped: every park may see it (decisions.md 20)."""

    __tablename__ = "ranking_row"
    __table_args__ = (
        sa.UniqueConstraint("snapshot_id", "park_id"),
        sa.UniqueConstraint("snapshot_id", "position"),
    )

    snapshot_id: Mapped[int] = mapped_column(sa.ForeignKey("ranking_snapshot.id"))
    position: Mapped[int]
    park_id: Mapped[int] = mapped_column(sa.ForeignKey("park.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[str] = mapped_column(sa.String(16))
    rank: Mapped[int | None]
    final: Mapped[Decimal | None] = mapped_column(Scaled(POINTS))
    grade: Mapped[str] = mapped_column(sa.String(80))
    told: Mapped[dict[str, Any]] = mapped_column(JsonText)

    def published(self) -> Published:
        """The row as it was published."""
        return Published(**{**self.told, "steps": tuple(self.told["steps"])})


class RankingConsequence(ParkOwned, Stamped, Versioned, PlainModel):
    """What follows for a park from a confirmed result: 限期整改, 取消称号待核. ``words``: as the
    scheme says it; ``years``: for how many rounds in a row; ``outcome``: how it ended."""

    __tablename__ = "ranking_consequence"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "park_id"),
        sa.CheckConstraint(f"kind IN {KINDS}", name="kind"),
        sa.CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        sa.CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="closed"),
        sa.CheckConstraint("outcome IS NULL OR note <> ''", name="note_if_closed"),
        sa.Index("ix_ranking_consequence_kind", "kind", "outcome"),
    )

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_round.id"))
    snapshot_id: Mapped[int] = mapped_column(sa.ForeignKey("ranking_snapshot.id"))
    kind: Mapped[str] = mapped_column(sa.String(8))
    words: Mapped[str] = mapped_column(sa.String(80))
    grade: Mapped[str] = mapped_column(sa.String(80))
    veto: Mapped[str | None] = mapped_column(sa.String(80))
    years: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    due_on: Mapped[date]
    outcome: Mapped[str | None] = mapped_column(sa.String(8))
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    #: The file with the report or the decision, where one was given.
    report_key: Mapped[str | None] = mapped_column(sa.String(32))
    #: What the park sent in before: its report (the last one), its word, when and who.
    park_report_key: Mapped[str | None] = mapped_column(sa.String(32))
    park_note: Mapped[str] = mapped_column(sa.String(500), default="", server_default="")
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reported_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))

    def __str__(self) -> str:
        return self.words


class RankingSight(PlainModel):
    """Somebody asked whether a sheet is genuine: how often from one address, and for the log."""

    __tablename__ = "ranking_sight"
    __table_args__ = (sa.Index("ix_ranking_sight_address", "address", "at"),)

    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    address: Mapped[str] = mapped_column(sa.String(64), default="")
    snapshot_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ranking_snapshot.id"))


@event.listens_for(RankingRow, "before_update")
@event.listens_for(RankingRow, "before_delete")
@event.listens_for(RankingSnapshot, "before_delete")
def _never(_mapper: object, _connection: object, target: object) -> None:
    raise ImmutableError(type(target).__name__)


@event.listens_for(RankingSnapshot, "before_update")
def _only_its_standing(_mapper: object, _connection: object, target: object) -> None:
    state = sa.inspect(target)
    assert state is not None
    changed = {one.key for one in state.attrs if one.history.has_changes()}
    if changed - STANDING:
        raise ImmutableError(", ".join(sorted(changed - STANDING)))
