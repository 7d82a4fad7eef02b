"""Text messages: a port, its two providers and the gateway over both."""

from app.integrations.sms.gateway import Breaker, SmsGateway
from app.integrations.sms.port import (
    PARAMETERS,
    SmsKind,
    SmsMessage,
    SmsOutcome,
    SmsPort,
    SmsProvider,
    SmsResult,
)

__all__ = [
    "PARAMETERS",
    "Breaker",
    "SmsGateway",
    "SmsKind",
    "SmsMessage",
    "SmsOutcome",
    "SmsPort",
    "SmsProvider",
    "SmsResult",
]
