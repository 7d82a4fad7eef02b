"""信息维护 (manual 001 1.3.3): the park's own people write, the zone decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.errors import NotFound
from app.engines import review
from app.features.accounts.rules import PARK_ROLES, Role
from app.features.parks import policy, queries
from app.features.parks.services import profiles
from app.features.parks.views.profile_page import REFUSAL_WORDS, ProfilePage, Thing
from app.web.access import Tenant, guarded
from app.web.acting import current_actor

POINTS = (
    _l("审核通过前，对外仍显示原内容"),
    _l("变更名称、类型、级别、运营单位或信用代码须上传证明材料"),
    _l("每年的企业数、进出口额等在“年度数据”中填写"),
)


class ParkInfoView(ProfilePage):
    """/desk/park-info/."""

    route_base = "/desk/park-info"
    tenant = Tenant.park
    menu_label = _l("信息维护")
    template = "parks/info.html"
    send_label = _l("确定")
    sent_words = _l("已提交，待管理员审核。审核通过前，对外仍显示原内容。")
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_index": PARK_ROLES,
        "can_edit": frozenset({Role.park_admin}),
    }

    @expose("/", methods=["GET"])
    @guarded("index")
    def index(self) -> Any:
        """What is in force, or the draft."""
        return self.page(self.thing(current_actor()))

    @expose("/", methods=["POST"])
    @guarded("edit")
    def write(self) -> Any:
        """保存草稿, 确定."""
        return self.save()

    @expose("/withdrawal", methods=["POST"])
    @guarded("edit")
    def withdraw(self) -> Any:
        """撤回."""
        return self.act_on_pending(review.withdraw, _("已撤回，可以继续修改。"))

    @expose("/discard", methods=["POST"])
    @guarded("edit")
    def discard(self) -> Any:
        """放弃草稿."""
        return self.act_on_pending(review.discard, _("草稿已放弃，显示当前生效的内容。"))

    def thing(self, actor: Actor) -> Thing:
        if actor.acting_park_id is None:
            raise NotFound("no park to act for")
        park = queries.by_id(actor.acting_park_id)
        pending = review.pending(profiles.KIND, park.id)
        against = policy.changing(park)
        closed: Any = REFUSAL_WORDS[against.code] if against else ""
        if not closed and not actor.can("can_edit", "ParkInfoView"):
            closed = _("您只能查看，由园区管理员维护")
        return Thing(
            content=profiles.cleaned(queries.content_of(park)),
            pending=pending,
            last=review.last(profiles.KIND, park.id),
            closed=closed,
            park_id=park.id,
        )

    def keep(
        self, actor: Actor, thing: Thing, raw: Mapping[str, Any], *, seen: int, send: bool
    ) -> review.Revision:
        assert thing.park_id is not None
        return profiles.propose(actor, thing.park_id, raw, seen=seen, send=send)

    def more(self, thing: Thing) -> dict[str, Any]:
        slug = queries.slugs_of([thing.park_id or 0]).get(thing.park_id or 0)
        return {
            "discards": True,
            "points": POINTS,
            "public_url": f"/parks/{slug}" if slug else "",
        }
