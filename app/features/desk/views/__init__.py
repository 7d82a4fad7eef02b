"""Pages of the desk: home, 工作台, own jobs, stored files."""

from __future__ import annotations

from app.features.desk.views.files import FileView
from app.features.desk.views.home import CARDS, DeskView, HomeView
from app.features.desk.views.jobs import JobsView

__all__ = ["CARDS", "DeskView", "FileView", "HomeView", "JobsView"]
