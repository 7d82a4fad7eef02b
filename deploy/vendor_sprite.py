"""One SVG sprite from the icons named in vendor_icons.txt: ``vendor_sprite.py ICONS_DIR TARGET``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

NAMES = Path(__file__).with_name("vendor_icons.txt")
FRAME = re.compile(r"<path[^>]*d=\"M0 0h24v24H0z\"[^>]*/>")
INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def symbol(folder: Path, name: str) -> str:
    """The drawing of one icon as a ``<symbol>``; colour and width come from the page."""
    found = INNER.search((folder / f"{name}.svg").read_text(encoding="utf-8"))
    assert found, name
    drawing = re.sub(r"\s*\n\s*", "", FRAME.sub("", found[1])).replace(" />", "/>")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>'


def main(icons: str, target: str) -> None:
    names = sorted(set(NAMES.read_text(encoding="utf-8").split()))
    symbols = "\n".join(symbol(Path(icons), name) for name in names)
    note = "<!-- Tabler Icons, MIT licence, https://tabler.io/icons -->"
    head = '<svg xmlns="http://www.w3.org/2000/svg">'
    Path(target).write_text(f"{head}\n{note}\n{symbols}\n</svg>\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
