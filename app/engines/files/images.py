"""Pictures are drawn anew: only pixels survive, no metadata, no appended script or archive."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from app.core.errors import Refusal

MAX_IMAGE_PIXELS = 40_000_000
_FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
_MODES = {
    "png": ("RGB", "RGBA", "L", "LA", "1", "I", "I;16"),
    "jpeg": ("RGB", "L"),
    "webp": ("RGB", "RGBA"),
}


def redraw(source: Path, target: Path, kind: str) -> None:
    """Write the picture in ``source`` to ``target`` as ``kind``; the first frame, upright."""
    try:
        with Image.open(source, formats=[_FORMATS[kind]]) as image:
            if image.width * image.height > MAX_IMAGE_PIXELS:
                raise Refusal("image_too_big")
            upright = ImageOps.exif_transpose(image)
            upright.load()
            _save(upright, target, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal("image_too_big") from error
    except (UnidentifiedImageError, SyntaxError, ValueError, EOFError) as error:
        raise Refusal("image_bad") from error
    except OSError as error:
        if error.errno is not None:
            raise  # the disk, not the picture
        raise Refusal("image_bad") from error


def _save(image: Image.Image, target: Path, kind: str) -> None:
    if image.mode not in _MODES[kind]:
        image = image.convert("RGB" if kind == "jpeg" else "RGBA")
    image.info = {}  # no profile, no comment, no position
    quality = {} if kind == "png" else {"quality": 90}
    image.save(target, _FORMATS[kind], **quality)
