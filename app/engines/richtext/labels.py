"""Words about rich text."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.engines.richtext.dropping import Dropped
from app.extensions.phrases import listed

#: code -> sentence; parameter: number.
LABELS = {
    "richtext_too_long": _l("正文过长，请分成几篇。"),
    "richtext_over": _l("正文最多 %(most)s 字，现有 %(number)s 字。"),
    "richtext_no_alt": _l("有 %(number)s 张图片没有替代文字，请为每张图片填写。"),
}
KINDS = {
    "image": _l("站外图片 %(number)s 张"),
    "embed": _l("嵌入的视频、卡片或网页 %(number)s 个"),
    "drawing": _l("矢量图或公式 %(number)s 个"),
    "form": _l("表单控件 %(number)s 个"),
    "script": _l("脚本 %(number)s 段"),
    "link": _l("不可用的链接 %(number)s 个"),
}


def lost_words(dropped: Iterable[Dropped]) -> str:
    """One sentence about what was left out; empty when nothing was."""
    parts = [str(KINDS[one.kind] % {"number": one.count}) for one in dropped]
    return (
        str(_("粘贴的内容中，以下部分没有保留：%(parts)s。", parts=listed(parts))) if parts else ""
    )
