"""Base of every register form: carries the version it was opened on and the values it had then."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField


class RegisterForm(FlaskForm):
    """``version``: save counter when opened; ``opened``: the values then, for the merge page."""

    version = HiddenField()
    opened = HiddenField()


def key_of(text: object) -> int | None:
    """The key or version that a page sends; ``None`` for whatever no database could hold."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
