"""What a park could reach or lose by moving an application about."""

from __future__ import annotations

import io

import pytest

from app.core import clock, scope
from app.engines import files
from app.features.settlements import queries, services
from tests.features.settlements.test_handling import CODE, PDF, do
from tests.support import people


def test_a_contract_of_this_park_does_not_go_to_the_next_one(application):
    """已落地 with its contract, opened again, then 转其他园区: the paper is no file of the applicant."""
    proof = services.Upload(io.BytesIO(PDF), "合同.pdf")
    landing = services.Landing(CODE, "三亚测试申请有限公司", clock.today(), proof)
    do(services.land, application, landing)
    do(services.reopen, application, "录错")
    there = do(services.move, application, people.park("P02").id, "更适合")
    with scope.unscoped():
        ((paper, stored),) = queries.files_of(application.id)
        assert paper.kind == "contract"
        assert queries.files_of(there.id) == []
    assert files.may_read(people.actor("park1"), stored)
    assert not files.may_read(people.actor("park2"), stored)


@pytest.mark.parametrize("number", ["1e999999", "9" * 5_000, "1e-999999", "NaN"])
def test_a_number_without_end_is_refused_beside_its_field(app, client, number):
    answer = client.post("/parks/P01/apply", data={"budget": number})
    assert answer.status_code == 400
    assert "请填写数字，最多两位小数" in answer.text
