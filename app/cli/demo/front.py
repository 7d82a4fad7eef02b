"""What an operator would set of the public pages: invented offices, links to our own pages alone."""

from __future__ import annotations

from app.core import scope
from app.engines import settings
from app.features.accounts import queries as accounts
from app.transaction import transaction
from app.web.acting import person

APPLY = "申请入驻 | /parks/ | Apply to settle"
CERTIFY = "企业身份认证 | /me/ | Company certification"
UPGRADE = "完善服务商信息 | /me/ | Service provider information"
PROGRESS = "办理进度 | /me/ | My applications"
POLICIES = "政策法规 | /news/?category=政策法规 | Policies"
SHOWN = {
    "home.hot": f"{APPLY}\n{CERTIFY}\n{PROGRESS}\n{POLICIES}",
    "footer.services": f"{APPLY}\n{CERTIFY}\n{UPGRADE}\n{PROGRESS}",
    "footer.information": "站点地图 | /sitemap.xml | Site map",
    "footer.sites": "\n".join(
        f"{words} | https://{name}.example/ | {english}"
        for words, name, english in (
            ("政务服务平台（示例）", "services", "Government services (example)"),
            ("国际贸易单一窗口（示例）", "window", "Single window (example)"),
        )
    ),
    "footer.host": "综合试验区管理机构（示例）",
    "footer.operator": "平台运营中心（示例）",
}


def seed_front() -> None:
    user = accounts.by_username("operator")
    assert user is not None
    actor = person(user)
    with scope.acting_as(actor), transaction():
        settings.change(actor, SHOWN, {})
