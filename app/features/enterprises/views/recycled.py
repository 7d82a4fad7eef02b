"""Enterprises in the recycle bin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core import clock
from app.core.errors import Refusal
from app.engines import recycling
from app.extensions.phrases import labelled
from app.features.enterprises import policy, queries, services
from app.features.enterprises.labels import OBJECT, REFUSALS, STATUS_WORDS, reason_words
from app.features.enterprises.models import Enterprise

BASE = "/desk/enterprises"


def hanging(ids: Sequence[int]) -> dict[int, list[str]]:
    """What goes into the recycle bin with records and comes back with them."""
    years, imports = queries.years_of(ids), queries.imports_touching(ids)
    return {key: _lines(years.get(key, 0), imports.get(key, 0)) for key in ids}


def _lines(years: int, imports: int) -> list[str]:
    told = []
    if years:
        words = ngettext("%(num)s 个年度", "%(num)s 个年度", years)
        told.append(labelled(_("年度数据"), words))
    if imports:
        words = ngettext("%(num)s 次", "%(num)s 次", imports)
        told.append(labelled(_("导入记录"), words))
    return told


def _facts(facts: Mapping[str, Any]) -> Sequence[Any]:
    status = str(facts.get("status"))
    return (facts.get("uscc"), STATUS_WORDS.get(status, status))


def undoable(item: recycling.BinItem) -> Refusal | None:
    """An import that can still be undone needs the record to put it back as it was."""
    found = queries.undoable_import(item.subject_id, clock.now() - policy.UNDO_FOR)
    return Refusal("purge_import", file=found.filename) if found is not None else None


def merged(item: recycling.BinItem) -> Refusal | None:
    """A merge tells what became of two records: both of them stay."""
    return Refusal("purge_merged") if queries.merged_ever(item.subject_id) else None


RECYCLED = recycling.Kind(
    Enterprise.__tablename__,
    OBJECT,
    policy.VIEW,
    register=f"{BASE}/list/",
    record=lambda pk: f"{BASE}/show/{pk}",
    meet=lambda _actor, pk: queries.either(pk),
    restore=lambda actor, item: services.restore(actor, item.subject_id),
    purge=lambda actor, item: services.purge(actor, item.subject_id),
    facts=_facts,
    hanging=hanging,
    reason=reason_words,
    refusals=REFUSALS,
)
for guard in (undoable, merged):
    recycling.forbids(RECYCLED.name, guard, {})
