"""Databases of their own for what happens at once."""

from __future__ import annotations

from tests.support.owned import own, owned

__all__ = ["own", "owned"]
