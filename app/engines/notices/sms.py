"""Text messages: queued in the caller's transaction, sent after its commit, once.

A provider that was asked and did not answer may have sent: nobody asks again by himself. Whoever
waits for a code presses 获取 once more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.core import clock, phones
from app.core.actor import system_actor
from app.core.errors import NotFound
from app.engines import jobs
from app.engines.notices.models import SmsNote
from app.extensions import db
from app.extensions.sealing import keyring
from app.integrations.ports import ports
from app.integrations.sms import SmsKind, SmsMessage

CODE_USE = timedelta(minutes=5)
PHONE = "phone"  # the purpose of the blind index of numbers

jobs.titles({"sms_send": _l("发送短信 %(phone)s")})


def phone_index(phone: str) -> str:
    """What stands for a number (11 digits) where it is only compared."""
    return keyring().index(phone, PHONE)


def queued_since(index: str, kind: SmsKind, moment: datetime) -> int:
    """How many messages of a kind a number (its blind index) was sent since."""
    query = sa.select(sa.func.count()).select_from(SmsNote)
    mine = SmsNote.phone_index == index, SmsNote.kind == kind.value, SmsNote.created_at > moment
    return int(db.session.scalar(query.where(*mine)) or 0)


def queue(phone: str, kind: SmsKind, params: Mapping[str, str]) -> SmsNote:
    """Write the message down; it is sent when the caller's transaction is committed."""
    SmsMessage(phone, kind, params)  # wrong values fail here, not in the worker
    note = SmsNote(
        kind=kind.value, phone_index=phone_index(phone), phone_masked=phones.mask_phone(phone)
    )
    db.session.add(note)
    db.session.flush()
    note.sealed = keyring().seal(json.dumps([phone, dict(params)]), _place(note.id))
    jobs.enqueue(
        system_actor("system:sms"),
        "sms_send",
        {"note": note.id},
        title={"phone": note.phone_masked},
        effect_key=f"sms:{note.id}",
    )
    return note


@jobs.handler("sms_send")
def send(ctx: Any) -> None:
    """Ask the provider once. A second delivery finds the first one's mark and lets it be."""
    note_id = int(ctx.params["note"])
    with ctx.transaction():
        message = _taken(note_id)
        if message is None:
            ctx.finish()
            return
    (result,) = ports().sms.send([message])
    with ctx.transaction():
        note = _locked(note_id)
        note.state, note.provider = result.outcome.value, result.provider[:16]
        note.message_id, note.code = result.message_id[:64], result.code[:64]
        note.sent_at, note.sealed = clock.now(), None
        ctx.finish()


def _taken(note_id: int) -> SmsMessage | None:
    """The message, marked as handed over; ``None`` when there is nothing to send any more."""
    note = _locked(note_id)
    if note.state == "sending":  # a worker died between asking and noting the answer
        note.state, note.sealed = "unknown", None
    if note.state != "queued" or note.sealed is None:
        return None
    if note.kind == SmsKind.code and clock.now() - note.created_at > CODE_USE:
        note.state, note.sealed = "late", None
        return None
    phone, params = json.loads(keyring().open(note.sealed, _place(note.id)))
    note.state = "sending"
    return SmsMessage(phone, SmsKind(note.kind), params, reference=str(note.id))


def _locked(note_id: int) -> SmsNote:
    found = db.session.scalar(
        sa.select(SmsNote)
        .where(SmsNote.id == note_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(f"sms {note_id}")
    return found


def _place(note_id: int) -> str:
    return f"sms_note.sealed:{note_id}"
