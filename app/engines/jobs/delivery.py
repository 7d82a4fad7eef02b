"""The queue: it carries ids. What it loses or carries twice does no harm."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from huey.api import Task

from app.extensions import huey

log = structlog.get_logger("jobs")
_runners: list[Callable[[int], None]] = []


class RunJob(Task):
    """Message "run the job with this id"."""

    def execute(self) -> None:
        _runners[0](self.args[0])


def connect(runner: Callable[[int], None]) -> None:
    """Bind the open queue to the function that runs a job by id."""
    _runners[:] = [runner]
    registry = huey.instance._registry
    registry.unregister(RunJob)
    registry.register(RunJob)


def send(job_id: int) -> None:
    """Hand the id to the queue. A failure is only noted: ``resend`` sends it again."""
    try:
        huey.instance.enqueue(RunJob((job_id,)))
    except Exception:  # the row is committed: the person must not see a 500 now
        log.exception("job_not_sent", job_id=job_id)
