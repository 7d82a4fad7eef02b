"""Engines are tried on a database where commits are real."""

from __future__ import annotations

from tests.support.owned import own, owned

__all__ = ["own", "owned"]
