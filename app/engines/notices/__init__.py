"""Notices to people: text messages now, the inbox later (face of the engine)."""

from __future__ import annotations

from app.engines.notices.models import SmsNote
from app.engines.notices.sms import phone_index, queue
from app.integrations.sms import SmsKind

__all__ = ["SmsKind", "SmsNote", "phone_index", "queue"]
