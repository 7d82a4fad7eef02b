"""Pages of publications."""

from __future__ import annotations

from app.features.rankings.views.consequences import ConsequenceView
from app.features.rankings.views.papers import RankingPaperView
from app.features.rankings.views.publishing import PublicationView
from app.features.rankings.views.ranking import RankingView
from app.features.rankings.views.todos import consequence_todos
from app.features.rankings.views.verifying import VerifyView

__all__ = [
    "ConsequenceView",
    "PublicationView",
    "RankingPaperView",
    "RankingView",
    "VerifyView",
    "consequence_todos",
]
