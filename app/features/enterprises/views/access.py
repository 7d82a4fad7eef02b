"""Who may do what on the register's pages."""

from __future__ import annotations

from app.features.accounts.rules import Role

READERS = frozenset({Role.park_admin, Role.park_clerk, Role.operator, Role.reviewer})
EDITORS = frozenset({Role.park_admin, Role.park_clerk, Role.operator})
KEEPERS = frozenset({Role.park_admin, Role.operator})
ZONE = frozenset({Role.operator})
