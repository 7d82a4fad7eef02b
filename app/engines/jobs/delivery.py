"""The queue: it carries ids. What it loses or carries twice does no harm."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import structlog

from app.extensions import huey

log = structlog.get_logger("jobs")
_runners: list[Callable[[int], None]] = []


@lru_cache(maxsize=1)
def message() -> type:
    """The class of the message "run the job with this id"; huey is loaded when it is needed."""
    from huey.api import Task  # noqa: PLC0415 - see LazyHuey

    class RunJob(Task):
        def execute(self) -> None:
            _runners[0](self.args[0])

    return RunJob


def connect(runner: Callable[[int], None]) -> None:
    """Bind the queue to the function that runs a job by id."""
    _runners[:] = [runner]
    huey.know(message)


def send(job_id: int) -> None:
    """Hand the id to the queue. A failure is only noted: ``resend`` sends it again."""
    try:
        huey.instance.enqueue(message()((job_id,)))
    except Exception:  # the row is committed: the person must not see a 500 now
        log.exception("job_not_sent", job_id=job_id)
