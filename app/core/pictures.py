"""A picture on a page: its sizes, and the HTML that lets a browser take the fitting one."""

from __future__ import annotations

from html import escape

from msgspec import Struct

#: How wide a picture stands in a column of text: all of a phone, 800 pixels at most.
IN_TEXT = "(max-width: 848px) calc(100vw - 48px), 800px"


class Size(Struct, frozen=True):
    """One drawing of a picture: where it is served and how wide it is."""

    url: str
    width: int
    media_type: str


class Drawn(Struct, frozen=True):
    """A stored picture. ``url`` and ``width`` × ``height``: the drawing that every browser shows."""

    url: str
    width: int
    height: int
    sizes: tuple[Size, ...] = ()


def picture_html(drawn: Drawn, alt: str, *, sizes: str = IN_TEXT, eager: bool = False) -> str:
    """``<picture>`` with WebP first; loaded when it comes near unless ``eager``."""
    modern = [one for one in drawn.sizes if one.media_type == "image/webp"]
    plain = [one for one in drawn.sizes if one.media_type != "image/webp"]
    source = f'<source type="image/webp"{_set(modern, sizes)}>' if modern else ""
    late = "" if eager else ' loading="lazy"'
    return (
        f'<picture>{source}<img src="{escape(drawn.url)}"{_set(plain, sizes)} alt="{escape(alt)}"'
        f' width="{drawn.width}" height="{drawn.height}"{late} decoding="async"></picture>'
    )


def _set(drawings: list[Size], sizes: str) -> str:
    if not drawings:
        return ""
    listed = ", ".join(f"{escape(one.url)} {one.width}w" for one in drawings)
    return f' srcset="{listed}" sizes="{escape(sizes)}"'
