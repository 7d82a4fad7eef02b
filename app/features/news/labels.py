"""Words of news."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.engines import files, recycling
from app.engines.review import labels as review_words
from app.engines.richtext import LABELS as RICHTEXT
from app.extensions.phrases import listed
from app.features.news.rules import Shown, State
from app.features.news.services import Finding

HEADINGS = {
    "title": _l("标题"),
    "category": _l("栏目"),
    "cover": _l("封面"),
    "summary": _l("摘要"),
    "body": _l("正文"),
    "source": _l("来源"),
    "source_link": _l("原文链接"),
    "attachments": _l("附件"),
    "publish_at": _l("发布时间"),
    "expire_at": _l("失效时间"),
    "top": _l("置顶"),
    "park": _l("园区/基地"),
    "state": _l("状态"),
    "published_at": _l("发布时间"),
    "expires_at": _l("失效时间"),
    "updated_at": _l("更新时间"),
    "public": _l("公开情况"),
}
STATE_WORDS = {
    State.draft: _l("草稿"),
    State.waiting: _l("待审核"),
    State.returned: lazy_pgettext("review", "退回修改"),
    State.passed: _l("已通过"),
    State.refused: lazy_pgettext("review", "不予通过"),
    State.revoked: _l("已撤稿"),
}
STATE_DOTS = {
    State.draft: "muted",
    State.waiting: "warning",
    State.returned: "danger",
    State.passed: "success",
    State.refused: "danger",
    State.revoked: "danger",
}
SHOWN_WORDS = {Shown.now: _l("已发布"), Shown.later: _l("定时发布"), Shown.over: _l("已失效")}
SHOWN_DOTS = {Shown.now: "success", Shown.later: "info", Shown.over: "muted"}
#: What a draft is called that has no title yet.
NAMELESS = _l("（未填标题）")

REFUSALS = {
    "news_in_bin": _l("这篇新闻在回收站中；请先在页面上恢复，或换一个键"),
    **review_words.REFUSALS,
    **files.LABELS,
    **RICHTEXT,
    "required": _l("必填，不能为空"),
    "too_long": _l("内容过长，请精简"),
    "cover_alt_missing": _l("请为封面填写替代文字"),
    "cover_unknown": _l("封面图片已不可用，请重新上传"),
    "file_unknown": _l("有的附件已不可用，请重新上传"),
    "too_many_files": _l("附件最多 10 个"),
    "moment_wrong": _l("请填写日期和时间，例如 2026-11-20 09:00"),
    "link_wrong": _l("请填写以 http:// 或 https:// 开头的网址"),
    "expire_past": _l("失效时间已过，请改为以后的时间，或留空"),
    "expire_before_publish": _l("失效时间必须晚于发布时间"),
    "news_incomplete": _l("还不能提交，请按提示补充"),
    "news_not_yours": _l("只能编写本园区/基地的新闻资讯"),
    "news_being_reviewed": _l("审核员正在审核，请等审核结束后再删除"),
    "words_type": _l("请上传 txt 或 csv 文件，每行一个词，UTF-8 或 GBK 编码"),
    "words_too_big": _l("文件超过 1 MB，请减小后重新上传"),
    "words_none": _l("文件中没有词语"),
    "words_too_many": _l("最多 %(most)s 个词，文件中有 %(number)s 个"),
    "word_too_long": _l("“%(word)s…”过长，每个词最多 %(most)s 个字"),
}
FINDING_WORDS = {
    "sensitive": _l("出现敏感词“%(word)s”%(number)s 次：…%(around)s…"),
    "no_alt": _l("有 %(number)s 张图片没有替代文字"),
    "personal": _l("可能含有个人信息：%(parts)s"),
    "outside": _l("含有站外链接：%(parts)s"),
}
ACTS = {
    "news.created": _l("新增新闻资讯"),
    "news.deleted": _l("删除新闻资讯"),
    "news.restored": _l("恢复新闻资讯"),
    **recycling.ACTS,
    "news.words_replaced": _l("更换敏感词库"),
}
OBJECTS: dict[str, Any] = {"news": _l("新闻资讯"), "news_words": _l("敏感词库")}


def said(finding: Finding) -> str:
    """A finding as a sentence in the reader's language."""
    parts = {
        name: listed(value) if isinstance(value, list) else value
        for name, value in finding.params.items()
    }
    return str(FINDING_WORDS[finding.code]) % parts


def all_said(found: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(said(one) for one in found)
