"""Pieces put together as the reader's language does it: Chinese has signs of its own for that.

A sign written into the code would stand between English words as well.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import ngettext


def listed(parts: Iterable[object]) -> str:
    """甲、乙 or A, B."""
    return str(_("、")).join(str(part) for part in parts)


def quoted(text: object) -> str:
    """“甲”, as the reader's language quotes."""
    return str(_("“%(text)s”", text=text))


def clauses(parts: Iterable[object]) -> str:
    """甲；乙 or A; B."""
    return str(_("；")).join(str(part) for part in parts)


def either(parts: Iterable[object]) -> str:
    """甲或乙 or A or B."""
    return str(_("或")).join(str(part) for part in parts)


def joined(parts: Iterable[object], *, either: bool) -> str:
    """Sentences: 甲，且乙 or A, and B; with ``either`` 甲，或乙."""
    return str(_("，或") if either else _("，且")).join(str(part) for part in parts)


def labelled(label: object, value: object) -> str:
    """标签：值 or Label: value."""
    return str(_("%(label)s：%(value)s", label=label, value=value))


def remarked(text: object, remark: object) -> str:
    """名称（说明） or Name (remark)."""
    return str(_("%(text)s（%(remark)s）", text=text, remark=remark))


# Units behind a number: English has one enterprise and two enterprises.


def firms(number: int) -> str:
    return str(ngettext("家", "家", number))


def entries(number: int) -> str:
    """Records of whatever kind."""
    return str(ngettext("条", "条", number))


def items(number: int) -> str:
    """Accounts, parks, roles."""
    return str(ngettext("个", "个", number))


def pairs(number: int) -> str:
    """Two and two."""
    return str(ngettext("对", "对", number))


def options(number: int) -> str:
    return str(ngettext("项", "项", number))


def people(number: int) -> str:
    """Persons in their parks: one person in two parks counts twice."""
    return str(ngettext("人次", "人次", number))


def devices(number: int) -> str:
    return str(ngettext("处", "处", number))
