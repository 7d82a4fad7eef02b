"""U23-U28: files. The engine's own tests go deeper; here is one for each gap of FAB's."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from app.core import scope
from app.core.errors import Refusal
from app.engines import files
from app.engines.files.services import disk
from app.extensions import db
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people

NEW = "/desk/enterprises/imports/new"
OTHER, MISNAMED = "不支持的文件类型", "文件内容与扩展名不符"
KINDS = frozenset({"xlsx", "xls", "csv", "ods"})


def keep(actor, name: str, content: bytes = b"a,b\n1,2\n") -> files.StoredFile:
    return files.store(
        actor, io.BytesIO(content), name, kind="import_source", allowed=KINDS, max_bytes=10_000,
        park_id=people.park("P01").id,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.html", b"<script>alert(1)</script>", OTHER),
        ("a.exe", b"MZ\x90\x00" + b"\0" * 60, OTHER),
        ("a.csv", b"MZ\x90\x00" + b"\0" * 60, OTHER),
        ("a.xlsx", b"<html><script>alert(1)</script>", OTHER),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", OTHER),
        ("a.php.csv.sh", b"#!/bin/sh\n", MISNAMED),
        ("a", b"nothing", MISNAMED),
        (".csv", b"", "文件为空"),
    ],
)
def test_u23_what_is_no_table_is_refused_by_its_content(app, as_, name, content, words):
    answer = as_("park1").post(NEW, data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == 400
    assert words in answer.text
    with app.app_context(), scope.unscoped():
        assert db.session.scalar(sa.select(sa.func.count(files.StoredFile.id))) == 0


def test_u24_no_table_has_a_file_column_of_fabs(app):
    from flask_appbuilder.models.mixins import FileColumn, ImageColumn

    for table in db.metadata.tables.values():
        for column in table.columns:
            assert not isinstance(column.type, FileColumn | ImageColumn), column


def test_u24_a_key_in_a_form_chooses_no_file(app, as_, context):
    victim = None
    with made.acting("park2") as actor, transaction():
        victim = keep(actor, "别人的.csv").key
    content = made.csv_bytes([made.row(1)])
    data = {"file": (io.BytesIO(content), "我的.csv"), "file_key": victim, "key": victim}
    answer = as_("park1").post(NEW, data=data)
    assert answer.status_code == 303
    import_id = int(answer.location.rsplit("/", 1)[1])
    from app.features.enterprises.models import EnterpriseImport

    assert db.session.get(EnterpriseImport, import_id).file_key != victim
    with disk().open(victim) as stream:
        assert stream.read()


def test_u25_a_file_goes_only_after_the_commit_that_removes_its_row(context):
    with made.acting("park1") as actor:
        with transaction():
            key = keep(actor, "名录.csv").key
        with pytest.raises(RuntimeError):
            removed_then_failed(key)
        assert files.by_key(key).size > 0
        with disk().open(key) as stream:
            assert stream.read() == b"a,b\n1,2\n"
        with transaction():
            files.remove(files.by_key(key))
        with pytest.raises(FileNotFoundError):
            disk().open(key)


def removed_then_failed(key: str) -> None:
    with transaction():
        files.remove(files.by_key(key))
        raise RuntimeError


def test_u25_a_row_that_was_rolled_back_leaves_no_file(context):
    kept: list[str] = []
    with made.acting("park1") as actor, pytest.raises(RuntimeError):
        stored_then_failed(actor, kept)
    with pytest.raises(FileNotFoundError):
        disk().open(kept[0])


def stored_then_failed(actor, kept: list[str]) -> None:
    with transaction():
        kept.append(keep(actor, "名录.csv").key)
        raise RuntimeError


def test_u26_fabs_download_route_does_not_exist(app, as_):
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert not any("download" in rule for rule in rules)
    for name in ("x", "..", "..%2f..%2fetc%2fpasswd", "a_sep_b.pdf"):
        assert as_("park1").get(f"/desk/enterprises/download/{name}").status_code == 404


def test_u27_a_chinese_name_comes_back(context):
    with made.acting("park1") as actor, transaction():
        file = keep(actor, "营业执照（2026）.csv")
    assert file.name == "营业执照（2026）.csv"
    assert file.key not in file.name


@pytest.mark.parametrize(
    "name", ["../../x.csv", "..\\..\\x.csv", "/etc/x.csv", "C:\\x.csv", "a/../x.csv"]
)
def test_u28_a_name_is_a_name_and_never_a_path(context, name):
    with made.acting("park1") as actor, transaction():
        file = keep(actor, name)
    assert file.name == "x.csv"
    assert len(file.key) == 32


def test_u28_a_name_of_nothing_is_still_a_name(context):
    with made.acting("park1") as actor, pytest.raises(Refusal), transaction():
        keep(actor, "\u202e\x00/..")
