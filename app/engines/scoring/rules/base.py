"""What every rule promises: from an indicator's value to points, before spreading and rounding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Self

from app.engines.scoring.exact import Ratio
from app.engines.scoring.faults import Section
from app.engines.scoring.formulas import Row

#: Value of an indicator: a number, counts by level, or an option. An expert panel's is its mean.
Levels = Mapping[str, Ratio]
Value = Ratio | Levels | str
Points = Callable[[Any], Ratio]
#: What a rule hit, as texts for the explanation: ``band``, ``step``, ``option`` and the like.
Hit = dict[str, str]
COMMON_KEYS = ("type", "cap", "base_zero", "note")


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """``cap`` limits the points of any rule; ``source`` is the rule as it was written."""

    kind: ClassVar[str]
    #: What it scores: ``number``, ``levels``, ``choice`` or ``marks`` (of an expert panel).
    takes: ClassVar[str] = "number"
    #: Whether its points depend on the other parks (pass 2).
    of_cohort: ClassVar[bool] = False
    #: Whether it needs the indicator's full marks.
    needs_full: ClassVar[bool] = False
    keys: ClassVar[tuple[str, ...]] = ()

    cap: Decimal | None = None
    source: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def read(cls, section: Section, **given: Any) -> Self:
        """From the scheme; raises ``Unreadable`` after noting what is wrong."""
        cap = section.number("cap", None, at_least=0)
        return cls(cap=cap, source=section.data, **cls.fields(section), **given)

    @classmethod
    def fields(cls, _section: Section) -> dict[str, Any]:
        """The rule's own settings out of the scheme."""
        return {}

    @abstractmethod
    def points(self, full: Ratio, facts: Any) -> Points:
        """A function from a value to points; ``full`` = full marks, ``facts`` of a cohort rule."""

    def limit(self, facts: Any) -> Decimal | None:
        """The cap that holds; None = the full marks alone."""
        return self.cap

    def hit(self, value: Any, facts: Any) -> Hit:
        """Which band, step or option decided, for people to read."""
        return {}


@dataclass(frozen=True, kw_only=True)
class CohortRule(Rule):
    """A rule that looks at the peers: cohort members with a value for this indicator."""

    of_cohort: ClassVar[bool] = True

    @abstractmethod
    def facts(self, values: Sequence[Any], rows: Sequence[Row], index: Mapping[str, int]) -> Any:
        """What the cohort says; ``values`` of the peers, ``rows`` of all its members."""

    @abstractmethod
    def told(self, facts: Any, value: Any) -> dict[str, str]:
        """The facts that one park's points hang on, as texts: enough to compute them again."""

    @abstractmethod
    def facts_told(self, told: Mapping[str, str], value: Any) -> Any:
        """The facts out of what ``told`` wrote."""
