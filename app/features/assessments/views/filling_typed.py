"""What a form or a script sent for one value, and keeping it."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from msgspec import Struct

from app.core import clock
from app.core.errors import Stale
from app.features.assessments.labels.values import typed_words, words_of, wrong_words
from app.features.assessments.models import FilingValue
from app.features.assessments.rules.form import Ask
from app.features.assessments.rules.typed import Wrong
from app.features.assessments.services import filling
from app.features.assessments.views.filling_items import (
    Item,
    control_of,
    put_typed,
    seal,
)
from app.transaction import transaction
from app.web.acting import current_actor

NOTHING_OF_IT = "none"


class Typed(Struct, frozen=True):
    """``remark``: the explanation or dispute; ``None`` when the form has no field for it."""

    value: Any
    remark: str | None
    seen: int
    opened: str
    remark_opened: str
    has_value: bool


class Kept(Struct, frozen=True):
    """``theirs`` is set when somebody else changed it meanwhile: nothing was saved."""

    value: FilingValue | None = None
    wrong: str = ""
    theirs: FilingValue | None = None


def typed_of(ask: Ask) -> Typed:
    """Out of the request's form: ``v.`` the value, ``r.`` the remark, ``n.`` the version seen."""
    form, code = request.form, ask.code
    seen = form.get(f"n.{code}", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 10):
        abort(400)
    remark = form.get(f"r.{code}")
    return Typed(
        value=_value(ask),
        remark=None if remark is None else remark.replace("\r\n", "\n"),
        seen=int(seen),
        opened=form.get(f"o.{code}", ""),
        remark_opened=form.get(f"x.{code}", "").replace("\r\n", "\n"),
        has_value=f"h.{code}" in form,
    )


def _value(ask: Ask) -> Any:
    form, name = request.form, f"v.{ask.code}"
    control = control_of(ask)
    if control == "multi_choice":
        chosen = form.getlist(name)
        return chosen or ([] if f"{name}.{NOTHING_OF_IT}" in form else None)
    if control == "level_count":
        counts = {level: form.get(f"{name}.{level}", "") for level in ask.levels}
        return counts if any(one.strip() for one in counts.values()) else None
    return form.get(name, "").replace("\r\n", "\n")


def sealed(ask: Ask, typed: Any) -> str:
    """What was typed as ``seal`` writes it: equal to the form's, nothing was changed."""
    try:
        return seal(ask.read(typed), None)
    except Wrong:
        return seal(None, typed)


def keep(filing_id: int, ask: Ask, typed: Typed, *, always: bool = False) -> Kept | None:
    """Save what was changed of one value, in a transaction of its own. ``None``: nothing was.

    ``always``: a script sends only what somebody touched.
    """
    value_new = typed.has_value and (always or sealed(ask, typed.value) != typed.opened)
    remark_new = typed.remark is not None and (always or typed.remark != typed.remark_opened)
    if not value_new and not remark_new:
        return None
    actor, now, seen = current_actor(), clock.now(), typed.seen
    found, wrong = None, None
    try:
        with transaction():
            if value_new:
                found, wrong = filling.save(
                    actor, filing_id, ask.code, typed.value, seen=seen, now=now
                )
                seen = found.version
            if remark_new:
                found = filling.remark(
                    actor, filing_id, ask.code, typed.remark or "", seen=seen, now=now
                )
    except Stale as stale:
        return Kept(theirs=stale.current)
    return Kept(found, wrong_words(wrong) if wrong is not None else "")


def put_back(item: Item, ask: Ask, typed: Typed) -> None:
    """What was typed into the page's item again."""
    if typed.has_value:
        put_typed(item, ask, typed.value)
    if typed.remark is not None:
        if item.own:
            item.explanation = typed.remark
        else:
            item.dispute = typed.remark


def theirs_words(ask: Ask, value: FilingValue) -> str:
    """What the other tab or person has saved."""
    if value.unread is not None:
        return typed_words(ask, value.unread) or "—"
    return words_of(ask, value.declared) or "—"
