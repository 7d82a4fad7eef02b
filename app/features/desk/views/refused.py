"""Note a refused look at somebody else's object; the answer stays the one for a missing page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import NotFound
from app.engines import trail
from app.transaction import transaction
from app.web.acting import current_actor

log = structlog.get_logger("access")
WAIT_MS = 2_000


@contextmanager
def refused(action: str, object_type: str, object_id: int | str) -> Iterator[None]:
    """Record ``access.denied`` when the block raises ``NotFound``, then let it go on.

    Missing objects are recorded as well: doing it for foreign ones only would tell them apart by
    the time it takes. The look is refused whether the note could be written or not.
    """
    try:
        yield
    except NotFound:
        try:
            with transaction(WAIT_MS):
                trail.denied(current_actor(), action, trail.Ref(object_type, object_id))
        except SQLAlchemyError:
            log.exception("denied_not_recorded", action=action)
        raise
