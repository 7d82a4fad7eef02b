"""What the register exports as text comes back as it was, and what is uploaded broken is told so."""

from __future__ import annotations

import io

import pytest

from app.core import scope
from app.extensions import db
from app.features.enterprises.models import EnterpriseImport
from tests.engines.files import samples as file_samples
from tests.support import enterprises as made

NEW = "/desk/enterprises/imports/new"


def sent(as_, data: bytes, name: str = "企业.csv"):
    return as_("park1").post(NEW, data={"file": (io.BytesIO(data), name)})


@pytest.mark.parametrize("remark", ["＝1+1", "＋1", "－1", "＠x", "=1+1", "'＝x", "'x"])
def test_an_exported_text_changes_nothing_when_it_comes_back(app, as_, context, remark):
    made.add("P01", 1, remark=remark)
    columns = {"format": "csv", "columns": ["uscc", "name", "remark"]}
    exported = as_("park1").post("/desk/enterprises/export", data=columns)
    assert exported.status_code == 200
    answer = sent(as_, exported.data)
    assert answer.status_code == 303
    with app.app_context(), scope.unscoped():
        found = db.session.get(EnterpriseImport, int(answer.location.rsplit("/", 1)[1]))
        assert found.state == "planned"
        assert {kind: found.counts[kind] for kind in ("new", "changed", "unchanged", "error")} == {
            "new": 0, "changed": 0, "unchanged": 1, "error": 0,
        }  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "gb18030", "utf-8"])
def test_a_text_file_of_every_promised_encoding_gets_to_its_plan(app, as_, encoding):
    answer = sent(as_, made.csv_bytes([made.row(1)]).decode().encode(encoding))
    assert answer.status_code == 303
    with app.app_context(), scope.unscoped():
        found = db.session.get(EnterpriseImport, int(answer.location.rsplit("/", 1)[1]))
        assert (found.state, found.counts["new"]) == ("planned", 1)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", file_samples.xlsx()[:-30], "文件已损坏"),
        ("a.csv", made.csv_bytes([made.row(1)]) + b"a\0b\n", "无法识别文字编码"),
        ("a.csv", made.csv_bytes([made.row(1)]) + b"\xff\xfe\x80\x81", "无法识别文字编码"),
    ],
)
def test_a_damaged_file_is_told_as_damaged(as_, name, data, words):
    answer = sent(as_, data, name)
    assert answer.status_code == 400
    assert words in answer.text
    assert "不支持的文件类型" not in answer.text
