"""Words of 数据来源 per field, and of what is told when a certification is taken over."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.engines import notices
from app.features.enterprises.labels import HEADINGS, SOURCE_WORDS
from app.features.enterprises.rules.origins import Origin

ORIGIN_WORDS: dict[Origin, Any] = {
    Origin.unknown: _l("来源不详"),
    Origin.typed: SOURCE_WORDS["typed"],
    Origin.imported: SOURCE_WORDS["import"],
    Origin.settlement: SOURCE_WORDS["settlement"],
    Origin.haiyiban: lazy_pgettext("origin", "海易办认证"),
    Origin.licence: _l("营业执照核验"),
    Origin.moved: SOURCE_WORDS["moved"],
}
#: Of a certification, as the trail's details hold it.
CERTIFIED_BY = {one.name: ORIGIN_WORDS[one] for one in (Origin.haiyiban, Origin.licence)}

notices.kinds(
    notices.NoticeKind(
        "enterprise.certified",
        _l("企业信息按认证更新"),
        _l("“%(name)s”的%(fields)s已按认证信息更新，原内容见变更记录。"),
        words={"fields": HEADINGS},
        right="can_list on EnterpriseView",
    )
)
