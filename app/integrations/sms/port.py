"""What the platform asks of a text message service, whoever provides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.core.outside import Advice, OutsideError
from app.integrations.deadline import Deadline


class SmsKind(StrEnum):
    """One approved template each; the settings say which at each provider."""

    code = "code"
    deadline = "deadline"
    review = "review"
    invitation = "invitation"
    security = "security"
    notice = "notice"
    settlement = "settlement"


#: The values of each template, in the order in which a provider that numbers them wants them.
PARAMETERS: dict[SmsKind, tuple[str, ...]] = {
    SmsKind.code: ("code", "minutes"),
    SmsKind.deadline: ("title", "deadline"),
    SmsKind.review: ("title", "result"),
    SmsKind.invitation: ("park", "days"),
    SmsKind.security: ("event", "time"),
    SmsKind.notice: ("title",),
    SmsKind.settlement: ("number", "result"),
}


@dataclass(frozen=True)
class SmsMessage:
    """One text to one mobile number (``app.core.phones.normalise``: 11 digits).

    ``reference`` is our own id of the message; the provider gives it back in its reports.
    """

    phone: str
    kind: SmsKind
    params: Mapping[str, str]
    reference: str = ""

    def __post_init__(self) -> None:
        if set(self.params) != set(PARAMETERS[self.kind]):
            raise ValueError(f"{self.kind} wants {PARAMETERS[self.kind]}")

    def __repr__(self) -> str:
        return f"SmsMessage({self.kind}, {self.reference!r})"  # never the number or the code

    @property
    def values(self) -> list[str]:
        """The values in the order of the template."""
        return [self.params[name] for name in PARAMETERS[self.kind]]


class SmsOutcome(StrEnum):
    """``unknown``: it may have been sent, so nobody may send it again by himself."""

    accepted = "accepted"
    refused = "refused"
    unknown = "unknown"


@dataclass(frozen=True)
class SmsResult:
    """What became of one message. ``code`` is the provider's word for it, or ours."""

    phone: str
    outcome: SmsOutcome
    provider: str = ""
    message_id: str = ""
    code: str = ""
    elsewhere: bool = False  # certainly not sent, and not for a reason that lies in the number
    answered: bool = True  # the provider gave a documented answer
    advice: Advice = Advice.LATER

    def __repr__(self) -> str:
        return f"SmsResult({self.outcome}, {self.provider!r}, {self.code!r})"


class SmsPort(Protocol):
    """Sends; never raises for what a provider does. One result a message, in the same order."""

    name: str

    def send(
        self, messages: Sequence[SmsMessage], *, deadline: Deadline | None = None
    ) -> list[SmsResult]: ...


class SmsProvider(SmsPort, Protocol):
    """A port that one provider stands behind."""

    def check(self, kind: SmsKind) -> str:
        """A few words on the template of ``kind`` there; raises ``OutsideError``. Sends nothing."""
        ...


def failed(message: SmsMessage, provider: str, error: OutsideError) -> SmsResult:
    """The result of a call that brought no documented answer."""
    outcome = SmsOutcome.refused if error.certain else SmsOutcome.unknown
    return SmsResult(
        message.phone,
        outcome,
        provider,
        code=type(error).__name__,
        elsewhere=error.certain,
        answered=False,
        advice=error.advice,
    )


NO_TEMPLATE = "NoTemplate"


def no_template(message: SmsMessage, provider: str) -> SmsResult:
    """The settings name no template of this kind at this provider."""
    return SmsResult(
        message.phone,
        SmsOutcome.refused,
        provider,
        code=NO_TEMPLATE,
        elsewhere=True,
        advice=Advice.OPERATOR,
    )
