"""新闻资讯 as the review centre knows it."""

from __future__ import annotations

from app.engines import files, review
from app.engines.review import Field, Shape
from app.features.news import policy, rules, services
from app.features.news.labels import HEADINGS, OBJECTS, all_said

BASE = "/desk/news"

KIND = review.Kind(
    rules.KIND,
    OBJECTS["news"],
    policy.VIEW,
    fields=(
        Field("title", HEADINGS["title"]),
        Field("category", HEADINGS["category"], Shape.choice),
        Field("cover", HEADINGS["cover"], Shape.picture),
        Field("summary", HEADINGS["summary"], Shape.long),
        Field("body", HEADINGS["body"], Shape.rich),
        Field("source", HEADINGS["source"]),
        Field("source_link", HEADINGS["source_link"]),
        Field("attachments", HEADINGS["attachments"], Shape.files),
        Field("publish_at", HEADINGS["publish_at"], Shape.date),
        Field("expire_at", HEADINGS["expire_at"], Shape.date),
        Field("top", HEADINGS["top"], Shape.flag),
    ),
    address=lambda revision: f"{BASE}/show/{revision.subject_id}",
    check=services.check,
    approved=services.approved,
    revoked=services.revoked,
    warnings=lambda content: all_said(services.findings(content)),
    writes=policy.writes,
)

files.kind(rules.ATTACHMENT, policy.may_read_attachment)
