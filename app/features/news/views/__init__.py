"""Pages of news."""

from __future__ import annotations

from app.features.news.views.card import news_chart, news_todos
from app.features.news.views.kind import KIND
from app.features.news.views.public import NewsFileView
from app.features.news.views.recycled import RECYCLED
from app.features.news.views.register import NewsView
from app.features.news.views.words import NewsWordsView

__all__ = [
    "KIND",
    "RECYCLED",
    "NewsFileView",
    "NewsView",
    "NewsWordsView",
    "news_chart",
    "news_todos",
]
