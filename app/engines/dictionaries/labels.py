"""Names of the dictionaries."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

TITLES = {
    "gb_t_4754_sections": _l("行业门类"),
    "customs_credit_levels": _l("海关信用等级"),
    "review_phrases": _l("审核常用语"),
    "news_categories": _l("新闻栏目"),
}
