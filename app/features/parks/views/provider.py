"""完善服务商信息 (manual 001 1.2): a certified company asks to be a 园区 or 基地."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import review
from app.engines.review.labels import STATE_WORDS
from app.features.accounts.rules import PARK_ROLES, TENANT_ROLES
from app.features.parks import queries
from app.features.parks.services import upgrades
from app.features.parks.views.profile_page import REFUSAL_WORDS, ProfilePage, Thing
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.listing.page import Link

POINTS = (
    _l("运营单位与认证企业一致"),
    _l("面积与证明材料一致，跨境电商使用面积不大于可使用面积"),
    _l("证明材料清晰完整，例如产权或租赁证明、运营方案"),
    _l("简介和图片真实，不含联系方式以外的个人信息"),
)


class ProviderView(ProfilePage):
    """/me/provider/."""

    route_base = "/me/provider"
    tenant = Tenant.own
    menu_label = _l("完善服务商信息")
    template = "parks/provider.html"
    send_label = _l("保存")
    sent_words = _l("已保存并提交，待管理员审核。")
    crumbs = (Link(_l("用户中心"), "/me/"),)
    labels: ClassVar[Mapping[str, Any]] = {"kind": _l("服务商类型")}
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_index": TENANT_ROLES,
        "can_edit": TENANT_ROLES,
    }

    @expose("/", methods=["GET"])
    @guarded("index")
    def index(self) -> Any:
        """The form, or where the application stands."""
        return self.page(self.thing(current_actor()))

    @expose("/", methods=["POST"])
    @guarded("edit")
    def write(self) -> Any:
        """保存, 保存草稿."""
        return self.save()

    @expose("/withdrawal", methods=["POST"])
    @guarded("edit")
    def withdraw(self) -> Any:
        """撤回."""
        return self.act_on_pending(review.withdraw, _("已撤回，可以继续修改。"))

    def thing(self, actor: Actor) -> Thing:
        company = queries.organisation_of(actor.user_id or 0)
        if company is None:
            return Thing(content={}, closed=_("请先完成企业认证，运营单位即认证的企业"))
        pending = review.pending(upgrades.KIND, company.id)
        locked = dict.fromkeys(("operator_name", "uscc"), _("与认证企业一致"))
        begun = upgrades.begun_with(company)
        if pending is not None and pending.created_by != actor.user_id:
            return Thing(content=begun, closed=REFUSAL_WORDS["upgrade_by_colleague"])
        last = review.last(upgrades.KIND, company.id)
        if review.in_force(upgrades.KIND, company.id) is not None and last is not None:
            return Thing(content=last.content, last=last, closed=REFUSAL_WORDS["upgrade_done"])
        if pending is None and last is not None and last.created_by == actor.user_id:
            begun = {**last.content, **{name: begun[name] for name in locked}}
        return Thing(content=begun, pending=pending, last=last, locked=locked)

    def keep(
        self, actor: Actor, thing: Thing, raw: Mapping[str, Any], *, seen: int, send: bool
    ) -> review.Revision:
        if thing.closed:
            raise Refusal("not_certified" if not thing.content else "upgrade_done")
        return upgrades.apply(actor, raw, seen=seen, send=send)

    def more(self, thing: Thing) -> dict[str, Any]:
        actor = current_actor()
        office = bool(actor.park_ids and set(actor.roles) & PARK_ROLES)
        certified = queries.organisation_of(actor.user_id or 0) is not None
        found = thing.pending or thing.last
        return {
            "office": office,
            "certified": certified,
            "steps": steps_of(found, office),
            "points": POINTS,
            "evidence_must": True,
        }


def steps_of(found: review.Revision | None, office: bool) -> list[tuple[str, Any, Any]]:  # noqa: FBT001
    """The way to the back office: state (done, now, todo, stopped), title, when."""
    state = found.state if found is not None else review.State.draft
    waiting = state in (review.State.submitted, review.State.picked)
    passed = state is review.State.passed
    ended = passed or state in (review.State.refused, review.State.revoked)
    sent = cells.words(found.submitted_at) if found is not None and found.submitted_at else ""
    asked = "done" if waiting or ended else "now"
    answer = "done" if passed else "stopped" if ended else "todo"
    told = STATE_WORDS[state] if ended else _("站内消息通知")
    return [
        (asked, _("保存并提交"), sent if asked == "done" else ""),
        ("now" if waiting else "done" if ended else "todo", _("待管理员审核"), ""),
        (answer, _("审核结果"), told),
        ("done" if passed and office else "todo", _("开通服务商后台"), ""),
    ]
