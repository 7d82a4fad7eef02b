"""On the 工作台: the zone's parks, a park's own profile, the way of a company to a park."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.core.actor import Actor
from app.engines import review
from app.engines.review.labels import STATE_DOTS, STATE_WORDS
from app.extensions.phrases import items
from app.features.parks import policy, queries
from app.features.parks.labels import CLAIM_DOTS, CLAIM_WORDS, KIND_WORDS
from app.features.parks.services import profiles, upgrades
from app.features.parks.views.info import ParkInfoView
from app.features.parks.views.licences import BASE as CLAIMS
from app.features.parks.views.parks import BASE
from app.features.parks.views.provider import ProviderView
from app.web.board import Chart, Number, Row, Series, State, Step, Todo

INFO = f"{ParkInfoView.route_base}/"
FIGURES = "/desk/park-figures/list/"
PROVIDER = f"{ProviderView.route_base}/"
COMPANY = "/me/#company"
TONES = {"park": "blue", "base": "green"}


def parks_card(actor: Actor) -> dict[str, Any] | None:
    if not actor.can("can_list", "ParkView"):
        return None
    number = queries.status_counts().get("active", 0)
    url = f"{BASE}/list/?status=active"
    return {
        "label": _("运行中的园区/基地"),
        "value": f"{number:,}",
        "unit": items(number),
        "url": url,
    }


def parks_chart(actor: Actor) -> Chart | None:
    """Those in operation, by kind."""
    if not actor.can("can_list", "ParkView"):
        return None
    counted = queries.kind_counts("active")
    return Chart(
        name="parks",
        title=_("运行中的园区/基地"),
        heading=_("类型"),
        series=(Series(_("园区/基地")),),
        rows=tuple(
            Row(
                words,
                (Number(counted.get(kind, 0), f"{BASE}/list/?status=active&kind={kind}"),),
                tone=TONES[kind],
            )
            for kind, words in KIND_WORDS.items()
        ),
        shape="ring",
        unit=items(2),
        empty=_("还没有园区/基地"),
    )


def claim_todos(actor: Actor) -> list[Todo]:
    """Licences to be examined."""
    if not actor.can("can_list", policy.CLAIMS):
        return []
    number = queries.claim_counts().get("pending", 0)
    url = f"{CLAIMS}/list/?state=pending"
    told = Number(number, url)
    words = _("待审核的企业认证")
    since = queries.oldest_claim()
    return [Todo(_("企业认证"), words, _("审核"), url, told, since=since)] if number else []


# -- a park's own --------------------------------------------------------------------------------
def _standing(actor: Actor) -> review.Revision | None:
    """The newest proposal about the park that one acts for."""
    if actor.acting_park_id is None or not actor.can("can_index", "ParkInfoView"):
        return None
    return review.last(profiles.KIND, actor.acting_park_id)


def info_states(actor: Actor) -> list[State]:
    """信息维护 and the figures of the last full year."""
    if actor.acting_park_id is None or not actor.can("can_index", "ParkInfoView"):
        return []
    last, year = _standing(actor), clock.last_full_year()
    known = queries.profile_of(actor.acting_park_id) is not None
    known_words = _("对外显示审核通过的内容") if known else _("审核通过后对外显示")
    if queries.by_id(actor.acting_park_id).status == "suspended":
        known_words = _("园区/基地已暂停，恢复运行前不对外显示")
    told = State(
        _("信息维护"),
        STATE_WORDS[last.state] if last else (_("已通过") if known else _("未填写")),
        STATE_DOTS[last.state] if last else ("success" if known else "muted"),
        INFO,
        known_words,
    )
    found = next(
        (one for one in queries.figures_of(actor.acting_park_id) if one.year == year), None
    )
    verified = found is not None and found.verified_at is not None
    figures = State(
        _("年度数据"),
        _("未填写") if found is None else _("已核定") if verified else _("未核定"),
        "muted" if found is None else "success" if verified else "warning",
        FIGURES,
        _("%(year)s 年", year=year),
    )
    return [told, figures] if actor.can("can_list", "FiguresView") else [told]


def info_todos(actor: Actor) -> list[Todo]:
    """A profile that was sent back, or never sent."""
    last = _standing(actor)
    if last is None or not actor.can("can_edit", "ParkInfoView"):
        return []
    if last.state is review.State.returned:
        return [Todo(_("信息维护"), _("园区信息被退回修改"), _("修改"), INFO)]
    if last.state is review.State.draft:
        return [Todo(_("信息维护"), _("园区信息有未提交的草稿"), _("继续填写"), INFO)]
    return []


# -- on the way to a park -------------------------------------------------------------------------
def provider_steps(actor: Actor) -> list[Step]:
    """认证, 完善服务商信息, 服务商后台: whoever works for a park has them behind them."""
    if actor.user_id is None or actor.park_ids or not actor.can("can_index", "ProviderView"):
        return []
    company = queries.organisation_of(actor.user_id)
    last = review.last(upgrades.KIND, company.id) if company is not None else None
    passed = last is not None and last.state is review.State.passed
    returned = last is not None and last.state is review.State.returned
    told = _("选择园区或基地，填写并提交审核")
    return [
        _certification(actor.user_id, company),
        Step(
            _("完善服务商信息"),
            _("退回原因：%(reason)s", reason=last.reason) if returned and last else told,
            STATE_WORDS[last.state] if last else _("未开始"),
            STATE_DOTS[last.state] if last else "muted",
            url=PROVIDER if company is not None else "",
            act=_("修改")
            if returned
            else _("查看")
            if last and last.state not in _OPEN
            else _("填写"),
            now=company is not None and not passed,
        ),
        Step(
            _("服务商后台"),
            _("审核通过后开通，即可维护园区信息、发布新闻资讯、处理入驻申请"),
            _("未开通"),
            "muted",
        ),
    ]


_OPEN = frozenset({review.State.draft, review.State.returned, review.State.refused})


def _certification(user_id: int, company: Any) -> Step:
    words = _("企业认证")
    if company is not None:
        return Step(words, company.name, _("已认证"), "success", url=COMPANY, act=_("查看"))
    claim = next(iter(queries.claims_of(user_id)), None)
    waits = claim is not None and claim.state == "pending"
    return Step(
        words,
        _("海易办法人登录，或上传营业执照由管理员审核"),
        CLAIM_WORDS[claim.state] if claim else _("未开始"),
        CLAIM_DOTS[claim.state] if claim else "muted",
        url=COMPANY,
        act=_("查看") if waits else _("前往认证"),
        now=True,
    )
