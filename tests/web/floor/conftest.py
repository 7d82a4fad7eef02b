"""A production-like site with everything on: CSRF, limits, secure cookies, real commits."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from werkzeug.security import generate_password_hash

from app.core import scope
from app.extensions import db
from app.features.accounts.models import SignInAttempt
from app.transaction import transaction
from tests.support import sites

PASSWORD = "Right-Horse-77"


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One per module; APP_MODE is production, so the address is https://localhost."""
    folder = tmp_path_factory.mktemp("site")
    word = request.module.__name__.rpartition(".")[2]
    database = sites.filled_database(folder, word, "production")
    settings = {"APP_MODE": "production", "HUEY_IMMEDIATE": True, "PREFERRED_URL_SCHEME": "https"}
    settings["SECOND_FACTOR_STAFF"] = 0  # tests/features/accounts/test_two_steps.py is about it
    with sites.site(folder, database, **settings) as app:
        with app.app_context(), scope.unscoped():
            _everybody_has(PASSWORD)
            db.session.remove()
        yield app


@pytest.fixture(autouse=True)
def _fresh_limits(request: pytest.FixtureRequest) -> Any:
    """Each test begins with no attempt counted."""
    if "site" in request.fixturenames:
        app = request.getfixturevalue("site")
        app.appbuilder.sm.limiter.reset()
        with app.app_context(), transaction():
            db.session.execute(sa.delete(SignInAttempt))


def _everybody_has(password: str) -> None:
    cheap = generate_password_hash(password, method="pbkdf2:sha256:1")
    with transaction():
        db.session.execute(sa.update(User).values(password=cheap))


@pytest.fixture
def browser(site: Any) -> Any:
    """``browser()``: a visitor of the site over https; ``browser("park1")``: signed in by row."""

    def opened(username: str = "") -> Any:
        client = site.test_client()
        client.environ_base["wsgi.url_scheme"] = "https"
        if username:
            client.sign_in(username)
        return client

    return opened
