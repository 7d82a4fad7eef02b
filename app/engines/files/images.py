"""Pictures are drawn anew: only pixels survive, no metadata, no appended script or archive."""

from __future__ import annotations

import struct
from pathlib import Path

from msgspec import Struct
from PIL import ExifTags, Image, UnidentifiedImageError

from app.core.errors import Refusal

MAX_IMAGE_PIXELS = 40_000_000
#: Drawings of a picture for pages: a phone's column, a desk's, twice that for fine screens.
WIDTHS = (320, 800, 1600)
MAX_SIDE = 16_383  # of a WebP drawing: its format knows no more
_FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_MODES = {
    "png": ("RGB", "RGBA", "L", "LA", "1", "I", "I;16"),
    "jpeg": ("RGB", "L"),
    "webp": ("RGB", "RGBA"),
}


class Drawing(Struct, frozen=True):
    """A smaller drawing of a picture, in a file of its own."""

    path: Path
    kind: str
    width: int
    height: int


def redraw(source: Path, target: Path, kind: str) -> tuple[int, int]:
    """Write the picture in ``source`` to ``target`` as ``kind``; the first frame, upright.

    Gives its width and height.
    """
    try:
        with Image.open(source, formats=[_FORMATS[kind]]) as image:
            if image.width * image.height > MAX_IMAGE_PIXELS:
                raise Refusal("image_too_big")
            image.load()
            upright = _upright(image)
            _save(upright, target, kind)
            return upright.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal("image_too_big") from error
    except (
        UnidentifiedImageError,
        SyntaxError,
        ValueError,
        TypeError,
        EOFError,
        struct.error,
    ) as error:
        raise Refusal("image_bad") from error
    except OSError as error:
        if error.errno is not None:
            raise  # the disk, not the picture
        raise Refusal("image_bad") from error


def _upright(image: Image.Image) -> Image.Image:
    """As its camera was held. Pillow's own way writes the rest of the EXIF anew and fails on odd
    entries; of ours nothing is kept."""
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    return image if turn is None else image.transpose(turn)


def draw_sizes(source: Path, kind: str, folder: Path) -> list[Drawing]:
    """A picture that ``redraw`` has written, in each width that it can fill, as WebP and plainly.

    Plainly is PNG for what is transparent and JPEG otherwise; what the picture itself is already
    is not drawn again. Refuses a picture so long and narrow that it fits into no drawing.
    """
    made = []
    with Image.open(source, formats=[_FORMATS[kind]]) as image:
        whole = image.size
        if whole[1] * min(WIDTHS[-1], whole[0]) > MAX_SIDE * whole[0]:
            raise Refusal("image_too_big")
        clear = "A" in image.getbands() or "transparency" in image.info
        plain = "png" if clear else "jpeg"
        canvas = image.convert("RGBA" if clear else "RGB")
        for width in sorted({min(one, whole[0]) for one in WIDTHS}, reverse=True):
            height = max(1, round(whole[1] * width / whole[0]))
            if canvas.size != (width, height):
                canvas = canvas.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
            for wanted in ("webp", plain):
                if wanted == kind and width == whole[0]:
                    continue
                path = folder / f"{width}.{wanted}"
                _save(canvas, path, wanted, quality=82)
                made.append(Drawing(path, wanted, width, height))
    return made


def _save(image: Image.Image, target: Path, kind: str, quality: int = 90) -> None:
    if image.mode not in _MODES[kind]:
        image = image.convert("RGB" if kind == "jpeg" else "RGBA")
    image.info = {}  # no profile, no comment, no position
    how = {} if kind == "png" else {"quality": quality}
    image.save(target, _FORMATS[kind], **how)
