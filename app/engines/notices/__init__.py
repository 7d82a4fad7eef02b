"""Notices to people: text messages, and the inbox of the platform (face of the engine)."""

from __future__ import annotations

from app.engines.notices.inbox import (
    choose,
    count_of,
    facts_of,
    forget_old_messages,
    forget_person,
    messages_of,
    own_message,
    read,
    read_all,
    said,
    tell,
    turned_off,
    unread,
)
from app.engines.notices.kinds import NoticeKind, all_kinds, kind, kinds, kinds_for
from app.engines.notices.models import InboxMessage, SmsNote
from app.engines.notices.sms import phone_index, queue, queued_since
from app.integrations.sms import SmsKind

__all__ = [
    "InboxMessage",
    "NoticeKind",
    "SmsKind",
    "SmsNote",
    "all_kinds",
    "choose",
    "count_of",
    "facts_of",
    "forget_old_messages",
    "forget_person",
    "kind",
    "kinds",
    "kinds_for",
    "messages_of",
    "own_message",
    "phone_index",
    "queue",
    "queued_since",
    "read",
    "read_all",
    "said",
    "tell",
    "turned_off",
    "unread",
]
