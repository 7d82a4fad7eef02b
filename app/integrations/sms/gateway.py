"""The second provider when the first certainly did not send, and a rest for one that fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import structlog

from app.core.outside import Advice
from app.integrations.deadline import Clock, Deadline
from app.integrations.http import SECONDS
from app.integrations.sms.port import SmsMessage, SmsOutcome, SmsPort, SmsResult

FAILURES = 3
REST_SECONDS = 60.0
NOBODY = "NoProvider"
RESTING = "Resting"

log = structlog.get_logger("sms")


class Breaker:
    """After ``failures`` in a row nothing is tried for ``rest`` seconds, then one single call."""

    def __init__(
        self,
        failures: int = FAILURES,
        rest: float = REST_SECONDS,
        now: Clock = time.monotonic,
    ) -> None:
        self._most = failures
        self._rest = rest
        self._now = now
        self._failed = 0
        self._until = 0.0
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """Whether to call now. The one who is let through after a rest keeps the others out."""
        with self._lock:
            if self._failed < self._most:
                return True
            if self._now() < self._until:
                return False
            self._until = self._now() + self._rest
            return True

    def note(self, *, good: bool) -> None:
        """What became of a call."""
        with self._lock:
            if good:
                self._failed = 0
                return
            self._failed += 1
            if self._failed >= self._most:
                self._until = self._now() + self._rest


class SmsGateway:
    """A port over several, the first of them preferred.

    Within one deadline for each message. A message that may have been sent is never given to the
    next provider: its result is ``unknown``.
    """

    name = "gateway"

    def __init__(
        self,
        providers: Sequence[SmsPort],
        *,
        seconds: float = SECONDS,
        breaker: Callable[[], Breaker] = Breaker,
    ) -> None:
        self.providers = tuple(providers)
        self._seconds = seconds
        self._breakers = [breaker() for _ in self.providers]

    def send(
        self, messages: Sequence[SmsMessage], *, deadline: Deadline | None = None
    ) -> list[SmsResult]:
        return [self._send(one, deadline or Deadline(self._seconds)) for one in messages]

    def _send(self, message: SmsMessage, deadline: Deadline) -> SmsResult:
        code = RESTING if self.providers else NOBODY
        advice = Advice.LATER if self.providers else Advice.OPERATOR
        result = SmsResult(message.phone, SmsOutcome.refused, code=code, advice=advice)
        for provider, breaker in zip(self.providers, self._breakers, strict=True):
            if not breaker.allows():
                continue
            [result] = provider.send([message], deadline=deadline)
            breaker.note(good=_works(result))
            log.info("sms", provider=result.provider, kind=message.kind.value,
                     outcome=result.outcome.value, code=result.code)  # fmt: skip
            if not result.elsewhere:
                break
        return result


def _works(result: SmsResult) -> bool:
    """A refusal comes at once and costs nobody time: only silence and trouble call for a rest."""
    return result.answered and result.outcome != SmsOutcome.unknown
