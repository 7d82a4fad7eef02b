"""An application whose commits are real, for what happens at the same moment."""

from __future__ import annotations

from tests.support.owned import own, owned

__all__ = ["own", "owned"]
