"""What the confirming dialog says, as attributes of the button that opens it (dialog.js)."""

from __future__ import annotations

from markupsafe import Markup

from app.web.listing.page import Link

_PAIR = Markup(' {}="{}"')


def asking(act: Link, prefix: str = "data-confirm") -> Markup:
    """The attributes of an act; of all rows' acts at once on a table (``data-row-confirm``)."""
    said = {
        "": act.confirm,
        "-label": act.confirm_label or act.label,
        "-kind": "primary" if act.kind != "danger" else "",
        "-ask": act.ask,
        "-optional": "1" if act.ask and act.ask_optional else "",
        "-more": act.more,
    }
    pairs = [_PAIR.format(prefix + name, words) for name, words in said.items() if words]
    return Markup("").join(pairs)
