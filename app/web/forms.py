"""Base of every register form: carries the version it was opened on and the values it had then."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField


class RegisterForm(FlaskForm):
    """``version``: save counter when opened; ``opened``: the values then, for the merge page."""

    version = HiddenField()
    opened = HiddenField()
