"""Words for what the engine refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

REFUSALS = {
    "draft_exists": _l("已有一份草稿，请先发布或修改它"),
    "document_published": _l("已发布的版本不能修改，请新建版本"),
    "effective_in_past": _l("生效日期不能早于今天"),
    "required": _l("必填，不能为空"),
    "too_long": _l("内容过长，请缩短"),
}
