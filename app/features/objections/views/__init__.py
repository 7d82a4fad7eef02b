"""Pages of objections."""

from __future__ import annotations

from app.features.objections.views.card import objection_todos
from app.features.objections.views.filing import ObjectionFilingView, offered
from app.features.objections.views.register import ObjectionView

__all__ = ["ObjectionFilingView", "ObjectionView", "objection_todos", "offered"]
