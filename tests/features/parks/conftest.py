"""An application on a database of its own, for people who act at the same time."""

from __future__ import annotations

from tests.support.owned import own, owned

__all__ = ["own", "owned"]
