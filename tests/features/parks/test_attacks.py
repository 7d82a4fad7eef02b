"""The profile's merge form as nobody's browser sends it, and a suspended park that writes on."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.core import clock
from app.core.errors import Refusal
from app.features.parks import services
from app.transaction import transaction
from tests.features.accounts.outside import outside
from tests.features.parks.invited import act, invite
from tests.features.parks.profiles import raw
from tests.features.parks.test_profile_pages import INFO, pending
from tests.support import people
from tests.support.forms import hidden

__all__ = ["outside"]
HALF = "\ud800"
DIGITS = int("1" * 32)  # as text it looks like a key


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"name": HALF}, 400),
        ({"introduction": f"<p>{HALF}</p>"}, 400),
        ({"warehouses": [{"kind": "plain", "area": "1", "operator": HALF}]}, 400),
        ({"evidence": [{"key": DIGITS, "name": "x"}]}, 303),
        ({"photos": [{"key": DIGITS, "alt": "x"}]}, 303),
        ({"logo": {"key": DIGITS, "alt": "x"}}, 303),
    ],
)
def test_a_forged_merge_is_no_error_of_ours(app, as_, typed, status):
    browser = as_("park1")
    data = {"version": hidden(browser.page(INFO), "version"), "act": "draft"}
    data["typed"] = json.dumps({**raw(), "evidence": [], **typed})
    assert browser.post(INFO, data=data).status_code == status
    with app.app_context():
        found = pending()
        kept = [found.content[name] for name in ("evidence", "photos", "logo")] if found else None
    assert kept == (None if status == 400 else [[], [], {}])


@pytest.mark.usefixtures("context", "outside")
def test_a_suspended_park_sends_no_invitation_again():
    made = invite()
    with transaction():
        people.park("P01").status = "suspended"
    with pytest.raises(Refusal, match="park_suspended"):
        act("park1", services.resend, made.id, now=clock.now() + timedelta(hours=1))
