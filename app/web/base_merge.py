"""A stale save: what does not clash is merged without asking, what clashes is asked, field by field.

A form carries the version it was opened on and the words of its values then (``RegisterForm``).
Mine, theirs and before are compared as words, so that what a person sees is what is compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from flask import flash, request
from flask_babel import gettext as _
from msgspec import Struct
from sqlalchemy.orm.exc import StaleDataError

from app.core.errors import Stale
from app.core.merging import merge
from app.core.values import replace
from app.extensions import db
from app.extensions.phrases import listed
from app.transaction import transaction
from app.web import viewing
from app.web.cells import words
from app.web.listing.page import FormPage, MergeField

T = TypeVar("T")
TRIES = 3  # saves by others that one save goes along with before it asks
LONGEST = 50_000  # signs of the values that a form carries


class Meeting(Struct, frozen=True):
    """``lines``: the clashing fields; ``kept``: labels of those that only the other one changed;
    ``who``: that other one."""

    lines: tuple[MergeField, ...] = ()
    kept: tuple[Any, ...] = ()
    who: str = ""


class Asks(Exception):
    """What was saved meanwhile clashes: the person has to choose."""

    def __init__(self, meeting: Meeting) -> None:
        super().__init__()
        self.meeting = meeting


def settled(act: Callable[[], T], bring_up: Callable[[], Meeting]) -> tuple[T, Meeting]:
    """Save in a transaction of its own; when somebody was faster, bring what was typed up to date
    and save again. Gives what was saved and what it met.

    Raises ``Asks``; what else ``act`` raises goes through.
    """
    met = Meeting()
    for _try in range(TRIES):
        try:
            with transaction():
                return act(), met
        except (Stale, StaleDataError):
            found = bring_up()
            met = replace(found, kept=(*met.kept, *found.kept))
            if found.lines:
                raise Asks(met) from None
    raise Asks(met)


def meet(
    opened: Mapping[str, str],
    mine: Mapping[str, str],
    theirs: Mapping[str, str],
    labels: Mapping[str, Any],
) -> tuple[Meeting, tuple[str, ...]]:
    """Words of the same fields three times; also gives the names to take from the other one.

    What the form was opened with counts only when it is there for every field.
    """
    before = opened if theirs.keys() <= opened.keys() else None
    found = merge(before, mine, theirs)
    lines = tuple(
        MergeField(name, labels[name], mine[name], theirs[name], opened.get(name))
        for name in found.clashes
    )
    return Meeting(lines, tuple(labels[name] for name in found.theirs)), found.theirs


def chosen_theirs(names: Iterable[str]) -> frozenset[str]:
    """Of these, what the merge page was answered with "theirs"."""
    return frozenset(one for one in names if request.form.get(f"merge.{one}") == "theirs")


def take(form: Any, values: Mapping[str, Any], names: Iterable[str]) -> None:
    """Put ``values`` of these fields into a form that was sent, as if they had been typed.

    A locked one may be no field of the form, or only shown there: it is passed over.
    """
    for name in names:
        if name not in form or name not in values:
            continue
        value = values[name]
        form[name].process(None, value)
        form[name].raw_data = value if isinstance(value, list) else [value]


def carried(values: Mapping[str, str]) -> str:
    """The values that a form is opened with, as it carries them."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def opened_values(text: str) -> dict[str, str]:
    """The values a form was opened with, as it carried them; anything odd counts as none."""
    try:
        found = json.loads(text) if len(text) < LONGEST else {}
        json.dumps(found, ensure_ascii=False).encode()  # half a sign, written as \ud800, is no text
    except (ValueError, RecursionError):
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def field_words(value: Any) -> str:
    """A field's value as the merge compares and shows it: thousands separators left out."""
    return words(value).replace(",", "") if not isinstance(value, str) else value.strip()


def tell_kept(met: Meeting) -> None:
    """After a good save: what the other one changed meanwhile is there too."""
    if met.kept:
        fields = listed(met.kept)
        words = _(
            "您填写期间，%(who)s 修改了%(fields)s，已一并保留。", who=_who(met), fields=fields
        )
        flash(words, "success")


def _who(met: Meeting) -> str:
    return met.who or str(_("其他人"))


def changed_again() -> str:
    """Nothing clashes, yet it could not be saved: it keeps changing, or what came of it is wrong."""
    return str(_("您打开后，它已有变化。请核对现在的内容再保存。"))


def asking(page: FormPage, met: Meeting) -> FormPage:
    """The page with its clashing fields, in words of who was faster."""
    notice: Any = ""
    if met.kept:
        fields, who = listed(met.kept), _who(met)
        notice = _(
            "%(who)s 还修改了%(fields)s，与您的修改不冲突，已一并保留。", who=who, fields=fields
        )
    return replace(page, merge=met.lines, merged_by=_who(met), notice=notice)


class MergePart:
    """What ``FormPart`` does when somebody else saved the record meanwhile."""

    veiled: ClassVar[bool]

    def _meet(self, form: Any, pk: int) -> Meeting:
        """Bring the form up to the record as it is now; says what clashes."""
        db.session.expire_all()
        item = self.record(pk)  # type: ignore[attr-defined]
        values = self.shown_values(item)
        take(form, values, self.locked(item))
        theirs = {n: self.merge_words(n, value) for n, value in values.items() if n in form}
        mine = {name: self.merge_words(name, form[name].data) for name in theirs}
        labels = {name: form[name].label.text for name in theirs}
        seen = int(form.version.data or 0)
        known = opened_values(form.opened.data or "") if 0 < seen < item.version else {}
        met, to_take = meet(known, mine, theirs, labels)
        take(form, values, to_take)
        self._open(form, item)
        if not form.validate():
            raise Asks(met)
        return replace(met, who=self.last_editor(item))

    def _choose(self, form: Any, current: Mapping[str, Any]) -> None:
        """On the merge page: fields marked "theirs" take the record's present value."""
        take(form, current, chosen_theirs(name for name in current if name in form))

    def _open(self, form: Any, item: Any) -> None:
        """Note the version and values that the page is made from."""
        form.version.data = str(item.version)
        form.opened.data = self._opened(item)

    def _opened(self, item: Any) -> str:
        values = self.shown_values(item).items()
        return carried({name: self.merge_words(name, value) for name, value in values})

    def last_editor(self, item: Any) -> str:
        """Who changed a value last: who only looked (a reveal, a sign-in) saved nothing."""
        changed = (one.actor for one in self.past(item) if one.changes)  # type: ignore[attr-defined]
        return next(changed, "")

    def merge_words(self, _name: str, value: Any) -> str:
        """A field's value as the merge compares and shows it."""
        return field_words(value)

    def form_values(self, item: Any) -> dict[str, Any]:
        raise NotImplementedError

    def locked(self, item: Any) -> dict[str, Any]:
        raise NotImplementedError

    def plain_fields(self) -> frozenset[str]:
        raise NotImplementedError

    def shown_values(self, item: Any) -> dict[str, Any]:
        """The form's values of a record, hidden from who looks as somebody else."""
        values = self.form_values(item)
        if not (self.veiled and viewing.looking()):
            return values
        return viewing.veiled_values(values, self.plain_fields())
