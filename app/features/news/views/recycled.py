"""News in the recycle bin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.core.actor import Actor
from app.engines import recycling
from app.extensions.phrases import labelled
from app.features.news import policy, queries, rules, services
from app.features.news.labels import HEADINGS, OBJECTS, REFUSALS
from app.features.news.queries import Behind
from app.features.news.views.kind import BASE
from app.features.news.views.writing import meet


def hanging(ids: Sequence[int]) -> dict[int, list[str]]:
    """What goes into the recycle bin with articles and comes back with them."""
    return {key: _lines(one) for key, one in queries.behind(ids).items()}


def _lines(found: Behind) -> list[str]:
    told = []
    if found.versions > 1:
        told.append(labelled(_("历次版本"), found.versions))
    if found.attachments:
        told.append(labelled(HEADINGS["attachments"], found.attachments))
    article = found.article
    shown = rules.shown(article.published_at, article.expires_at, clock.now())
    if found.in_force and shown is rules.Shown.now:  # not waiting for its hour, nor over
        words = _("恢复后将重新公开。") if article.deleted_at else _("删除后公开页面立即撤下。")
        told.append(str(words))
    return told


def _facts(facts: Mapping[str, Any]) -> Sequence[Any]:
    return (facts.get("category"),)


def _meet(actor: Actor, pk: int) -> None:
    meet(actor, queries.either(pk))


RECYCLED = recycling.Kind(
    rules.KIND,
    OBJECTS["news"],
    policy.VIEW,
    register=f"{BASE}/list/",
    record=lambda pk: f"{BASE}/show/{pk}",
    meet=_meet,
    restore=lambda actor, item: services.restore(actor, item.subject_id),
    purge=lambda actor, item: services.purge(actor, item.subject_id),
    facts=_facts,
    hanging=hanging,
    may_restore=policy.writes,
    refusals=REFUSALS,
)
