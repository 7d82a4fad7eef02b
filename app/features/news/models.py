"""Articles, and the list of words that authors and reviewers are warned of."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.extensions import PlainModel, Stamped, UtcDateTime, Versioned
from app.extensions.model import JsonText, ParkOwned
from app.features.news.rules import State

STATES = tuple(str(state) for state in State)


class Article(Stamped, Versioned, ParkOwned, PlainModel):
    """An article of a park, or of no park: the zone's own.

    The columns repeat what lists and the public site sort and search by: of the approved revision,
    and of the draft while nothing is approved. All else is read from the revision.
    """

    __tablename__ = "article"
    __table_args__ = (
        sa.UniqueConstraint("created_by", "token"),
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint("NOT public OR published_at IS NOT NULL", name="public"),
        sa.Index("ix_article_public", "public", "published_at"),
        sa.Index("uq_article_park_id_external_key", "park_id", "external_key", unique=True),
        sa.Index(
            "uq_article_zone_external_key",
            "external_key",
            unique=True,
            sqlite_where=sa.text("park_id IS NULL"),
            postgresql_where=sa.text("park_id IS NULL"),
        ),
    )

    title: Mapped[str] = mapped_column(sa.String(100), default="")
    title_key: Mapped[str] = mapped_column(sa.String(600), default="")
    category: Mapped[str] = mapped_column(sa.String(60), default="")
    summary: Mapped[str] = mapped_column(sa.String(300), default="")
    cover_key: Mapped[str | None] = mapped_column(sa.String(32))
    cover_alt: Mapped[str] = mapped_column(sa.String(200), default="")
    top: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    public: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    state: Mapped[State] = mapped_column(
        sa.Enum(State, native_enum=False, length=12, create_constraint=False), default=State.draft
    )
    #: What the form of a new article was given: sent twice it makes one article.
    token: Mapped[str | None] = mapped_column(sa.String(32))
    #: How a caller of the REST API names it; unique among those of its park, or of the zone.
    external_key: Mapped[str | None] = mapped_column(sa.String(64))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    delete_reason: Mapped[str | None] = mapped_column(sa.String(200))

    @declared_attr
    @classmethod
    def park_id(cls) -> Mapped[int | None]:  # type: ignore[override]
        return mapped_column(sa.ForeignKey("park.id"), index=True, nullable=True)

    def __str__(self) -> str:
        return self.title


class WordList(Stamped, PlainModel):
    """An uploaded list of sensitive words; the newest one counts."""

    __tablename__ = "news_word_list"

    name: Mapped[str] = mapped_column(sa.String(200))
    words: Mapped[list[str]] = mapped_column(JsonText)
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))

    def __str__(self) -> str:
        return self.name
