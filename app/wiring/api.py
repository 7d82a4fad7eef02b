"""The REST API: every operation of every feature, in the order of its document."""

from __future__ import annotations

from typing import Any

from flask import Flask


def join(app: Flask, limiter: Any) -> None:
    """Needs the views: lists answer by the registers of the screens."""
    from app.features.accounts.api import holder, spend
    from app.features.assessments.api import OPERATIONS as ROUNDS
    from app.features.enterprises.api import OPERATIONS as ENTERPRISES
    from app.features.news.api import OPERATIONS as NEWS
    from app.features.parks.api import OPERATIONS as PARKS
    from app.features.rankings.api import OPERATIONS as RANKINGS
    from app.web.api import dispatch, document

    limit = limiter.shared_limit(f"{app.config['API_ADDRESS_RATE']} per minute", scope="api")
    known = (*ENTERPRISES, *PARKS, *NEWS, *ROUNDS, *RANKINGS)
    dispatch.init(app, known, authenticate=holder, spend=spend, limit=limit)
    document.init(app)
