"""What a file is, is decided by its bytes; the name must agree."""

from __future__ import annotations

import io
import tracemalloc
import warnings
import zipfile

import pytest
from PIL import Image

from app.core.errors import Refusal
from app.engines.files import types
from app.engines.files.images import redraw
from app.engines.files.names import clean_name
from app.engines.files.refusals import LABELS
from tests.engines.files import samples

ALL = frozenset(types.TYPES)


def _decide(tmp_path, data: bytes, name: str, *allowed: str) -> str:
    path = tmp_path / "raw"
    path.write_bytes(data)
    return types.decide(path, name, frozenset(allowed) or ALL)


@pytest.mark.parametrize(
    ("data", "name", "found"),
    [
        (samples.xlsx(), "企业.xlsx", "xlsx"),
        (samples.office(samples.SHEET_MAIN), "A.XLSX", "xlsx"),
        (samples.ods(), "a.ods", "ods"),
        (samples.XLS, "a.xls", "xls"),
        (samples.PDF, "合同.pdf", "pdf"),
        (samples.image("PNG"), "a.png", "png"),
        (samples.image("JPEG"), "a.jpeg", "jpeg"),
        (samples.image("JPEG"), "a.jpg", "jpeg"),
        (samples.image("WEBP"), "a.webp", "webp"),
        (samples.zipped(("a.txt", b"x")), "a.zip", "zip"),
        ("企业名称,地址\n甲,乙\n".encode(), "a.csv", "csv"),
        ("\ufeff企业名称,地址\n".encode(), "a.csv", "csv"),
        ("企业名称,地址\n".encode("gb18030"), "a.csv", "csv"),
        ("企业名称,地址\n".encode("utf-16"), "a.csv", "csv"),
        ("企业名称,地址\n甲,1\n".encode("utf-16-le"), "a.csv", "csv"),
        ("企业名称,地址\n甲,1\n".encode("utf-16-be"), "a.csv", "csv"),
        ("BM编号,地址\n甲,1\n".encode("gb18030"), "a.csv", "csv"),
        ("说明\n".encode(), "a.txt", "txt"),
        (("字" * 700_001).encode(), "a.csv", "csv"),
    ],
)
def test_good_files_are_known_by_their_content(tmp_path, data, name, found):
    assert _decide(tmp_path, data, name) == found


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (samples.SVG, "logo.png"),
        (samples.SVG, "logo.csv"),
        (samples.HTML, "a.png"),
        (samples.HTML, "a.csv"),
        (b"\xef\xbb\xbf \n" + samples.HTML, "a.csv"),
        (samples.EXE, "a.png"),
        (samples.EXE, "a.xlsx"),
        (samples.EXE, "a.csv"),
        (samples.DOC, "a.xls"),
        (samples.office(samples.MACRO_MAIN), "a.xlsx"),
        (samples.zipped(("mimetype", b"application/epub+zip")), "a.ods"),
        (b"PK\x03\x04 broken", "a.xlsx"),
        (b"PK\x03\x04" + b"\0" * 50, "a.xlsx"),
        (samples.xlsx()[:-30], "a.csv"),
        (b"PK\x03\x04 broken", "a.exe"),
        (b"a,b\x00,c\n", "a.xlsx"),
        (samples.HTML.decode().encode("utf-16"), "a.csv"),
        (samples.HTML.decode().encode("utf-16-le"), "a.csv"),
        (samples.DOC, "a.csv"),
        (b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8, "a.csv"),
        (bytes(range(256)) * 8, "a.csv"),
    ],
)
def test_anything_else_is_refused_whatever_its_name(tmp_path, data, name):
    with pytest.raises(Refusal) as refusal:
        _decide(tmp_path, data, name)
    assert refusal.value.code == "file_type"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (samples.xlsx()[:-30], "a.xlsx", "file_damaged"),
        (samples.xlsx()[: len(samples.xlsx()) // 2], "a.xlsx", "file_damaged"),
        (samples.ods()[:-30], "a.ods", "file_damaged"),
        (("企业,地址\n" * 20 + "a\0b,c\n").encode(), "a.csv", "file_undecodable"),
        (("企业,地址\n" * 20 + "a\7b,c\n").encode(), "a.csv", "file_undecodable"),
        ("企业".encode()[:-1] + b"\xff\xff", "a.csv", "file_undecodable"),
        (b"\xff\xfea,b", "a.csv", "file_undecodable"),
        ("企业,地址\n甲,1\n\ud800".encode("utf-16-le", "surrogatepass"), "a.csv", "file_undecodable"),
    ],
)  # fmt: skip
def test_what_was_a_table_once_is_told_as_damaged(tmp_path, data, name, code):
    with pytest.raises(Refusal) as refusal:
        _decide(tmp_path, data, name)
    assert refusal.value.code == code
    assert str(LABELS[code] % refusal.value.params)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (samples.image("PNG"), "a.jpg"),
        (samples.PDF, "a.png"),
        (samples.xlsx(), "a.xls"),
        (samples.xlsx(), "a"),
        (samples.image("PNG"), "a.png.exe"),
        (samples.image("PNG"), "a.svg"),
    ],
)
def test_a_name_that_says_something_else_is_refused(tmp_path, data, name):
    with pytest.raises(Refusal) as refusal:
        _decide(tmp_path, data, name)
    assert refusal.value.code == "file_extension"


def test_only_what_this_place_takes_is_taken(tmp_path):
    with pytest.raises(Refusal) as refusal:
        _decide(tmp_path, samples.PDF, "a.pdf", "xlsx", "csv")
    assert refusal.value.code == "file_type"
    assert refusal.value.params == {"types": ".csv、.xlsx"}


def test_a_workbook_with_two_parts_of_one_name_is_refused(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        good = f'<Types><Override ContentType="{samples.SHEET_MAIN}"/></Types>'.encode()
        data = samples.zipped(("[Content_Types].xml", b"<Types/>"), ("[Content_Types].xml", good))
    with pytest.raises(Refusal):
        _decide(tmp_path, data, "a.xlsx")


def test_a_zip_directory_of_a_hundred_thousand_names_is_not_even_read(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(100_000):
            archive.writestr(f"../../{number}", b"")
    (tmp_path / "raw").write_bytes(out.getvalue())
    del out, archive
    tracemalloc.start()
    assert types.sniff(tmp_path / "raw") is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def test_a_types_part_that_unpacks_to_a_gigabyte_is_not_unpacked(tmp_path):
    data = samples.zipped(("[Content_Types].xml", b" " * (64 * 2**20)))
    (tmp_path / "raw").write_bytes(data)
    tracemalloc.start()
    assert types.sniff(tmp_path / "raw") is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * 2**20


def _redraw(tmp_path, data: bytes, kind: str) -> Image.Image:
    (tmp_path / "raw").write_bytes(data)
    redraw(tmp_path / "raw", tmp_path / "drawn", kind)
    image = Image.open(tmp_path / "drawn")
    image.load()
    return image


def test_a_picture_loses_all_but_its_pixels(tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "<script>"
    exif[0x0112] = 6  # lies on its side
    data = samples.image("JPEG", (8, 6), exif=exif, comment=b"<?php") + b"<script>tail</script>"
    drawn = _redraw(tmp_path, data, "jpeg")
    assert drawn.size == (6, 8)
    assert not drawn.getexif()
    assert b"script" not in (tmp_path / "drawn").read_bytes()
    assert b"php" not in (tmp_path / "drawn").read_bytes()


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("png", "P"),
        ("png", "RGBA"),
        ("png", "L"),
        ("png", "I;16"),
        ("jpeg", "CMYK"),
        ("webp", "RGBA"),
    ],
)
def test_every_usual_mode_can_be_drawn(tmp_path, kind, mode):
    assert _redraw(tmp_path, samples.image(kind.upper(), mode=mode), kind).size == (8, 6)


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (samples.huge_png(), "png", "image_too_big"),
        (samples.image("PNG", (7000, 6000), "1"), "png", "image_too_big"),
        (samples.image("PNG")[:40], "png", "image_bad"),
        (samples.image("JPEG")[:200], "jpeg", "image_bad"),
        (samples.SVG, "png", "image_bad"),
        (samples.image("GIF"), "png", "image_bad"),
    ],
)
def test_a_picture_too_big_or_broken_is_refused(tmp_path, data, kind, code):
    with pytest.raises(Refusal) as refusal:
        _redraw(tmp_path, data, kind)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("营业执照.pdf", "营业执照.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x.PNG", "x.png"),
        ("C:\\用户\\企业.xlsx", "企业.xlsx"),
        ("e\u0301te\u0301.csv", "été.csv"),
        ("a\r\nSet-Cookie: x.csv", "aSet-Cookie_ x.csv"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("a\x00b.png", "ab.png"),
        ('<img src="x">.png', "_img src=_x__.png"),
        ("...", "file"),
        ("", "file"),
        ("   .csv", "csv"),
        ("字" * 300 + ".xlsx", "字" * 195 + ".xlsx"),
        ("no-extension", "no-extension"),
        ("半角 空格 （副本）.xlsx", "半角 空格 （副本）.xlsx"),
    ],
)
def test_names_are_kept_but_for_what_harms(given, kept):
    assert clean_name(given) == kept
