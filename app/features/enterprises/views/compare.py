"""Two records side by side: what differs, which value stays, what would come of a merge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import ngettext
from msgspec import Struct

from app.core import clock, uscc
from app.core.errors import Refusal
from app.core.values import replace
from app.engines import recycling, sheets
from app.extensions.phrases import clauses, listed
from app.features.enterprises import policy
from app.features.enterprises.labels import (
    ROLE_WORDS,
    SOURCE_WORDS,
    STATUS_DOTS,
    STATUS_WORDS,
    heading,
)
from app.features.enterprises.labels.duplicates import PAIR_DOTS, PAIR_WORDS, REASON_WORDS, REFUSALS
from app.features.enterprises.models import Enterprise
from app.features.enterprises.models.duplicates import EnterprisePair
from app.features.enterprises.queries import duplicates
from app.features.enterprises.rules import BY_NAME
from app.features.enterprises.rules.sameness import proposed
from app.features.enterprises.services import merging
from app.features.enterprises.services.register import masked
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web import cells
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.errors import error_page
from app.web.listing.page import Cell, Link
from app.web.viewing import not_while_looking

BASE = "/desk/enterprises/duplicates"
SIDES = ("kept", "gone")


class Line(Struct, frozen=True):
    """A field of both records. ``side``: whose value is chosen; ``fixed``: it is certified."""

    name: str
    label: str
    kept: str
    gone: str
    differs: bool
    side: str = "kept"
    fixed: bool = False


class Head(Struct, frozen=True):
    """One of the two, above the fields."""

    name: str
    url: str
    park: str
    status: Cell
    source: str
    updated: str
    certified: str
    hanging: str


class ComparePart:
    """The pages of one pair: compare, check, merge."""

    go: Any
    render: Any
    url: Any
    words_of: Any

    @expose("/show/<pk:pk>")
    @guarded("show")
    @not_while_looking
    def show(self, pk: int) -> Any:
        """Both side by side; ``?keep=`` the key of the one that shall stay."""
        pair = duplicates.pair(pk)
        both = duplicates.both(pair)
        if any(one.deleted_at is not None for one in both):
            return self._over(pair)
        return self._compare(pair, *_turned(both, request.args.get("keep", "")))

    @expose("/check/<pk:pk>", methods=["POST"])
    @guarded("merge")
    def check(self, pk: int) -> Any:
        """What the merge would do, in a sentence and field by field. Writes nothing."""
        pair = duplicates.pair(pk)
        both = duplicates.both(pair)
        if any(one.deleted_at is not None for one in both):
            return self._over(pair)
        return self._checked(pair, *_turned(both, request.form.get("keep", ""), must=True))

    @expose("/merge/<pk:pk>", methods=["POST"])
    @guarded("merge")
    def merge(self, pk: int) -> Any:
        """合并 as it was checked, or nothing and why."""
        pair = duplicates.pair(pk)
        kept, gone = _turned(duplicates.both(pair), request.form.get("keep", ""), must=True)
        take = frozenset(name for name, side in _picked().items() if side == "gone")
        asked = merging.Merge(kept.id, gone.id, take, _seen())
        reason = request.form.get("reason", "")
        try:
            with transaction():
                done = merging.merge(current_actor(), asked, reason=reason, now=clock.now())
        except Refusal as refusal:
            return self._refused(pk, refusal)
        words = _("“%(gone)s”已并入“%(kept)s”，30 天内可以撤销。", gone=gone.name, kept=kept.name)
        flash(words, "success")
        return self.go(f"/desk/enterprises/merges/show/{done.id}")

    # -- pages ---------------------------------------------------------------------------------
    def _compare(self, pair: EnterprisePair, kept: Enterprise, gone: Enterprise) -> Any:
        found = lines(kept, gone)
        no = policy.merging(kept, gone, duplicates.certified((kept.uscc, gone.uscc)), pair)
        page = {
            "pair": pair,
            "state": Cell(PAIR_WORDS[pair.state], dot=PAIR_DOTS[pair.state]),
            "reasons": listed(REASON_WORDS[one] for one in pair.reasons),
            "heads": (_head(kept), _head(gone)),
            "differing": [one for one in found if one.differs],
            "same": [one for one in found if not one.differs and one.kept],
            "may_merge": no is None,
            "why_not": str(REFUSALS[no.code]) if no is not None and pair.state == "open" else "",
            "acts": self._acts(pair, kept, gone),
            "kept": kept,
            "gone": gone,
            "turned": self.url(f"show/{pair.id}", f"keep={gone.id}"),
            "action": f"{BASE}/check/{pair.id}",
        }
        return self.render("enterprises/compare.html", **page, breadcrumbs=self._crumbs())

    @staticmethod
    def _acts(pair: EnterprisePair, kept: Enterprise, gone: Enterprise) -> tuple[Link, ...]:
        names = {"one": kept.name, "other": gone.name}
        if pair.state != "open":
            words = _(
                "确定把“%(one)s”和“%(other)s”重新列为待处理吗？原来的理由留在审计日志中。", **names
            )
            back = Link(_("重新处理"), f"{BASE}/reopen/{pair.id}", post=True, confirm=words)
            return (back,)
        words = _("确定“%(one)s”和“%(other)s”不是重复吗？今后查找不再列为待处理。", **names)
        acts = [
            Link(_("不是重复"), f"{BASE}/apart/{pair.id}", post=True, confirm=words, ask=_("理由"))
        ]
        if kept.park_id != gone.park_id:
            words = _(
                "确定“%(one)s”和“%(other)s”是同一企业吗？两个园区各自的登记不变，此关联仅平台可见。",
                **names,
            )
            link = Link(_("标为同一企业"), f"{BASE}/link/{pair.id}", kind="primary", post=True)
            acts.append(replace(link, confirm=words, ask=_("依据")))
        return tuple(acts)

    def _checked(
        self, pair: EnterprisePair, kept: Enterprise, gone: Enterprise, error: str = ""
    ) -> Any:
        picked = _picked()
        found = [one for one in lines(kept, gone) if one.differs]
        sides = {
            one.name: one.side if one.fixed else picked.get(one.name, one.side) for one in found
        }
        changes = [(one.label, one.kept, one.gone) for one in found if sides[one.name] == "gone"]
        page = {
            "kept": kept,
            "gone": gone,
            "sentences": _sentences(kept, gone, len(changes)),
            "changes": changes,
            "sides": sides,
            # What was seen on the page before: a change in between is found by the service.
            "seen": request.form.get("seen", ""),
            "reason": request.form.get("reason", ""),
            "error": error,
            "action": f"{BASE}/merge/{pair.id}",
            "back": self.url(f"show/{pair.id}", f"keep={kept.id}"),
        }
        crumbs = (*self._crumbs(), Link(_("比较"), self.url(f"show/{pair.id}")))
        made = self.render("enterprises/merge_check.html", **page, breadcrumbs=crumbs)
        return (made, 400) if error else made

    def _crumbs(self) -> tuple[Link, ...]:
        return (Link(_("重复企业"), f"{BASE}/list/?state=open"),)

    def _refused(self, pk: int, refusal: Refusal) -> Any:
        words = self.words_of(refusal.code, refusal.params)
        if "reason" in refusal.fields:
            pair = duplicates.pair(pk)
            both = _turned(duplicates.both(pair), request.form.get("keep", ""))
            return self._checked(pair, *both, error=words)
        flash(words, "danger")
        return self.go(self._after(pk))

    def _after(self, pk: int) -> str:
        """The pair's page, or the list when the pair is over."""
        both = duplicates.both(duplicates.pair(pk))
        over = any(one.deleted_at is not None for one in both)
        return f"{BASE}/list/?state=open" if over else str(self.url(f"show/{pk}"))

    def _over(self, pair: EnterprisePair) -> Any:
        """One of the two is gone: to the merge that took it, or told in words."""
        for key in (pair.first_id, pair.second_id):
            if (found := duplicates.merge_of(key)) is not None:
                return self.go(f"/desk/enterprises/merges/show/{found.id}")
        return error_page(404, detail=REFUSALS["pair_gone"])


# -- what stands on the pages ----------------------------------------------------------------------
def _turned(
    both: tuple[Enterprise, Enterprise], keep: str, *, must: bool = False
) -> tuple[Enterprise, Enterprise]:
    """The one that stays first: the chosen one, else the certified, else the fuller, else the older."""
    first, second = both
    if keep in (str(first.id), str(second.id)):
        return both if keep == str(first.id) else (second, first)
    if must:
        abort(400)  # the page that was sent said which one it is
    certified = duplicates.certified((first.uscc, second.uscc))

    def worth(item: Enterprise) -> tuple[bool, bool, int]:
        filled = sum(value not in (None, "", ()) for value in merging.values_of(item).values())
        return item.uscc in certified, uscc.fault(item.uscc) is None, filled

    return both if worth(first) >= worth(second) else (second, first)


def _seen() -> tuple[int, int]:
    """The versions that the page showed; what is no pair of numbers fits no record."""
    kept, _dot, gone = request.form.get("seen", "").partition(".")
    fits = all(one.isascii() and one.isdigit() and len(one) < 10 for one in (kept, gone))
    return (int(kept), int(gone)) if fits else (-1, -1)


def _picked() -> dict[str, str]:
    """Field -> side, of those that name one."""
    return {
        name.removeprefix("pick."): value
        for name, value in request.form.items()
        if name.startswith("pick.") and value in SIDES
    }


def lines(kept: Enterprise, gone: Enterprise) -> list[Line]:
    """Every field of the two, then every year's, with whose value is proposed to stay."""
    mine, theirs = merging.values_of(kept), merging.values_of(gone)
    sure = merging.fixed(kept, gone)
    newer = "gone" if gone.updated_at > kept.updated_at else "kept"
    names = {**dict.fromkeys(BY_NAME), **dict.fromkeys([*mine, *theirs])}
    return [
        _line(name, mine.get(name), theirs.get(name), sure, newer)
        for name in sorted(names, key=_order)
        if name in mine or name in theirs
    ]


def _order(name: str) -> tuple[int, int]:
    plain, _at, year = name.partition("@")
    return -int(year) if year else -9999, list(BY_NAME).index(plain)


def _line(name: str, mine: Any, theirs: Any, sure: Mapping[str, str], newer: str) -> Line:
    side = sure.get(name, "")
    return Line(
        name,
        heading(name),
        words(name, mine),
        words(name, theirs),
        mine != theirs,
        proposed(name, mine, theirs, sure=side, newer=newer),
        bool(side),
    )


def words(name: str, value: Any) -> str:
    """A value as a reader sees it; personal ones masked."""
    plain = name.partition("@")[0]
    if value in (None, "", ()):
        return ""
    if plain in ("contact_phone", "email"):
        return masked(plain, value)
    if plain == "roles":
        return listed(ROLE_WORDS.get(one, one) for one in value)
    if plain == "status":
        return str(STATUS_WORDS.get(value, value))
    if plain in ("registered_capital", "filed_on_platform") or "@" in name:
        return cells.words(value)
    return sheets.format_value(BY_NAME[plain], value)


def _head(item: Enterprise) -> Head:
    firm = duplicates.certified((item.uscc,)).get(item.uscc)
    return Head(
        item.name,
        f"/desk/enterprises/show/{item.id}",
        parks.by_id(item.park_id).name,
        Cell(STATUS_WORDS[item.status], dot=STATUS_DOTS[item.status]),
        str(SOURCE_WORDS[item.came]),
        cells.words(item.updated_at),
        cells.words(firm.certified_at) if firm is not None else "",
        clauses(_hanging(item)),
    )


def _hanging(item: Enterprise) -> list[str]:
    """Years, imports and what other features keep of it."""
    return recycling.hanging(Enterprise.__tablename__, [item.id])[item.id]


def _sentences(kept: Enterprise, gone: Enterprise, changes: int) -> tuple[str, ...]:
    """What pressing 合并 does, before it is pressed."""
    head = _("“%(gone)s”将并入“%(kept)s”。", gone=gone.name, kept=kept.name)
    if changes:
        said = ngettext(
            "保留的企业改写 %(num)s 个字段。", "保留的企业改写 %(num)s 个字段。", changes
        )
    else:
        said = _("保留的企业各字段不变。")
    tail = _(
        "并入的企业不再出现在列表、统计、搜索和导出中，关联的入驻申请转到保留的企业；30 天内可以撤销。"
    )
    return head, said, tail
