"""A save is one version, whatever it changes: who counts versions counts what people did."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.features.enterprises import queries, services
from app.transaction import transaction
from tests.support import enterprises as made


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("values", "rises"),
    [
        ({"remark": "改"}, 1),
        ({"staff_count": 13}, 1),
        ({"remark": "改", "staff_count": 13}, 1),
        ({"name": "三亚改名有限公司", "annual_sales": None, "staff_count": 12}, 1),
        ({"staff_count": 12, "contact_name": "陈海燕"}, 0),
    ],
)
def test_a_save_is_one_version_and_says_whose_it_is(values, rises):
    item = made.add("P01", 1, by="operator")
    with made.acting("park1") as actor, transaction():
        services.change(actor, item.id, values, version=1, year=made.YEAR)
    db.session.expire_all()
    now = queries.get(item.id)
    assert (now.version, now.updated_by == actor.user_id) == (1 + rises, bool(rises))
