"""A database of its own for what two connections do at once."""

from __future__ import annotations

from tests.support.owned import own, owned

__all__ = ["own", "owned"]
