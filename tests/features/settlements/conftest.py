"""An application of P01, and databases of their own for what happens at once."""

from __future__ import annotations

import pytest

from tests.support.owned import own, owned
from tests.support.settlements import made

__all__ = ["application", "own", "owned"]


@pytest.fixture
def application(context):
    """One application of P01, as new."""
    return made("P01")
