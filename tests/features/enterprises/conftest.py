"""Two parks with an enterprise each, and what lives in them, for the tests of pages."""

from __future__ import annotations

import pytest

from app.core import scope
from tests.support import enterprises as made
from tests.support.owned import own, owned

__all__ = ["own", "owned", "two_parks"]


@pytest.fixture
def two_parks(app):
    """One enterprise in P01, one in P02: (own, foreign)."""
    with app.app_context(), scope.unscoped():
        own = made.add("P01", 1, name="三亚海风跨境电商有限公司", annual_sales=None).id
        foreign = made.add("P02", 2, name="凤凰保税仓储有限公司").id
    return own, foreign
