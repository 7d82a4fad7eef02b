"""Where the values of a record came from: what most of a panel share is said once, in its head."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from app.web.listing.page import Fact


class Shared(NamedTuple):
    """The source that stands in a panel's head; ``rest``: some values tell another of their own."""

    words: str
    url: str
    rest: bool

    def covers(self, fact: Fact) -> bool:
        """Whether the head says already what this fact would."""
        return not fact.proven and (fact.source, fact.source_url) == (self.words, self.url)


def shared_source(facts: Sequence[Fact]) -> Shared | None:
    """The source of more than half of the values, two at least; certified ones keep their own."""
    told = [fact for fact in facts if fact.source]
    plain = Counter((fact.source, fact.source_url) for fact in told if not fact.proven)
    if not plain:
        return None
    (words, url), count = plain.most_common(1)[0]
    if count < 2 or count * 2 <= plain.total():
        return None
    return Shared(words, url, rest=count < len(told))
