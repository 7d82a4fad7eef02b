"""Pictures whose EXIF data no camera wrote."""

from __future__ import annotations

import io

import pytest
from PIL import ExifTags, Image

from app.engines.files import images


def photograph(entry, forged):
    """On its side, with one entry of another type than its tag has."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.XResolution] = 72.0
    kept = io.BytesIO()
    Image.new("RGB", (64, 48)).save(kept, "JPEG", exif=exif)
    assert entry in kept.getvalue()
    return kept.getvalue().replace(entry, forged)


@pytest.mark.parametrize("type_number", [1, 2, 7])
def test_odd_exif_entries_stop_no_upload(tmp_path, type_number):
    entry = b"\x01\x1a\x00\x05"
    (tmp_path / "raw").write_bytes(photograph(entry, entry[:3] + bytes([type_number])))
    assert images.redraw(tmp_path / "raw", tmp_path / "drawn", "jpeg") == (48, 64)
    with Image.open(tmp_path / "drawn") as drawn:
        assert not drawn.getexif()
