"""/files/<key>: to whom a file belongs, and so that nothing in it can run."""

from __future__ import annotations

import io
from datetime import timedelta
from urllib.parse import quote

import pytest

from app.core import clock, scope
from app.engines import files, trail
from app.engines.files import services
from app.transaction import transaction
from tests.support import people
from tests.support.forms import plain

DATA = "企业名称\n甲\n".encode() * 20_000


@pytest.fixture
def stored(app):
    """``stored(park1)``: the key of a file that this person of P01 stored."""

    def store(username: str = "park1", name: str = "企业 名单（2026）.csv", **kwargs) -> str:
        with app.app_context(), scope.unscoped(), transaction():
            return files.store(
                people.actor(username),
                io.BytesIO(DATA),
                name,
                kind="import_source",
                allowed=frozenset({"csv"}),
                max_bytes=2**20,
                park_id=people.park("P01").id,
                **kwargs,
            ).key

    return store


def test_the_file_comes_back_whole_under_its_chinese_name(as_, stored):
    answer = as_("clerk1").get(f"/files/{stored()}")
    assert answer.data == DATA
    headers = answer.headers
    name = quote("企业 名单（2026）.csv")
    assert headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert headers["Content-Length"] == str(len(DATA))
    assert headers["Content-Type"].startswith("text/csv")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("other", ["clerk2", "park2", "base1", "reviewer", "auditor", "user1"])
def test_another_parks_file_is_the_same_404_as_none(app, as_, stored, other):
    key = stored()
    browser = as_(other)
    foreign, missing = browser.get(f"/files/{key}"), browser.get(f"/files/{'0' * 32}")
    assert foreign.status_code == missing.status_code == 404
    assert plain(foreign.text, key) == plain(missing.text, "0" * 32)
    with app.app_context():
        (entry,) = trail.history("page", key)
    assert (entry.action, entry.object_label) == ("access.denied", "/files/<key>")
    assert entry.details == {"action": "FileView.download", "reason": "out_of_reach"}


def test_the_park_one_acts_for_counts_not_every_park_one_belongs_to(app, as_, stored):
    key = stored()
    browser = as_("both")
    assert browser.get(f"/files/{key}").status_code == 200
    with app.app_context():
        other = people.park("P02").id
    browser.post("/switch-park", data={"park_id": other})
    assert browser.get(f"/files/{key}").status_code == 404


def test_expired_lost_and_nonsense_keys_are_404(as_, stored):
    browser = as_("park1")
    expired = stored(expires_at=clock.now() - timedelta(seconds=1))
    lost = stored()
    services.disk().remove(lost)
    for key in (expired, lost, "..%2f..%2fetc%2fpasswd", "x" * 500, "%00", "a'--"):
        assert browser.get(f"/files/{key}").status_code == 404, key


def test_a_visitor_signs_in_first(client, stored):
    assert client.get(f"/files/{stored()}").status_code == 302


def test_a_header_cannot_be_written_through_a_name(as_, stored):
    answer = as_("park1").get(f"/files/{stored(name='a;x=1%22.csv')}")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''a%3Bx%3D1%2522.csv"
    )
