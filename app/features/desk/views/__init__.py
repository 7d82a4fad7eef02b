"""Pages of the desk: home, 工作台, own jobs, stored files, dictionaries, the audit trail."""

from __future__ import annotations

from app.features.desk.views.api_docs import ApiDocsView
from app.features.desk.views.audit import AuditView, today_card, trail_chart
from app.features.desk.views.bin import BinView
from app.features.desk.views.bin_words import bin_todos
from app.features.desk.views.calendar import CalendarView
from app.features.desk.views.dictionaries import DictionaryView
from app.features.desk.views.documents import DocumentPage
from app.features.desk.views.files import FileView
from app.features.desk.views.home import DeskView
from app.features.desk.views.jobs import JobsView
from app.features.desk.views.legal import DocumentView
from app.features.desk.views.me import AccountCentreView
from app.features.desk.views.me_codes import CancelView, OwnPhoneView
from app.features.desk.views.me_licence import OwnLicenceView
from app.features.desk.views.me_ownership import OwnershipView
from app.features.desk.views.messages import MessagesView, unread_messages
from app.features.desk.views.personal import PersonalAccessView
from app.features.desk.views.pictures import PictureView, WritingView
from app.features.desk.views.public import (
    HomeView,
    PublicNewsView,
    PublicParksView,
    PublicRankingsView,
)
from app.features.desk.views.recycled import RECYCLED
from app.features.desk.views.refused import note_refused
from app.features.desk.views.review_board import reviews_card, reviews_chart, reviews_todos
from app.features.desk.views.reviews import ReviewView
from app.features.desk.views.round_board import RoundBoardView
from app.features.desk.views.saved import SavedViewsView
from app.features.desk.views.settings import SettingsView

__all__ = [
    "RECYCLED",
    "AccountCentreView",
    "ApiDocsView",
    "AuditView",
    "BinView",
    "CalendarView",
    "CancelView",
    "DeskView",
    "DictionaryView",
    "DocumentPage",
    "DocumentView",
    "FileView",
    "HomeView",
    "JobsView",
    "MessagesView",
    "OwnLicenceView",
    "OwnPhoneView",
    "OwnershipView",
    "PersonalAccessView",
    "PictureView",
    "PublicNewsView",
    "PublicParksView",
    "PublicRankingsView",
    "ReviewView",
    "RoundBoardView",
    "SavedViewsView",
    "SettingsView",
    "WritingView",
    "bin_todos",
    "note_refused",
    "reviews_card",
    "reviews_chart",
    "reviews_todos",
    "today_card",
    "trail_chart",
    "unread_messages",
]
