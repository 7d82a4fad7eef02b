"""Pictures: drawn anew in several widths, nothing but pixels kept, public only when published."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image

from app.core import clock
from app.core.actor import NOBODY, SYSTEM
from app.core.errors import Refusal
from app.core.pictures import picture_html
from app.engines import files
from app.engines.files import queries, services
from app.transaction import transaction
from tests.engines.files import samples
from tests.support import people

SECRET = b"<?php system($_GET[0]); ?>"


@pytest.fixture(autouse=True)
def folder(tmp_path, context):
    before = list(services._disks)
    files.open_store(f"file://{tmp_path / 'files'}", tmp_path / "scratch")
    yield tmp_path / "files"
    services._disks[:] = before


def keep(data: bytes, name: str = "大门.jpg", actor=SYSTEM, **given) -> files.StoredFile:
    with transaction():
        return files.store_picture(actor, io.BytesIO(data), name, max_bytes=2**22, **given)


def photo(width: int = 2000, height: int = 1000) -> bytes:
    """A photo of a phone held upright, with a place, a comment and a script behind its end."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned: shown upright it is 1000 × 2000
    exif[0x010F] = "Phone of Zhang"
    exif.get_ifd(0x8825).update({1: "N", 2: (18.0, 15.0, 10.0), 3: "E", 4: (109.0, 30.0, 0.0)})
    data = samples.image("JPEG", (width, height), exif=exif, comment=b"at home")
    return data + SECRET


def opened(file: files.StoredFile) -> Image.Image:
    with files.open_file(file) as stream:
        image = Image.open(io.BytesIO(stream.read()))
        image.load()
        return image


def test_a_photo_is_upright_and_tells_nothing_about_its_place(folder):
    file = keep(photo())
    assert (file.width, file.height) == (1000, 2000)
    rows = [file, *queries.drawings_of([file.id])]
    for row in rows:
        image = opened(row)
        assert image.size == (row.width, row.height)
        assert not dict(image.getexif())
        assert "comment" not in image.info
        with files.open_file(row) as stream:
            data = stream.read()
        assert SECRET not in data
        assert b"Phone of" not in data
        assert files.intact(row)
    sizes = [(row.media_type, row.width) for row in rows[1:]]
    assert sorted(sizes) == [
        ("image/jpeg", 320), ("image/jpeg", 800),
        ("image/webp", 320), ("image/webp", 800), ("image/webp", 1000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "size"), [("PNG", (1080, 20_000)), ("JPEG", (10, 60_000)), ("PNG", (1, 70_000))]
)
def test_a_picture_too_long_for_its_drawings_is_refused_with_words(folder, kind, size):
    """A screenshot of a whole page, or a picture made to break the drawing."""
    with pytest.raises(Refusal) as told:
        keep(samples.image(kind, size), f"长图.{kind.lower()}")
    assert told.value.code == "image_too_big"
    assert not [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_transparent_stays_so_in_every_drawing():
    file = keep(samples.image("PNG", (900, 300), mode="RGBA"), "标志.png")
    rows = queries.drawings_of([file.id])
    assert {row.media_type for row in rows} == {"image/png", "image/webp"}
    assert all(opened(row).mode == "RGBA" for row in rows)


def test_a_page_gets_all_sizes_in_two_queries(context):
    wide, small = keep(samples.image("JPEG", (4000, 2000))), keep(samples.image("JPEG", (200, 100)))
    drawn = files.drawn([wide.key, small.key, "f" * 32, "no key"])
    assert set(drawn) == {wide.key, small.key}
    one = drawn[wide.key]
    assert (one.width, one.height) == (800, 400)
    listed = sorted((size.media_type, size.width) for size in one.sizes)
    assert listed == [(kind, width) for kind in ("image/jpeg", "image/webp") for width in (320, 800, 1600)]  # fmt: skip
    assert drawn[small.key].url == f"/pictures/{small.key}"
    html = picture_html(drawn[small.key], '大"门"')
    assert 'alt="大&quot;门&quot;" width="200" height="100" loading="lazy"' in html
    assert 'loading="lazy"' not in picture_html(one, "", eager=True)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (samples.SVG, "图.svg", "image_svg"),
        (b'<?xml version="1.0"?>\n<SVG xmlns="x"/>', "图.png", "image_svg"),
        (samples.image("GIF"), "图.gif", "image_moving"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64, "图.heic", "image_phone"),
        (samples.huge_png(), "图.png", "image_too_big"),
        (samples.HTML, "图.png", "file_type"),
        (samples.PDF, "图.png", "file_type"),
        (samples.image("PNG"), "图.jpg", "file_extension"),
        (samples.image("JPEG")[:150], "图.jpg", "image_bad"),
        (b"", "图.jpg", "file_empty"),
    ],
)  # fmt: skip
def test_what_is_no_good_picture_is_refused_and_leaves_nothing(folder, data, name, code):
    with pytest.raises(Refusal) as refused:
        keep(data, name)
    assert refused.value.code == code
    assert code in files.LABELS
    assert [one for one in folder.rglob("*") if one.is_file()] == []


def test_a_picture_too_large_for_its_limit_is_refused():
    with pytest.raises(Refusal, match="file_too_big"), transaction():
        files.store_picture(SYSTEM, io.BytesIO(photo()), "a.jpg", max_bytes=1000)


def test_a_removed_picture_takes_its_drawings_along(folder):
    file = keep(samples.image("JPEG", (900, 300)))
    assert len([one for one in folder.rglob("*") if one.is_file()]) == 6
    with transaction():
        files.remove(file)
    assert queries.drawings_of([file.id]) == []
    assert [one for one in folder.rglob("*") if one.is_file()] == []


def test_a_picture_that_no_text_uses_goes_and_a_kept_one_stays(folder):
    past = clock.now() - timedelta(seconds=1)
    lost, kept = (keep(samples.image(), "a.png", expires_at=files.unused_until()) for _ in "ab")
    with transaction():
        files.keep([kept.key])
        lost.expires_at = past
    with transaction():
        assert files.sweep().expired == 1
    assert set(files.drawn([lost.key, kept.key])) == {kept.key}
    assert kept.expires_at is None


def test_only_a_marked_picture_of_a_kind_for_everybody_is_public():
    content, scan = keep(samples.image(), "a.png"), keep(samples.image(), "a.png", kind="t.scan")
    assert not files.is_public(content)
    with transaction():
        files.publish([content.key])
    assert files.is_public(content)
    with pytest.raises(ValueError, match="never published"), transaction():
        files.publish([scan.key])
    with transaction():
        scan.published = True  # whatever happened to the row
    assert not files.is_public(scan)
    with transaction():
        files.withdraw([content.key])
    assert not files.is_public(content)


def test_who_may_put_a_picture_into_a_text():
    park1, park2, reviewer = (people.actor(name) for name in ("park1", "park2", "reviewer"))
    file = keep(samples.image(), "a.png", actor=park1, park_id=people.park("P01").id)
    assert files.may_use(park1, file.key)
    assert files.may_use(reviewer, file.key)
    assert not files.may_use(park2, file.key)
    assert not files.may_use(NOBODY, file.key)
    assert not files.may_use(park1, "f" * 32)
    with transaction():
        files.publish([file.key])
    assert files.may_use(park2, file.key)
