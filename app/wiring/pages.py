"""Every page of the application: in the menu, beside it, and how often and how much it takes."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l


def hidden() -> tuple[Any, ...]:
    """Pages that the side menu does not name."""
    from app.features.accounts.views import (
        OwnProofView,
        OwnSecondStepView,
        SecondStepView,
        ViewAsView,
        WaysInView,
        WechatEventView,
    )
    from app.features.assessments.views import RoundValuesView
    from app.features.desk.views import (
        CancelView,
        DocumentPage,
        FileView,
        OwnershipView,
        OwnLicenceView,
        OwnPhoneView,
        PictureView,
        SavedViewsView,
        WritingView,
    )
    from app.features.enterprises.views import EnterpriseImportView, MergeView
    from app.features.news.views import NewsFileView, NewsWordsView
    from app.features.objections.views import ObjectionFilingView
    from app.features.parks.views import InvitationView, OwnParksView, ProviderView
    from app.features.rankings.views import RankingPaperView, VerifyView
    from app.features.settlements.views import SettlementApplyView

    return (
        *(WaysInView, WechatEventView, SecondStepView, ViewAsView, DocumentPage, FileView),
        *(PictureView, WritingView, *_public()),
        *(EnterpriseImportView, MergeView, NewsFileView, NewsWordsView),
        *(OwnPhoneView, OwnSecondStepView, OwnProofView, OwnLicenceView, CancelView),
        *(InvitationView, OwnParksView, OwnershipView, SettlementApplyView, ProviderView),
        *(RankingPaperView, VerifyView, ObjectionFilingView),
        *(RoundValuesView, SavedViewsView),
    )


def _public() -> tuple[Any, ...]:
    """What everybody reads besides the home page."""
    from app.features.desk.views import (
        ApiDocsView,
        PublicNewsView,
        PublicParksView,
        PublicRankingsView,
    )

    return (PublicNewsView, PublicParksView, PublicRankingsView, ApiDocsView)


SIZES = {
    "EnterpriseImportView.upload": "IMPORT_MAX_MB",
    "WritingView.picture": "PICTURE_MAX_MB",
    "SettingsView.group": "PICTURE_MAX_MB",
    "FilingView.attach": "EVIDENCE_MAX_MB",
    "FilingView.commitment": "EVIDENCE_MAX_MB",
}


def rates() -> dict[str, str]:
    """Endpoint -> the setting that says how often an address may call it."""
    codes = {
        "AuthView": ("login",),
        "SecondStepView": ("index", "enrol"),
        "OwnSecondStepView": ("enrol", "renew", "remove"),
        "OwnProofView": ("index",),
        "WaysInView": ("code", "puzzle", "phone", "agree", "wechat_back", "haiyiban_back"),
        "OwnPhoneView": ("code", "puzzle", "old", "index"),
        "CancelView": ("code", "puzzle", "index"),
        "OwnershipView": (
            *("make_offer", "offer_code", "offer_puzzle"),
            *("take", "code", "puzzle"),
        ),
        "ParkPeopleView": ("index",),
        "SettlementApplyView": ("code", "puzzle"),
    }
    uploads = (
        *("EnterpriseImportView.upload", "OwnLicenceView.index", "WritingView.picture"),
        *("SettlementApplyView.index", "SettlementView.land", "SettlementView.prove"),
        *("ParkInfoView.write", "ProviderView.write"),
        *("RoundValuesView.documents", "RoundValuesView.upload"),
        *("FilingView.attach", "FilingView.commitment", "FilingView.workbook"),
    )
    return {
        **{f"{view}.{name}": "LOGIN_RATE" for view, names in codes.items() for name in names},
        **dict.fromkeys(uploads, "UPLOAD_RATE"),
    }


MenuGroup = tuple[str, Any, tuple[tuple[Any, str, str], ...]]


def menu() -> tuple[MenuGroup, ...]:
    """The groups of the side menu: name, words, and each view with its menu name and icon."""
    from app.features.desk.views import BinView, ReviewView
    from app.features.enterprises.views import EnterpriseMoveView, EnterpriseView
    from app.features.news.views import NewsView
    from app.features.parks.views import FiguresView, ParkInfoView, ParkPeopleView
    from app.features.settlements.views import SettlementView

    services = (
        (ParkInfoView, "park-info", "building-community"),
        (FiguresView, "park-figures", "chart-bar"),
        (SettlementView, "settlements", "door-enter"),
        (NewsView, "news", "news"),
        (EnterpriseView, "enterprises", "building-factory-2"),
        (EnterpriseMoveView, "enterprise-moves", "truck"),
        (ParkPeopleView, "people", "users"),
    )
    return (
        ("review", _l("审核"), ((ReviewView, "reviews", "inbox"),)),
        ("assessment", _l("考核评估"), _assessment()),
        ("park-services", _l("园区服务"), services),
        ("platform", _l("平台管理"), _platform()),
        ("records", _l("记录维护"), ((BinView, "bin", "trash"),)),
        *_menu_of_administrators(),
    )


def _assessment() -> tuple[tuple[Any, str, str], ...]:
    """考核: what a park does, then the zone's side of it."""
    from app.features.assessments.views import (
        FilingReviewView,
        FilingView,
        PanelView,
        RoundView,
        SchemeView,
        ScoringView,
    )
    from app.features.desk.views import RoundBoardView
    from app.features.objections.views import ObjectionView
    from app.features.rankings.views import ConsequenceView, PublicationView, RankingView

    return (
        (RoundBoardView, "assessment-board", "chart-bar"),
        (FilingView, "filings", "clipboard-list"),
        (RankingView, "ranking", "trophy"),
        (ObjectionView, "objections", "message"),
        (RoundView, "assessment-rounds", "calendar-stats"),
        (FilingReviewView, "filing-reviews", "report-search"),
        (PanelView, "expert-panel", "star"),
        (ScoringView, "scoring", "scale"),
        (PublicationView, "publications", "speakerphone"),
        (ConsequenceView, "consequences", "gavel"),
        (SchemeView, "assessment-schemes", "list-details"),
    )


def _platform() -> tuple[tuple[Any, str, str], ...]:
    """The zone's own pages."""
    from app.features.desk.views import CalendarView, DictionaryView, DocumentView, SettingsView
    from app.features.enterprises.views import AcceptedCodeView, DuplicateView
    from app.features.parks.views import (
        LicenceClaimView,
        MembershipView,
        OrganisationView,
        ParkView,
    )

    return (
        (ParkView, "parks", "building-community"),
        (OrganisationView, "organisations", "building-bank"),
        (MembershipView, "members", "users-group"),
        (LicenceClaimView, "certifications", "file-check"),
        (AcceptedCodeView, "accepted-codes", "certificate"),
        (DuplicateView, "duplicates", "copy"),
        (DictionaryView, "dictionaries", "book"),
        (DocumentView, "documents", "file-text"),
        (CalendarView, "calendar", "calendar"),
        (SettingsView, "settings", "settings"),
    )


def _menu_of_administrators() -> tuple[MenuGroup, ...]:
    """三员, and what everybody has."""
    from app.features.accounts.views import GrantView, RoleView, TokenView, UserView
    from app.features.desk.views import AuditView, PersonalAccessView

    system = (
        (UserView, "users", "users"),
        (GrantView, "grants", "user-check"),
        (RoleView, "roles", "shield-lock"),
        (TokenView, "all-tokens", "link"),
    )
    audit = (
        (AuditView, "audit", "shield-check"),
        (PersonalAccessView, "personal-access", "eye"),
    )
    return (
        ("system", _l("系统管理"), system),
        ("audit-trail", _l("审计"), audit),
        ("mine", _l("我的"), _mine()),
    )


def _mine() -> tuple[tuple[Any, str, str], ...]:
    """用户中心 and what belongs to it."""
    from app.features.accounts.views import DevicesView, OwnPasswordView, OwnTokensView
    from app.features.desk.views import AccountCentreView, JobsView, MessagesView
    from app.features.settlements.views import OwnApplicationsView

    return (
        (AccountCentreView, "me", "user-circle"),
        (MessagesView, "messages", "bell"),
        (OwnApplicationsView, "applications", "file-text"),
        (JobsView, "jobs", "list-check"),
        (OwnPasswordView, "password", "key"),
        (DevicesView, "devices", "device-desktop"),
        (OwnTokensView, "tokens", "link"),
    )
