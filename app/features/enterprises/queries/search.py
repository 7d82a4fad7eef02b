"""The search box of the register: rare words by an index over pairs of signs, common ones by reading.

Migration 0020 makes the index and says how it is kept. A search that most rows meet fills its page
from the first rows of any order; one that few rows meet would read them all without the index.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from app.extensions import db
from app.extensions.lists.spec import LIKE_ESCAPE, contains, escape_like, starts_with
from app.features.enterprises.models import Enterprise
from app.features.enterprises.rules import contact_text, search_text, tokens

#: From so many rows on a word is common. Sorting that many keys takes as long as reading a page.
COMMON = 5_000
INDEX = sa.table("search_enterprise", sa.column("rowid"))
PAIR = 2  # signs
#: Rows by the statistics, rows written since, and the part of them that is deleted.
_FRESHNESS = sa.text(
    "SELECT c.reltuples, s.n_mod_since_analyze, 1 - coalesce((SELECT null_frac FROM pg_stats "
    "WHERE schemaname = s.schemaname AND tablename = s.relname AND attname = 'deleted_at'), 0) "
    "FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid "
    "WHERE s.relid = 'enterprise'::regclass"
)
_FOUND = sa.text("search_enterprise MATCH :pairs")


def matches(text: str, *, contacts: bool = True, counting: bool = False) -> Any:
    """Name, pinyin or initials, start of the code and, with the right, contact.

    ``counting``: all hits are wanted, in whatever order, and not the first of an order.
    """
    folded, raw = search_text(text), text.strip()
    if not folded:
        return sa.true()
    clauses = [_in_name(folded)]
    if contacts:
        clauses.append(contains(Enterprise.contact_name, raw))
    if folded.isascii():  # the index knows no pinyin
        if folded.isalnum():
            clauses.append(starts_with(Enterprise.uscc, folded.upper()))
        return _by_reading(clauses)
    if db.session.get_bind().dialect.name == "postgresql":
        return _by_arrays(clauses, folded, raw.lower(), counting=counting)
    return _by_words(clauses, _phrase(text, contacts=contacts), counting=counting)


def _in_name(folded: str) -> Any:
    """Latin letters may be of the pinyin and the initials before the name; other signs are of the
    name itself, which is all that the index holds."""
    if folded.isascii():
        return contains(Enterprise.name_key, folded)
    return Enterprise.name_key.like(f"%|%|%{escape_like(folded)}%", escape=LIKE_ESCAPE)


def _by_reading(clauses: list[Any]) -> Any:
    """Rare words are read once from end to end: in the order of a list every row is a leap."""
    hits = db.session.scalars(sa.select(Enterprise.id).where(sa.or_(*clauses)).limit(COMMON)).all()
    return Enterprise.id.in_(hits) if len(hits) < COMMON else sa.or_(*clauses)


def number_of(text: str, *, contacts: bool, most: int) -> int | None:
    """How many living records of all parks a search finds, at most ``most``, without reading one.

    ``None`` where only reading them tells. For who sees every park.
    """
    wanted = _phrase(text, contacts=contacts)
    if wanted is None:
        return None
    if db.session.get_bind().dialect.name == "postgresql":
        return most if _surely(text, contacts=contacts) >= most else None
    gone = sa.select(Enterprise.id).where(Enterprise.deleted_at.is_not(None))
    found = sa.select(INDEX.c.rowid).where(
        _FOUND.bindparams(pairs=wanted), INDEX.c.rowid.not_in(gone)
    )
    return int(
        db.session.scalar(sa.select(sa.func.count()).select_from(found.limit(most).subquery())) or 0
    )


def _surely(text: str, *, contacts: bool) -> int:
    """PostgreSQL: so many living rows at least have a pair of signs, by what its statistics saw.

    Of what they expect a fifth less (they look at 30,000 rows: six times their error where it
    matters), less the rows that were written since and those that lie in the bin. Longer words
    have several pairs, of which statistics do not know whether they stand in a row.
    """
    name, contact = search_text(text), text.strip().lower()
    if len(name) > PAIR or len(contact) > PAIR:
        return 0
    expected = _expected([pairs_of(name), *([pairs_of(contact)] if contacts else [])])
    rows, written, binned = db.session.execute(_FRESHNESS).one()
    return int(expected * 0.8 - written - binned * rows)


def _phrase(text: str, *, contacts: bool) -> str | None:
    """What SQLite's index is asked; ``None``: it does not know."""
    folded = search_text(text)
    if not folded or folded.isascii():
        return None
    wanted = f"name : {_words(folded)}"
    return f"{wanted} OR contact : {_words(contact_text(text.strip()))}" if contacts else wanted


def _words(text: str) -> str:
    """The pairs in a row; what begins with a single sign."""
    if len(text) == 1:
        return f'"{tokens(text)}" *'
    return f'"{tokens(text).rpartition(" ")[0]}"'


def _by_words(clauses: list[Any], wanted: str | None, *, counting: bool) -> Any:
    """SQLite: the pairs in a row, as a phrase."""
    found = sa.select(INDEX.c.rowid).where(_FOUND.bindparams(pairs=wanted))
    if not counting:
        first = sa.select(sa.func.count()).select_from(found.limit(COMMON).subquery())
        if int(db.session.scalar(first) or 0) >= COMMON:
            return sa.or_(*clauses)
    # The words once more: what the index says of a row may be older than the row.
    return sa.and_(Enterprise.id.in_(found), sa.or_(*clauses))


def _by_arrays(clauses: list[Any], name: str, contact: str, *, counting: bool) -> Any:
    """PostgreSQL: all the pairs somewhere, then the words themselves."""
    wanted = [pairs_of(name), pairs_of(contact)][: len(clauses)]
    columns = (sa.func.search_name(Enterprise.name_key), sa.func.lower(Enterprise.contact_name))
    indexed = [
        sa.func.search_pairs(column, type_=ARRAY(sa.Text)).contains(pairs)
        for column, pairs in zip(columns, wanted, strict=False)
    ]
    if not counting and _expected(wanted) >= COMMON:
        return sa.or_(*clauses)
    # Side by side: within one another the function would be asked again for every row.
    return sa.and_(sa.or_(*indexed), sa.or_(*clauses))


def _expected(wanted: list[list[str]]) -> int:
    """How many rows the server's statistics expect, without looking for any."""
    names = ("search_name(name_key)", "lower(contact_name)")
    given = dict(zip(("name", "contact"), wanted, strict=False))
    where = " OR ".join(
        f"search_pairs({column}) @> CAST(:{key} AS text[])"
        for column, key in zip(names, given, strict=False)
    )
    told = sa.text(f"EXPLAIN (FORMAT JSON) SELECT FROM enterprise WHERE {where}")
    (plan,) = db.session.connection().execute(told, given).scalar_one()
    return int(plan["Plan"]["Plan Rows"])


def pairs_of(text: str) -> list[str]:
    """What PostgreSQL's index holds of a text with these signs."""
    if len(text) == 1:
        return [text]
    return [text[at : at + 2] for at in range(len(text) - 1)]
