"""What can go wrong with a service outside (SMS, WeChat, 海易办), in words that every part knows.

No error carries an address with its query, a key or an answer: they may be logged as they are.
"""

from __future__ import annotations

from enum import StrEnum

from app.core.errors import AppError


class Advice(StrEnum):
    """What the person in front of the page can do."""

    AGAIN = "again"  # start this sign-in or sending afresh
    LATER = "later"  # the service is in trouble; another way in works now
    OPERATOR = "operator"  # keys or settings are wrong: only the operator can mend it


class OutsideError(AppError):
    """A call that did not bring what it was made for.

    ``certain`` is true when the service certainly did nothing: only then may another provider be
    asked to do the same (security.md F26).
    """

    def __init__(
        self, service: str, reason: str, *, certain: bool = False, advice: Advice = Advice.LATER
    ) -> None:
        super().__init__(f"{service}: {reason}")
        self.service = service
        self.reason = reason
        self.certain = certain
        self.advice = advice


class Unreachable(OutsideError):
    """No connection, or one that broke before an answer."""


class Slow(OutsideError):
    """No whole answer before the deadline."""


class WrongAnswer(OutsideError):
    """An answer that is not what the service's documents say."""


class Refused(OutsideError):
    """The service understood and said no; ``code`` is its own word for why."""

    def __init__(
        self,
        service: str,
        code: str,
        *,
        certain: bool = True,
        advice: Advice = Advice.LATER,
    ) -> None:
        super().__init__(service, f"refused with {code}", certain=certain, advice=advice)
        self.code = code


class NotConfigured(OutsideError):
    """The settings of this service are empty or cannot be meant."""

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(service, reason, certain=True, advice=Advice.OPERATOR)
